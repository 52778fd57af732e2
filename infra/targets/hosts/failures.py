"""What went wrong on a host, in words that name the host, the task and the mend."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from infra.targets.hosts.playbook import Event, Run

LINES = 20
MODULE_LINES = 8
_NO_REASON = "no reason given"

# What SSH, sudo, the kernel and Ansible say (OpenSSH 9.2, sudo 1.9, Linux 6, ansible-core 2.19 to 2.21, read
# 2026-11-29), what that means, and what mends it. The first that is found counts.
_KNOWN = (
    (
        r"REMOTE HOST IDENTIFICATION HAS CHANGED",
        "its key is not the one that is known of it: it was set up anew, or another machine answers in its place",
        "see that it is the right machine; then ssh-keygen -R {host} and add its new key to the known hosts",
    ),
    (
        r"Host key verification failed|host key is known for",
        "its key is not known",
        "ssh-keyscan {host}, compare what it says with the host's own, and add it to the known hosts",
    ),
    (
        r"Permission denied \(|Too many authentication failures",
        "it does not let the user in with this key",
        "name the right service:options.ssh.user and .key, or add the key: ssh-copy-id {host}",
    ),
    (
        r"Could not resolve hostname",
        "there is no such name",
        "mend it in service:options.hosts",
    ),
    (
        r"Connection refused|Connection timed out|No route to host|Network is unreachable|timed out|Broken pipe"
        r"|Connection reset|Connection closed|not responding",
        "it cannot be reached over SSH",
        "see that it runs and that its port of SSH can be reached, then run the same command again",
    ),
    (
        r"No space left on device|Disk quota exceeded|Failed to create temporary directory",
        "a disk of it is full",
        "make room on it (df -h), then run the same command again",
    ),
    (
        r"Missing sudo password|a password is required|not in the sudoers|may not run sudo|sudo: not found"
        r"|Timeout .*waiting for privilege escalation",
        "the user that logs in may not become root without a password",
        "give it that right (a file in /etc/sudoers.d with NOPASSWD), or name another service:options.ssh.user",
    ),
    (
        r"python[\d.]*: (command )?not found|[Nn]o python interpreters? (was )?found|interpreter .* not found"
        r"|python3?: No such file",
        "it has no Python, which Ansible needs",
        "install python3 on it, then run the same command again",
    ),
)


def told(run: Run) -> str:
    """Every host that a run failed on, each with the task and what it said; and how it is with the others."""
    hosts: dict[str, list[str]] = {}
    for event in _telling(run):
        hosts.setdefault("\n".join(_lines(event)), []).append(event.host)
    lines = [f"{', '.join(names)}: {text}" for text, names in hosts.items()]
    touched = {event.host for event in run.changes}
    others = [host for host in run.hosts if host not in run.broken]
    for what, found in (
        ("Not changed", [host for host in others if host not in touched]),
        ("Changed and well", [host for host in others if host in touched]),
    ):
        lines += [f"{what}: {', '.join(found)}."] if found else []
    return "\n".join(lines)


def words(event: Event) -> str:
    """A failure on one line: what it means where that is known, else what the module said first."""
    known = _known(event)
    first = said(event.answer)[-1:] or [_NO_REASON]
    return f"{event.host}: {event.task}: {known[0] if known else first[0]}"


def _telling(run: Run) -> Iterator[Event]:
    """What is told once of a host is not told again: by the task that tries again, or by the one that sums it up."""
    seen: dict[str, list[str]] = {host: [] for host in run.broken}
    reasons = [event for event in run.failures if said(event.answer) != [_NO_REASON]]
    for event in run.failures:
        text = "\n".join(said(event.answer))
        nothing = text == _NO_REASON and any(other.host == event.host for other in reasons)
        if not nothing and not any(earlier in text for earlier in seen[event.host]):
            seen[event.host].append(text)
            yield event


def _lines(event: Event) -> Iterator[str]:
    answer, known = said(event.answer), _known(event)
    if known:
        yield f"{event.task}: {known[0]}. Fix: {known[1].format(host=event.host)}"
        yield from (f"  {line}" for line in answer[-3:])
    elif len(answer) == 1:
        yield f"{event.task}: {answer[0]}"
    else:
        yield f"{event.task}:"
        # What the role says stands first, and the log's last lines after it.
        yield from (f"  {line}" for line in [answer[0], *answer[1:][-LINES:]])


def _known(event: Event) -> tuple[str, str] | None:
    text = "\n".join(said(event.answer))
    return next(((meaning, fix) for pattern, meaning, fix in _KNOWN if re.search(pattern, text)), None)


def said(answer: Mapping[str, Any]) -> list[str]:
    """The lines that say why: a command's own output, where it was a command that failed; else the module's message."""
    if answer.get("censored"):
        return ["what it said is kept back, as a secret may stand in it"]
    items = cast("Sequence[Mapping[str, Any]]", answer.get("items") or ())
    if items:
        return [line for item in items for line in said(item)]
    message = str(answer.get("msg") or "").strip()
    output = [str(answer.get(key) or "").strip() for key in ("stdout", "stderr", "module_stdout", "module_stderr")]
    written = [line for text in output for line in text.splitlines()]
    if written and (not message or message.startswith(("non-zero return code", "MODULE FAILURE", "Module result"))):
        return written
    return [*message.splitlines(), *written[-MODULE_LINES:]] if message else [_NO_REASON]
