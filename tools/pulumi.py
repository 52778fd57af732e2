"""The engine's commands on a stack, with git's tree left as it was."""

import functools
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tools.adoption import adopted, given_back, unread
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


def ready(bench: Workbench, reads: bool = False) -> None:
    """Get the missing plugins, make the stack where it is not there, and mend what a killed run left behind.

    Whoever only `reads` may lack the rights to, or look on while another run is at work: on a cloud it is only told of.
    """
    bench.lasting()
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
    state = json.loads(said.stdout)
    deployment = state.get("deployment") or {}
    unfinished = pending(deployment)
    if unfinished or restored or unread(deployment):
        _settle(bench, state, ", ".join(unfinished) or "writing its state", reads)


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


def _settle(bench: Workbench, state: dict[str, Any], what: str, reads: bool) -> None:
    """Take away what the state knows nothing of, compare the rest with what is there, forget what never came to be.

    Only some targets can tell what is a stack's own (`sweep` of their operations). Elsewhere what was being created may
    be there and the state not know of it: what has a name of its own is looked for by it.
    """
    deployment = state.get("deployment") or {}
    if not (bench.backend.inside and _swept(bench, deployment)):
        if reads:
            say(f"warning: a run was killed while {what}, or is at work. The next make up looks what came of it.\n")
        else:
            _adopt(bench, state, what)
        return
    say(f"recovering: a run was killed while {what}; first the state is compared with what is really there")
    _refresh(bench, "--clear-pending-creates")


def _adopt(bench: Workbench, state: dict[str, Any], what: str) -> None:
    """Take what is there into the state, and say of what only a person can see that it is there."""
    found = adopted(state.get("deployment") or {}, functools.partial(_ids, bench))
    if found.changed:
        say(f"recovering: a run was killed while {what}; first what is there is looked for by its name")
        _write(bench, {**state, "deployment": found.deployment})
    if found.taken:
        _refresh(bench, "--run-program=false", *(word for urn in found.taken for word in ("--target", urn)))
        fresh = json.loads(_ask(bench, ["stack", "export", "--stack", bench.stack.name]).stdout)
        _write(bench, {**fresh, "deployment": given_back(fresh["deployment"], found.deployment)})
    if found.left or not (found.changed or found.taken):
        what = ", ".join(pending({"pending_operations": found.left})) or what
        say(f"warning: a run was killed while {what}.\nSee whether it came to be, then: {_by_hand(bench)}")


def _write(bench: Workbench, state: dict[str, Any]) -> None:
    said = _ask(bench, ["stack", "import", "--stack", bench.stack.name], told=json.dumps(state))
    if said.returncode != 0:
        raise ToolError(f"the state of the stack {bench.stack.name} could not be mended:\n{said.stderr.strip()}")


def _refresh(bench: Workbench, *arguments: str) -> None:
    code = run(bench, "refresh", "--yes", *arguments)
    if code != 0:
        what = f"what a killed run left behind in the stack {bench.stack.name} could not be mended"
        raise ToolError(what, _by_hand(bench), code)


def _by_hand(bench: Workbench) -> str:
    name = bench.stack.name
    return by_hand(name, f"pulumi refresh --yes --clear-pending-creates --stack {name}")


def _ids(bench: Workbench, made: Sequence[Any]) -> list[str | None]:
    """What the platform calls each of these, by infra/targets/ids.py; nothing where that cannot be asked."""
    command = [bench.environment.python, "-m", "infra.targets.ids", bench.stack.platform()]
    said = subprocess.run(
        command, input=json.dumps(made), stdout=subprocess.PIPE, text=True, env=bench.variables(), cwd=ROOT, check=False
    )
    return json.loads(said.stdout) if said.returncode == 0 else [None for _ in made]


def _swept(bench: Workbench, deployment: dict[str, Any]) -> bool:
    known = json.dumps([str(resource.get("id", "")) for resource in deployment.get("resources") or []])
    command = [bench.environment.python, "-m", "infra.operate", "sweep", "--stack", bench.stack.name]
    swept = subprocess.run(command, input=known, text=True, env=bench.variables(), cwd=ROOT, check=False)
    return swept.returncode == 0


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


def _ask(
    bench: Workbench, arguments: Sequence[str], cwd: Path = ROOT, told: str | None = None
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [bench.engine.pulumi, *arguments, "--non-interactive"],
        input=told,
        env=bench.variables(),
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )
