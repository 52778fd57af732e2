"""What every stack wants of a machine: Python, git, room on the disk, an environment, an engine and its plugins."""

import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tools.doctor.check import PATIENCE, Check, missing, ok, program, warn
from tools.engine import Engine, at_hand, release
from tools.engine.pins import RELEASE_URLS, VERSION
from tools.engine.plugins import Plugin
from tools.environment import Environment
from tools.project import ROOT, cache

NEWEST = (3, 13)
_GIB = 1024**3
# An engine and a cloud's environment are half of it; building the engine fills Go's own caches with some gigabytes.
ROOM, LEAST = 4 * _GIB, _GIB


def checks() -> Iterator[Check]:
    """Of the machine itself."""
    yield _python()
    installed = "brew install" if platform.system() == "Darwin" else "apt-get install"
    if shutil.which("make") is None:
        yield warn("make", "there is no make on PATH; `python3 -m tools` does the same", f"{installed} make")
    git = program("git", "and only what git tracks is shipped", f"{installed} git")
    yield git if git.state != "ok" else _repository()
    yield from _room()


def environment(name: str, found: Environment | None) -> Check:
    """The environment of a stack's platform."""
    if found:
        return ok("environment", f"{name}, as locked")
    said = f"{name} is not made yet: a package index is wanted"
    return warn("environment", said, f"python3 -m tools environment {name}")


def engine() -> tuple[Engine | None, Check]:
    """The engine, where it is here; or how there will be one."""
    try:
        found = at_hand()
        return found, ok("engine", f"Pulumi {found.version}, {found.origin}")
    except ValueError as reason:
        refused = str(reason)
    if shutil.which("go"):
        said = f"none yet ({refused}): the release is fetched, or it is built from Go modules once, in 6 minutes"
        return None, warn("engine", said, "make engine")
    try:
        release.reach([url.format(version=VERSION, platform=release.machine()) for url in RELEASE_URLS])[1].close()
        return None, warn("engine", f"none yet ({refused}): the release is fetched", "make engine")
    except release.NoRelease as reason:
        said = f"{refused}; there is no Go to build one; the official release: {reason}"
        return None, missing("engine", said, f"install Pulumi {VERSION} or newer, or Go 1.25.11 or newer")


def plugins(stack: str, wanted: Sequence[Plugin]) -> Iterator[Check]:
    """The plugins of providers that the stack's platform wants."""
    absent = [f"{plugin.name} {plugin.version}" for plugin in wanted if not plugin.found()]
    if absent:
        yield warn("plugins", f"not here yet, and fetched by `up`: {', '.join(absent)}", f"make engine STACK={stack}")
    elif wanted:
        yield ok("plugins", ", ".join(f"{plugin.name} {plugin.version}" for plugin in wanted))


def _python() -> Check:
    said = f"{sys.version.split()[0]}, {sys.executable}"
    if sys.version_info[:2] > NEWEST:
        return missing("python", f"{said} is newer than the locks are for", "make doctor PYTHON=python3.13")
    return ok("python", said)


def _repository() -> Check:
    command = ["git", "rev-parse", "--is-inside-work-tree"]
    asked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False)
    if asked.returncode != 0:
        said = "the tree is no repository, and only what git tracks is shipped"
        return missing("git", said, "git init && git add -A")
    return ok("git", "the tree is a repository")


def _room() -> Iterator[Check]:
    free = {path: shutil.disk_usage(_there(path)).free for path in (ROOT, cache())}
    least = min(free, key=lambda path: free[path])
    said = f"{free[least] / _GIB:.1f} GiB are free at {least}"
    if free[least] >= ROOM:
        yield ok("disk", said)
        return
    state = missing if free[least] < LEAST else warn
    yield state("disk", f"{said}: an engine and an environment want 1, building the engine 4", "make room there")


def _there(path: Path) -> Path:
    return path if path.exists() else _there(path.parent)
