"""Security fixes that a host installs by itself: which ones, and when it starts anew for one."""

from collections.abc import Iterator

import pytest

from tests.hosts.edge.rig import Host
from tests.hosts.role.rig import NAME, Deployment

pytestmark = [pytest.mark.timeout(1800), pytest.mark.xdist_group("hosts")]

TIMERS = "apt-daily.timer apt-daily-upgrade.timer"
FILE = f"/etc/apt/apt.conf.d/60{NAME}-upgrades"


@pytest.fixture(scope="module", autouse=True)
def masked(host: Host) -> Iterator[None]:
    """Somebody has turned off what looks for them."""
    before = host.shell(f"systemctl is-enabled {TIMERS} || true").split()
    host.shell(f"systemctl mask {TIMERS}")
    yield
    host.shell(f"systemctl disable --now {TIMERS}; systemctl {'mask' if 'masked' in before else 'enable'} {TIMERS}")


def test_what_would_never_look_for_them_is_told(host: Host, shipped: Deployment) -> None:
    host.changed(shipped)
    ran = host.site(shipped.but(unattended_upgrades=True))
    assert ran.code != 0
    assert "apt-daily.timer is masked" in ran.said, ran.said
    assert host.serving() == shipped.identity


def test_security_fixes_alone_are_installed_and_the_host_starts_anew_when_it_may(
    host: Host, shipped: Deployment
) -> None:
    host.shell(f"systemctl unmask {TIMERS}")
    wanted = shipped.but(unattended_upgrades=True, unattended_reboot="04:00")
    host.changed(wanted)
    said = host.shell("unattended-upgrade --dry-run --verbose --debug 2>&1")
    allowed = next(line for line in said.splitlines() if line.startswith("Allowed origins are:"))
    assert [origin.split(",")[0] for origin in allowed.partition(": ")[2].split("origin=")[1:]] == [
        "Debian",
        "Ubuntu",
        "UbuntuESM",
        "UbuntuESMApps",
    ]
    assert allowed.count("-security") == 4
    assert host.shell(f"systemctl is-active {TIMERS}").split() == ["active", "active"]
    set_to = "apt-config dump --format '%f=%v%n' | grep -E '::Automatic-Reboot|APT::Periodic::Un' | sort"
    assert host.shell(set_to).splitlines() == [
        "APT::Periodic::Unattended-Upgrade=1",
        "Unattended-Upgrade::Automatic-Reboot-Time=04:00",
        "Unattended-Upgrade::Automatic-Reboot=true",
    ]
    assert host.changed(wanted) == 0


def test_it_goes_with_the_option(host: Host, shipped: Deployment) -> None:
    assert host.has(f"ls {FILE}")
    host.changed(shipped)
    assert not host.has(f"ls {FILE}")
    assert host.changed(shipped) == 0
