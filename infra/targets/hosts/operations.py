"""What people do to the running service on own servers: status, logs, exec; on all hosts, or on one."""

import json
import re
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from infra import probe
from infra.targets import State
from infra.targets.hosts import failures, questions
from infra.targets.hosts.place import Place, place_of
from infra.targets.hosts.playbook import Run

LOG_LINES = 20
FOLLOW_INTERVAL = 2.0


def status(stack: str, host: str | None = None) -> int:
    """A table of the units on each host, and what the service answers there."""
    # Written into a file or a pipe, a line stays a line.
    console = Console() if sys.stdout.isatty() else Console(width=200)
    place = place_of(stack)
    seen, problems = questions.observed(place, _one(host))
    for name, told in sorted(seen.items()):
        wanted, answer = _wanted(told), _answer(told)
        console.print(
            f"{name} answers {answer}" + ("" if answer == wanted else f"; asked for {wanted}"), highlight=False
        )
    for line in problems:
        console.print(line, highlight=False)
    table = Table("host", "process", "state", "since", "memory", "restarts", "deployment", box=None, pad_edge=False)
    for name, told in sorted(seen.items()):
        for unit in sorted(told["units"], key=lambda each: each["Id"]):
            table.add_row(name, *_row(unit, place.name))
    console.print(table)
    identities = {told["made"].get("deployment") for told in seen.values()}
    if len(identities) > 1:
        console.print(f"the hosts do not serve the same. To mend it: make up STACK={stack}", highlight=False)
    return 0 if seen and not problems and len(identities) == 1 and all(map(_serves, seen.values())) else 1


def logs(stack: str, lines: int, follow: bool, process: str | None, host: str | None = None) -> int:
    """The last lines of each host, with the host and the process before each."""
    place = place_of(stack)
    cursors: dict[str, str] = {}
    try:
        while True:
            run = _journal(place, lines, process, _one(host), cursors)
            for line in _entries(run, cursors):
                print(line, flush=True)
            for problem in run.failures:
                print(failures.words(problem), file=sys.stderr)
            if not follow:
                return 1 if run.failures else 0
            time.sleep(FOLLOW_INTERVAL)
    except KeyboardInterrupt:
        return 0


def exec(stack: str, command: list[str], host: str | None = None) -> int:
    """Run a command as the deployment's processes are run, on the first host or on the one that is named."""
    place = place_of(stack)
    if host is None:
        host = (
            next(iter(place.connection.hosts), None)
            or questions.words(place, "see which hosts there are", ["true"]).hosts[0]
        )
    run = questions.words(place, "run the command", [f"{place.root}/current/exec", *command], [host])
    for problem in run.failures:
        print(failures.words(problem), file=sys.stderr)
        return 1
    answer = run.events[-1].answer
    for text, stream in ((answer.get("stdout"), sys.stdout), (answer.get("stderr"), sys.stderr)):
        if text:
            print(text, file=stream)
    if "rc" not in answer or (answer.get("rc") == 2 and not answer.get("cmd")):
        print(f"Nothing of the stack {stack} runs on {host}. To start it: make up STACK={stack}", file=sys.stderr)
    return int(answer.get("rc") or 0)


def state(stack: str, deployment: str) -> State:
    """Whether every host serves the deployment."""
    seen, problems = questions.observed(place_of(stack))
    told = [f"{name} answers {_answer(each)}" for name, each in sorted(seen.items())]
    serving = bool(seen) and all(_serves(e) and e["made"].get("deployment") == deployment for e in seen.values())
    return State(serving and not problems, told="; ".join([*told, *problems]))


def sweep(_stack: str, _known: Sequence[str]) -> list[str]:
    """Nothing: the next `up` takes over what a killed run began."""
    return []


def last_lines(stack: str) -> list[str]:
    """The last lines of the web processes of all hosts."""
    return list(_entries(_journal(place_of(stack), LOG_LINES, "web", (), {}), {}))


def _one(host: str | None) -> tuple[str, ...]:
    return (host,) if host else ()


def _wanted(told: Mapping[str, Any]) -> str:
    made = told["made"]
    return probe.told(made["revision"], made["deployment"]) if made else "nothing: no deployment serves"


def _answer(told: Mapping[str, Any]) -> str:
    answer = told["answer"]
    return f"nothing ({answer['problem']})" if "problem" in answer else probe.told(**answer)


def _serves(told: Mapping[str, Any]) -> bool:
    return bool(told["made"]) and _answer(told) == _wanted(told)


def _row(unit: Mapping[str, str], name: str) -> list[str]:
    """A unit's name is the service's, the deployment's identity where it is of one, and the process's."""
    words = unit["Id"].removeprefix(f"{name}-")
    identity, _, process = words.partition("-")
    if len(identity) != 12 or not process:
        identity, process = "", words
    memory = unit.get("MemoryCurrent", "")
    used = f"{int(memory) / 2**20:.0f} MiB" if memory.isdigit() and int(memory) < 2**60 else ""
    since = unit.get("ActiveEnterTimestamp", "")
    return [
        re.sub(r"^(worker|job)-", r"\1.", process.removesuffix(".service")),
        f"{unit.get('ActiveState', '')} ({unit.get('SubState', '')})",
        since,
        used,
        unit.get("NRestarts", ""),
        identity,
    ]


def _journal(place: Place, lines: int, process: str | None, hosts: Sequence[str], cursors: Mapping[str, str]) -> Run:
    command = ["journalctl", f"--namespace={place.name}", "--output=json", "--no-pager", "--quiet"]
    command += [f"--identifier={process}"] if process else []
    since = (
        "['--after-cursor=' ~ cursors[inventory_hostname]] if inventory_hostname in cursors else ['--lines=' ~ lines]"
    )
    module = {"ansible.builtin.command": {"argv": f"{{{{ words + ({since}) }}}}"}}
    variables = {"words": command, "cursors": dict(cursors), "lines": str(lines)}
    return questions.answers(place, "read the log", module, variables, hosts)


def _entries(run: Run, cursors: dict[str, str]) -> Iterator[str]:
    """The lines of all hosts in the order of time; `cursors` is told how far each host's log was read."""
    found: list[tuple[int, str]] = []
    for event in run.events:
        for text in str(event.answer.get("stdout") or "").splitlines():
            entry = json.loads(text)
            message = entry.get("MESSAGE") or ""
            said = message if isinstance(message, str) else bytes(message).decode(errors="replace")
            source = entry.get("SYSLOG_IDENTIFIER", "")
            found.append((int(entry["__REALTIME_TIMESTAMP"]), f"{event.host} {source} | {said}"))
            cursors[event.host] = entry["__CURSOR"]
    return iter([line for _, line in sorted(found, key=lambda each: each[0])])
