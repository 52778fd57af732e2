"""Processes that are started again when they end, logs that stay within bounds, and jobs on their schedule."""

import asyncio
import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path
from typing import Protocol

from cronsim import CronSim

from infra.targets.local.instance import JobSpec

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
LONGEST_SLEEP = 30.0
LOG_BYTES, LOG_FILES = 10 * 1024 * 1024, 3
_PR_SET_PDEATHSIG = 1


class Log:
    """A file that is turned over when it is full: name.log, name.log.1, ... the oldest dropped."""

    def __init__(self, path: Path, limit: int = LOG_BYTES, files: int = LOG_FILES) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path, self.limit, self.files = path, limit, files
        self._file: FileIO | None = None

    def write(self, data: bytes) -> None:
        """Append, turning the file over at a line's end when it is full."""
        # A full disk costs log lines, not the service.
        with suppress(OSError):
            if self._file is None:
                self._file = self.path.open("ab", buffering=0)
            self._file.write(data)
            size = self._file.tell()
            if size >= 2 * self.limit or (size >= self.limit and data.endswith(b"\n")):
                self._turn_over()

    def _turn_over(self) -> None:
        self.close()
        for index in range(self.files - 1, 0, -1):
            older = self.path.with_name(f"{self.path.name}.{index}")
            newer = self.path if index == 1 else self.path.with_name(f"{self.path.name}.{index - 1}")
            if newer.exists():
                newer.replace(older)

    def close(self) -> None:
        """Let the file go, until it is written to again."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def note(self, text: str) -> None:
        """A line of our own among the process's."""
        self.write(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} slipway: {text}\n".encode())


class Child:
    """A process, started at once, and again when it ends if `restart`. `exits` are its exit codes so far."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        cwd: str,
        environment: Mapping[str, str],
        sockets: Sequence[int],
        log: Log,
        restart: bool,
        changed: Callable[[], None],
    ) -> None:
        self.name, self.log = name, log
        self.exits: list[int] = []
        self._command, self._cwd, self._environment, self._sockets = command, cwd, environment, sockets
        self._restart, self._changed = restart, changed
        self._process: asyncio.subprocess.Process | None = None
        self._stopping = asyncio.Event()
        self._task = asyncio.create_task(self._supervise())

    @property
    def pid(self) -> int | None:
        """Its process's, while that runs."""
        return self._process.pid if self._process and self._process.returncode is None else None

    @property
    def finished(self) -> bool:
        """Whether it has ended for good."""
        return self._task.done()

    async def wait(self) -> int:
        """Its last exit code, when it has ended for good."""
        await asyncio.wait([self._task])
        return self.exits[-1] if self.exits else -1

    async def stop(self, grace: float) -> None:
        """SIGTERM, and SIGKILL to its whole group after `grace` seconds."""
        self._stopping.set()
        if self.pid:
            _send(self.pid, signal.SIGTERM, group=False)
        await asyncio.wait([self._task], timeout=grace)
        if self.pid:
            self.log.note(f"{self.name} did not end in {grace:g} s and is killed")
            _send(self.pid, signal.SIGKILL, group=True)
            await asyncio.wait([self._task], timeout=5)

    async def _supervise(self) -> None:
        try:
            await self._run()
        finally:
            self.log.close()

    async def _run(self) -> None:
        pause = FIRST_PAUSE
        while not self._stopping.is_set():
            started = time.monotonic()
            code = await self._once()
            self.exits.append(code)
            if self._stopping.is_set() or not self._restart:
                return
            pause = FIRST_PAUSE if time.monotonic() - started > 60 else min(pause * 2, LONGEST_PAUSE)
            self.log.note(f"{self.name} ended with exit code {code}; it is started again in {pause:g} s")
            self._changed()
            try:
                await asyncio.wait_for(self._stopping.wait(), pause)
            except TimeoutError:
                continue

    async def _once(self) -> int:
        read, write = os.pipe()
        try:
            self._process = await _spawn(self._command, self._cwd, self._environment, self._sockets, write)
        except OSError as error:
            os.close(read)
            self.log.note(f"{self.name} cannot be started: {self._command[0]}: {error.strerror}")
            return 127
        finally:
            os.close(write)
        pump = asyncio.create_task(self._pump(read))
        self._changed()
        if self._stopping.is_set():
            _send(self._process.pid, signal.SIGTERM, group=False)
        code = await self._process.wait()
        # What it started and did not end goes with it.
        _send(self._process.pid, signal.SIGKILL, group=True)
        # Its own children may hold the pipe open after it: what is there is read, more is not waited for.
        await asyncio.wait([pump], timeout=1)
        pump.cancel()
        return code

    async def _pump(self, read: int) -> None:
        reader = asyncio.StreamReader()
        with os.fdopen(read, "rb", buffering=0) as pipe:
            transport, _ = await asyncio.get_running_loop().connect_read_pipe(
                lambda: asyncio.StreamReaderProtocol(reader), pipe
            )
            try:
                while data := await reader.read(65536):
                    self.log.write(data)
            finally:
                transport.close()


class Starter(Protocol):
    """Starts a process of the instance."""

    def __call__(self, name: str, command: Sequence[str], *, restart: bool) -> Child:
        """Start it, once when `restart` is false."""
        ...


async def run_jobs(jobs: Mapping[str, JobSpec], start: Starter) -> None:
    """Run every job on its schedule, until cancelled."""
    await asyncio.gather(*(_run_job(name, job, start) for name, job in jobs.items()))


async def _run_job(name: str, job: JobSpec, start: Starter) -> None:
    due = next(CronSim(job.schedule, datetime.now(UTC)))
    while True:
        # In short pieces, as a machine that slept or whose clock was set would else run it late or early.
        while (left := (due - datetime.now(UTC)).total_seconds()) > 0:  # noqa: ASYNC110 -- nothing tells of the time
            await asyncio.sleep(min(left, LONGEST_SLEEP))
        child = start(f"job.{name}", job.command, restart=False)
        child.log.note(f"job {name} starts")
        try:
            code = await asyncio.wait_for(child.wait(), job.timeout)
            child.log.note(f"job {name} ended with exit code {code}")
        except TimeoutError:
            child.log.note(f"job {name} took more than {job.timeout:g} s and is ended")
            await child.stop(5)
        finally:
            child.log.close()
        due = next(CronSim(job.schedule, max(due, datetime.now(UTC))))


async def _spawn(
    command: Sequence[str], cwd: str, environment: Mapping[str, str], sockets: Sequence[int], output: int
) -> asyncio.subprocess.Process:
    """Start a command in a process group of its own, with `sockets` as its descriptors from 3 on, as systemd does."""
    parent = os.getpid()
    libc = ctypes.CDLL(None)

    def prepare() -> None:
        # Duplicated above all targets first: a socket may sit on a number that another one is to get. The numbers
        # from 3 on are the event loop's own in this process: nothing that the start itself needs is overwritten.
        lifted = [os.dup2(descriptor, 100 + index) for index, descriptor in enumerate(sockets)]
        for index, descriptor in enumerate(lifted):
            os.dup2(descriptor, 3 + index, inheritable=True)
            os.close(descriptor)
        if sys.platform == "linux":
            libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
            if os.getppid() != parent:
                os._exit(1)

    return await asyncio.create_subprocess_exec(
        *command,
        cwd=cwd,
        env=dict(environment),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        process_group=0,
        preexec_fn=prepare,
        pass_fds=tuple(range(3, 3 + len(sockets))),
    )


def _send(pid: int, number: signal.Signals, *, group: bool) -> None:
    # Not permitted is what macOS says of a group whose last member waits to be reaped.
    with suppress(ProcessLookupError, PermissionError):
        if group:
            os.killpg(pid, number)
        else:
            os.kill(pid, number)
