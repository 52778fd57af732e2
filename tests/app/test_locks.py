"""The pinned requirements of each server."""

import re

import pytest

from serving.contract import SERVERS
from tests.app.conftest import APP

FOLDER = APP / "requirements"
OWN = {"gunicorn": "gunicorn", "uwsgi": "pyuwsgi", "waitress": "waitress"}


def pins(server: str) -> dict[str, tuple[str, int]]:
    """Version and number of hashes of each package."""
    found: dict[str, tuple[str, int]] = {}
    for entry in re.split(r"\n(?=\S)", (FOLDER / f"{server}.txt").read_text()):
        match = re.match(r"([a-z0-9-]+)==(\S+)", entry)
        if match:
            found[match[1]] = (match[2], entry.count("--hash=sha256:"))
    return found


@pytest.mark.parametrize("server", SERVERS)
def test_every_package_is_pinned_with_hashes(server: str) -> None:
    lines = [line for line in (FOLDER / f"{server}.txt").read_text().splitlines() if line[:1].isalnum()]

    assert len(lines) == len(pins(server)) > 5
    assert all(hashes > 0 for _, hashes in pins(server).values())


@pytest.mark.parametrize("server", SERVERS)
def test_each_lock_has_its_server_and_no_other(server: str) -> None:
    assert set(OWN.values()) & set(pins(server)) == {OWN[server]}


def test_the_servers_run_the_same_versions_of_everything_else() -> None:
    others = [{name: pin for name, pin in pins(server).items() if name != OWN[server]} for server in SERVERS]

    assert others[0] == others[1] == others[2]


@pytest.mark.parametrize("server", SERVERS)
def test_no_lock_names_a_place_to_install_from(server: str) -> None:
    assert not re.search(r"https?://|--index|--find-links|--extra-index", (FOLDER / f"{server}.txt").read_text())
