"""Whatever a stack's settings say: they are refused in words that mend them, or planned without a fault, always alike."""

import itertools
import json
import re
import shlex
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from infra.errors import SettingsError
from infra.service import load_service
from infra.settings import load_settings
from policies.rules import breaches
from tests.offline.settings_given import HIDDEN, OPTIONS, Values, right, spoiled
from tools.plan.preview import Preview, preview
from tools.stack import Stack, stacks
from tools.workbench import workbench

# More mistakes than there are in any settings here.
ROUNDS = 60
# Of each platform; one of them twice. A plan takes seconds.
PLANS = 3
AT_LEISURE: dict[str, Any] = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
SERVICE = load_service()
STACKS = {Stack(name).target(): name for name in stacks()}


def refusal(values: Values) -> SettingsError | None:
    """Why these settings are refused, as the engine hands them over."""
    config = {f"service:{key}": value if isinstance(value, str) else json.dumps(value) for key, value in values.items()}
    try:
        load_settings(SERVICE, config, (), "dev")
    except SettingsError as error:
        return error
    return None


def mended(values: Values, fix: str) -> Values:
    """The settings after a `pulumi config set --path` or `rm --path`, which read a path as Pulumi does."""
    pulumi, config, verb, *words = shlex.split(fix)
    assert (pulumi, config) == ("pulumi", "config")
    words = [word for word in words if not word.startswith("--secret")]
    assert words[0] == "--path"
    assert words[1].startswith("service:")
    steps = re.findall(r"([^.\[\]]+)|\[(\d+)\]|\[(\"[^\]]+\")\]", words[1][8:])
    *parents, last = [int(i) if i else name or json.loads(quoted) for name, i, quoted in steps]
    changed = json.loads(json.dumps(values))
    place: Any = changed
    for parent, below in itertools.pairwise([*parents, last]):
        if not isinstance(place.get(parent), dict | list):
            place[parent] = [] if isinstance(below, int) else {}
        place = place[parent]
    if verb == "rm":
        # Of what is not there nothing is removed, and nothing is said.
        if isinstance(place, Mapping) == isinstance(last, str):
            del place[last]
        return changed
    value = words[2]
    read = {"true": True, "false": False}.get(value, int(value) if value.isdecimal() else value)
    if isinstance(last, int):
        place[last:] = [read]
    else:
        place[last] = read
    return changed


@given(spoiled())
@settings(max_examples=400, **AT_LEISURE)
def test_whoever_does_what_is_told_ends_with_settings_that_are_accepted(values: Values) -> None:
    for _ in range(ROUNDS):
        refused = refusal(values)
        if refused is None:
            return
        for problem in refused.problems:
            assert re.fullmatch(r"service:[^:]+: .+\. Fix: pulumi config (set|rm) .+", str(problem))
        assert HIDDEN not in str(refused)
        before, values = values, mended(values, refused.problems[0].fix)
        # As JSON: to Python false is 0.
        assert json.dumps(values) != json.dumps(before), f"{refused.problems[0]} changes nothing"
    raise AssertionError(f"it is never enough: {refusal(values)}")


@dataclass(frozen=True)
class Written(Stack):
    """A stack whose file lies elsewhere."""

    path: Path = Path()

    @property
    def file(self) -> Path:
        return self.path


def planned(values: Values, assuming: bool = False) -> Preview:
    """The plan of a stack with these settings. `assuming`: what is in an account, and not here, is taken to be there."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "stacks" / "Pulumi.dev.yaml"
        path.parent.mkdir()
        config = {f"service:{key}": value for key, value in values.items()}
        path.write_text(yaml.safe_dump({"config": encrypted(config)}), encoding="utf-8")
        bench = workbench(STACKS[values["target"]])
        seen = preview(replace(bench, stack=Written("dev", path)), assuming=assuming)
    # The engine tells of what needs nothing of each other in any order, and asks so.
    resources = tuple(sorted(seen.resources, key=lambda each: each.urn))
    return replace(seen, resources=resources, asked=tuple(sorted(seen.asked, key=json.dumps)))


def encrypted(value: Any) -> Any:
    """The same with secrets as they stand in a stack's file."""
    if isinstance(value, dict):
        return {name: encrypted(inner) for name, inner in value.items()}
    return {"secure": "v1:of:nobody"} if value == HIDDEN else value


def opened(values: Values) -> list[str]:
    """The rule that settings break which ask for it: a port of every address."""
    asked = values["target"] == "docker" and values.get("options", {}).get("host") == "0.0.0.0"
    return ["nothing-open-to-the-world"] if asked else []


@pytest.mark.parametrize("target", sorted(OPTIONS))
@given(data=st.data())
@settings(max_examples=1, phases=[Phase.generate], **AT_LEISURE)
def test_what_is_accepted_is_planned_without_a_fault_and_the_same_again(target: str, data: st.DataObject) -> None:
    several = data.draw(st.lists(right(target), min_size=PLANS, max_size=PLANS, unique_by=json.dumps))
    assert [refusal(values) for values in several] == [None] * PLANS
    with ThreadPoolExecutor(2) as two_at_once:
        *seen, again = two_at_once.map(planned, [*several, several[0]])
    assert again == seen[0]
    for values, plan in zip(several, seen, strict=True):
        assert (values, plan.problems) == (values, ())
        found = [said for each in plan.resources for said in breaches(each.type, each.name, each.inputs)]
        assert (values, [said.partition(":")[0] for said in found]) == (values, opened(values))
