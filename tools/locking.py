"""One process at a time: a lock on a file, which the kernel lets go of however its holder ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.saying import say


@contextmanager
def alone(lock: Path, doing: str) -> Iterator[None]:
    """Hold `lock`; when another process has it, say that it is `doing` this already, and wait for it."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            say(f"waiting: process {file.read().strip() or '?'} is already {doing}")
            fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        file.truncate()
        file.write(str(os.getpid()))
        file.flush()
        yield
