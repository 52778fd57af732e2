"""A whole `make up` on Google Cloud by somebody who has the rights that its plan takes, and no others; a pull request's by its role."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from infra.targets.gcp.offline.permissions import Permissions
from infra.targets.gcp.rights import documents
from tests.engine.conftest import copy_of_this
from tests.offline import cloud as clouds
from tests.offline.cloud import Cloud
from tests.offline.inventories import previewed, reviewed
from tests.offline.test_up import DOC, FACTORY
from tools.offline.packages import simulations
from tools.offline.simulation import Simulation
from tools.offline.world import World
from tools.rights import deployer
from tools.stack import Stack

STACK = "gcp-dev"


@pytest.fixture(scope="module")
def guard() -> Permissions:
    return Permissions([])


@pytest.fixture(scope="module")
def cloud(guard: Permissions, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    def guarded(names: list[str], world: World) -> list[Simulation]:
        return [
            replace(each, tables=replace(each.tables, guard=guard)) if each.package == "gcp" else each
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
    roles = documents(deployer(Stack(STACK), previewed(STACK), reads=False, account="")).values()
    for missing in ("serviceusage.services.enable", "run.services.create"):
        guard.roles = [
            {
                **each,
                "role": {"includedPermissions": [p for p in each["role"]["includedPermissions"] if p != missing]},
            }
            for each in roles
        ]
        code, said = cloud.make("up", STACK, "--skip-preview")
        assert code != 0
        assert f"Error 403: Permission '{missing}' denied on resource " in said
    guard.roles = [*roles]
    cloud.up(STACK)
    # Whoever previews it reads all of it, and makes nothing.
    guard.roles = [*documents(deployer(Stack(STACK), previewed(STACK), reads=True, account="")).values()]
    code, said = cloud.make("drift", STACK)
    assert (code, f"{STACK}: nothing is different" in said) == (0, True), said
    guard.roles = [*roles]
    with cloud.checkout.edited(FACTORY, DOC, '"""Makes the app, otherwise."""'):
        cloud.up(STACK)
    code, said = cloud.make("destroy", STACK, YES="1")
    assert code == 0, said


@pytest.mark.timeout(900)
def test_a_pull_requests_stack_lives_by_its_role_alone(cloud: Cloud, guard: Permissions) -> None:
    _, whose = reviewed(STACK)
    guard.roles = [*documents(whose).values()]
    code, said = cloud.make("review", STACK, PR="7", FROM=STACK, POLICY="1")
    assert (code, "✅ slipway@" in said) == (0, True), said
    code, said = cloud.make("sweep", STACK, YES="1", DAYS="0")
    assert (code, "review-7: is removed: it is older than 0 days" in said) == (0, True), said
