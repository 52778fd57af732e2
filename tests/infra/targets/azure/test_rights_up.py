"""A whole `make up` on Azure by somebody who has the rights that its plan takes, and no others; a preview by less, a pull request's by its role."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from infra.targets.azure.names import stack_name
from infra.targets.azure.offline.permissions import Permissions
from infra.targets.azure.rights import documents, stack_of
from infra.targets.rights import Deployer
from tests.engine.conftest import copy_of_this
from tests.infra.targets.azure.test_rights import without
from tests.offline import cloud as clouds
from tests.offline.cloud import Cloud
from tests.offline.inventories import previewed, reviewed
from tests.offline.test_up import DOC, FACTORY
from tools.offline.packages import simulations
from tools.offline.simulation import Simulation
from tools.offline.world import World
from tools.rights import deployer
from tools.stack import Stack

STACK = "azure-dev"


@pytest.fixture(scope="module")
def whose() -> Deployer:
    return deployer(Stack(STACK), previewed(STACK), reads=False, account="")


@pytest.fixture(scope="module")
def guard(whose: Deployer) -> Permissions:
    return Permissions(stack_of(whose), [])


@pytest.fixture(scope="module")
def cloud(guard: Permissions, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    def guarded(names: list[str], world: World) -> list[Simulation]:
        return [
            replace(each, tables=replace(each.tables, guard=guard)) if each.package == "azure-native" else each
            for each in simulations(names, world)
        ]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clouds, "simulations", guarded)
        made = Cloud(copy_of_this(tmp_path_factory.mktemp("rights") / "slipway"), tmp_path_factory.mktemp("internet"))
    yield made
    made.close()


@pytest.mark.timeout(900)
def test_up_ends_at_what_may_not_be_done_and_with_the_rights_of_the_plan_does_it_all(
    cloud: Cloud, guard: Permissions, whose: Deployer
) -> None:
    roles = list(documents(whose).values())
    for missing in ("Microsoft.Authorization/roleAssignments/write", "Microsoft.App/containerApps/write"):
        guard.roles = list(without(missing, roles))
        code, said = cloud.make("up", STACK, "--skip-preview")
        assert code != 0
        assert f"does not have authorization to perform action '{missing}' over scope '{guard.stack.id}'" in said
    guard.roles = roles
    cloud.up(STACK)
    with cloud.checkout.edited(FACTORY, DOC, '"""Makes the app, otherwise."""'):
        guard.roles = list(documents(replace(whose, reads=True)).values())
        code, said = cloud.make("preview", STACK)
        assert code == 0, said
        assert cloud.make("up", STACK, "--skip-preview")[0] != 0
        guard.roles = roles
        cloud.up(STACK)
    assert cloud.make("refresh", STACK, "--skip-preview")[0] == 0
    code, said = cloud.make("destroy", STACK, YES="1")
    assert code == 0, said


@pytest.mark.timeout(900)
def test_a_pull_requests_stack_lives_by_its_role_alone(cloud: Cloud, guard: Permissions) -> None:
    _, whose = reviewed(STACK)
    guard.roles = [*documents(whose).values()]
    guard.stack = replace(stack_of(whose), group=stack_name(whose.service, "review-7"))
    code, said = cloud.make("review", STACK, PR="7", FROM=STACK, POLICY="1")
    assert (code, "✅ slipway@" in said) == (0, True), said
    for told in ("Nothing of the stack review-7 is left", "there is no stack review-7"):
        code, said = cloud.make("review", STACK, PR="7", CLOSE="1")
        assert (code, told in said) == (0, True), said
