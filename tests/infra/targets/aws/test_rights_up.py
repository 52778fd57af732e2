"""A whole `make up` on AWS by somebody who has the rights that its plan takes, and no others."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from infra.targets.aws.offline.permissions import Permissions
from infra.targets.aws.rights import documents
from tests.engine.conftest import copy_of_this
from tests.offline import cloud as clouds
from tests.offline.cloud import Cloud
from tests.offline.inventories import previewed
from tests.offline.test_up import DOC, FACTORY
from tools.offline.packages import simulations
from tools.offline.simulation import Simulation
from tools.offline.world import World
from tools.rights import deployer
from tools.stack import Stack

STACK = "aws-dev"


@pytest.fixture(scope="module")
def guard() -> Permissions:
    return Permissions([])


@pytest.fixture(scope="module")
def cloud(guard: Permissions, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    def guarded(names: list[str], world: World) -> list[Simulation]:
        return [
            replace(each, tables=replace(each.tables, guard=guard)) if each.package == "aws" else each
            for each in simulations(names, world)
        ]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clouds, "simulations", guarded)
        made = Cloud(copy_of_this(tmp_path_factory.mktemp("rights") / "slipway"), tmp_path_factory.mktemp("internet"))
    yield made
    made.close()


def test_up_ends_at_what_may_not_be_done_and_with_the_rights_of_the_plan_does_it_all(
    cloud: Cloud, guard: Permissions
) -> None:
    granted = documents(deployer(Stack(STACK), previewed(STACK), reads=False, account="123456789012")).values()
    for missing in ("ec2:DescribeAvailabilityZones", "ecr:CreateRepository", "ec2:CreateSubnet", "iam:CreateRole"):
        guard.policies = [
            {
                "Statement": [
                    {**each, "Action": [a for a in each["Action"] if a != missing]} for each in one["Statement"]
                ]
            }
            for one in granted
        ]
        code, said = cloud.make("up", STACK, "--skip-preview")
        assert code != 0
        assert f"is not authorized to perform: {missing} on resource: " in said
    guard.policies = [*granted]
    cloud.up(STACK)
    with cloud.checkout.edited(FACTORY, DOC, '"""Makes the app, otherwise."""'):
        cloud.up(STACK)
    assert cloud.make("refresh", STACK, "--skip-preview")[0] == 0
    code, said = cloud.make("destroy", STACK, YES="1")
    assert code == 0, said
