"""What a copy for one target installs for its tests and stacks, against what the template does: time and size."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tools.bench.ratios import Ratio, in_turn
from tools.environment import uv
from tools.project import REQUIREMENTS, ROOT

ROUNDS = 3
# As requirements/all.txt and the stacks of a copy that was made for AWS alone have it.
ONE = [REQUIREMENTS / f"{name}.txt" for name in ("checks", "checks-aws", "local", "aws")]
ALL = [ROOT / "requirements.txt"]
MIB = 1024 * 1024


def copies(folder: Path, tell: Callable[[str], None]) -> list[Ratio]:
    """Two ratios: seconds until everything is installed, from a cache that holds it, and its size on the disk."""
    sizes: dict[str, list[float]] = {"AWS alone": [], "everything": []}

    def measure(name: str, locks: Sequence[Path]) -> float:
        tell(f"copy: {name}")
        seconds = install(folder / "env", locks)
        sizes[name].append(size(folder / "env") / MIB)
        return seconds

    # What is not in uv's cache yet would be a download, and no matter of ours.
    install(folder / "env", ALL)
    ours, theirs = in_turn(ROUNDS, [lambda: measure("AWS alone", ONE), lambda: measure("everything", ALL)])
    return [
        Ratio("installing", "AWS alone", "s", ours, theirs, 0.6, True),
        Ratio("installed", "AWS alone", "MiB", tuple(sizes["AWS alone"]), tuple(sizes["everything"]), 0.6, True),
    ]


def install(folder: Path, locks: Sequence[Path]) -> float:
    """Seconds that a fresh environment of these locks takes."""
    shutil.rmtree(folder, ignore_errors=True)
    env = {**os.environ, "UV_NO_PROGRESS": "1", "UV_LINK_MODE": "copy"}
    started = time.monotonic()
    for command in (
        ["venv", "--quiet", "--no-project", "--python", sys.executable, folder],
        ["pip", "sync", "--quiet", "--require-hashes", "--python", folder / "bin" / "python", *locks],
    ):
        subprocess.run([uv(), *command], env=env, cwd=ROOT, check=True)
    return time.monotonic() - started


def size(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
