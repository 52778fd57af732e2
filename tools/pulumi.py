"""The engine's commands on a stack, with git's tree left as it was."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tools.errors import ToolError
from tools.process import foreground
from tools.project import CONFIG, ROOT
from tools.workbench import Workbench

# Pulumi writes a salt into the file of a stack whose state it encrypts by a passphrase. For the state inside the tree,
# which every clone has its own of, that would leave a change behind in git: so the engine is given a copy of the file.


def run(bench: Workbench, command: str, *arguments: str) -> int:
    """Run `pulumi <command>` on the stack in the foreground and answer its exit code."""
    return foreground(
        [bench.engine.pulumi, command, "--stack", bench.stack.name, *_config(bench), *arguments], bench.variables(), ROOT
    )


def ensure_stack(bench: Workbench) -> None:
    """Make the stack in its backend when it is not there yet."""
    if _ask(bench, ["stack", "export", "--stack", bench.stack.name]).returncode == 0:
        return
    with tempfile.TemporaryDirectory(prefix="slipway-") as scratch:
        project = Path(scratch)
        shutil.copy(ROOT / "Pulumi.yaml", project)
        (project / "stacks").mkdir()
        shutil.copy(bench.stack.file, project / "stacks")
        cwd = project if bench.backend.inside else ROOT
        made = _ask(bench, ["stack", "init", bench.stack.name, "--no-select"], cwd)
    if made.returncode != 0:
        raise ToolError(f"the stack {bench.stack.name} could not be made:\n{made.stderr.strip()}")


def outputs(bench: Workbench) -> dict[str, object]:
    """The stack's outputs, secrets left out."""
    said = _ask(bench, ["stack", "output", "--json", "--stack", bench.stack.name])
    found = json.loads(said.stdout) if said.returncode == 0 else {}
    return found if isinstance(found, dict) else {}


def _config(bench: Workbench) -> list[str]:
    if not bench.backend.inside:
        return []
    copy = CONFIG / bench.stack.file.name
    copy.parent.mkdir(parents=True, exist_ok=True)
    fresh = copy.with_name(f"{copy.name}.{os.getpid()}")
    shutil.copyfile(bench.stack.file, fresh)
    fresh.replace(copy)
    return ["--config-file", str(copy)]


def _ask(bench: Workbench, arguments: Sequence[str], cwd: Path = ROOT) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [bench.engine.pulumi, *arguments, "--non-interactive"],
        env=bench.variables(), cwd=cwd, capture_output=True, text=True, check=False,
    )
