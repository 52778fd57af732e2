"""A copy of the tree's tools to work in, and fresh places for what they make."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tools.engine import engine
from tools.environment import platform_environment
from tools.project import ROOT

SCRATCH = Path(__file__).parent / "scratch"

# What a person's shell may hold and a test must not see.
_THEIRS = ("PULUMI_", "SLIPWAY_", "STACK", "ONLY", "YES", "UPGRADE", "ARGS", "MAKE")


@dataclass
class Tree:
    """A clone with the real tools and a small Pulumi program of its own."""

    root: Path
    variables: dict[str, str] = field(default_factory=dict)

    def environment(self, **more: str) -> dict[str, str]:
        theirs = {name: value for name, value in os.environ.items() if not name.startswith(_THEIRS)}
        # The home is a fresh one too: a login in the person's own would take the state out of the tree.
        return {**theirs, "PULUMI_HOME": str(self.root.parent / "home"), **self.variables, **more}

    def start(self, *command: str, **more: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            command,
            cwd=self.root,
            env=self.environment(**more),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *command: str, **more: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            command,
            cwd=self.root,
            env=self.environment(**more),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )

    def tools(self, *arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
        return self.run(sys.executable, "-m", "tools", *arguments, **more)

    def shell(self, line: str, **more: str) -> "subprocess.CompletedProcess[str]":
        return self.run("bash", "-euc", line, **more)

    def changes(self) -> str:
        return self.run("git", "status", "--porcelain").stdout


def clone(root: Path) -> Tree:
    root.mkdir(parents=True)
    for name in ("Makefile", "Pulumi.yaml", "pyproject.toml", ".gitignore", "requirements.txt"):
        shutil.copy(ROOT / name, root)
    for name in ("requirements", "tools"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(SCRATCH, root, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    tree = Tree(root)
    tree.shell("git init -q . && git add -A && git -c user.name=t -c user.email=t@example.com commit -qm all")
    return tree


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """A clone in which nothing has been made yet."""
    return clone(tmp_path / "tree")


@pytest.fixture(scope="session")
def equipped() -> Callable[[Path], Tree]:
    """Clones that share this tree's environment of `local` and its engine, so that only what is tested takes time."""
    environment = platform_environment("local")
    got = engine()

    def make(root: Path) -> Tree:
        made = clone(root)
        (made.root / ".slipway").mkdir()
        (made.root / ".slipway" / "envs").symlink_to(environment.folder.parent)
        path = [*map(str, got.folders), *os.environ["PATH"].split(os.pathsep)]
        made.variables["PATH"] = os.pathsep.join(path)
        return made

    return make


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache for what is downloaded and built."""
    monkeypatch.setenv("SLIPWAY_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"
