"""The project's own checks: tests, lint, bench and locks, each in an environment that it makes itself."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tools.engine import engine
from tools.engine.pins import PLUGINS
from tools.engine.plugins import offer, wanted
from tools.environment import (
    EVERYTHING,
    Environment,
    check_environment,
    platform_environment,
    playbook_environment,
)
from tools.errors import ToolError
from tools.process import foreground
from tools.project import BESIDE, ROOT, shown
from tools.saying import say

# The tests of the engine wait as much as they work. More workers would run out of the time that servers are given.
_WORKERS = "2"
# Offline, as it would else look for collections of which the playbooks use none.
_ANSIBLE_LINT = ["ansible-lint", "--offline", "--profile", "production"]
_PLAYBOOKS = ROOT / "infra" / "targets" / "hosts" / "ansible"


def test(part: str | None, arguments: Sequence[str]) -> int:
    """Every test that this machine can run, or those of one part: tests/<part>."""
    if BESIDE.is_file():
        raise ToolError("the tests of this project are the application's own", "run them as before: pytest")
    tests = ROOT / "tests"
    where = tests / part if part else tests
    if not where.exists():
        parts = ", ".join(sorted(path.name for path in tests.iterdir() if path.is_dir() and path.name[0] not in "._"))
        raise ToolError(f"ONLY={part}: there is no tests/{part}", f"name one of: {parts}")
    environment = check_environment()
    platform_environment("local")
    got = engine()
    say(f"engine: Pulumi {got.version}, {got.origin}")
    offer([plugin for plugin in wanted(EVERYTHING) if plugin.name in PLUGINS], got)
    workers = [] if part else ["-n", _WORKERS, "--dist", "loadscope"]
    return _run(environment, ["python", "-m", "pytest", str(shown(where)), *workers, *arguments])


def lint() -> int:
    """Ruff, pyright, typos, hadolint and ansible-lint; all of them, however the first one ends."""
    environment = check_environment()
    failed: list[str] = []
    for name, command in _linters().items():
        say(f"-- {name}")
        if _run(environment, command) != 0:
            failed.append(name)
    if _PLAYBOOKS.is_dir():
        say("-- ansible-lint")
        if _run(playbook_environment(), _ANSIBLE_LINT, _PLAYBOOKS) != 0:
            failed.append("ansible-lint")
    say(f"lint: {'failed: ' + ', '.join(failed) if failed else 'all good'}")
    return 1 if failed else 0


def _linters() -> dict[str, list[str]]:
    if BESIDE.is_file():
        # An application of its own has its own rules: here only what was brought beside it is held to ours.
        ours = ["--config", "tools/pyproject.toml", "__main__.py", "infra", "policies", "tools", "app/serving"]
        return {
            "ruff check": ["ruff", "check", *ours],
            "ruff format": ["ruff", "format", "--check", *ours],
            "hadolint": ["hadolint", "app/Dockerfile"],
        }
    return {
        "ruff check": ["ruff", "check"],
        "ruff format": ["ruff", "format", "--check"],
        "pyright": ["pyright"],
        "typos": ["typos"],
        "hadolint": ["hadolint", *dockerfiles()],
    }


def bench(arguments: Sequence[str]) -> int:
    """Measure the service and the engine's program, and write the table and the plot in docs/."""
    environment = check_environment()
    platform_environment("local")
    engine()
    return _run(environment, ["python", "-m", "tools.bench", *arguments])


def reference(arguments: Sequence[str]) -> int:
    """Write what readers and editors are told of the keys of a stack's file."""
    return _run(platform_environment("local"), ["python", "-m", "infra.reference", *arguments])


def dockerfiles() -> list[str]:
    """What hadolint is given: every Dockerfile that git tracks or would track."""
    command = ["git", "ls-files", "-coz", "--exclude-standard", "*Dockerfile", "*.Dockerfile"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [name for name in listed.split("\0") if name]


def _run(environment: Environment, command: Sequence[str], folder: Path = ROOT) -> int:
    path = os.pathsep.join([str(environment.bin), os.environ.get("PATH", "")])
    program = environment.bin / command[0]
    if not program.exists():
        raise ToolError(f"{shown(program)} is missing", f"rm -r {shown(environment.folder)}")
    return foreground([program, *command[1:]], {**os.environ, "PATH": path}, folder)
