"""The engine's commands on a stack, with git's tree left as it was."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tools.engine.pack import pack
from tools.engine.plugins import provide
from tools.errors import ToolError
from tools.process import foreground
from tools.project import CONFIG, ROOT
from tools.recovery import by_hand, pending, release_dead_locks, restore_cut_state
from tools.saying import say
from tools.workbench import Workbench

# Pulumi writes a salt into the file of a stack whose state it encrypts by a passphrase. The state inside the tree is
# every clone's own, so there that would be a change for git to show and nobody to commit: the engine is given a copy of
# the file instead. The salt is not lost with the copy, since the state holds it as well, and the engine is told to look
# there when the file has none (PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER).


def run(bench: Workbench, command: str, *arguments: str, policy: bool = False) -> int:
    """Run `pulumi <command>` on the stack, held to the policy pack or not, in the foreground; answer its exit code."""
    words, variables = _command(bench, command, *arguments, policy=policy)
    return foreground(words, variables, ROOT)


def asked(bench: Workbench, command: str, *arguments: str, policy: bool = False) -> "subprocess.CompletedProcess[str]":
    """The same without a person at the terminal: what it said, however it ended."""
    words, variables = _command(bench, command, *arguments, "--non-interactive", policy=policy)
    return subprocess.run(words, env=variables, cwd=ROOT, capture_output=True, text=True, check=False)


def there(bench: Workbench) -> bool:
    """Whether there is such a stack, which is only looked for. Raises ToolError where that cannot be seen."""
    said = _ask(bench, ["stack", "export", "--stack", bench.stack.name])
    if said.returncode != 0 and "no stack named" not in said.stderr:
        raise ToolError(f"the state of the stack {bench.stack.name} cannot be read:\n{said.stderr.strip()}")
    return said.returncode == 0


def history(bench: Workbench) -> list[dict[str, Any]]:
    """Every update of the stack, the newest first, as the engine tells of it."""
    said = _ask(bench, ["stack", "history", "--json", "--page-size", "0", "--stack", bench.stack.name])
    if said.returncode != 0:
        raise ToolError(f"the history of the stack {bench.stack.name} cannot be read:\n{said.stderr.strip()}")
    found = json.loads(said.stdout or "[]")
    return found if isinstance(found, list) else []


def ready(bench: Workbench) -> None:
    """Get the missing plugins, make the stack where it is not there, and mend what a killed run left behind."""
    provide(bench.plugins(), bench.engine)
    restored = False
    if bench.backend.inside:
        release_dead_locks(bench.stack.name)
        restored = restore_cut_state(bench.stack.name)
    said = _ask(bench, ["stack", "export", "--stack", bench.stack.name])
    if said.returncode != 0:
        if "no stack named" not in said.stderr:
            raise ToolError(f"the state of the stack {bench.stack.name} cannot be read:\n{said.stderr.strip()}")
        _make_stack(bench)
        return
    deployment = _deployment(said.stdout)
    unfinished = pending(deployment)
    if unfinished or restored:
        _settle(bench, deployment, ", ".join(unfinished) or "writing its state")


def outputs(bench: Workbench) -> dict[str, Any]:
    """The stack's outputs, secrets left out."""
    said = _ask(bench, ["stack", "output", "--json", "--stack", bench.stack.name])
    found = json.loads(said.stdout) if said.returncode == 0 else {}
    return found if isinstance(found, dict) else {}


def _command(bench: Workbench, command: str, *arguments: str, policy: bool) -> tuple[list[str], dict[str, str]]:
    where = ["--stack", bench.stack.name, *_config(bench)]
    # `ready` has seen to the plugins. The engine would look on the internet even for one that is attached.
    variables = {"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true", **bench.variables()}
    if policy:
        folder, on_path = pack(bench.engine)
        where += ["--policy-pack", str(folder)]
        variables["PATH"] = os.pathsep.join([variables["PATH"], *map(str, on_path)])
    return [str(bench.engine.pulumi), command, *where, *arguments], variables


def _make_stack(bench: Workbench) -> None:
    with tempfile.TemporaryDirectory(prefix="slipway-") as scratch:
        where = ROOT
        if bench.backend.inside:
            where = Path(scratch)
            shutil.copy(ROOT / "Pulumi.yaml", where)
            (where / bench.stack.file.parent.name).mkdir()
            shutil.copy(bench.stack.file, where / bench.stack.file.parent.name)
        # Of a new stack's file Pulumi reads its key, but not whose key that is.
        provider = bench.stack.secrets_provider()
        told = ["--secrets-provider", provider] if provider else []
        made = _ask(bench, ["stack", "init", bench.stack.name, "--no-select", *told], where)
    if made.returncode != 0:
        raise ToolError(
            f"the stack {bench.stack.name} could not be made:\n{made.stderr.strip()}", _passphrase_fix(made)
        )


def _settle(bench: Workbench, deployment: dict[str, Any], what: str) -> None:
    """Take away what the state knows nothing of, compare the rest with what is there, forget what never came to be.

    Only some targets can tell what is a stack's own (`sweep` of their operations). Elsewhere something may have been
    made that the state knows nothing of, and only a person can say so.
    """
    name = bench.stack.name
    clear = f"pulumi refresh --yes --clear-pending-creates --stack {name}"
    if not (bench.backend.inside and _swept(bench, deployment)):
        say(f"warning: a run was killed while {what}.\nSee whether it came to be, then: {by_hand(name, clear)}")
        return
    say(f"recovering: a run was killed while {what}; first the state is compared with what is really there")
    code = run(bench, "refresh", "--yes", "--clear-pending-creates")
    if code != 0:
        raise ToolError(
            f"what a killed run left behind in the stack {name} could not be mended", by_hand(name, clear), code
        )


def _swept(bench: Workbench, deployment: dict[str, Any]) -> bool:
    known = json.dumps([str(resource.get("id", "")) for resource in deployment.get("resources") or []])
    command = [bench.environment.python, "-m", "infra.operate", "sweep", "--stack", bench.stack.name]
    swept = subprocess.run(command, input=known, text=True, env=bench.variables(), cwd=ROOT, check=False)
    return swept.returncode == 0


def _deployment(export: str) -> dict[str, Any]:
    found = json.loads(export).get("deployment")
    return found if isinstance(found, dict) else {}


def _passphrase_fix(said: "subprocess.CompletedProcess[str]") -> str | None:
    if "passphrase" not in said.stderr:
        return None
    return "export PULUMI_CONFIG_PASSPHRASE_FILE=<the file of the passphrase that encrypted this stack's file>"


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
        env=bench.variables(),
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )
