"""Every plan keeps the rules, and each rule refuses what it is for."""

import copy
import json
from typing import Any

import pytest

from policies.rules import RULES, breaches
from tests.offline.inventories import previewed
from tools.stack import stacks

GROUP = "aws:ec2/securityGroup:SecurityGroup"
CONTAINER = "docker:index/container:Container"
HARD = {
    "image": "sha256:0123456789ab",
    "readOnly": True,
    "capabilities": {"drops": ["ALL"]},
    "securityOpts": ["no-new-privileges"],
}
EVERYTHING = json.dumps({"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})

BREACHES: list[tuple[str, str, str, dict[str, Any]]] = [
    ("nothing-open-to-the-world", GROUP, "web", {"ingress": [{"fromPort": 22, "toPort": 22, "cidrBlocks": ["0.0.0.0/0"]}]}),
    ("nothing-open-to-the-world", GROUP, "web", {"ingress": [{"fromPort": 22, "toPort": 22, "ipv6CidrBlocks": ["::/0"]}]}),
    ("nothing-open-to-the-world", "gcp:compute/firewall:Firewall", "ssh", {"allows": [{"protocol": "tcp"}], "sourceRanges": ["0.0.0.0/0"]}),
    ("nothing-open-to-the-world", CONTAINER, "web", HARD | {"ports": [{"internal": 8000}]}),
    ("nothing-allowed-on-everything", "aws:iam/rolePolicy:RolePolicy", "web", {"policy": EVERYTHING}),
    ("tags-stay", "aws:ecr/repository:Repository", "web", {"imageTagMutability": "MUTABLE"}),
    ("tags-stay", "gcp:artifactregistry/repository:Repository", "web", {"format": "DOCKER"}),
    ("no-admin-login", "azure-native:containerregistry:Registry", "web", {"adminUserEnabled": True}),
    ("images-by-digest", CONTAINER, "web", HARD | {"image": "web:latest"}),
    ("images-by-digest", "gcp:cloudrunv2/service:Service", "web", {"template": {"containers": [{"image": "web:1"}]}}),
    ("images-by-digest", "azure-native:app:ContainerApp", "web", {"template": {"containers": [{"image": "web:1"}]}}),
    ("images-by-digest", "aws:ecs/taskDefinition:TaskDefinition", "web", {"containerDefinitions": '[{"image": "web:1"}]'}),
    ("images-by-digest", "kubernetes:apps/v1:Deployment", "web", {"spec": {"template": {"spec": {"containers": [{"image": "web:1"}]}}}}),
    ("hardened-containers", CONTAINER, "web", HARD | {"privileged": True}),
    ("hardened-containers", CONTAINER, "web", HARD | {"readOnly": False}),
    ("hardened-containers", CONTAINER, "web", HARD | {"capabilities": {}}),
    ("hardened-containers", CONTAINER, "web", HARD | {"securityOpts": []}),
]  # fmt: skip


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
