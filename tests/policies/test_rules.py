"""Every plan keeps the rules, and each rule refuses what it is for."""

import copy
from typing import Any

import pytest

from policies.rules import RULES, breaches
from policies.rules import UNKNOWN as MARK
from tests.offline.inventories import previewed
from tests.policies.breaches import BREACHES, HIDES, KEPT, TASK, hidden, task
from tools.offline.values import UNKNOWN, Secret
from tools.stack import stacks


@pytest.mark.parametrize("stack", stacks())
def test_the_plan_of_every_stack_keeps_the_rules(stack: str) -> None:
    seen = previewed(stack)
    assert seen.problems == ()
    found = {planned.name: breaches(planned.type, planned.name, planned.inputs) for planned in seen.resources}
    assert {name: said for name, said in found.items() if said} == {}


@pytest.mark.parametrize(("rule", "type_", "name", "inputs"), BREACHES)
def test_a_breach_is_told_by_its_rule_and_by_no_other(rule: str, type_: str, name: str, inputs: dict[str, Any]) -> None:
    assert [said.partition(":")[0] for said in breaches(type_, name, copy.deepcopy(inputs))] == [rule]


def test_every_rule_is_broken_by_something() -> None:
    assert {rule for rule, *_ in BREACHES} == {rule.name for rule in RULES}


@pytest.mark.parametrize(("type_", "name", "inputs"), KEPT)
def test_what_keeps_the_rules_is_left_alone(type_: str, name: str, inputs: dict[str, Any]) -> None:
    assert breaches(type_, name, inputs) == []


@pytest.mark.parametrize("mark", [UNKNOWN, MARK], ids=["a plan's", "the engine's"])
@pytest.mark.parametrize(("type_", "inputs"), HIDES)
def test_what_is_not_known_yet_breaks_nothing(type_: str, inputs: dict[str, Any], mark: Any) -> None:
    assert breaches(type_, "web", hidden(inputs, mark)) == []


def test_what_is_secret_is_held_to_the_rules() -> None:
    inputs = {"containerDefinitions": Secret(task(image="web:1")["containerDefinitions"])}
    assert breaches(TASK, "web", inputs) == [
        "images-by-digest: web:1 is named by a tag, which may be another image tomorrow"
    ]
