"""A host that says it is RHEL's kin: Debian below, but with a real dnf and rpm, which find empty packages of these names.

What is seen is what the role does on that family: not that what is in RHEL's own packages does its part.
"""

from collections.abc import Iterator

import pytest

from tests.hosts.edge.rig import Host
from tests.hosts.role.rig import NAME, Deployment

pytestmark = [pytest.mark.timeout(1800), pytest.mark.xdist_group("hosts")]

FILE = "/usr/lib/os-release"
FOLDER = "/root/rocky"
TIMER = f"{NAME}-upgrades.timer"
PROGRAM = "/usr/bin/dnf-automatic"

SETUP = f"""
set -e
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends dnf rpm createrepo-c >/dev/null
mkdir -p {FOLDER} /etc/yum.repos.d
printf 'ID="rocky"\\nID_LIKE="rhel centos fedora"\\nVERSION_ID="9.6"\\n' >{FOLDER}/os-release
for name in nginx dnf-automatic; do
    printf '%s\\n' "Name: $name" 'Version: 1' 'Release: 1' 'Summary: empty' 'License: none' 'BuildArch: noarch' \\
        '%description' 'Empty.' '%files' >{FOLDER}/$name.spec
    rpmbuild --quiet -bb --define '_rpmdir {FOLDER}/packages' {FOLDER}/$name.spec
done
createrepo_c --quiet {FOLDER}/packages
printf '[stubs]\\nname=stubs\\nbaseurl=file://{FOLDER}/packages\\ngpgcheck=0\\n' >/etc/yum.repos.d/stubs.repo
mount --bind {FOLDER}/os-release {FILE}
mv /usr/bin/apt-get /usr/bin/dpkg-query {FOLDER}
"""
TEARDOWN = f"""
umount {FILE}
mv {FOLDER}/apt-get {FOLDER}/dpkg-query /usr/bin
rpm --erase nginx dnf-automatic
rm -rf {FOLDER} /etc/yum.repos.d/stubs.repo
"""


@pytest.fixture(scope="module", autouse=True)
def rocky(host: Host, shipped: Deployment) -> Iterator[None]:
    """What serves stays, and its nginx is Debian's."""
    host.changed(shipped)
    try:
        host.shell(SETUP)
        yield
    finally:
        host.shell(TEARDOWN)


def test_what_is_missing_is_found_by_rpm_and_installed_by_dnf(host: Host, shipped: Deployment) -> None:
    wanted = shipped.but(unattended_upgrades=True, unattended_reboot="04:00")
    preview = host.site(wanted, "--check")
    assert preview.code == 0, preview.said
    assert "nginx, dnf-automatic" in preview.said
    assert host.changed(wanted) > 0
    assert host.shell("rpm --query --queryformat '%{name} ' nginx dnf-automatic").split() == ["nginx", "dnf-automatic"]
    assert host.serving() == shipped.identity
    assert host.changed(wanted) == 0


def test_security_fixes_are_installed_by_a_timer_of_the_services_own(host: Host) -> None:
    assert host.shell(f"systemctl is-active {TIMER}; systemctl is-enabled {TIMER}").split() == ["active", "enabled"]
    starts = host.shell(f"systemctl show {NAME}-upgrades.service --property=ExecStart --value")
    assert f"argv[]={PROGRAM} /etc/dnf/automatic-{NAME}.conf --installupdates --downloadupdates ;" in starts
    assert host.shell(f"cat /etc/dnf/automatic-{NAME}.conf").splitlines()[1:] == [
        "[commands]",
        "upgrade_type = security",
        "reboot = when-needed",
        'reboot_command = "shutdown -r 04:00"',
    ]


def test_they_go_with_the_option(host: Host, shipped: Deployment) -> None:
    host.changed(shipped)
    assert (
        host.shell(f"ls -d /etc/dnf/automatic-{NAME}* /etc/systemd/system/{NAME}-upgrades* 2>/dev/null || true") == ""
    )
    assert not host.has(f"systemctl cat {TIMER}")
    assert host.changed(shipped) == 0
