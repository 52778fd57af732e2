"""What `make upgrade-check` holds to be lost, and what it takes for a proof."""

import pytest

from tools.copying.upgrade import stateful, verdict
from tools.delivery.documents import Act, Change, Cost, Difference
from tools.offline.tables import Played, Purpose

TABLES = {
    "aws:ecr/repository:Repository": Played(purpose="registry"),
    "aws:ec2/vpc:Vpc": Played(purpose="network"),
    "aws:ecs/cluster:Cluster": Played(purpose="service"),
    "aws:ecs/taskDefinition:TaskDefinition": Played(purpose="service"),
    "aws:cloudwatch/dashboard:Dashboard": Played(purpose="watching"),
    "aws:acm/certificate:Certificate": Played(purpose="service"),
    "aws:rds/instance:Instance": Played(purpose="data"),
    "aws:secretsmanager/secret:Secret": Played(purpose="identity"),
}


def change(act: Act, type_: str) -> Change:
    return Change(act=act, type=type_, name="orders", urn=f"urn:{type_}", forced=("name",) if act == "replace" else ())


def difference(*changes: Change, problems: tuple[str, ...] = (), warnings: tuple[str, ...] = ()) -> Difference:
    return Difference(
        stack="aws-dev", target="aws.fargate", kind="plan", changes=changes, kept=3, cost=Cost(), rules=1,
        broken=(), problems=problems, warnings=warnings,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("type_", "is_"),
    [
        ("aws:ecr/repository:Repository", True),
        ("aws:ec2/vpc:Vpc", True),
        ("aws:ecs/cluster:Cluster", True),
        ("aws:acm/certificate:Certificate", True),
        ("aws:rds/instance:Instance", True),
        ("aws:secretsmanager/secret:Secret", True),
        ("pulumi-python:dynamic/slipway:GeneratedSecret", True),
        ("somebody:new/thing:Thing", True),
        ("aws:ecs/taskDefinition:TaskDefinition", False),
        ("aws:cloudwatch/dashboard:Dashboard", False),
    ],
)
def test_what_holds_state_is_told_by_its_purpose_or_by_its_type(type_: str, is_: bool) -> None:
    assert stateful(change("delete", type_), TABLES) is is_


@pytest.mark.parametrize("purpose", ["network", "registry", "data"])
def test_a_purpose_alone_will_do(purpose: Purpose) -> None:
    assert stateful(change("replace", "a:b/c:D"), {"a:b/c:D": Played(purpose=purpose)})


def test_a_change_that_loses_nothing_is_proven_and_told(capsys: pytest.CaptureFixture[str]) -> None:
    found = difference(change("replace", "aws:ecs/taskDefinition:TaskDefinition"), change("update", "aws:ec2/vpc:Vpc"))
    assert verdict([found], [], TABLES) == 0
    assert capsys.readouterr().err.splitlines() == [
        "aws-dev: 1 to update, 1 to replace, 3 stay as they are",
        "  replace aws:ecs/taskDefinition:TaskDefinition orders (name)",
        "  update aws:ec2/vpc:Vpc orders",
        "proven by the plans of 1 stacks: nothing that holds state is replaced or deleted",
    ]


@pytest.mark.parametrize("act", ["replace", "delete"])
def test_a_registry_that_is_lost_is_named(capsys: pytest.CaptureFixture[str], act: Act) -> None:
    assert verdict([difference(change(act, "aws:ecr/repository:Repository"))], [], TABLES) == 1
    said = capsys.readouterr().err
    assert f"LOST {act} aws:ecr/repository:Repository orders" in said
    assert "not proven" in said


def test_a_stack_that_would_be_made_elsewhere_is_lost_and_told_so_first(capsys: pytest.CaptureFixture[str]) -> None:
    moved = [
        Change(act="replace", type=type_, name="orders", urn=type_, properties=("provider.region",), forced=("provider.region",))
        for type_ in ("aws:ecr/repository:Repository", "aws:ecs/taskDefinition:TaskDefinition")
    ]  # fmt: skip
    assert verdict([difference(*moved)], [], TABLES) == 1
    assert capsys.readouterr().err.splitlines() == [
        "aws-dev: 2 to replace, 3 stay as they are",
        "  MOVED elsewhere by provider.region: all is made anew there, and what it held is lost",
        "  LOST replace aws:ecr/repository:Repository orders (provider.region)",
        "  replace aws:ecs/taskDefinition:TaskDefinition orders (provider.region)",
        "not proven: see MOVED, LOST, not known and gone above. Fix: keep those parts as they were, and ask again",
    ]


def test_what_cannot_be_planned_is_not_proven(capsys: pytest.CaptureFixture[str]) -> None:
    assert verdict([difference(problems=("no plan",))], [], TABLES) == 1
    assert verdict([difference(warnings=("not checked in a plan: whether port 8000 is free",))], [], TABLES) == 0
    assert verdict([difference(warnings=("All of it is shown as new: no plan",))], [], TABLES) == 1
    assert "not known: no plan" in capsys.readouterr().err


def test_a_stack_whose_file_is_gone_is_not_proven(capsys: pytest.CaptureFixture[str]) -> None:
    assert verdict([], ["gcp-dev"], TABLES) == 1
    assert "gcp-dev: its file is gone" in capsys.readouterr().err
