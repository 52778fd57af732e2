"""docs/azure.md: what it tells a person to type is there to be typed, and its sums are those of the prices."""

import re

import pytest

from infra.paths import ROOT
from infra.targets.azure import limits
from infra.targets.azure.offline import PACKAGES
from infra.targets.azure.offline.cost import ACTIVE, DEDICATED, IDLE, MANAGEMENT
from infra.targets.azure.spec import ContainerAppsOptions
from tests.infra.targets.page import Page, key_in, unknown
from tests.offline.inventories import previewed
from tools.plan.inventory import HOURS_A_MONTH, plan

PAGE = Page("azure", ContainerAppsOptions)
TYPES = PACKAGES[0].types
REGISTRY, ENVIRONMENT = "azure-native:containerregistry:Registry", "azure-native:app:ManagedEnvironment"
ALARMS = "azure-native:monitor:MetricAlert", "azure-native:monitor:ScheduledQueryRule"
BASIC, STANDARD, PREMIUM = (price.dollars for price in TYPES[REGISTRY].prices[:3])
CORES, ROOM = limits.PROFILES["D4"]


@pytest.mark.parametrize("command", PAGE.made())
def test_every_verb_of_make_and_its_switches_are_there(command: str) -> None:
    assert unknown(command) == []


@pytest.mark.parametrize("line", PAGE.configured())
def test_every_key_that_is_set_is_a_key_of_a_stacks_file(line: str) -> None:
    name = key_in(line)
    assert name in PAGE.keys or name.rpartition(".")[0] in PAGE.keys


@pytest.mark.parametrize(("section", "least"), [("What it costs", 4), ("Changing one's mind", 6)])
def test_every_option_in_a_table_is_one_of_the_target(section: str, least: int) -> None:
    rows = PAGE.options_in(section)
    assert len(rows) >= least
    assert [row for row in rows if not PAGE.is_option(row) and row not in PAGE.keys] == []


def about(row: str) -> str:
    """What a row of the table of costs says that it costs."""
    (found,) = re.findall(rf"^\| {re.escape(row)}[^|]*\| ([^|]*) \|", PAGE.section("What it costs"), re.MULTILINE)
    return found


@pytest.mark.parametrize(
    ("row", "dollars"),
    [
        ("a replica of `service:scale.min` that rests, 0.5 CPU and 1 GiB", (IDLE[0] / 2 + IDLE[1]) * HOURS_A_MONTH),
        ("a worker that rests, 0.25 CPU and 512 MiB", (IDLE[0] / 4 + IDLE[1] / 2) * HOURS_A_MONTH),
        ("`registry: Basic`", BASIC),
        ("`registry: Standard`", STANDARD),
        ("`registry: Premium`", PREMIUM),
        ("`workload_profile: D4`", (CORES * DEDICATED[0] + ROOM * DEDICATED[1]) * HOURS_A_MONTH),
    ],
)
def test_a_months_sum_is_that_of_the_prices(row: str, dollars: float) -> None:
    assert re.match(rf"\${dollars:.0f}\b(?!\.)", about(row))


def test_what_an_environment_of_nodes_costs_by_itself_is_that_of_the_prices() -> None:
    assert f"and ${MANAGEMENT * HOURS_A_MONTH:.0f} for the environment" in about("`workload_profile: D4`")


@pytest.mark.parametrize(("row", "types"), [("`network.own`", (ENVIRONMENT,)), ("`alarms`", ALARMS)])
def test_a_months_sum_is_that_of_productions_plan(row: str, types: tuple[str, ...]) -> None:
    lines = plan("azure-prod", "azure.container_apps", previewed("azure-prod"), TYPES).lines
    dollars = sum(line.monthly or 0 for line in lines if line.type in types)
    assert re.match(rf"\${dollars:.0f}\b(?!\.)", about(row))


def test_what_use_costs_is_as_the_prices_are() -> None:
    use = {float(each) for each in re.findall(r"\$(\d+\.\d+)", PAGE.section("What it costs"))}
    prices = {round(price.dollars, 6) for played in TYPES.values() for price in played.prices}
    assert use <= prices | {round(each, 6) for each in ACTIVE}
    assert len(use) >= 7


def test_readme_leads_to_it() -> None:
    assert "(docs/azure.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
