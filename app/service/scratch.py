"""The service's files that are needed for one request only: where they lie, and what removes forgotten ones."""

import os
import tempfile
import time
from pathlib import Path
from typing import IO

PREFIX = "echo-"
FORGOTTEN_SECONDS = 3600


def directory() -> Path:
    """One folder per user below the machine's temporary one, made when first needed."""
    path = Path(tempfile.gettempdir()) / f"service-scratch-{os.getuid()}"
    path.mkdir(mode=0o700, exist_ok=True)
    return path


def new_file() -> IO[bytes]:
    """A file that is gone when it is closed; a process that is killed leaves it to `remove_forgotten`."""
    return tempfile.NamedTemporaryFile(prefix=PREFIX, dir=directory())


def remove_forgotten(older_than: float = FORGOTTEN_SECONDS) -> tuple[int, int]:
    """Remove files that no request can still be using: how many, and how many bytes they held."""
    count = size = 0
    limit = time.time() - older_than
    for path in directory().glob(f"{PREFIX}*"):
        try:
            status = path.stat()
            if status.st_mtime < limit:
                path.unlink()
                count += 1
                size += status.st_size
        except FileNotFoundError:
            continue
    return count, size
