"""The directory that one running web process owns: metrics files, heartbeats, and the mark that it is draining.

It lies in memory where that can be written (/dev/shm): Gunicorn's heartbeats and the metrics files are touched at
every request, and a slow disk under them would stop the service.
"""

import fcntl
import os
import shutil
import tempfile
import time
from pathlib import Path

VARIABLE = "SERVING_RUN_DIR"
PREFIX = "serving-"
# Younger ones may be about to be locked by a process that is just starting.
SETTLED_SECONDS = 60


class RunDirectory:
    """Shared by the launcher and the workers it starts, which find it by the variable SERVING_RUN_DIR."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.metrics = path / "metrics"
        self._drain_mark = path / "draining"
        self._stop_mark = path / "stopping"
        self._owner = os.getpid()

    def begin_drain(self) -> None:
        """From now on every worker answers 503 to the readiness probe."""
        self._drain_mark.touch()

    def begin_stop(self) -> None:
        """From now on workers that are not ending yet have missed the signal to do so."""
        self.begin_drain()
        self._stop_mark.touch()

    @property
    def stopping(self) -> bool:
        return self._stop_mark.exists()

    @property
    def draining(self) -> bool:
        return self._drain_mark.exists()

    def remove(self) -> None:
        """At the end of the process that made it; the workers, which are forks of that process, leave it alone."""
        if os.getpid() != self._owner:
            return
        shutil.rmtree(self.path, ignore_errors=True)


def create_run_directory() -> RunDirectory:
    """A new, empty one, locked for as long as any process of this service lives."""
    parent = _parent()
    _sweep(parent)
    directory = RunDirectory(Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent)))
    directory.metrics.mkdir()
    # The descriptor stays open, and the workers inherit it: the lock is gone exactly when all of them are.
    lock = os.open(directory.path / "lock", os.O_CREAT | os.O_RDWR, 0o600)
    os.set_inheritable(lock, True)
    fcntl.flock(lock, fcntl.LOCK_EX)
    os.environ[VARIABLE] = str(directory.path)
    # prometheus_client decides when it is first imported whether it counts across processes.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(directory.metrics)
    return directory


def current_run_directory() -> RunDirectory | None:
    """The one the launcher made; None outside of it, as in the gate and in unit tests."""
    path = os.environ.get(VARIABLE)
    return RunDirectory(Path(path)) if path else None


def _parent() -> Path:
    memory = Path("/dev/shm")  # noqa: S108 - what is made there is made by mkdtemp
    return memory if memory.is_dir() and os.access(memory, os.W_OK | os.X_OK) else Path(tempfile.gettempdir())


def _sweep(parent: Path) -> None:
    """Remove what killed processes of this user left behind."""
    for path in parent.glob(f"{PREFIX}*"):
        try:
            status = path.stat()
            if status.st_uid != os.getuid() or time.time() - status.st_mtime < SETTLED_SECONDS:
                continue
            with (path / "lock").open("rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(path, ignore_errors=True)
        except OSError:
            continue
