"""One start of a deployment: what to run, told in spec.json, and how it is, told by its runner in status.json."""

import fcntl
import json
import os
import shutil
import signal
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Literal

import psutil

from infra.targets.local.layout import Layout, write_private

# switched: ready and taking requests, while what it replaces finishes what it has accepted. stopping: asked to end.
State = Literal["starting", "switched", "serving", "stopping", "failed", "stopped"]
TAKES_REQUESTS = ("switched", "serving")
POLL = 0.05


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
        return cls(**_known(cls, plain))


@dataclass(frozen=True)
class Status:
    """How an instance is. `pid` is its runner's; `processes` are the pids of the others by name."""

    pid: int
    state: State
    host: str
    port: int
    deployment: str
    revision: str
    stop_timeout: float
    admin_port: int
    reason: str
    processes: Mapping[str, int]
    restarts: Mapping[str, int]

    @property
    def takes_requests(self) -> bool:
        """Whether it is what serves."""
        return self.state in TAKES_REQUESTS


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
        """What its runner last said; nothing before it said anything that can be read."""
        try:
            return Status(**_known(Status, json.loads((self.path / "status.json").read_text(encoding="utf-8"))))
        except (OSError, ValueError, TypeError):
            return None

    def write(self, spec: Spec, secrets: Mapping[str, str]) -> None:
        """Make the folder, readable by its owner alone."""
        self.path.mkdir(parents=True, mode=0o700)
        write_private(self.path / "spec.json", json.dumps(asdict(spec)))
        for name, value in secrets.items():
            write_private(self.secrets / name, value)

    def write_status(self, status: Status) -> None:
        """Say how it is, in one step."""
        write_private(self.path / "status.json", json.dumps(asdict(status)), parents=False)

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

    @property
    def temporary(self) -> Path:
        """Where its processes put temporary files; it also marks them as its own."""
        return self.path / "tmp"

    def hold(self) -> int:
        """Called by the runner, which holds this lock for as long as it lives. Gives the descriptor."""
        descriptor = os.open(self.path / "runner.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        return descriptor

    def alive(self) -> bool:
        """Whether its runner lives. A lock tells, which neither a pid given again nor a clock set anew can belie."""
        try:
            descriptor = os.open(self.path / "runner.lock", os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to its runner, if it lives."""
        status = self.status
        if status and self.alive():
            with suppress(ProcessLookupError):
                os.kill(status.pid, number)

    def clear(self) -> None:
        """After its runner's end: end what it could not, and remove its secrets and temporary files."""
        _end_processes(self.leftovers())
        for folder in (self.secrets, self.temporary):
            shutil.rmtree(folder, ignore_errors=True)

    def leftovers(self) -> list[psutil.Process]:
        """Processes that a killed runner left: they share its session, and bear the mark of this instance."""
        status = self.status
        if status is None or status.state in ("stopped", "failed") or self.alive():
            return []
        found: list[psutil.Process] = []
        for process in psutil.process_iter():
            with suppress(psutil.Error, OSError):
                if os.getsid(process.pid) == status.pid and process.environ().get("TMPDIR") == str(self.temporary):
                    found.append(process)
        return found

    def last_lines(self, count: int) -> list[str]:
        """The last lines of what it wrote, the web process's first choice."""
        for name in ("web.log", "runner.log"):
            lines = tail(self.logs / name, count)
            if lines:
                return lines
        return []


def instances(layout: Layout) -> list[Instance]:
    """Every instance there is a folder of, the newest first."""
    if not layout.instances.is_dir():
        return []
    return [Instance(path) for path in sorted(layout.instances.iterdir(), reverse=True) if path.is_dir()]


def running(layout: Layout) -> list[tuple[Instance, Status]]:
    """The instances whose runner lives and has told of itself, the newest first."""
    found = [(instance, instance.status) for instance in instances(layout) if instance.alive()]
    return [(instance, status) for instance, status in found if status]


def end(ended: Sequence[Instance], grace: float) -> None:
    """Ask runners to end, wait `grace` seconds, kill what is left, and clear up behind them."""
    for instance in ended:
        instance.signal(signal.SIGTERM)
    deadline = time.monotonic() + grace
    while any(instance.alive() for instance in ended) and time.monotonic() < deadline:
        time.sleep(POLL)
    for instance in ended:
        instance.signal(signal.SIGKILL)
        while instance.alive():
            time.sleep(POLL)
        instance.clear()


def _end_processes(processes: list[psutil.Process]) -> None:
    for process in processes:
        with suppress(psutil.Error):
            process.terminate()
    _, alive = psutil.wait_procs(processes, timeout=5)
    for process in alive:
        with suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(alive, timeout=5)


def _known(record: type[Any], content: Mapping[str, Any]) -> dict[str, Any]:
    """Without the fields that another version of this project wrote."""
    return {field.name: content[field.name] for field in fields(record) if field.name in content}


def tail(path: Path, count: int) -> list[str]:
    """The last lines of a file, without reading the whole of it."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - count * 1000))
            return file.read().decode(errors="replace").splitlines()[-count:]
    except FileNotFoundError:
        return []
