"""Promotion: another stack's image by its digest, copied whole into the stack's own repository; nothing is built."""

import json
import re
import urllib.request
from typing import Any

import pytest

from infra import oci
from infra.service import load_service
from tests.engine.docker.conftest import DockerStack, Lab, Stacks
from tests.engine.docker.test_image import manifest

FACTORY = "app/service/factory.py"


@pytest.fixture(scope="module")
def dev(lab: Lab) -> Any:
    made = Stacks(lab)
    stack = made()
    stack.up()
    yield stack
    made.end()


def promoted(stacks: Stacks, source: str, **values: Any) -> DockerStack:
    """A stack with a repository of its own that runs what another one built. It is given no builder at all."""
    stack = stacks(image=source, **values)
    stack.set(build={"builder": "not-there"})
    return stack


def forget(stack: DockerStack, image: str) -> None:
    """Delete an image from the registry, as a cleaning of its repository does."""
    host, _, path = stack.repository.partition("/")
    url = f"http://{host}/v2/{path}/manifests/{image.partition('@')[2]}"
    with urllib.request.urlopen(urllib.request.Request(url, method="DELETE"), timeout=10) as answer:
        assert answer.status == 202


def test_prod_runs_what_dev_built_digest_for_digest_with_its_attestations_and_builds_nothing(
    dev: DockerStack, stacks: Stacks
) -> None:
    prod = promoted(stacks, dev.name)
    done = prod.up()
    assert "docker-build" not in done.stdout
    built, run = dev.output("image"), prod.output("image")
    assert run == f"{prod.repository}@{built.partition('@')[2]}"
    assert manifest(run) == manifest(built)
    assert [entry["platform"]["architecture"] for entry in manifest(run)["manifests"]] == ["amd64", "unknown"]
    for entry in manifest(run)["manifests"]:
        assert manifest(f"{prod.repository}@{entry['digest']}") == manifest(f"{dev.repository}@{entry['digest']}")
    assert prod.version()["revision"] == dev.version()["revision"]
    assert oci.digest_of(f"{prod.repository}:{prod.version()['revision']}") == built.partition("@")[2]
    assert prod.make("up", ARGS="--skip-preview --expect-no-changes").returncode == 0


@pytest.mark.timeout(900)
def test_what_was_promoted_outlives_its_source_and_an_older_one_can_be_returned_to(lab: Lab, stacks: Stacks) -> None:
    source = stacks()
    prod = promoted(stacks, source.name)
    checkout, way = source.checkout, {"FROM": source.name, "TO": prod.name}
    checkout.commit("dev and prod")
    source.up()
    first, older = source.output("image"), source.version()["revision"]
    shown = checkout.make("promote", **way)
    assert (shown.returncode != 0, prod.containers()) == (True, [])
    told = [f"image: {prod.name} runs nothing yet", f"       {source.name} runs the revision {older} ({first})"]
    assert shown.stdout.splitlines()[:2] == told
    assert f"settings: {source.name} | {prod.name}\n  service:build.base: " in shown.stdout
    assert f'  service:image: - | "{source.name}"\n' in shown.stdout
    assert "plan: 0 resources stay as they are\n  create " in shown.stdout
    assert checkout.make("promote", **way, YES="1").returncode == 0
    kept = prod.output("image")
    with checkout.changed(FACTORY, '"""Makes the app."""', '"""Makes the next app."""'):
        source.up()
        second = source.output("image")
        done = checkout.make("promote", **way, YES="1")
        assert (done.returncode, "docker-build" in done.stdout) == (0, False)
        newer = prod.version()["revision"]
        assert newer != older
    assert source.make("destroy", YES="1").returncode == 0
    for image in (first, second):
        forget(source, image)
    # The older one is had by the digest that prod itself holds.
    promotions = re.findall(r"(?m)^ *(\d+)  .*  promoted from ", prod.make("rollback").stdout)
    assert len(promotions) == 2
    assert prod.make("rollback", VERSION=promotions[-1], YES="1").returncode == 0
    assert (prod.output("image"), prod.version()["revision"]) == (kept, older)
    lab.engine.images.pull(prod.repository, tag=kept.partition("@")[2])


def test_an_image_for_another_server_is_refused_with_the_command_that_mends_it(
    dev: DockerStack, stacks: Stacks
) -> None:
    prod = promoted(stacks, dev.name, server="waitress")
    done = prod.make("up")
    assert done.returncode != 0
    told = f"{dev.output('image')} has gunicorn inside, and this stack asks for waitress. "
    assert (
        f"service:image: {told}Fix: pulumi config set --path service:server gunicorn --stack {prod.name}" in done.stdout
    )
    assert prod.left() == [] or prod.containers("web") == []


def test_an_image_that_no_stack_built_is_refused(lab: Lab, stacks: Stacks) -> None:
    base = f"{lab.registry}/library/python"
    digest = oci.digest_of(f"{base}:3.13-slim")
    prod = promoted(stacks, f"{base}@{digest}")
    done = prod.make("up")
    assert done.returncode != 0
    assert f"service:image: {base}@{digest} has no label org.opencontainers.image.revision" in done.stdout


def test_a_stack_that_is_not_there_or_has_no_image_in_a_registry_is_refused(lab: Lab, stacks: Stacks) -> None:
    prod = promoted(stacks, "nowhere")
    done = prod.make("up")
    assert done.returncode != 0
    assert f'unknown stack "organization/{load_service().name}/nowhere"' in done.stdout
    loaded = stacks()
    loaded.config.pop("service:registry")
    loaded.set()
    loaded.up()
    prod.set(image=loaded.name)
    done = prod.make("up")
    assert done.returncode != 0
    assert "which is in no registry. Fix: set service:registry.repository in that stack" in done.stdout


def test_without_a_registry_of_its_own_a_stack_runs_the_image_from_where_it_is(
    dev: DockerStack, stacks: Stacks
) -> None:
    prod = promoted(stacks, dev.name)
    prod.config.pop("service:registry")
    prod.set()
    prod.up()
    assert prod.output("image") == dev.output("image")
    assert json.loads(prod.get("/version"))["revision"] == dev.version()["revision"]
