"""What went wrong on a host is told with the host, the task, what it means and what mends it."""

from typing import Any

import pytest

from infra.targets.hosts.failures import told, words
from infra.targets.hosts.playbook import Event, Run

# What OpenSSH 9.2, sudo 1.9 and ansible-core 2.19 said on real machines.
CHANGED = """Failed to connect to the host via ssh: @@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @
@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
Host key verification failed."""


def failed(host: str, task: str, kind: str = "failed", **answer: Any) -> Event:
    return Event(kind, host, task, {"changed": False, **answer})


def run(*events: Event, hosts: tuple[str, ...] = ("h1", "h2")) -> Run:
    broken = {event.host for event in events if event.kind != "ok"}
    counts = {
        host: {"ok": 1, "changed": 0, "failures": int(host in broken), "unreachable": 0, "skipped": 0} for host in hosts
    }
    return Run(list(events), counts)


@pytest.mark.parametrize(
    ("message", "meaning"),
    [
        ("Failed to connect to the host via ssh: ssh: connect to host h1 port 22: Connection refused", "it cannot be reached over SSH"),
        ("Failed to connect to the host via ssh: ssh: connect to host h1 port 22: Connection timed out", "it cannot be reached over SSH"),
        ("Failed to connect to the host via ssh: ssh: Could not resolve hostname h1: Name or service not known", "there is no such name"),
        ("Failed to connect to the host via ssh: deploy@h1: Permission denied (publickey).", "it does not let the user in with this key"),
        (CHANGED, "its key is not the one that is known of it: it was set up anew, or another machine answers in its place"),
        ("Failed to connect to the host via ssh: No ED25519 host key is known for h1 and you have requested strict checking.\nHost key verification failed.", "its key is not known"),
        ("Task failed: Premature end of stream waiting for become success.\n>>> Standard Error\nsudo: a password is required", "the user that logs in may not become root without a password"),
        ("[Errno 28] No space left on device", "a disk of it is full"),
        ("/bin/sh: 1: /usr/bin/python3: not found", "it has no Python, which Ansible needs"),
    ],
)  # fmt: skip
def test_what_is_known_is_told_by_its_meaning_and_its_mend(message: str, meaning: str) -> None:
    event = failed("h1", "Gathering Facts", "unreachable", msg=message)
    first, *rest = told(run(event)).splitlines()
    assert first.startswith(f"h1: Gathering Facts: {meaning}. Fix: ")
    assert rest[-1] == "Not changed: h2."
    assert words(event) == f"h1: Gathering Facts: {meaning}"


def test_what_is_not_known_is_told_as_it_was_said() -> None:
    answer = {"msg": "non-zero return code", "rc": 1, "stdout": "", "stderr": "one\ntwo"}
    assert told(run(failed("h2", "Install the pinned requirements", **answer), hosts=("h2",))).splitlines() == [
        "h2: Install the pinned requirements:",
        "  one",
        "  two",
    ]


def test_of_a_long_log_the_last_lines_are_told_under_what_they_are() -> None:
    lines = [f"line {number}" for number in range(1, 26)]
    event = failed("h1", "Say why it failed", msg="\n".join(["the release task failed. Its last log lines:", *lines]))
    assert told(run(event, hosts=("h1",))).splitlines() == [
        "h1: Say why it failed:",
        "  the release task failed. Its last log lines:",
        *(f"  {line}" for line in lines[-20:]),
    ]


def test_a_failing_item_of_a_loop_is_told_and_the_others_are_not() -> None:
    answer = {"msg": "One or more items failed", "items": [{"item": "b", "msg": "no such unit"}]}
    assert told(run(failed("h1", "Start them", **answer), hosts=("h1",))) == "h1: Start them: no such unit"


def test_what_is_kept_back_is_said_to_be() -> None:
    event = failed("h1", "Put its secrets where the service alone reads them", censored=True)
    assert words(event).endswith(": what it said is kept back, as a secret may stand in it")


def test_hosts_that_are_well_are_told_apart_by_whether_they_changed() -> None:
    changed = Event("ok", "h2", "Switch", {"changed": True})
    said = told(run(changed, failed("h1", "Switch", msg="it does not answer"), hosts=("h1", "h2", "h3")))
    assert said.splitlines() == ["h1: Switch: it does not answer", "Not changed: h3.", "Changed and well: h2."]


def test_the_same_words_are_told_once() -> None:
    twice = [failed("h1", name, msg="it does not answer") for name in ("Wait", "Say what went wrong")]
    assert told(run(*twice, hosts=("h1",))) == "h1: Wait: it does not answer"


def test_what_sums_up_an_earlier_failure_does_not_repeat_it() -> None:
    first = failed("h1", "Wait until it answers", msg="it does not answer")
    summed = failed("h1", "Say what went wrong", msg="Wait until it answers: it does not answer")
    empty = failed("h1", "Put the one before back")
    assert told(run(first, empty, summed, hosts=("h1",))) == "h1: Wait until it answers: it does not answer"


def test_hosts_that_say_the_same_are_told_together() -> None:
    same = [failed(host, "Leave every host as it is", msg="h3 cannot be deployed to") for host in ("h1", "h2")]
    assert told(run(*same)) == "h1, h2: Leave every host as it is: h3 cannot be deployed to"
