"""Looks at the workflows: actionlint at whether they are right, zizmor at what somebody could do with them."""

import os
import shutil
from pathlib import Path

from tools.engine.build import built
from tools.engine.pins import Part, Program
from tools.environment import scan_environment
from tools.process import foreground

FOLDER = ".github/workflows"
ACTIONLINT = Part(
    name="actionlint",
    version="1.7.7",
    programs=(
        Program(
            name="actionlint",
            version="1.7.7",
            module=Path(__file__).resolve().parent / "actionlint",
            package="github.com/rhysd/actionlint/cmd/actionlint",
            asked="-version",
            answer="1.7.7",
            version_variable="github.com/rhysd/actionlint.version",
        ),
    ),
)


def actionlint(tree: Path) -> int:
    """Actionlint's exit code: 1 for any finding, of shellcheck's too where there is one."""
    files = sorted(map(str, (tree / FOLDER).glob("*.yml")))
    if not files:
        return 0
    shellcheck = [] if shutil.which("shellcheck") else ["-shellcheck="]
    return foreground([built(ACTIONLINT).bin / "actionlint", "-pyflakes=", *shellcheck, *files], os.environ, tree)


def zizmor(tree: Path) -> int:
    """Zizmor's exit code: more than 0 for any finding. `--offline`: it asks nothing of the hub."""
    if not (tree / FOLDER).is_dir():
        return 0
    program = scan_environment().bin / "zizmor"
    return foreground([program, "--offline", "--no-progress", "--quiet", FOLDER], os.environ, tree)
