"""`make targets`: has copier bring a platform's parts into this copy, or take them away, at the same version."""

import os
import shutil
import subprocess
from collections.abc import Sequence

from tools.copying.answers import answers
from tools.environment import copying_environment
from tools.errors import ToolError
from tools.process import foreground
from tools.project import ROOT
from tools.saying import say
from tools.stack import Stack, stacks

PLATFORMS = ("docker", "kubernetes", "aws", "gcp", "azure", "hosts")


def change(add: Sequence[str], drop: Sequence[str]) -> int:
    """Say what there is; or run `copier update` with other targets, whose merge keeps what was changed here."""
    given = answers()
    chosen = given.get("targets", "").split()
    if not add and not drop:
        say(f"targets: {' '.join(['local', *chosen])}; there are also: {' '.join(sorted({*PLATFORMS} - {*chosen}))}")
        return 0
    _check(chosen, add, drop)
    wanted = [each for each in PLATFORMS if each in {*chosen, *add} - {*drop}]
    copier = [copying_environment().bin / "copier", "update", "--defaults", "--vcs-ref", given["_commit"]]
    ran = foreground([*copier, "--data", f"targets=[{', '.join(wanted)}]"], {**os.environ}, ROOT)
    if ran == 0:
        say(f"targets: {' '.join(['local', *wanted])}. Look at it (git status), and: make upgrade-check")
    return ran


def _check(chosen: Sequence[str], add: Sequence[str], drop: Sequence[str]) -> None:
    """All that is wrong with what is asked for, before anything is changed."""
    problems = [
        f"ADD={each}: there is no such platform ({', '.join(PLATFORMS)})" for each in add if each not in PLATFORMS
    ]
    problems += [f"ADD={each}: is here already" for each in add if each in chosen]
    problems += [f"DROP={each}: is not here" for each in drop if each not in chosen]
    if problems:
        raise ToolError("\n".join(problems), "name others: make targets shows what there is")
    left = [name for name in stacks() if Stack(name).platform() in drop]
    if left:
        say(f"their stacks go as well: {' '.join(left)}. What one of them runs must be destroyed before (make destroy)")
    if not shutil.which("git"):
        raise ToolError("there is no git, which merges what changes", "install git")
    said = subprocess.run(["git", "status", "--porcelain"], cwd=ROOT, capture_output=True, text=True, check=False)
    if said.returncode != 0 or said.stdout:
        raise ToolError("there are changes that are not committed, among which a merge could not be told", "git commit")
