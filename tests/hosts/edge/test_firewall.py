"""The firewall of a host: whom it lets in, and that nobody is locked out by it for long."""

from collections.abc import Iterator

import pytest

from tests.hosts.edge.rig import Host
from tests.hosts.role.rig import NAME, Deployment, until

pytestmark = [pytest.mark.timeout(1800), pytest.mark.xdist_group("hosts")]

# Beside those of HTTP and HTTPS the lab publishes this one.
OTHER = 8000
TABLE = "nft list table inet role_test"


@pytest.fixture(scope="module", autouse=True)
def neighbour(host: Host, shipped: Deployment) -> Iterator[None]:
    """What somebody else has on the host: it listens, and the service serves, with no firewall."""
    address = "$(ip route get 192.0.2.1 | grep -o 'src [0-9.]*' | cut -d ' ' -f 2)"
    host.shell(f"systemd-run --quiet --unit=neighbour python3 -m http.server {OTHER} --bind {address}")
    host.changed(shipped)
    until(lambda: host.listens(OTHER))
    yield
    host.shell("systemctl stop neighbour.service")


def test_rules_that_lock_everybody_out_go_again_by_themselves(host: Host, shipped: Deployment) -> None:
    # As if sshd were found at no port.
    locking = shipped.but(firewall=True, open_ports=[80], firewall_doubt=15)
    ran = host.site(locking)
    assert ran.code != 0
    assert "UNREACHABLE" in ran.said, ran.said
    until(lambda: host.lets_in(), within=60)
    assert not host.has(TABLE)
    assert (host.serving(), host.listens(OTHER)) == (shipped.identity, True)


def test_only_ssh_the_service_and_the_ports_that_are_named_are_let_in(host: Host, shipped: Deployment) -> None:
    closed = shipped.but(firewall=True)
    host.changed(closed)
    assert (host.lets_in(), host.serving(), host.listens(OTHER)) == (True, shipped.identity, False)
    assert not host.has(f"systemctl is-active {NAME}-firewall-doubt.timer")
    assert host.changed(closed) == 0
    host.shell(TABLE.replace("list", "delete"))
    assert host.changed(closed) > 0
    assert not host.listens(OTHER)
    host.changed(closed.but(firewall_ports=[OTHER]))
    assert host.listens(OTHER)


def test_it_goes_with_the_option_and_nobody_elses_rules_do(host: Host, shipped: Deployment) -> None:
    host.shell("nft add table inet somebody_elses")
    assert host.has(TABLE)
    host.changed(shipped)
    assert not host.has(TABLE)
    assert not host.has(f"ls /etc/systemd/system/{NAME}-firewall.service")
    assert host.has("nft delete table inet somebody_elses")
    assert host.changed(shipped) == 0
