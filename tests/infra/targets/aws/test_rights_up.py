"""A whole `make up` on AWS by somebody who has the rights that its plan takes, and no others; a pull request's by its role."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from moto.iam.models import iam_backends

from infra.targets.aws.offline.permissions import Permissions
from infra.targets.aws.rights import documents
from tests.engine.conftest import copy_of_this
from tests.offline import cloud as clouds
from tests.offline.cloud import Cloud
from tests.offline.inventories import previewed
from tests.offline.test_up import DOC, FACTORY
from tools.offline.packages import simulations
from tools.offline.simulation import Simulation
from tools.offline.world import Key, Thing, World
from tools.rights import deployer
from tools.stack import Stack

STACK = "aws-dev"
ACCOUNT = "123456789012"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/slipway-reviews-boundary"


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


@pytest.mark.timeout(900)
def test_up_ends_at_what_may_not_be_done_and_with_the_rights_of_the_plan_does_it_all(
    cloud: Cloud, guard: Permissions
) -> None:
    granted = documents(deployer(Stack(STACK), previewed(STACK), reads=False, account=ACCOUNT)).values()
    for missing in ("ec2:DescribeAvailabilityZones", "iam:CreateRole"):
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
    # Whoever previews it reads all of it, and makes nothing.
    reads = documents(deployer(Stack(STACK), previewed(STACK), reads=True, account=ACCOUNT)).values()
    guard.policies = [*reads]
    code, said = cloud.make("drift", STACK)
    assert (code, f"{STACK}: nothing is different" in said) == (0, True), said
    guard.policies = [*granted]
    with cloud.checkout.edited(FACTORY, DOC, '"""Makes the app, otherwise."""'):
        cloud.up(STACK)
    assert cloud.make("refresh", STACK, "--skip-preview")[0] == 0
    code, said = cloud.make("destroy", STACK, YES="1")
    assert code == 0, said


def facts(thing: Thing) -> dict[str, str]:
    """The tags by which it is a stack's own."""
    tags = {name: value for name, value in thing.outputs["tagsAll"].items() if name.startswith("slipway:")}
    return {"account": ACCOUNT, "region": "eu-central-1", "defaultTags": json.dumps({"tags": tags})}


def on_aws(cloud: Cloud) -> dict[Key, Thing]:
    return {key: thing for key, thing in cloud.world.things.items() if thing.type.startswith("aws:")}


@pytest.fixture
def base(cloud: Cloud, guard: Permissions) -> Iterator[dict[Key, Thing]]:
    """What a stack is made of that stands beside those of pull requests."""
    rights = documents(deployer(Stack(STACK), previewed(STACK), reads=False, account=ACCOUNT))
    guard.policies = [*rights.values()]
    cloud.up(STACK)
    yield on_aws(cloud)
    guard.policies = [*rights.values()]
    code, said = cloud.make("destroy", STACK, YES="1")
    assert code == 0, said


@pytest.fixture
def role(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The policies of the role that `make bootstrap` makes for the stacks of pull requests."""
    monkeypatch.setenv("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
    iam = iam_backends[ACCOUNT]["aws"]
    iam.reset()
    code, said = cloud.make("bootstrap", STACK, FROM=STACK, REPO="acme/orders", YES="1")
    assert code == 0, said
    assert f"AWS_BOUNDARY --repo acme/orders --env review --body {BOUNDARY}" in said
    attached = iam.get_role("slipway-reviews-deploy").managed_policies.values()
    return [json.loads(version.document) for each in attached for version in each.versions if version.is_default]


@pytest.mark.timeout(900)
def test_a_pull_requests_stack_lives_by_its_role_alone_which_changes_nothing_of_its_base(
    cloud: Cloud, guard: Permissions, base: dict[Key, Thing], role: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    guard.policies = role
    monkeypatch.setattr(
        cloud.amazon, "guard", lambda thing: guard("use", thing.type, thing.inputs, thing.outputs, facts(thing))
    )
    for verb, arguments, given in (("destroy", ["--continue-on-error"], {"YES": "1"}), ("exec", [], {"CMD": "true"})):
        code, said = cloud.make(verb, STACK, *arguments, **given)
        assert (code != 0, "is not authorized to perform: " in said) == (True, True), said
    assert "is not authorized to perform: ecs:RunTask on resource: " in said
    asked = {"PR": "7", "FROM": STACK, "POLICY": "1"}
    # A role that nothing bounds could be given whatever there is.
    code, said = cloud.make("review", STACK, **asked)
    assert (code != 0, "is not authorized to perform: iam:CreateRole on resource: " in said) == (True, True), said
    for text in (DOC, '"""Makes the app, otherwise."""'):
        with cloud.checkout.edited(FACTORY, DOC, text):
            code, said = cloud.make("review", STACK, **asked, AWS_BOUNDARY=BOUNDARY)
            assert (code, "✅ slipway@" in said) == (0, True), said
    for given, told in (({}, "review-7: stays"), ({"DAYS": "0"}, "review-7: is removed: it is older than 0 days")):
        code, said = cloud.make("sweep", STACK, YES="1", **given)
        assert (code, told in said) == (0, True), said
    # A VPC makes the group that its provider forgets, and takes it away.
    assert on_aws(cloud) == {key: thing for key, thing in base.items() if "/defaultSecurityGroup:" not in key[0]}
