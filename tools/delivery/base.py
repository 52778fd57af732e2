"""The project as it was before a change, in a folder of its own, where its own tools plan it."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.delivery.planned import read
from tools.errors import ToolError
from tools.plan.preview import Preview
from tools.project import INSIDE, ROOT


@contextmanager
def checkout(commit: str) -> Iterator[Path]:
    """A worktree of the commit, which is gone afterwards. It shares the environments whose locks are the same."""
    with tempfile.TemporaryDirectory(prefix="slipway-base-") as folder:
        tree = Path(folder) / "tree"
        _git("worktree", "add", "--detach", "--quiet", str(tree), commit)
        try:
            if not _git("diff", "--name-only", commit, "--", "requirements", "requirements.txt"):
                (tree / INSIDE.name).mkdir()
                (tree / INSIDE.name / "envs").symlink_to(INSIDE / "envs")
            yield tree
        finally:
            _git("worktree", "remove", "--force", str(tree))


def planned(stack: str, tree: Path) -> Preview | None:
    """What the stack would have been made of; None where there was no such stack. ToolError where nobody can tell."""
    if not (tree / "stacks" / f"Pulumi.{stack}.yaml").is_file():
        return None
    command = [sys.executable, "-m", "tools.delivery", "planned", "--stack", stack]
    ran = subprocess.run(command, cwd=tree, env={**os.environ}, capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        raise ToolError(f"what {stack} was before cannot be planned:\n{ran.stderr.strip()[-2000:]}")
    return read(ran.stdout)


def _git(*arguments: str) -> str:
    ran = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        raise ToolError(f"git {arguments[0]} ended with {ran.returncode}:\n{ran.stderr.strip()}")
    return ran.stdout
