"""Bring a deployment to serve on this machine, replacing the one before it without refusing a request; and end it."""

import errno
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime

import psutil

from infra import probe
from infra.commands import key_of, set_command
from infra.errors import DeploymentError
from infra.paths import ROOT
from infra.targets.local.environment import machine_environment
from infra.targets.local.instance import POLL, Instance, Spec, Status, end, instances, running
from infra.targets.local.layout import KEPT_INSTANCES, KEPT_RELEASES, Layout

LOG_LINES = 20
RUNNER_MARGIN = 10


def deploy(layout: Layout, spec: Spec, secrets: Mapping[str, str], say: Callable[[str], None]) -> str:
    """Make `spec` what serves, and nothing else of the stack. Safe to be killed and run again.

    Returns:
        The name of the instance that serves.

    Raises:
        DeploymentError: it does not come to serve; what served before still does.
    """
    with layout.locked(say):
        for instance in instances(layout):
            if not instance.alive():
                instance.clear()
        adopted = _adopt(layout, spec)
        if adopted:
            return adopted
        problem = port_problem(layout, spec.host, spec.port)
        if problem:
            raise DeploymentError(problem)
        replaced = running(layout)
        instance = Instance(layout.instances / f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{spec.deployment}")
        instance.write(spec, secrets)
        say("starting the service")
        grace = max((status.stop_timeout for _, status in replaced), default=0) + RUNNER_MARGIN
        failure = _failure(instance, spec, _start(instance, [other for other, _ in replaced]), grace)
        if failure:
            still = "What served before still does." if _serving(layout) else "Nothing serves."
            lines = instance.last_lines(LOG_LINES)
            raise DeploymentError("\n".join([f"{failure}. {still} The last log lines:", *lines]))
        _prune(layout)
        return instance.path.name


def _adopt(layout: Layout, spec: Spec) -> str | None:
    """An instance that serves just this already: an `up` that was killed after the switch left it."""
    wanted = probe.told(spec.revision, spec.deployment)
    if health(layout, spec.host, spec.port, spec.version, wanted) != "yes":
        return None
    kept = next((i for i, status in _serving(layout) if probe.told(status.revision, status.deployment) == wanted), None)
    if kept is None:
        return None
    others = [(instance, status) for instance, status in running(layout) if instance.path != kept.path]
    end([instance for instance, _ in others], max((s.stop_timeout for _, s in others), default=0) + RUNNER_MARGIN)
    return kept.path.name


def _serving(layout: Layout) -> list[tuple[Instance, Status]]:
    return [(instance, status) for instance, status in running(layout) if status.takes_requests]


def health(layout: Layout, host: str, port: int, version: str, wanted: str) -> str:
    """`yes` when an instance runs and the address answers what is wanted (as `probe.told` says it); else why not."""
    answer = probe.ask(f"http://{probe.reachable(host)}:{port}{version}")
    if any(probe.told(status.revision, status.deployment) == wanted for _, status in _serving(layout)):
        return "yes" if answer == wanted else f"no: port {port} answers: {answer}"
    gone = "no: its processes are gone"
    return gone if answer.startswith("no answer") else f"{gone}, and port {port} answers: {answer}"


def port_problem(layout: Layout, host: str, port: int) -> str | None:
    """Why the port cannot be had, and the command that mends it; nothing when it can, or when the stack has it."""
    own = [(instance, instance.status) for instance in instances(layout)]
    if any(status.port == port and (i.alive() or i.leftovers()) for i, status in own if status):
        return None
    try:
        socket.create_server((host, port)).close()
    except OSError as error:
        if error.errno == errno.EADDRNOTAVAIL:
            fix = set_command("options.host", "127.0.0.1", layout.stack)
            return f"{key_of('options.host')}: {host} is no address of this machine. Fix: {fix}"
        fix = set_command("options.port", 8001 if port != 8001 else 8002, layout.stack)
        if error.errno == errno.EADDRINUSE:
            return f"{key_of('options.port')}: {port} is taken on {host}{_holder(port)}. Fix: {fix}"
        return f"{key_of('options.port')}: {port} on {host} cannot be listened on ({error.strerror}). Fix: {fix}"
    return None


def _holder(port: int) -> str:
    try:
        for connection in psutil.net_connections("tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.pid and connection.laddr[1:] == (port,):
                return f" by process {connection.pid} ({psutil.Process(connection.pid).name()})"
    except psutil.Error:
        pass
    return ""


def _start(instance: Instance, replaced: list[Instance]) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "infra.targets.local.runner", *(str(i.path) for i in [instance, *replaced])]
    instance.logs.mkdir(exist_ok=True, mode=0o700)
    with (instance.logs / "runner.log").open("ab") as log:
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=machine_environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _failure(instance: Instance, spec: Spec, runner: "subprocess.Popen[bytes]", grace: float) -> str:
    """Wait for a new instance to serve; why it does not, or nothing when it does.

    Once it has switched it is what serves, and is never ended from here, however long the one before takes to finish.
    """
    deadline = time.monotonic() + spec.start_timeout + grace
    while time.monotonic() < deadline:
        status = instance.status
        if runner.poll() is not None:
            return status.reason if status and status.reason else "its runner ended"
        if status and status.state == "serving":
            return ""
        time.sleep(POLL)
    status = instance.status
    if status and status.takes_requests:
        return ""
    end([instance], spec.stop_timeout + RUNNER_MARGIN)
    return f"it did not come to serve in {spec.start_timeout:g} s"


def stop(layout: Layout, say: Callable[[str], None]) -> None:
    """End everything of the stack, and leave nothing of it behind but its releases."""
    with layout.locked(say):
        graces = [status.stop_timeout + RUNNER_MARGIN for _, status in running(layout)]
        end(instances(layout), max(graces, default=0))
        if layout.instances.exists():
            shutil.rmtree(layout.instances)


def _prune(layout: Layout) -> None:
    """Keep the logs of the last instances and the files of the last releases."""
    for instance in instances(layout)[KEPT_INSTANCES:]:
        if not instance.alive():
            shutil.rmtree(instance.path, ignore_errors=True)
    kept: set[str] = set()
    for instance in instances(layout):
        with suppress(OSError, ValueError, TypeError, KeyError):
            kept |= {instance.spec.release, instance.spec.programs}
    releases = sorted(layout.releases.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    for folder in releases[KEPT_RELEASES:]:
        if str(folder) not in kept:
            shutil.rmtree(folder, ignore_errors=True)
    for folder in layout.environments.iterdir():
        if str(folder / "bin") not in kept:
            shutil.rmtree(folder, ignore_errors=True)
