"""Hosts that cannot be set up: each is named with what is wrong with it and the mend; the others stay as they were.

The tests follow each other, from hosts on which nothing of the stack is.
"""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.hosts.stack.conftest import Stack

pytestmark = pytest.mark.timeout(1200)

# Nobody has it: it is for documentation alone (RFC 5737).
NOWHERE = "192.0.2.1"


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The known hosts of the lab, of which the second one has another key now."""
    config = Path(os.environ["SLIPWAY_LAB_SSH_CONFIG"]).read_text(encoding="utf-8")
    found = re.search(r"UserKnownHostsFile (\S+)", config)
    assert found
    folder = tmp_path_factory.mktemp("known")
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / "other"], check=True)
    other = (folder / "other.pub").read_text(encoding="utf-8").split()[:2]
    lines = Path(found[1]).read_text(encoding="utf-8").splitlines()
    lines[1] = " ".join([lines[1].split()[0], *other])
    (folder / "known_hosts").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(folder / "known_hosts")


def nothing_is_there(stack: Stack) -> bool:
    return all(stack.on(host, f"ls -d /opt/{stack.unit}/current") == "" for host in stack.hosts)


def test_a_host_that_cannot_be_reached_is_named_and_nothing_serves_anywhere(stack: Stack) -> None:
    stack.reach([*stack.hosts[:2], NOWHERE], timeout=2)
    said = stack.failed_up()
    assert re.search(rf"{NOWHERE}: Gathering Facts: it cannot be reached over SSH\. Fix: ", said)
    assert nothing_is_there(stack)


def test_a_changed_host_key_is_told_as_such(stack: Stack, known: str) -> None:
    stack.reach(known_hosts=known)
    said = stack.failed_up()
    assert f"{stack.hosts[1]}: Gathering Facts: its key is not the one that is known of it" in said
    assert f"ssh-keygen -R {stack.hosts[1]}" in said
    assert nothing_is_there(stack)


def test_a_wrong_key_is_told_as_such(stack: Stack, tmp_path: Path) -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "key"], check=True)
    config = Path(stack.ssh["config"]).read_text(encoding="utf-8")
    mine = tmp_path / "config"
    mine.write_text(re.sub(r"(?m)^ *IdentityFile .*\n", "", config), encoding="utf-8")
    stack.reach(config=str(mine), key=str(tmp_path / "key"))
    said = stack.failed_up()
    for host in stack.hosts:
        assert f"{host}: Gathering Facts: it does not let the user in with this key. Fix: " in said


def test_a_user_without_rights_is_told_as_such(stack: Stack) -> None:
    stack.reach(user="plain")
    for host in stack.hosts:
        stack.on(host, "useradd --create-home plain && cp -r ~deploy/.ssh ~plain/ && chown -R plain: ~plain/.ssh")
    try:
        said = stack.failed_up()
    finally:
        for host in stack.hosts:
            stack.on(host, "userdel --remove plain")
    for host in stack.hosts:
        told = f"{host}: Gathering Facts: the user that logs in may not become root without a password. Fix: "
        assert told in said
    assert nothing_is_there(stack)


def test_the_next_up_heals(stack: Stack) -> None:
    stack.reach()
    stack.up()
    versions = [stack.version(host) for host in stack.hosts]
    assert versions == [versions[0]] * len(stack.hosts)
