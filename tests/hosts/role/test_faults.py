"""What happens to the rollout, and to the service, when a host fails in the middle of it."""

import subprocess
import threading
import time
from pathlib import Path

import pytest

from tests.hosts.role.rig import Deployment, Hosts, Ran, deployment
from tests.parts import told

pytestmark = [pytest.mark.timeout(1800), pytest.mark.xdist_group("hosts")]


def container(verb: str, host: str) -> None:
    """The lab's hosts are containers, which is how one is killed."""
    told("docker")
    subprocess.run(["docker", *verb.split(), f"slipway-lab-{host}"], check=True, capture_output=True)


def until(hosts: Hosts, host: str, identity: str, within: float = 600) -> None:
    """Wait until that host serves the deployment."""
    deadline = time.monotonic() + within
    while hosts.serving()[host] != identity:
        assert time.monotonic() < deadline
        time.sleep(0.5)


def in_the_middle(hosts: Hosts, wanted: Deployment, strike: str) -> Ran:
    """Roll it out, and as soon as h1 serves it, do that to h2."""
    ran: list[Ran] = []
    thread = threading.Thread(target=lambda: ran.append(hosts.site(wanted)))
    thread.start()
    until(hosts, "h1", wanted.identity)
    container(strike, "h2")
    thread.join()
    return ran[0]


@pytest.mark.parametrize(("strike", "mend"), [("kill", "start")])
def test_a_host_that_is_lost_in_the_middle_is_named_and_the_others_are_put_back(
    hosts: Hosts, shipped: Deployment, folder: Path, strike: str, mend: str
) -> None:
    hosts.ship(shipped)
    wanted = deployment(folder, greeting=strike)
    try:
        ran = in_the_middle(hosts, wanted, strike)
        assert ran.code != 0
        assert "h2" in ran.said
        assert [hosts.serving()[name] for name in ("h1", "h3")] == [shipped.identity, shipped.identity]
    finally:
        container(mend, "h2")
    until(hosts, "h2", hosts.serving()["h2"] or shipped.identity)
    healed = hosts.site(wanted)
    assert healed.code == 0, healed.said
    assert hosts.serving() == dict.fromkeys(hosts.addresses, wanted.identity)
