"""What happens to the rollout, and to the service, when hosts fail in the middle of it."""

import subprocess
import threading
import time
from pathlib import Path

import pytest

from tests.hosts.role.rig import NAME, Deployment, Hosts, Ran, deployment
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


@pytest.mark.parametrize(("strike", "mend"), [("kill", "start"), ("pause", "unpause")])
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


def test_a_host_that_cannot_be_reached_leaves_the_others_as_they_are(
    hosts: Hosts, shipped: Deployment, folder: Path
) -> None:
    hosts.ship(shipped)
    container("pause", "h3")
    try:
        ran = hosts.site(deployment(folder, greeting="unreachable"))
        assert ran.code != 0
        assert "nothing was switched on any host" in ran.said
        assert [hosts.serving()[name] for name in ("h1", "h2")] == [shipped.identity, shipped.identity]
    finally:
        container("unpause", "h3")
    assert hosts.site(shipped).code == 0


def test_a_full_disk_is_told_and_leaves_all_hosts_as_they_are(hosts: Hosts, shipped: Deployment, folder: Path) -> None:
    hosts.ship(shipped)
    small = deployment(folder, greeting="small").but(
        name=f"{NAME}-small", root="/srv/small/service", nginx=False, port=8000
    )
    hosts.shell("h2", "head -c 15M /dev/zero >/srv/small/fill")
    try:
        ran = hosts.site(small.but(admin_port=9565))
        assert ran.code != 0
        assert "No space left on device" in ran.said
        assert hosts.serving() == dict.fromkeys(hosts.addresses, shipped.identity)
    finally:
        hosts.shell("h2", "rm /srv/small/fill")
        hosts.play("destroy.yml", {"slipway_name": f"{NAME}-small", "slipway_root": "/srv/small/service"})
