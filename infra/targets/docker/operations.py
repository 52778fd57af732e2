"""What people do to the running service on a Docker Engine: status, logs, exec."""

import os
import shutil
import sys
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from rich.console import Console
from rich.table import Table

from infra import probe
from infra.paths import ROOT
from infra.service import load_service
from infra.stackfile import config_in
from infra.targets import State
from infra.targets.docker.engine import (
    DEPLOYMENT,
    PROCESS,
    REVISION,
    Scope,
    address,
    attributes,
    connected,
    containers,
    host_of,
    label,
    published,
    url,
)

if TYPE_CHECKING:
    import docker
    from docker.models.containers import Container

LOG_LINES = 20

# After so many restarts what was just deployed is taken for one that never comes up.
RESTARTS = 5


def status(stack: str) -> int:
    """A table of the containers, and what the address answers."""
    # Written into a file or a pipe, a line stays a line.
    console = Console() if sys.stdout.isatty() else Console(width=200)
    with _connected(stack) as (client, scope):
        found = _processes(client, scope)
        if not found:
            console.print(f"Nothing of the stack {stack} runs on the Docker Engine. To start it: make up STACK={stack}")
            return 1
        where = _address(scope, found)
        newest = next((container for container in found if label(container, PROCESS) == "web"), None)
        wanted = probe.told(label(newest, REVISION), label(newest, DEPLOYMENT)) if newest else "nothing"
        answer = probe.ask(where + _version_path()) if where else "no answer (no port is published)"
        asked = "" if answer == wanted else f"; asked for {wanted}"
        console.print(f"{where or 'the service'} answers {answer}{asked}", highlight=False)
        table = Table(
            "process", "container", "state", "since", "memory", "restarts", "deployment", box=None, pad_edge=False
        )
        for container in found:
            table.add_row(*_row(container))
        console.print(table)
        return 0 if answer == wanted else 1


def _row(container: "Container") -> list[str]:
    known = attributes(container)
    state = known["State"]
    health = state.get("Health", {}).get("Status", "")
    told = f"{state['Status']}{f' ({health})' if health else ''}"
    if not state["Running"]:
        told += f", exit code {state['ExitCode']}"
    if state.get("OOMKilled"):
        told += ", out of memory"
    since = str(state["StartedAt"])[:19].replace("T", " ")
    used = _memory(container) if state["Running"] else ""
    return [
        label(container, PROCESS),
        str(container.short_id),
        told,
        since,
        used,
        str(known["RestartCount"]),
        label(container, DEPLOYMENT),
    ]


def _memory(container: "Container") -> str:
    ask = cast("Callable[..., dict[str, Any]]", container.stats)  # pyright: ignore[reportUnknownMemberType]
    stats = ask(stream=False, one_shot=True)
    memory = stats.get("memory_stats", {})
    used = memory.get("usage", 0) - memory.get("stats", {}).get("total_inactive_file", 0)
    return f"{used / 2**20:.0f} of {memory['limit'] / 2**20:.0f} MiB" if memory.get("limit") else ""


def logs(stack: str, lines: int, follow: bool, process: str | None) -> int:
    """The last lines of each process's newest container, named before its line."""
    with _connected(stack) as (client, scope):
        found = _processes(client, scope)
        if not found:
            print(f"The stack {stack} has no containers on the Docker Engine. To start it: make up STACK={stack}")
            return 1
        known = sorted({label(container, PROCESS) for container in found})
        if process and process not in known:
            print(f"No process {process!r} has a log; there are: {', '.join(known)}")
            return 1
        newest = {label(c, PROCESS): c for c in reversed(found)}
        shown = {name: newest[name] for name in ([process] if process else known)}
        width = max(len(name) for name in shown)
        for name, container in shown.items():
            for line in _lines(container, lines):
                print(f"{name:<{width}} | {line}")
        if follow:
            _follow(shown, width)
    return 0


def _follow(shown: "dict[str, Container]", width: int) -> None:
    def tell(name: str, container: "Container") -> None:
        for line in cast("Iterator[bytes]", container.logs(stream=True, follow=True, tail=0)):
            print(f"{name:<{width}} | {line.decode(errors='replace').rstrip()}", flush=True)

    threads = [threading.Thread(target=tell, args=pair, daemon=True) for pair in shown.items()]
    for thread in threads:
        thread.start()
    try:
        for thread in threads:
            thread.join()
    except KeyboardInterrupt:
        pass


def exec(stack: str, command: list[str]) -> int:
    """Run a command in the container that serves, with its files, environment and secrets."""
    with _connected(stack) as (client, scope):
        running = [c for c in containers(client, scope, "web") if c.status == "running"]
        running.sort(key=lambda container: container.health != "healthy")
        if not running:
            print(f"Nothing of the stack {stack} runs on the Docker Engine. To start it: make up STACK={stack}")
            return 1
        program = shutil.which("docker")
        if program and sys.stdin.isatty() and sys.stdout.isatty():
            os.execv(program, [program, "--host", address(scope.engine), "exec", "-it", str(running[0].id), *command])  # noqa: S606
        create = cast("Callable[..., dict[str, str]]", client.api.exec_create)  # pyright: ignore[reportUnknownMemberType]
        started = create(str(running[0].id), command)
        for out, err in client.api.exec_start(started["Id"], stream=True, demux=True):
            sys.stdout.buffer.write(out or b"")
            sys.stderr.buffer.write(err or b"")
            sys.stdout.flush()
            sys.stderr.flush()
        return int(client.api.exec_inspect(started["Id"])["ExitCode"])


def state(stack: str, deployment: str) -> State:
    """Whether the newest container of a deployment serves, and why not."""
    with _connected(stack) as (client, scope):
        for listener in containers(client, scope, "listener")[:1]:
            if listener.status == "created":
                why = attributes(listener)["State"]["Error"] or "it was never started"
                fix = f"make refresh STACK={stack} && make up STACK={stack}"
                return State(
                    serving=False, failed=f"the container that holds the port does not run ({why}). Fix: {fix}"
                )
        web = [c for c in containers(client, scope, "web") if label(c, DEPLOYMENT) == deployment]
        if not web:
            return State(serving=False, failed=f"there is no container of the deployment {deployment}")
        known = attributes(web[0])
        at = known["State"]
        health = at.get("Health", {}).get("Status", "")
        told = f"the container {web[0].short_id} is {at['Status']}{f', {health}' if health else ''}"
        ended = at["Status"] in ("exited", "dead")
        if ended or (at["Status"] == "restarting" and known["RestartCount"] >= RESTARTS):
            why = "ran out of memory" if at.get("OOMKilled") else f"ended with exit code {at['ExitCode']}"
            times = f", {known['RestartCount']} times started again" if known["RestartCount"] else ""
            return State(serving=False, failed=f"the container {web[0].short_id} {why}{times}", told=told)
        return State(serving=at["Running"] and health in ("", "healthy"), told=told)


def sweep(stack: str, known: Sequence[str]) -> list[str] | None:
    """Remove the stack's containers, volumes and networks that are not `known` by their ids or names.

    On another machine's Engine the same stack may be somebody else's too, whose state is not this one.
    """
    removed: list[str] = []
    with _connected(stack) as (client, scope):
        if host_of(scope.engine):
            return None
        for container in containers(client, scope):
            if container.id not in known and label(container, PROCESS) != "release":
                container.remove(force=True)
                removed.append(f"the container {container.name}")
        own = {"label": [f"{name}={value}" for name, value in scope.labels.items()]}
        for volume in client.volumes.list(filters=own):  # pyright: ignore[reportUnknownMemberType]
            if volume.id not in known:
                volume.remove()
                removed.append(f"the volume {volume.name}")
        for network in client.networks.list(filters=own):  # pyright: ignore[reportUnknownMemberType]
            if network.id not in known:
                network.remove()
                removed.append(f"the network {network.name}")
    return removed


def last_lines(stack: str) -> list[str]:
    """The last lines of the newest web container."""
    with _connected(stack) as (client, scope):
        web = containers(client, scope, "web")
        return list(_lines(web[0], LOG_LINES)) if web else []


def _lines(container: "Container", count: int) -> Iterator[str]:
    yield from container.logs(tail=count).decode(errors="replace").splitlines()


def _processes(client: "docker.DockerClient", scope: Scope) -> "list[Container]":
    """All but the container that only carries the secrets into their volume."""
    return [container for container in containers(client, scope) if label(container, PROCESS) != "secrets"]


def _address(scope: Scope, found: "list[Container]") -> str:
    for container in found:
        for binding in published(container):
            return url(scope.engine, binding["HostIp"] or probe.ANY_ADDRESS, binding["HostPort"])
    return ""


def _version_path() -> str:
    return load_service().web.version


@contextmanager
def _connected(stack: str) -> "Generator[tuple[docker.DockerClient, Scope]]":
    """The stack's Engine, and what is the stack's there."""
    options: dict[str, str] = config_in(ROOT / "stacks" / f"Pulumi.{stack}.yaml").get("options") or {}
    scope = Scope(load_service().name, stack, options.get("engine"))
    with connected(scope.engine) as client:
        yield client, scope
