"""What a program asks of the internet is answered by whoever plays the host, and refused and written down otherwise."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests

from infra import oci
from infra.errors import DeploymentError
from tests.offline.internet.amazon import HOSTS, apis
from tests.offline.internet.internet import Internet
from tests.offline.internet.registry import HOUSES, HUB, MANIFEST, Registries
from tools.offline.world import Thing, World

HOST = "123456789012.dkr.ecr.eu-central-1.amazonaws.com"
LOGIN = oci.Login("AWS", "offline")


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def registries(world: World) -> Registries:
    return Registries(world)


@pytest.fixture
def internet(registries: Registries, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Internet]:
    made = Internet(tmp_path)
    for house in (*HOUSES, HUB):
        made.play(house.hosts, registries.site(house))
    made.play(HOSTS, apis())
    for name, value in {**made.variables(), "DOCKER_CONFIG": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    yield made
    made.close()


def repository(world: World, name: str, mutability: str = "IMMUTABLE") -> str:
    whole = f"{HOST}/{name}"
    inputs: dict[str, Any] = {"imageTagMutability": mutability}
    world.made(name, Thing("aws:ecr/repository:Repository", inputs, {"repositoryUrl": whole}), "there")
    return whole


def pushed(registries: Registries, name: str, content: bytes) -> str:
    there = registries.repository(name)
    layers = [{"mediaType": "application/vnd.oci.image.layer.v1.tar", **there.keep(content)}]
    return there.add(
        MANIFEST, {"schemaVersion": 2, "mediaType": MANIFEST, "config": there.keep(b"{}"), "layers": layers}
    )


def test_what_a_program_asks_of_aws_is_answered_by_moto(internet: Internet) -> None:
    session = boto3.Session("key", "secret", region_name="eu-central-1")
    made = session.client("ecs").create_cluster(clusterName="web")["cluster"]
    assert made["clusterArn"] == "arn:aws:ecs:eu-central-1:123456789012:cluster/web"
    assert session.client("ecs").list_clusters()["clusterArns"] == [made["clusterArn"]]
    assert internet.strangers == []


@pytest.mark.parametrize("url", ["https://example.com/", "http://example.com/"])
def test_a_host_that_nobody_plays_is_refused_and_written_down(internet: Internet, url: str) -> None:
    refused = requests.get(url, timeout=10).status_code if url.startswith("http:") else None
    if refused is None:
        with pytest.raises(requests.exceptions.ProxyError, match="403 Nobody plays this host"):
            requests.get(url, timeout=10)
    assert refused in (None, 403)
    assert len(internet.strangers) == 1
    assert "example.com" in internet.strangers[0]


def test_a_base_image_is_looked_up_on_docker_hub_as_anybody_may(internet: Internet, registries: Registries) -> None:
    there = registries.repository("registry-1.docker.io/library/python")
    assert oci.digest_of("python:3.13-slim") == there.tags["3.13-slim"]
    assert oci.digest_of("python:0.1") is None
    assert internet.strangers == []


def test_a_tag_that_stays_is_refused_another_image(internet: Internet, world: World, registries: Registries) -> None:
    name = repository(world, "web")
    first, second = (pushed(registries, name, content) for content in (b"first", b"second"))
    assert oci.tag_once(f"{name}@{first}", "v1", {HOST: LOGIN}) == first
    assert oci.tag_once(f"{name}@{second}", "v1", {HOST: LOGIN}) == first
    with oci._Repository(name, LOGIN) as raw, pytest.raises(DeploymentError):
        raw.put("v1", raw.manifest(second))


def test_a_copy_arrives_with_all_that_is_below_it(internet: Internet, world: World, registries: Registries) -> None:
    source, destination = repository(world, "web"), repository(world, "prod")
    digest = pushed(registries, source, b"a layer")
    oci.copy(f"{source}@{digest}", destination, "v1", {HOST: LOGIN})
    there = registries.repository(destination)
    assert (there.tags, len(there.blobs)) == ({"v1": digest}, 2)


def test_nobody_gets_in_without_the_login_nor_into_a_repository_that_no_stack_made(
    internet: Internet, world: World
) -> None:
    name = repository(world, "web")
    with pytest.raises(DeploymentError, match=r"the registry refuses the login \(401\)"):
        oci.digest_of(f"{name}:v1", oci.Login("AWS", "wrong"))
    assert oci.digest_of(f"{HOST}/other:v1", LOGIN) is None
    with pytest.raises(DeploymentError, match="there is no such image"):
        oci.labels_of(f"{HOST}/other:v1", LOGIN)
