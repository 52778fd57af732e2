"""The stand-in for docker's provider, served once, and a program whose Docker objects go away after each test."""

import os
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest

from tests.docker_provider.backend import DockerBackend
from tests.offline.client import Client
from tests.offline.program import Program
from tests.parts import told
from tools.offline.server import Serving, serve


@pytest.fixture(scope="session")
def engine() -> docker.APIClient:
    """The real Docker Engine."""
    told("docker")
    return docker.APIClient(version="auto")


@pytest.fixture(scope="session")
def image(engine: docker.APIClient) -> str:
    """The name of an image with Python in a registry."""
    return f"{told('registry')}/library/{os.environ.get('SLIPWAY_LAB_PYTHON_IMAGE', 'python:3.13-slim')}"


@pytest.fixture(scope="session")
def serving() -> Iterator[Serving]:
    serving = serve([DockerBackend()])
    yield serving
    serving.close()


@pytest.fixture(scope="session")
def client(serving: Serving) -> Client:
    return Client("docker", serving.ports["docker"])


@pytest.fixture
def program(engine: docker.APIClient, serving: Serving, tmp_path: Path) -> Iterator[Program]:
    made = Program(tmp_path / "program", "docker", {"PULUMI_DEBUG_PROVIDERS": serving.variable()})
    yield made
    made.run("destroy", "--yes", "--skip-preview")
