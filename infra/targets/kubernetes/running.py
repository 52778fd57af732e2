"""What people do to the running service in a cluster, whichever it is: status, logs, exec."""

import sys
from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from infra.targets import shown
from infra.targets.kubernetes import log_lines, shell, stopped
from infra.targets.kubernetes.deployed import Deployed, deployment_of, process_of
from infra.targets.kubernetes.names import WEB
from infra.targets.kubernetes.shape import each, within

# The exit code of what Ctrl-C ended, as shells have it.
INTERRUPTED = 130
FAILED_SHOWN = 5


def status(here: Deployed, address: str) -> int:
    """A table of the pods, the Jobs that failed last, and what the address answers, or else the pods."""
    # Written into a file or a pipe, a line stays a line.
    console = Console() if sys.stdout.isatty() else Console(width=240)
    web = here.web()
    if web is None:
        console.print(here.nothing())
        return 1
    line, well = shown.answer(address, [here.wanted(web)]) if address else _inside(here, web)
    console.print(line, highlight=False)
    counted = within(web, "status")
    new, wanted = counted.get("updatedReplicas", 0), within(web, "spec").get("replicas", 1)
    if new != wanted or counted.get("availableReplicas", 0) < wanted:
        console.print(f"{new} of {wanted} pods are new, {counted.get('availableReplicas', 0)} are available")
        well = False
    console.print(_table(here.pods()))
    failed = [job for job in here.every("batch/v1", "jobs") if stopped.is_so(job, "Failed")]
    if failed:
        console.print("\nJobs that failed:")
        console.print(_failed(failed))
    return 0 if well else 1


def _inside(here: Deployed, web: Mapping[str, Any]) -> tuple[str, bool]:
    """What the pods answer themselves, where nobody but the cluster reaches them."""
    ready = [pod for pod in here.pods(WEB) if stopped.ready(pod) and not stopped.going(pod)]
    answers = {pod["metadata"]["name"]: here.ask(pod) for pod in ready}
    wanted = here.wanted(web)
    wrong = [f"{name} answers {answer}" for name, answer in answers.items() if answer != wanted]
    if not answers:
        return "no pod is ready", False
    told = f"{len(answers)} pods, asked themselves, answer {wanted}"
    return (f"{'; '.join(wrong)}; asked for {wanted}", False) if wrong else (told, True)


def _table(pods: Iterable[Mapping[str, Any]]) -> Table:
    table = Table("process", "pod", "state", "since", "restarts", "node", "deployment", box=None, pad_edge=False)
    for pod in sorted(pods, key=process_of):
        since = stopped.running_since(pod) or str(within(pod, "status").get("startTime") or "")
        table.add_row(
            process_of(pod),
            pod["metadata"]["name"],
            _state(pod),
            since[:19].replace("T", " "),
            str(stopped.restarts(pod)),
            str(within(pod, "spec").get("nodeName", "")),
            deployment_of(pod),
        )
    return table


def _state(pod: Mapping[str, Any]) -> str:
    if stopped.going(pod):
        return "is about to end"
    ended = stopped.terminated(pod)
    if ended:
        return "done" if not ended.get("exitCode") else stopped.ending(ended)
    waiting = stopped.waiting(pod)
    if waiting:
        return waiting
    if not stopped.running_since(pod):
        return "is being started"
    return "ready" if stopped.ready(pod) else "runs, not ready"


def _failed(jobs: Iterable[Mapping[str, Any]]) -> Table:
    table = Table("process", "job", "at", "why", box=None, pad_edge=False)
    rows = [
        (process_of(job), job["metadata"]["name"], str(one.get("lastTransitionTime", "")), str(one.get("message", "")))
        for job in jobs
        for one in each(job, "status", "conditions")
        if one["type"] == "Failed"
    ]
    for process, name, at, why in sorted(rows, key=lambda row: row[2], reverse=True)[:FAILED_SHOWN]:
        table.add_row(process, name, at[:19].replace("T", " "), why)
    return table


def logs(here: Deployed, lines: int, follow: bool, process: str | None) -> int:
    """The last lines of every pod, whose process is named before its line."""
    found = log_lines.sources(here)
    if not found:
        print(here.nothing())
        return 1
    names = sorted({process_of(pod) for pod in found})
    if process and process not in names:
        print(f"No process {process!r} has a log; there are: {', '.join(names)}")
        return 1
    width = max(len(name) for name in names)
    for pod in found:
        if process in (None, process_of(pod)):
            shown.lines(log_lines.last(here, pod, lines), width)
    if follow:
        try:
            shown.lines(log_lines.follow(here, process), width)
        except KeyboardInterrupt:
            pass
    return 0


def exec(here: Deployed, command: list[str]) -> int:
    """Run a command in a pod of what serves: its files, its environment, its secrets, its network."""
    ready = [pod for pod in here.pods(WEB) if stopped.ready(pod) and not stopped.going(pod)]
    if not ready:
        print(here.nothing() if here.web() is None else f"no pod of the stack {here.scope.stack} is ready")
        return 1

    def write(channel: int, text: bytes) -> None:
        stream = sys.stdout if channel == shell.OUT else sys.stderr
        stream.buffer.write(text)
        stream.flush()

    try:
        return shell.run(here.session, here.scope.namespace, ready[0]["metadata"]["name"], command, write)
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        return INTERRUPTED
