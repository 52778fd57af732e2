"""One of the lab's hosts for what stands around the service: HTTPS, the firewall, upgrades, the container engines."""

from collections.abc import Generator

import pytest

from tests.hosts.edge.rig import Host
from tests.hosts.role.rig import Deployment, Hosts, deployment


@pytest.fixture(scope="session")
def host(tmp_path_factory: pytest.TempPathFactory) -> Generator[Host]:
    """A host on which nothing of the service is, before all tests and after them: each file goes on from another's end."""
    found = Host(Hosts(tmp_path_factory.mktemp("hosts")))
    before = found.destroy()
    assert before.code == 0, before.said
    yield found
    after = found.destroy()
    assert after.code == 0, after.said


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """What serves on the host, in one setting and then another: its processes stay the same."""
    return deployment(tmp_path_factory.mktemp("shipped")).but(start_timeout=300)
