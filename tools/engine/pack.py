"""The policy pack of policies/, in the form that the engine at hand can run."""

import os
import shlex
from pathlib import Path

from tools.engine import Engine, build
from tools.engine.pins import ENGINE
from tools.environment import policy_environment
from tools.project import INSIDE, ROOT

PACK = ROOT / "policies"

# The older language host, which an engine built from Go modules has, runs the project's program when it is asked for a
# pack. For a runtime without a language host the engine starts this program instead, with its address.
_RUNTIME = "slipway"
_MANIFEST = f"name: slipway\nruntime: {_RUNTIME}\n"


def pack(engine: Engine) -> tuple[Path, tuple[Path, ...]]:
    """What `--policy-pack` is given, and the folders that must stand on PATH for it. Its environment is made."""
    python = policy_environment().python
    if engine.pulumi.parent != build.place(ENGINE).bin:
        return PACK, ()
    folder = INSIDE / "policies"
    folder.mkdir(parents=True, exist_ok=True)
    started = shlex.join([str(python), "-u", "-m", "pulumi.policy"])
    program = f'#!/bin/sh\nexec {started} "$1" {shlex.quote(str(PACK))}\n'
    _write(folder / "PulumiPolicy.yaml", _MANIFEST, 0o644)
    _write(folder / f"pulumi-analyzer-policy-{_RUNTIME}", program, 0o755)
    return folder, (folder,)


def _write(path: Path, text: str, mode: int) -> None:
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    fresh.write_text(text, encoding="utf-8")
    fresh.chmod(mode)
    fresh.replace(path)
