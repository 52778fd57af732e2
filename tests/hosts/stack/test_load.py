"""Revisions roll over three hosts under load from outside, with each of the servers, and no request is lost."""

import threading

import pytest

from tests.hosts.stack.conftest import Stack
from tests.hosts.stack.load import loaded

pytestmark = pytest.mark.timeout(1800)

FACTORY = "app/service/factory.py"
HOOK = "    errors.register(app)\n"
REQUESTS = 20_000


class Watched:
    """What of the process list of a host holds a text, looked at until it is stopped."""

    def __init__(self, stack: Stack, host: str, text: str) -> None:
        self.found: list[str] = []
        self.looks = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, args=(stack, host, text))

    def _look(self, stack: Stack, host: str, text: str) -> None:
        while not self._over.wait(5):
            said = stack.on(host, "ps -eo args")
            self.looks += bool(said)
            self.found += [line for line in said.splitlines() if text in line]

    def __enter__(self) -> "Watched":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()


@pytest.mark.parametrize("server", ["gunicorn", "uwsgi", "waitress"])
def test_revisions_roll_from_host_to_host_and_no_request_is_lost(stack: Stack, server: str) -> None:
    """From the server before to this one, and then from a revision of it to the next."""
    secret = stack.on(stack.hosts[0], f"cat /opt/{stack.unit}/current/secrets/SECRET_KEY")
    before = stack.serves(stack.hosts[0])
    with loaded(stack.hosts) as loads, Watched(stack, stack.hosts[0], secret) as watched:
        stack.set(server=server, environment={"GREETING": "{{ no template }} 'quoted' \"twice\""})
        stack.up()
        assert (stack.serves(stack.hosts[0])["server"], len(secret)) == (server, 43)
        with stack.checkout.edited(FACTORY, HOOK, f"    # as {server} runs it\n{HOOK}"):
            said = stack.up()
        loads.wait_for(REQUESTS)
        tallies = loads.stop()
    assert [tally.failed.total() for tally in tallies] == [0] * len(stack.hosts), tallies
    assert sum(tally.ok for tally in tallies) >= REQUESTS
    # One after the other, in their order.
    served = [said.index(f"{host}: changed: Let it serve in the place of the one before") for host in stack.hosts]
    assert served == sorted(served)
    after = stack.serving()
    assert after == [after[0]] * len(stack.hosts)
    assert after[0]["revision"] != before["revision"]
    assert (watched.found, watched.looks > 0) == ([], True)


def test_the_last_releases_stay_and_the_one_before_is_back_without_an_installation(stack: Stack) -> None:
    # What is in the checkout, and no revision of another test's: the last `up` goes back to it.
    stack.up()
    before = stack.serves(stack.hosts[0])
    kept = 2
    stack.set(options={**stack.config["service:options"], "releases_kept": kept})
    # As if it had been cut short when it was made.
    cut = "0" * 12
    stack.on(stack.hosts[2], f"mkdir /opt/{stack.unit}/deployments/{cut} /opt/{stack.unit}/releases/{cut}")
    with stack.checkout.edited(FACTORY, HOOK, f"    # later\n{HOOK}"):
        stack.up()
    later = stack.serves(stack.hosts[0])
    assert later["revision"] != before["revision"]
    for what in ("deployment", "revision"):
        folder = "deployments" if what == "deployment" else "releases"
        found = set(stack.on(stack.hosts[2], f"ls /opt/{stack.unit}/{folder}").split())
        assert {before[what], later[what]} <= found - {cut} == found
        assert len(found) <= 1 + kept
    said = stack.up()
    assert "changed: Let it serve" in said
    assert "changed: Make its environment" not in said
    assert stack.serving() == [before] * len(stack.hosts)
