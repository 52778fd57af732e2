"""Looks after a worker from a thread of its own: no request outlives WEB_TIMEOUT."""

import logging
import os
import signal
import sys
import threading
import time
import traceback

from serving.rundir import RunDirectory
from serving.wrapper import Wrapper

log = logging.getLogger("serving.watchdog")

OVERDUE_EXIT = 70


def watch(wrapper: Wrapper, stop_signal: int = signal.SIGTERM, directory: RunDirectory | None = None) -> None:
    """Watch this process's `wrapper`.

    With `directory`, the signal is also sent when that says to stop: uWSGI's workers miss it while they load the app.

    A thread cannot be killed, so a worker with an overdue request is: it is told by `stop_signal` to stop gracefully,
    which lets its other requests end, and exits when only overdue ones are left. The server starts another.
    """
    threading.Thread(target=_watch, args=(wrapper, stop_signal, directory), name="watchdog", daemon=True).start()


def _watch(wrapper: Wrapper, stop_signal: int, directory: RunDirectory | None) -> None:
    timeout = wrapper.settings.timeout
    active = -1
    retired_at: float | None = None
    while True:
        time.sleep(min(0.5, timeout / 4))
        if directory is not None and directory.stopping:
            os.kill(os.getpid(), stop_signal)
        running = dict(wrapper.running)
        if active != len(running):
            active = len(running)
            wrapper.metrics.set_active(active)
        now = time.perf_counter()
        overdue = [thread for thread, begun in running.items() if now - begun > timeout]
        if not overdue:
            continue
        if retired_at is None:
            retired_at = now
            for thread in overdue:
                log.error("a request takes longer than %d s; this worker is replaced", timeout, extra=_where(thread))
            os.kill(os.getpid(), stop_signal)
        elif len(overdue) == len(running) or now - retired_at > wrapper.settings.graceful_timeout:
            os._exit(OVERDUE_EXIT)


def _where(thread: int) -> dict[str, object]:
    frame = sys._current_frames().get(thread)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
    stack = "".join(traceback.format_stack(frame)) if frame else ""
    return {"fields": {"stack": stack}}
