"""Where the target `local` keeps what it runs: a folder for each stack under .slipway/, ignored by git."""

import fcntl
import os
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.errors import DeploymentError
from infra.paths import STATE

KEPT_INSTANCES = 3
KEPT_RELEASES = 3


@dataclass(frozen=True)
class Layout:
    """The paths of one stack. An instance is one start of a deployment."""

    stack: str
    base: Path = STATE / "local"

    @property
    def root(self) -> Path:
        """Everything of the stack; deleted with it."""
        return self.base / self.stack

    @property
    def releases(self) -> Path:
        """One folder per revision: the shipped files and their manifest."""
        return self.root / "releases"

    @property
    def environments(self) -> Path:
        """One virtual environment per content of the requirements' lock."""
        return self.root / "environments"

    @property
    def instances(self) -> Path:
        """One folder per start: what to run, its status, secrets and logs."""
        return self.root / "instances"

    @property
    def released(self) -> Path:
        """A file per revision whose release task has succeeded."""
        return self.root / "released"

    @contextmanager
    def locked(self, say: Callable[[str], None], timeout: float = 600) -> Generator[int]:
        """Hold the stack: one change at a time, also when an earlier `up` was killed and its release task still runs.

        Gives the lock's descriptor; a child that inherits it holds the lock for as long as it lives.

        Raises:
            DeploymentError: another one holds it for longer than `timeout` seconds.
        """
        deadline = time.monotonic() + timeout
        told = False
        while (descriptor := self._lock()) is None:
            holder = self._holder()
            if time.monotonic() > deadline:
                raise DeploymentError(f"the stack {self.stack} is still held by {holder}; wait for it or end it")
            if not told:
                say(f"waiting for {holder}")
                told = True
            time.sleep(0.2)
        try:
            mark(descriptor, f"process {os.getpid()}")
            yield descriptor
        finally:
            os.close(descriptor)

    def _lock(self) -> int | None:
        """The lock's descriptor, if nobody else holds it."""
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self.root / "lock"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # The file may have been removed with the stack since it was opened: then it keeps nobody out.
            if os.path.samestat(os.fstat(descriptor), path.stat()):
                return descriptor
        except (BlockingIOError, FileNotFoundError):
            pass
        os.close(descriptor)
        return None

    def _holder(self) -> str:
        try:
            return (self.root / "lock").read_text(encoding="utf-8") or "another one"
        except FileNotFoundError:
            return "another one"


def mark(lock: int, holder: str) -> None:
    """Write into the lock who holds it, for those who wait."""
    os.ftruncate(lock, 0)
    os.pwrite(lock, holder.encode(), 0)


def write_private(path: Path, content: str, *, parents: bool = True) -> None:
    """Write a file that only its owner can read, whole or not at all; its folder too, with `parents`."""
    if parents:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(content)
    temporary.replace(path)
