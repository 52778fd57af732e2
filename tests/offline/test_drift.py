"""Drift of a stack on a cloud: what somebody changed or took away there, held against what was shipped."""

from collections.abc import Iterator

import pytest

from tests.engine.conftest import copy_of_this
from tests.offline.cloud import Cloud
from tools.offline.diff import changes
from tools.offline.packages import types
from tools.offline.values import Secret

STACK = "aws-dev"
FILE = f"stacks/Pulumi.{STACK}.yaml"
LOGS, GROUP = "aws:cloudwatch/logGroup:LogGroup", "aws:lb/targetGroup:TargetGroup"


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    made = Cloud(copy_of_this(tmp_path_factory.mktemp("clouds") / "slipway"), tmp_path_factory.mktemp("internet"))
    yield made
    made.close()


def test_another_login_for_the_registry_builds_no_image_again() -> None:
    kind = types()["docker-build:index:Image"].kind

    def told(address: str, password: str) -> list[str]:
        was = {"registries": [{"address": "a.example", "username": "u", "password": Secret("one")}]}
        now = {"registries": [{"address": address, "username": "u", "password": Secret(password)}]}
        return [each.path for each in changes(kind, was, now, {})]

    assert (told("a.example", "two"), told("b.example", "two")) == ([], ["registries[0].address"])


def test_what_was_changed_or_taken_away_on_a_cloud_is_told_apart_from_what_is_not_shipped(cloud: Cloud) -> None:
    cloud.up(STACK)
    state = cloud.state(STACK)
    code, said = cloud.make("drift", STACK)
    assert (code, f"{STACK}: nothing is different" in said) == (0, True), said
    (group,) = [key for key in cloud.world.things if key[0] == GROUP]
    for held in (cloud.world.things[group].inputs, cloud.world.things[group].outputs):
        held["deregistrationDelay"] = 77
    cloud.world.gone |= {key for key in cloud.world.things if key[0] == LOGS}
    with cloud.checkout.edited(FILE, "memory: 512MiB", "memory: 1GiB"):
        code, said = cloud.make("drift", STACK)
    assert code != 0
    there, _, rest = said.partition("**What this commit has is not what was shipped:**")
    program, _, follows = rest.partition("**Follows from the rest:**")
    assert "- `aws lb.TargetGroup` `slipway`: `deregistrationDelay` (`up` would change it)" in there
    assert "- `aws cloudwatch.LogGroup` `slipway` is gone" in there
    assert '- `aws ecs.TaskDefinition` `slipway-web`: `memory`, `tags["slipway:deployment"]` (`up`' in program
    assert "- `aws ecs.Service` `slipway-web`: `taskDefinition` (`up` would change it)" in follows
    assert cloud.state(STACK) == state
    assert "77" not in there
