"""The parent of a web process whose server has none of its own that could drain, replace and stop its workers."""

import logging
import os
import select
import signal
import sys
import time
from collections.abc import Callable
from types import FrameType

from serving.rundir import RunDirectory

log = logging.getLogger("serving.supervisor")

# A child ends with it when it could not be started at all: another try would end the same way.
BOOT_FAILED = 3
HANDLED = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGCHLD)
STEADY_SECONDS = 2.0
SLOWEST_RESTART_SECONDS = 30.0
# On top of the graceful timeout that the workers keep by themselves.
KILL_MARGIN_SECONDS = 2.0


class Supervisor:
    """Keeps `count` children running, each of which is `start`, in a process of its own, until it returns a code."""

    def __init__(
        self,
        start: Callable[[], int],
        stop: Callable[[int], None],
        count: int,
        directory: RunDirectory,
        drain: float,
        graceful_timeout: float,
        boot_failed: int = BOOT_FAILED,
        has_booted: Callable[[], bool] = lambda: True,
        log_pipe: int | None = None,
        relay: Callable[[bytes], None] | None = None,
    ) -> None:
        self._start = start
        self._stop = stop
        self._count = count
        self._directory = directory
        self._drain = drain
        self._graceful_timeout = graceful_timeout
        self._boot_failed = boot_failed
        self._has_booted = has_booted
        self._log_pipe = log_pipe
        self._relay = relay
        self._received: list[int] = []
        self._children: dict[int, float] = {}
        self._drained_at: float | None = None
        self._killed_at: float | None = None
        self._exit_code = 0
        self._next_start = 0.0
        self._pause = 0.0

    def run(self) -> int:
        """Until a signal says stop, or a child cannot be started; the exit code."""
        wake, woken = os.pipe()
        os.set_blocking(wake, False)
        os.set_blocking(woken, False)
        signal.set_wakeup_fd(woken, warn_on_full_buffer=False)
        for number in HANDLED:
            signal.signal(number, self._receive)
        watched = [wake] if self._log_pipe is None else [wake, self._log_pipe]
        while True:
            self._start_missing()
            ready = select.select(watched, [], [], self._patience())[0]
            if wake in ready:
                os.read(wake, 4096)
            while self._received:
                self._told_to_stop(self._received.pop(0))
            self._read_log()
            self._reap()
            if self._stopping and not self._children:
                return self._exit_code
            self._keep_times()

    def _receive(self, number: int, frame: FrameType | None) -> None:
        if number != signal.SIGCHLD:
            self._received.append(number)

    @property
    def _stopping(self) -> bool:
        return self._killed_at is not None

    def _patience(self) -> float:
        now = time.monotonic()
        ends = [end for end in (self._drained_at, self._killed_at) if end is not None]
        if len(self._children) < self._count and not self._stopping:
            ends.append(self._next_start)
        return max(0.0, min([1.0, *(end - now for end in ends)]))

    def _start_missing(self) -> None:
        while not self._stopping and len(self._children) < self._count and time.monotonic() >= self._next_start:
            sys.stdout.flush()
            parent = os.getpid()
            # Held back until the child has handlers of its own, so that it misses no signal.
            signal.pthread_sigmask(signal.SIG_BLOCK, HANDLED)
            child = os.fork()
            if child == 0:
                self._become_child(parent)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, HANDLED)
            self._children[child] = time.monotonic()

    def _become_child(self, parent: int) -> None:
        signal.set_wakeup_fd(-1)
        for number in HANDLED:
            signal.signal(number, signal.SIG_DFL)
        # A terminal sends Ctrl-C to every process: the parent decides what becomes of it.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, HANDLED)
        if os.getppid() != parent:
            sys.exit(0)
        sys.exit(self._start())

    def _told_to_stop(self, number: int) -> None:
        log.info("told to stop by %s", signal.Signals(number).name)
        self._directory.begin_drain()
        if self._stopping:
            self._killed_at = time.monotonic()
        elif number == signal.SIGTERM and self._drained_at is None and self._drain > 0:
            self._drained_at = time.monotonic() + self._drain
        else:
            self._stop_children()

    def _keep_times(self) -> None:
        now = time.monotonic()
        if self._drained_at is not None and not self._stopping and now >= self._drained_at:
            self._stop_children()
        if self._killed_at is not None and now >= self._killed_at:
            for child in self._children:
                log.error("worker %d did not end in time and is killed", child)
                os.kill(child, signal.SIGKILL)
            self._killed_at = now + 1.0

    def _stop_children(self) -> None:
        self._directory.begin_stop()
        self._killed_at = time.monotonic() + self._graceful_timeout + KILL_MARGIN_SECONDS
        for child in self._children:
            self._stop(child)

    def _read_log(self) -> None:
        while self._relay is not None and self._log_pipe is not None:
            if not select.select([self._log_pipe], [], [], 0)[0]:
                return
            self._relay(os.read(self._log_pipe, 65536))

    def _reap(self) -> None:
        while self._children:
            child, status = os.waitpid(-1, os.WNOHANG)
            # Whatever it has said before it ended: that tells how to take its end.
            self._read_log()
            if child == 0:
                return
            started = self._children.pop(child, None)
            if started is None or self._stopping:
                continue
            code = os.waitstatus_to_exitcode(status)
            if code == self._boot_failed or (code > 0 and not self._has_booted()):
                log.error("worker %d could not be started (%s)", child, _ended(code))
                self._exit_code = BOOT_FAILED
                self._stop_children()
                continue
            log.error("worker %d ended (%s) and is replaced", child, _ended(code))
            steady = time.monotonic() - started > STEADY_SECONDS
            # At once after a crash; ever more slowly while the replacements crash too.
            self._pause = 0.0 if steady else min(max(0.5, self._pause * 2), SLOWEST_RESTART_SECONDS)
            self._next_start = time.monotonic() + self._pause


def _ended(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    # It is the kernel's, when memory runs out, unless somebody typed it.
    return "SIGKILL, perhaps out of memory" if -code == signal.SIGKILL else signal.Signals(-code).name
