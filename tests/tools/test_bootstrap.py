"""`make bootstrap FROM=`: of whom the rights are that it gives, and where it gives none."""

import pytest
import yaml

from infra.targets.rights import REVIEWS, Made
from tools import bootstrap, operations, rights
from tools.errors import ToolError
from tools.plan.preview import Planned, Preview
from tools.stack import Stack


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.setattr("tools.stack.STACKS", tmp_path)

    def write(name, target, **options):
        config = {"service:target": target, "service:options": options}
        (tmp_path / f"Pulumi.{name}.yaml").write_text(yaml.safe_dump({"config": config}))

    return write


@pytest.mark.parametrize(
    ("target", "whole", "place"),
    [("gcp.cloud_run", "project", "acme-dev"), ("azure.container_apps", "subscription", "0000-AB")],
)
def test_a_base_stack_beside_which_another_stands_is_refused_where_no_role_can_be_held_to_a_part(
    files, target, whole, place
):
    platform = target.partition(".")[0]
    files(f"{platform}-dev", target, **{whole: place})
    files("elsewhere", target, **{whole: "other"})
    bootstrap._alone(Stack(f"{platform}-dev"), whole)
    files("prod", target, **{whole: place.lower()})
    with pytest.raises(ToolError) as refused:
        bootstrap._alone(Stack(f"{platform}-dev"), whole)
    said = str(refused.value)
    assert said.startswith(f"prod: in the {whole} {place.lower()} as well, and no role can be held to a part of it")
    assert f"Pulumi.{platform}-review.yaml, name another {whole} in it, then FROM={platform}-review" in said
    # Where names and tags tell them apart, it may be.
    bootstrap._alone(Stack(f"{platform}-dev"), "")


def test_what_is_called_by_one_pull_requests_stack_may_be_called_by_any_others_and_nothing_else_is(monkeypatch):
    monkeypatch.setattr("tools.rights.settings", lambda _file: {"service:options": {"region": "eu-central-1"}})
    inputs = {
        "name": "slipway-review-424242-slipway-execution-0a1b2c3",
        "arn": "arn:aws:ecs:eu-central-1:1:service/slipway-review-424242-slipway-0a1b2c3/web",
        "policy": '{"Resource": ["arn:aws:logs:eu-central-1:1:log-group:slipway-review-424242-web:*", "*"]}',
        "cut": ["slipway-review-424242-rev-abcde"],
        "kept": "slipway-aws-prod-0a1b2c3",
        "count": 2,
    }
    seen = Preview(
        tuple(
            Planned(f"urn:pulumi:s::p::aws:ecs/service:Service::{name}", "aws:ecs/service:Service", inputs)
            for name in "ab"
        ),
        asked=(("aws:ec2/getVpc:getVpc", {"id": "vpc-1"}),),
    )
    found = rights.reviewer(Stack("aws-dev"), Stack("review-424242"), seen, "1")
    told = {
        "name": "slipway-review-*",
        "arn": "arn:aws:ecs:eu-central-1:1:service/slipway-review-*/web",
        "policy": '{"Resource": ["arn:aws:logs:eu-central-1:1:log-group:slipway-review-*:*", "*"]}',
        "cut": ["slipway-review-*"],
        "kept": "slipway-aws-prod-0a1b2c3",
        "count": 2,
    }
    assert found.made == [Made("aws:ecs/service:Service", told)]
    assert (found.stack, found.base, found.called, found.keeps) == (REVIEWS, "aws-dev", "reviews", "slipway-reviews")
    assert found.asked == [("aws:ec2/getVpc:getVpc", {"id": "vpc-1"})]


def test_a_cloud_is_every_stack_on_it_and_no_pull_requests(files, monkeypatch):
    for name, target in (
        ("b", "aws.fargate"),
        ("a", "aws.fargate"),
        ("review-7", "aws.fargate"),
        ("c", "gcp.cloud_run"),
    ):
        files(name, target)
    ran = []
    monkeypatch.setattr(operations, "foreground", lambda command, _variables, _folder: ran.append(command[3:]) or 0)
    assert operations.bootstrap("local", "", "acme/orders", True, cloud="aws") == 0
    assert ran == [["--stack", name, "--repository", "acme/orders", "--yes"] for name in ("a", "b")]


def test_a_cloud_without_a_stack_is_refused_with_those_that_have_one(files):
    files("a", "aws.fargate")
    with pytest.raises(ToolError) as refused:
        operations.bootstrap("local", "", "acme/orders", True, cloud="azure")
    assert str(refused.value).startswith("CLOUD=azure: no stack of stacks/ is there")
    assert "CLOUD= one of aws" in str(refused.value)
