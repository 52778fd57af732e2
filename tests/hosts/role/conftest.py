"""One of the lab's hosts for the role, which leaves it as it found it."""

from collections.abc import Generator
from pathlib import Path

import pytest

from tests.hosts.role.rig import Deployment, Hosts, deployment


@pytest.fixture(scope="session")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Generator[Hosts]:
    """A host on which nothing of the service is, before and after."""
    found = Hosts(tmp_path_factory.mktemp("hosts"))
    assert found.destroy().code == 0
    yield found
    assert found.destroy().code == 0


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """What serves on the hosts before and after each test."""
    return deployment(tmp_path_factory.mktemp("shipped"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """For releases of a test's own."""
    return tmp_path
