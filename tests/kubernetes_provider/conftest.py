"""The stand-in for kubernetes's provider, served once, and a program whose objects go away after each test."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kubernetes_provider.cluster import Cluster
from tests.kubernetes_provider.protocol import serve
from tests.offline.client import Client
from tests.offline.program import Program
from tests.parts import told
from tools.offline.server import Serving


@pytest.fixture(scope="session")
def kubeconfig() -> str:
    return told("cluster")


@pytest.fixture(scope="session")
def cluster(kubeconfig: str) -> Cluster:
    """The real cluster."""
    return Cluster(kubeconfig)


@pytest.fixture(scope="session")
def image() -> str:
    """The name of an image with Python, as pods pull it."""
    return f"{told('registry')}/library/{os.environ.get('SLIPWAY_LAB_PYTHON_IMAGE', 'python:3.13-slim')}"


@pytest.fixture(scope="session")
def serving(kubeconfig: str) -> Iterator[Serving]:
    serving = serve(kubeconfig)
    yield serving
    serving.close()


@pytest.fixture(scope="session")
def client(serving: Serving) -> Client:
    return Client("kubernetes", serving.ports["kubernetes"])


@pytest.fixture
def program(serving: Serving, tmp_path: Path) -> Iterator[Program]:
    made = Program(tmp_path / "program", "kubernetes", {"PULUMI_DEBUG_PROVIDERS": serving.variable()})
    yield made
    made.run("destroy", "--yes", "--skip-preview")
