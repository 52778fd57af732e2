"""Hosts that fail, before a rollout and in the middle of one: each is named with what is wrong with it and the mend.

The others stay as they were, or are put back, and the next `up` heals.
"""

import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests import parts
from tests.hosts.role.rig import until
from tests.hosts.stack.conftest import Stack
from tests.hosts.stack.load import loaded

pytestmark = pytest.mark.timeout(1800)

# Nobody has it: it is for documentation alone (RFC 5737).
NOWHERE = "192.0.2.1"
FACTORY = "app/service/factory.py"
HOOK = "    errors.register(app)\n"
BROKEN = "raise RuntimeError('no disk')"


def keyed(folder: Path, name: str) -> str:
    """A key that no host knows: its file."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
    return str(folder / name)


def reached_otherwise(stack: Stack, folder: Path, changes: dict[str, dict[str, str]]) -> str:
    """The lab's configuration of SSH, but other values of some keywords for some hosts."""
    _, lines = Path(stack.ssh["config"]).read_text(encoding="utf-8").split("Host *\n")
    common = dict(line.split(maxsplit=1) for line in lines.splitlines())
    blocks = [
        "\n  ".join(
            [f"Host {host}", *(f"{name} {value}" for name, value in {**common, **changes.get(host, {})}.items())]
        )
        for host in [*stack.hosts, NOWHERE]
    ]
    path = folder / "ssh_config"
    path.write_text("\n".join([*blocks, ""]), encoding="utf-8")
    return str(path)


def known_hosts(stack: Stack, folder: Path, host: int) -> str:
    """What the lab knows of its hosts, of which this one has another key now."""
    found = re.search(r"UserKnownHostsFile (\S+)", Path(stack.ssh["config"]).read_text(encoding="utf-8"))
    assert found
    other = Path(keyed(folder, "other") + ".pub").read_text(encoding="utf-8").split()[:2]
    lines = Path(found[1]).read_text(encoding="utf-8").splitlines()
    lines[host] = " ".join([lines[host].split()[0], *other])
    (folder / "known_hosts").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(folder / "known_hosts")


def told(stack: Stack, said: str, host: str, what: str) -> bool:
    """Whether the host is named with the first task and with that; hosts that say the same are named together."""
    return re.search(rf"{re.escape(host)}(, [\d.]+)*: See what is there: {re.escape(what)}", said) is not None


def test_hosts_that_cannot_be_logged_in_to_are_named_each_with_its_reason(stack: Stack, tmp_path: Path) -> None:
    before = stack.serving()
    config = reached_otherwise(
        stack,
        tmp_path,
        {
            stack.hosts[1]: {"UserKnownHostsFile": known_hosts(stack, tmp_path, 1)},
            stack.hosts[2]: {"IdentityFile": keyed(tmp_path, "wrong")},
        },
    )
    stack.reach([*stack.hosts, NOWHERE], config=config, timeout=3)
    try:
        said = stack.failed_up()
    finally:
        stack.reach()
    assert told(stack, said, stack.hosts[1], "its key is not the one that is known of it")
    assert f"ssh-keygen -R {stack.hosts[1]}" in said
    assert told(stack, said, stack.hosts[2], "it does not let the user in with this key. Fix: ")
    assert told(stack, said, NOWHERE, "it cannot be reached over SSH. Fix: ")
    assert f"{stack.hosts[0]}: Leave every host as it is, as another one is not ready: " in said
    assert stack.serving() == before


@contextmanager
def without_python(stack: Stack, host: str) -> Iterator[None]:
    stack.on(
        host,
        "mkdir -p /root/away/bin /root/away/local; mv /usr/bin/python3* /root/away/bin; mv /usr/local/bin/python3* /root/away/local",
    )
    try:
        yield
    finally:
        stack.on(host, "mv /root/away/bin/* /usr/bin; mv /root/away/local/* /usr/local/bin; rm -r /root/away")


@contextmanager
def with_a_plain_user(stack: Stack, host: str) -> Iterator[None]:
    stack.on(host, "useradd --create-home plain && cp -r ~deploy/.ssh ~plain/ && chown -R plain: ~plain/.ssh")
    try:
        yield
    finally:
        stack.on(host, "userdel --remove plain")


@contextmanager
def with_a_full_disk(stack: Stack, host: str) -> Iterator[None]:
    """Where deployments are written down is a disk with no room; what serves has read all that it needs of it."""
    where = f"/opt/{stack.unit}/deployments"
    stack.on(host, f"dd if=/dev/zero of=/srv/small/full bs=1M; mount --bind /srv/small {where}")
    try:
        yield
    finally:
        stack.on(host, f"umount {where}; rm -f /srv/small/full; rm -rf /srv/small/*")


def test_hosts_without_python_rights_or_room_are_named_each_with_its_reason(stack: Stack, tmp_path: Path) -> None:
    before = stack.serving()
    stack.reach(config=reached_otherwise(stack, tmp_path, {stack.hosts[1]: {"User": "plain"}}))
    with (
        without_python(stack, stack.hosts[0]),
        with_a_plain_user(stack, stack.hosts[1]),
        with_a_full_disk(stack, stack.hosts[2]),
        stack.checkout.edited(FACTORY, HOOK, f"    # new\n{HOOK}"),
    ):
        said = stack.failed_up()
    stack.reach()
    assert told(stack, said, stack.hosts[0], "it has no Python, which Ansible needs. Fix: ")
    assert told(stack, said, stack.hosts[1], "the user that logs in may not become root without a password. Fix: ")
    assert f"{stack.hosts[2]}: Write down the deployment: a disk of it is full. Fix: " in said
    assert stack.serving() == before
    assert "changed: Let it serve" not in stack.up()
    assert stack.serving() == before


@pytest.mark.parametrize(
    ("broken", "what"),
    [
        (BROKEN, "the release task failed; nothing was switched."),
        # The variable is of the web process alone, so that the release task of the revision succeeds.
        (
            f"if __import__('os').environ.get('WEB_SERVER'): {BROKEN}",
            "Start it beside the one before, and wait until it answers:",
        ),
    ],
)
def test_a_revision_that_does_not_serve_is_put_back_and_the_reason_is_told(
    stack: Stack, broken: str, what: str
) -> None:
    before = stack.serving()
    with stack.checkout.edited(FACTORY, HOOK, f"    {broken}\n{HOOK}"):
        said = stack.failed_up()
    assert "the hosts could not be set up:" in said
    assert what in said
    assert "RuntimeError: no disk" in said
    assert stack.serving() == before
    assert "changed: Let it serve" not in stack.up()


def container(verb: str, host: str) -> None:
    """The lab's hosts are containers, which is how one is lost."""
    parts.told("docker")
    name = f"slipway-lab-h{host.rpartition('.')[2][-1]}"
    subprocess.run(["docker", *verb.format(name=name, number=name[-1]).split()], check=True, capture_output=True)


LOST = {
    "killed": ("kill {name}", "start {name}"),
    "without a link": (
        "network disconnect slipway-lab {name}",
        "network connect --ip 172.31.250.1{number} slipway-lab {name}",
    ),
}


def when_the_first_has_it(stack: Stack, before: str, act: Callable[["subprocess.Popen[str]"], None]) -> str:
    """Roll out what is in the checkout, and do that as soon as the first host serves it; what `up` said."""
    up = stack.begun_up()
    try:
        until(lambda: up.poll() is not None or stack.serves(stack.hosts[0]).get("deployment", before) != before)
        assert up.poll() is None, up.communicate()[0]
        act(up)
        return up.communicate()[0]
    finally:
        if up.poll() is None:
            os.killpg(up.pid, signal.SIGKILL)
            up.communicate()


@pytest.mark.parametrize("how", LOST)
def test_a_host_that_is_lost_in_the_middle_is_named_and_the_others_are_put_back(stack: Stack, how: str) -> None:
    lose, find = LOST[how]
    first, lost, last = stack.hosts
    before = stack.serves(first)
    with stack.checkout.edited(FACTORY, HOOK, f"    # {how}\n{HOOK}"), loaded([first, last]) as loads:
        try:
            said = when_the_first_has_it(stack, before["deployment"], lambda _up: container(lose, lost))
            assert re.search(rf"{re.escape(lost)}: .*: it cannot be reached over SSH", said), said
            assert [stack.serves(first), stack.serves(last)] == [before, before]
        finally:
            container(find, lost)
        until(lambda: stack.serves(lost))
        stack.up()
        after = stack.serving()
        assert after == [after[0]] * 3
        assert loads.none_failed()
        assert after[0]["revision"] != before["revision"]


def test_an_up_that_is_killed_in_the_middle_leaves_hosts_that_serve_and_the_next_goes_on(stack: Stack) -> None:
    before = stack.serves(stack.hosts[0])
    with stack.checkout.edited(FACTORY, HOOK, f"    # killed\n{HOOK}"), loaded(stack.hosts) as loads:
        when_the_first_has_it(stack, before["deployment"], lambda up: os.killpg(up.pid, signal.SIGKILL))
        assert all(stack.serving())
        stack.up()
        after = stack.serving()
        assert loads.none_failed()
    assert after == [after[0]] * 3
    assert after[0]["revision"] != before["revision"]
