"""One start of a deployment: what to run, told in spec.json, and how it is, told by its runner in status.json."""

import json
import os
import signal
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import psutil

from infra.targets.local.layout import Layout, write_private

State = Literal["starting", "serving", "failed", "stopped"]


@dataclass(frozen=True)
class JobSpec:
    """A command, its cron schedule (UTC) and its timeout in seconds."""

    command: Sequence[str]
    schedule: str
    timeout: float


@dataclass(frozen=True)
class Spec:
    """What to run. Times in seconds; paths absolute."""

    deployment: str
    revision: str
    host: str
    port: int
    ready: str
    version: str
    release: str
    programs: str
    variables: Mapping[str, str]
    web_variables: Mapping[str, str]
    workers: Mapping[str, Sequence[str]]
    jobs: Mapping[str, JobSpec]
    start_timeout: float
    stop_timeout: float

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> "Spec":
        """From plain values, as the engine and JSON hand them over."""
        jobs = {name: JobSpec(**job) for name, job in content["jobs"].items()}
        plain: dict[str, Any] = {**content, "port": int(content["port"]), "jobs": jobs}
        return cls(**plain)


@dataclass(frozen=True)
class Status:
    """How an instance is. `created` tells its runner from a later process with the same pid."""

    pid: int
    created: float
    state: State
    host: str
    port: int
    deployment: str
    revision: str
    stop_timeout: float
    admin_port: int
    control: str
    reason: str
    restarts: Mapping[str, int]


class Instance:
    """An instance's folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def spec(self) -> Spec:
        """What it runs."""
        return Spec.of(json.loads((self.path / "spec.json").read_text(encoding="utf-8")))

    @property
    def status(self) -> Status | None:
        """What its runner last said; nothing before it said anything."""
        try:
            return Status(**json.loads((self.path / "status.json").read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None

    def write(self, spec: Spec, secrets: Mapping[str, str]) -> None:
        """Make the folder, readable by its owner alone."""
        self.path.mkdir(parents=True, mode=0o700)
        write_private(self.path / "spec.json", json.dumps(asdict(spec)))
        for name, value in secrets.items():
            write_private(self.secrets / name, value)

    def write_status(self, status: Status) -> None:
        """Say how it is, in one step."""
        write_private(self.path / "status.json", json.dumps(asdict(status)))

    @property
    def secrets(self) -> Path:
        """A file for each secret; gone when the instance has ended."""
        return self.path / "secrets"

    def secret_files(self) -> list[Path]:
        """The files of `secrets`, each named as its secret."""
        return sorted(self.secrets.glob("[A-Z]*"))

    @property
    def gate(self) -> Path:
        """While it stands, a starting server must prove itself ready before it takes the socket."""
        return self.path / "gate"

    @property
    def logs(self) -> Path:
        """A log for each process: web.log, worker.<name>.log, job.<name>.log, runner.log."""
        return self.path / "log"

    def runner(self) -> psutil.Process | None:
        """The runner, if it lives."""
        status = self.status
        return None if status is None else find_process(status.pid, status.created)

    def leftovers(self) -> list[psutil.Process]:
        """Processes of a runner that is gone: they share its session."""
        status = self.status
        if status is None or self.runner() or (psutil.pid_exists(status.pid) and _session(status.pid) == status.pid):
            return []
        booted = psutil.boot_time()
        if status.created < booted - 1:
            return []
        return [process for process in psutil.process_iter() if _session(process.pid) == status.pid]

    def last_lines(self, count: int) -> list[str]:
        """The last lines of what it wrote, the web process's first choice."""
        for name in ("web.log", "runner.log"):
            lines = tail(self.logs / name, count)
            if lines:
                return lines
        return []


def find_process(pid: int, created: float) -> psutil.Process | None:
    """The process with this pid, unless it is a later one or only waits to be reaped."""
    try:
        process = psutil.Process(pid)
        alive = abs(process.create_time() - created) < 1 and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return None
    return process if alive else None


def instances(layout: Layout) -> list[Instance]:
    """Every instance there is a folder of, the newest first."""
    if not layout.instances.is_dir():
        return []
    return [Instance(path) for path in sorted(layout.instances.iterdir(), reverse=True) if path.is_dir()]


def running(layout: Layout) -> list[tuple[Instance, Status, psutil.Process]]:
    """The instances whose runner lives, the newest first."""
    found: list[tuple[Instance, Status, psutil.Process]] = []
    for instance in instances(layout):
        status, process = instance.status, instance.runner()
        if status and process:
            found.append((instance, status, process))
    return found


def end(processes: list[psutil.Process], timeout: float) -> None:
    """Ask processes to end, wait, and kill what is left."""
    for process in processes:
        _signal(process, signal.SIGTERM)
    _, alive = psutil.wait_procs(processes, timeout=timeout)
    for process in alive:
        _signal(process, signal.SIGKILL)
    psutil.wait_procs(alive, timeout=5)


def tail(path: Path, count: int) -> list[str]:
    """The last lines of a file, without reading the whole of it."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - count * 1000))
            return file.read().decode(errors="replace").splitlines()[-count:]
    except FileNotFoundError:
        return []


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        pass


def _session(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except OSError:
        return None
