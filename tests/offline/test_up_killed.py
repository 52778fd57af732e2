"""An `up` on a cloud whose engine is killed while the platform makes something: the next one goes on from there."""

import json
import os
import re
import signal
from collections.abc import Iterator

import pytest

from tests.engine.conftest import copy_of_this
from tests.offline.cloud import Cloud
from tools.offline.world import Key, Thing

REGISTRY, APP = "azure-native:containerregistry:Registry", "azure-native:app:ContainerApp"
REPOSITORY, SERVICE = "gcp:artifactregistry/repository:Repository", "gcp:cloudrunv2/service:Service"
VERSION = "gcp:secretmanager/secretVersion:SecretVersion"


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    made = Cloud(copy_of_this(tmp_path_factory.mktemp("clouds") / "slipway"), tmp_path_factory.mktemp("internet"))
    yield made
    made.close()


def test_what_azure_has_and_nobody_recorded_is_taken_in_and_not_made_twice(cloud: Cloud) -> None:
    for type_ in (REGISTRY, APP):
        key, said = killed_when_made(cloud, "azure-dev", type_)
        assert key in cloud.world.things
        assert " updating (" not in said
        left = cloud.state("azure-dev")
        code, said = cloud.make("preview", "azure-dev")
        assert (code, "or is at work. The next make up looks what came of it." in said) == (0, True), said
        assert cloud.state("azure-dev") == left
    said = cloud.up("azure-dev")
    assert "recovering: a run was killed while creating " in said
    assert "creating slipway:azure:Service$azure-native:app:ContainerApp slipway" in said
    assert " updating (" not in said
    assert "warning" not in said
    cloud.up("azure-dev", "--expect-no-changes")
    assert '"pending_operations"' not in cloud.state("azure-dev")
    assert cloud.make("destroy", "azure-dev", YES="1")[0] == 0
    assert {type_ for type_, _ in cloud.world.things} & {REGISTRY, APP} == set()


def test_what_google_has_is_taken_in_what_never_came_to_be_is_made_and_what_is_numbered_is_told_of(
    cloud: Cloud,
) -> None:
    assert killed_when_made(cloud, "gcp-dev", REPOSITORY)[0] in cloud.world.things
    killed_when_made(cloud, "gcp-dev", VERSION)
    lost, said = killed_when_made(cloud, "gcp-dev", SERVICE)
    told = (
        r"warning: a run was killed while creating .*:SecretVersion slipway-secret-key\.\nSee whether it came to be, "
    )
    assert re.search(told, said), said
    cloud.world.removed(*lost)
    cloud.up("gcp-dev")
    assert lost in cloud.world.things
    cloud.up("gcp-dev", "--expect-no-changes")
    assert cloud.make("destroy", "gcp-dev", YES="1")[0] == 0
    assert {type_ for type_, _ in cloud.world.things} & {REPOSITORY, SERVICE} == set()


def killed_when_made(cloud: Cloud, stack: str, type_: str) -> tuple[Key, str]:
    """An `up` whose engine is killed as soon as the platform has one of the type, and before it answers.

    What is there then, and all that was said.
    """
    born: list[Key] = []
    made = cloud.world.made

    def made_and_killed(id_: str, thing: Thing, of: str) -> None:
        made(id_, thing, of)
        if thing.type == type_ and not born:
            born.append((type_, id_))
            (lock,) = (cloud.checkout.root / ".slipway/state/.pulumi/locks").glob(f"*/*/{stack}/*.json")
            os.kill(json.loads(lock.read_text(encoding="utf-8"))["pid"], signal.SIGKILL)

    cloud.world.made = made_and_killed
    try:
        code, said = cloud.make("up", stack, "--skip-preview")
    finally:
        cloud.world.made = made
    assert (code != 0, f"up was ended before its time. make up STACK={stack} goes on" in said) == (True, True), said
    return born[0], said
