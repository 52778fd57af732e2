"""Bring a deployment to serve on this machine, replacing the one before it without refusing a request; and end it."""

import errno
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import psutil

from infra import probe
from infra.commands import set_command
from infra.errors import DeploymentError
from infra.paths import ROOT
from infra.targets.local.environment import machine_environment
from infra.targets.local.instance import Instance, Spec, end, instances, running
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
            end(instance.leftovers(), timeout=5)
        adopted = _adopt(layout, spec)
        if adopted:
            return adopted
        instance = Instance(layout.instances / f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{spec.deployment}")
        instance.write(spec, secrets)
        donors = [status.control for _, status, _ in running(layout)]
        problem = port_problem(layout, spec.host, spec.port)
        if problem:
            raise DeploymentError(problem)
        say("starting the service")
        _start(instance, donors)
        _await_serving(layout, instance, spec)
        _prune(layout)
        return instance.path.name


def _adopt(layout: Layout, spec: Spec) -> str | None:
    """An instance that serves just this already: an `up` that was killed after the switch left it."""
    if health(layout, spec.host, spec.port, spec.version, probe.told(spec.revision, spec.deployment)) != "yes":
        return None
    found = running(layout)
    kept = next(instance for instance, status, _ in found if status.deployment == spec.deployment)
    end([process for instance, _, process in found if instance.path != kept.path], spec.stop_timeout + RUNNER_MARGIN)
    return kept.path.name


def health(layout: Layout, host: str, port: int, version: str, wanted: str) -> str:
    """`yes` when an instance runs and the address answers what is wanted (as `probe.told` says it); else why not."""
    if not any(probe.told(s.revision, s.deployment) == wanted and s.state == "serving" for _, s, _ in running(layout)):
        return "no: its processes are gone"
    answer = probe.ask(f"http://{probe.reachable(host)}:{port}{version}")
    return "yes" if answer == wanted else f"no: port {port} answers {answer}"


def port_problem(layout: Layout, host: str, port: int) -> str | None:
    """Why the port cannot be had, and the command that mends it; nothing when it can, or when the stack has it."""
    if any((status.host, status.port) == (host, port) for _, status, _ in running(layout)):
        return None
    fix = set_command("options.port", 8001 if port != 8001 else 8002, layout.stack)
    try:
        socket.create_server((host, port)).close()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return f"service:options.port: {port} is taken on {host}{_holder(port)}. Fix: {fix}"
        return f"service:options.port: {port} on {host} cannot be listened on ({error.strerror}). Fix: {fix}"
    return None


def _holder(port: int) -> str:
    try:
        for connection in psutil.net_connections("tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.pid and connection.laddr[1:] == (port,):
                return f" by process {connection.pid} ({psutil.Process(connection.pid).name()})"
    except psutil.Error:
        pass
    return ""


def _start(instance: Instance, donors: list[str]) -> None:
    command = [sys.executable, "-m", "infra.targets.local.runner", str(instance.path), *donors]
    instance.logs.mkdir(exist_ok=True, mode=0o700)
    with (instance.logs / "runner.log").open("ab") as log:
        subprocess.Popen(
            command,
            cwd=ROOT,
            env=machine_environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _await_serving(layout: Layout, instance: Instance, spec: Spec) -> None:
    patience = spec.start_timeout + spec.stop_timeout + RUNNER_MARGIN
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        status = instance.status
        if status and status.state == "serving":
            return
        if status and (status.state in ("failed", "stopped") or not instance.runner()):
            break
        time.sleep(0.05)
    runner = instance.runner()
    if runner:
        end([runner], spec.stop_timeout + RUNNER_MARGIN)
    status = instance.status
    reason = status.reason if status and status.reason else "its runner ended"
    still = "What served before still does." if running(layout) else "Nothing serves."
    lines = instance.last_lines(LOG_LINES)
    raise DeploymentError("\n".join([f"{reason}. {still} The last log lines:", *lines]))


def stop(layout: Layout, say: Callable[[str], None]) -> None:
    """End everything of the stack, and leave nothing of it behind but its releases."""
    with layout.locked(say):
        found = running(layout)
        end([process for _, _, process in found], max((s.stop_timeout + RUNNER_MARGIN for _, s, _ in found), default=0))
        for instance in instances(layout):
            end(instance.leftovers(), timeout=5)
        shutil.rmtree(layout.instances, ignore_errors=True)


def _prune(layout: Layout) -> None:
    """Keep the logs of the last instances and the files of the last releases."""
    for instance in instances(layout)[KEPT_INSTANCES:]:
        if not instance.runner():
            shutil.rmtree(instance.path, ignore_errors=True)
    used = {(i.spec.release, i.spec.programs) for i in instances(layout) if (i.path / "spec.json").exists()}
    kept = {path for pair in used for path in pair}
    releases = sorted(layout.releases.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    for folder in releases[KEPT_RELEASES:]:
        if str(folder) not in kept:
            shutil.rmtree(folder, ignore_errors=True)
    for folder in layout.environments.iterdir():
        if str(folder / "bin") not in kept:
            shutil.rmtree(folder, ignore_errors=True)
