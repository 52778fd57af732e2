"""What people do to the running service on this machine: status, logs, exec."""

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from infra import probe
from infra.targets import State
from infra.targets.local.environment import process_environment
from infra.targets.local.instance import Status, instances, running, tail
from infra.targets.local.layout import Layout

FOLLOW_INTERVAL = 0.3


def status(stack: str) -> int:
    """A table of the processes, and what the address answers."""
    console = Console()
    found = running(Layout(stack))
    if not found:
        console.print(f"Nothing of the stack {stack} runs on this machine. To start it: make up STACK={stack}")
        return 1
    instance, told = found[0]
    spec = instance.spec
    address = f"http://{probe.reachable(told.host)}:{told.port}"
    answer = probe.ask(address + spec.version)
    wanted = probe.told(told.revision, told.deployment)
    console.print(
        f"{address} answers {answer}" + ("" if answer == wanted else f"; asked for {wanted}"), highlight=False
    )
    console.print(f"metrics and health: http://127.0.0.1:{told.admin_port}/metrics", highlight=False)
    table = Table("process", "pid", "since", "memory", "restarts", box=None, pad_edge=False)
    for name, process in _processes(told):
        family = [process] if name == "runner" else [process, *process.children(recursive=True)]
        memory = sum(_memory(member) for member in family)
        since = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(process.create_time()))
        table.add_row(name, str(process.pid), since, f"{memory / 2**20:.0f} MiB", str(told.restarts.get(name, 0)))
    console.print(table)
    return 0 if told.takes_requests and answer == wanted else 1


def logs(stack: str, lines: int, follow: bool, process: str | None) -> int:
    """The last lines of the newest instance's processes, each named before its line."""
    layout = Layout(stack)
    newest = next(iter(instances(layout)), None)
    if newest is None:
        print(f"The stack {stack} has no logs on this machine. To start it: make up STACK={stack}")
        return 1
    known = sorted(path.name.removesuffix(".log") for path in newest.logs.glob("*.log"))
    if process and process not in known:
        print(f"No process {process!r} has a log; there are: {', '.join(known)}")
        return 1
    shown = [process] if process else known
    width = max((len(name) for name in shown), default=0)
    for name in shown:
        for line in tail(newest.logs / f"{name}.log", lines):
            print(f"{name:<{width}} | {line}")
    try:
        for line in _follow(layout, process) if follow else ():
            print(line, flush=True)
    except KeyboardInterrupt:
        pass
    return 0


def exec(stack: str, command: list[str]) -> int:
    """Run a command with the release's files, environment and secrets, in the terminal."""
    found = running(Layout(stack))
    if not found:
        print(f"Nothing of the stack {stack} runs on this machine. To start it: make up STACK={stack}")
        return 1
    instance, _ = found[0]
    spec = instance.spec
    with tempfile.TemporaryDirectory(prefix="slipway-") as temporary:
        environment = {
            **process_environment(spec.programs, spec.variables, Path(temporary), instance.secret_files()),
            "TERM": os.environ.get("TERM", "dumb"),
        }
        try:
            return subprocess.run(command, cwd=spec.release, env=environment, check=False).returncode
        except FileNotFoundError:
            print(f"{command[0]}: no such program in the release's environment")
            return 127


def state(stack: str, deployment: str) -> State:
    """Whether an instance of the deployment takes requests."""
    statuses = [told for _, told in running(Layout(stack)) if told.deployment == deployment]
    serving = any(told.takes_requests for told in statuses)
    return State(serving, told=", ".join(told.state for told in statuses) or "its processes are gone")


def sweep(_stack: str, _known: Sequence[str]) -> list[str]:
    """Nothing: the next `up` takes over or clears away what a killed run began."""
    return []


def last_lines(stack: str) -> list[str]:
    """The last lines of the newest instance."""
    newest = next(iter(instances(Layout(stack))), None)
    return newest.last_lines(20) if newest else []


def _processes(told: Status) -> Iterator[tuple[str, psutil.Process]]:
    for name, pid in {"runner": told.pid, **told.processes}.items():
        with suppress(psutil.NoSuchProcess):
            yield name, psutil.Process(pid)


def _memory(process: psutil.Process) -> int:
    with suppress(psutil.Error):
        return process.memory_info().rss
    return 0


def _follow(layout: Layout, process: str | None) -> Iterator[str]:
    """New lines as they come, across a new deployment and a log that is turned over."""
    positions: dict[Path, tuple[int, int]] = {}
    first = True
    while True:
        for instance in instances(layout)[:2]:
            for path in sorted(instance.logs.glob(f"{process or '*'}.log")):
                try:
                    stat = path.stat()
                except FileNotFoundError:
                    continue
                inode, position = positions.get(path, (stat.st_ino, stat.st_size if first else 0))
                if inode != stat.st_ino or stat.st_size < position:
                    position = 0
                with path.open("rb") as file:
                    file.seek(position)
                    data = file.read()
                end = data.rfind(b"\n") + 1
                positions[path] = (stat.st_ino, position + end)
                for line in data[:end].decode(errors="replace").splitlines():
                    yield f"{path.name.removesuffix('.log')} | {line}"
        first = False
        time.sleep(FOLLOW_INTERVAL)
