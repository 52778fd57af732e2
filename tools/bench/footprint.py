"""How long a command takes, and how much memory it and all that it starts hold at the worst moment."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

INTERVAL = 0.02


@dataclass(frozen=True)
class Footprint:
    """`seconds` of wall clock, and the peak of the memory in MiB that all processes of the command held together."""

    seconds: float
    peak: float


def footprint(command: Sequence[str], *, cwd: Path, environment: Mapping[str, str], timeout: float = 300) -> Footprint:
    """Runs the command in a session of its own. Raises RuntimeError with its output when it fails.

    Memory is the sum of proportional set sizes: pages that several processes share count once.
    """
    peak = 0
    started = time.monotonic()
    # Into a file, as nobody reads while it runs: a pipe that is full would stop it.
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(
            command,
            cwd=cwd,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as process,
    ):
        while process.poll() is None:
            peak = max(peak, sum(_proportional(pid) for pid in _session(process.pid)))
            if time.monotonic() - started > timeout:
                os.killpg(process.pid, signal.SIGKILL)
                raise RuntimeError(f"{command[0]} took longer than {timeout} s")
            time.sleep(INTERVAL)
        seconds = time.monotonic() - started
        if process.returncode:
            said.seek(0)
            told = said.read().decode(errors="replace")
            raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{told}")
    return Footprint(seconds, peak / 2**20)


def _session(leader: int) -> list[int]:
    found: list[int] = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if os.getsid(int(entry.name)) == leader:
                    found.append(int(entry.name))
            except ProcessLookupError:
                continue
    return found


def _proportional(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0
    for line in text.splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0
