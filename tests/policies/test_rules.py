"""Every plan keeps the rules, and each rule refuses what it is for."""

import copy
from typing import Any

import pytest

from policies.rules import RULES, breaches
from tests.offline.inventories import previewed
from tests.policies.breaches import BREACHES, CONTAINER, GROUP, HARD
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


def test_a_hardened_container_and_a_balancer_break_nothing() -> None:
    assert breaches(CONTAINER, "web", HARD | {"ports": [{"internal": 8000, "ip": "127.0.0.1"}]}) == []
    assert (
        breaches(GROUP, "balancer", {"ingress": [{"fromPort": 443, "toPort": 443, "cidrBlocks": ["0.0.0.0/0"]}]}) == []
    )
