"""docs/gcp.md: what it tells a person to type is there to be typed, and its sums are those of the prices."""

import re

import pytest

from infra.paths import ROOT
from infra.targets.gcp.offline import PACKAGES
from infra.targets.gcp.offline.cost import BY_INSTANCE, BY_REQUEST, IDLE, OF_A_POOL
from infra.targets.gcp.spec import CloudRunOptions
from tests.infra.targets.page import Page, key_in, unknown
from tests.offline.inventories import previewed
from tools.plan.inventory import HOURS_A_MONTH, plan

PAGE = Page("gcp", CloudRunOptions)
TYPES = PACKAGES[0].types
BALANCER, ARMOR = "gcp:compute/globalForwardingRule:GlobalForwardingRule", "gcp:compute/securityPolicy:SecurityPolicy"
NAT = "gcp:compute/routerNat:RouterNat"


@pytest.mark.parametrize("command", PAGE.made())
def test_every_verb_of_make_and_its_switches_are_there(command: str) -> None:
    assert unknown(command) == []


@pytest.mark.parametrize("line", PAGE.configured())
def test_every_key_that_is_set_is_a_key_of_a_stacks_file(line: str) -> None:
    name = key_in(line)
    assert name in PAGE.keys or name.rpartition(".")[0] in PAGE.keys


@pytest.mark.parametrize("section", ["What it costs", "Changing one's mind"])
def test_every_option_in_a_table_is_one_of_the_target(section: str) -> None:
    rows = PAGE.options_in(section)
    assert len(rows) >= 6
    assert [row for row in rows if not PAGE.is_option(row) and row not in PAGE.keys] == []


def about(row: str) -> str:
    """What a row of the table of costs says that it costs."""
    (found,) = re.findall(rf"^\| {re.escape(row)}[^|]*\| ([^|]*) \|", PAGE.section("What it costs"), re.MULTILINE)
    return found


def monthly(type_: str) -> float:
    """What the resources of a type cost in production's plan."""
    lines = plan("gcp-prod", "gcp.cloud_run", previewed("gcp-prod"), TYPES).lines
    return sum(line.monthly or 0 for line in lines if line.type == type_)


@pytest.mark.parametrize(
    ("row", "dollars"),
    [
        ("an instance of `service:scale.min` that waits, 1 CPU and 1 GiB", sum(IDLE) * HOURS_A_MONTH),
        ("`billing: instance`, 1 CPU and 1 GiB", sum(BY_INSTANCE) * HOURS_A_MONTH),
        ("a worker, 1 CPU and 512 MiB", (OF_A_POOL[0] + OF_A_POOL[1] / 2) * HOURS_A_MONTH),
        ("`network.nat`", TYPES[NAT].prices[0].dollars * HOURS_A_MONTH),
    ],
)
def test_a_months_sum_is_that_of_the_prices(row: str, dollars: float) -> None:
    assert re.match(rf"\${dollars:.0f}\b(?!\.)", about(row))


@pytest.mark.parametrize(("row", "type_"), [("the load balancer of `service:domain`", BALANCER), ("`armor`", ARMOR)])
def test_a_months_sum_is_that_of_productions_plan(row: str, type_: str) -> None:
    assert re.match(rf"\${monthly(type_):.0f}\b(?!\.)", about(row))


def test_what_use_costs_is_as_the_prices_are() -> None:
    small = {float(each) for each in re.findall(r"\$(0\.\d+)", PAGE.section("What it costs"))}
    prices = {price.dollars for played in TYPES.values() for price in played.prices}
    assert small <= prices | {*BY_REQUEST}
    assert len(small) >= 8


def test_readme_leads_to_it() -> None:
    assert "(docs/gcp.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
