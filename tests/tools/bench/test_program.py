"""What the bench makes of the program's preview: the same resources written flat, contracts that grow, and the ratios."""

from __future__ import annotations

import ast
import tomllib
from dataclasses import replace
from typing import Any

import pytest

from infra.service import Service
from tools.bench.footprint import Footprint
from tools.bench.plan.flat import CONTAINERS, program
from tools.bench.plan.measure import Grown, growth
from tools.bench.plan.previews import previews
from tools.bench.plan.program import SERVICES, against_empty, against_flat
from tools.bench.plan.services import CONTRACT, contract
from tools.errors import ToolError
from tools.offline.values import UNKNOWN, Secret
from tools.plan.preview import IMAGE, Planned


def planned(type_: str, name: str, inputs: dict[str, Any]) -> Planned:
    return Planned(f"urn:pulumi:aws-prod::slipway::{type_}::{name}", type_, inputs)


def calls(*resources: Planned) -> dict[str, tuple[str, dict[str, Any]]]:
    """What the flat program calls: by the resource's name the class, and the arguments."""
    source = program(resources)["__main__.py"]
    found = [node.value for node in ast.parse(source).body if isinstance(node, ast.Expr)][1:]
    assert all(isinstance(call, ast.Call) for call in found)
    return {
        ast.literal_eval(call.args[0]): (
            ast.unparse(call.func),
            {str(each.arg): ast.literal_eval(each.value) for each in call.keywords},
        )
        for call in found
        if isinstance(call, ast.Call)
    }


def test_a_flat_resource_is_the_sdks_class_with_its_names_inside_and_a_maps_own_keys_as_they_are() -> None:
    inputs = {
        "__defaults": ["name"],
        "imageScanningConfiguration": {"scanOnPush": True, "__defaults": []},
        "encryptionConfigurations": [{"encryptionType": "AES256"}],
        "tags": {"kmsKey": "a key of the map's own"},
    }

    assert calls(planned("aws:ecr/repository:Repository", "web", inputs)) == {
        "web": (
            "aws.ecr.Repository",
            {
                "image_scanning_configuration": {"scan_on_push": True},
                "encryption_configurations": [{"encryption_type": "AES256"}],
                "tags": {"kmsKey": "a key of the map's own"},
            },
        )
    }


def test_what_is_not_known_is_left_out_or_where_it_must_be_there_made_up() -> None:
    task = planned(
        "aws:ecs/taskDefinition:TaskDefinition",
        "web",
        {
            "family": "web",
            "containerDefinitions": UNKNOWN,
            "tags": {"of": UNKNOWN, "is": "web"},
            "taskRoleArn": UNKNOWN,
        },
    )
    version = planned("aws:secretsmanager/secretVersion:SecretVersion", "key", {"secretString": Secret("hidden")})

    assert calls(task, version) == {
        "web": (
            "aws.ecs.TaskDefinition",
            {"family": "web", "container_definitions": CONTAINERS, "tags": {"is": "web"}},
        ),
        "key": ("aws.secretsmanager.SecretVersion", {"secret_string": "a secret"}),
    }


def test_what_is_made_on_google_cloud_is_written_flat_with_the_image_that_is_known_only_when_it_is_built() -> None:
    template = {"containers": [{"image": UNKNOWN, "ports": {"containerPort": 8000}}], "revision": UNKNOWN}
    service = planned("gcp:cloudrunv2/service:Service", "web", {"location": "europe-west1", "template": template})
    address = planned("gcp:compute/globalAddress:GlobalAddress", "edge", {"ipVersion": "IPV4"})

    assert calls(service, address) == {
        "web": (
            "gcp.cloudrunv2.Service",
            {
                "location": "europe-west1",
                "template": {"containers": [{"image": IMAGE, "ports": {"container_port": 8000}}]},
            },
        ),
        "edge": ("gcp.compute.GlobalAddress", {"ip_version": "IPV4"}),
    }
    assert "gcp:project" in program([service])["Pulumi.yaml"]


def test_only_what_the_cloud_makes_is_written_flat() -> None:
    ours = planned("pulumi-python:dynamic/slipway:Rollout", "rollout", {"url": "http://web"})
    source = program([planned("aws:ec2/vpc:Vpc", "web", {"cidrBlock": "10.0.0.0/16"}), ours])["__main__.py"]

    assert source.startswith('"""1 resources, each by itself."""')
    assert "rollout" not in source


def test_what_another_one_needs_is_made_before_it_and_nothing_else_waits() -> None:
    vpc = planned("aws:ec2/vpc:Vpc", "web", {"cidrBlock": "10.0.0.0/16"})
    image = planned("pulumi-python:dynamic/slipway:Publication", "image", {})
    subnet = planned("aws:ec2/subnet:Subnet", "web", {"cidrBlock": "10.0.0.0/24"})
    source = program([vpc, image, replace(subnet, needs=(vpc.urn, image.urn))])["__main__.py"]
    _, head, *body = source.split("\n\n")

    assert head == "import pulumi\nimport pulumi_aws as aws"
    assert [" ".join(each.split()) for each in body] == [
        "made_0 = aws.ec2.Vpc( 'web', cidr_block='10.0.0.0/16', )",
        "aws.ec2.Subnet( 'web', cidr_block='10.0.0.0/24', opts=pulumi.ResourceOptions(depends_on=[made_0]), )",
    ]


@pytest.mark.parametrize("services", SERVICES)
def test_a_contract_has_just_so_many_services_and_is_otherwise_the_projects_own(services: int) -> None:
    made = Service.model_validate(tomllib.loads(contract(services)))
    own = Service.model_validate(tomllib.loads(CONTRACT.read_text(encoding="utf-8")))

    assert 1 + len(made.workers) == services
    assert made.model_copy(update={"workers": {}}) == own.model_copy(update={"workers": {}})


def test_a_contract_without_the_web_is_refused() -> None:
    with pytest.raises(ValueError, match="0 services: wanted is at least the web's"):
        contract(0)


def test_the_preview_is_held_against_the_empty_program_and_against_the_same_written_flat() -> None:
    ours, empty, flat = [Footprint(3.9, 330)], [Footprint(1.0, 160)], [Footprint(3.7, 320)]
    found = [*against_empty("aws-prod", ours, empty), against_flat("aws-prod", ours, flat)]

    assert [(each.panel, each.unit, round(each.value, 2), each.aim, each.met) for each in found] == [
        ("program", "s", 3.9, 4.0, True),
        ("program memory", "MiB", 2.06, 2.0, False),
        ("flat", "s", 1.05, 1.05, False),
    ]


def test_without_a_load_balancer_a_preview_may_take_half_as_long_as_with_one() -> None:
    ours, empty = [Footprint(2.5, 160)], [Footprint(1.0, 100)]
    found = [against_empty(stack, ours, empty)[0] for stack in ("gcp-dev", "gcp-prod")]

    assert [(each.name, each.aim, each.met) for each in found] == [
        ("gcp-dev: preview ÷ empty program", 2.0, False),
        ("gcp-prod: preview ÷ empty program", 4.0, True),
    ]


def test_growth_says_what_it_counts() -> None:
    few, some, many = (
        Grown(count, (Footprint(seconds, 300),), "services") for count, seconds in ((1, 3.0), (10, 3.9), (50, 7.9))
    )
    found = growth(few, some, many)

    assert (found.name, found.value, found.met) == (
        "50: a further service ÷ one up to 10", pytest.approx(1.0), True,
    )  # fmt: skip
    assert many.record() == {"services": 50, "seconds": 7.9, "peak_mib": 300, "ms_each": 158.0}


def test_growth_says_of_which_stack_where_there_are_several() -> None:
    few, some, many = (
        Grown(count, (Footprint(seconds, 300),), "services", "gcp-prod")
        for count, seconds in ((1, 3.0), (10, 3.9), (50, 7.9))
    )

    assert growth(few, some, many).name == "gcp-prod, 50: a further service ÷ one up to 10"
    assert many.record() == {"stack": "gcp-prod", "services": 50, "seconds": 7.9, "peak_mib": 300, "ms_each": 158.0}


def test_a_preview_is_the_engines_of_a_program_whose_provider_is_played_and_a_program_that_fails_is_told() -> None:
    source = 'import pulumi_aws as aws\n\naws.ec2.Vpc("web", cidr_block="10.0.0.0/16", region={region!r})\n'
    files = {"Pulumi.yaml": "name: it\nruntime: python\n"}
    with previews("aws-dev") as made:
        good = made.files("good", {**files, "__main__.py": source.format(region="eu-central-1")})
        bad = made.files("bad", {**files, "__main__.py": source.format(region=1)})

        assert [(each.type, each.inputs["cidrBlock"]) for each in good.resources()] == [
            ("aws:ec2/vpc:Vpc", "10.0.0.0/16")
        ]
        assert good.measure().peak > 0
        with pytest.raises(RuntimeError, match="region"):
            bad.measure()
        with pytest.raises(ToolError, match="region"):
            bad.resources()
