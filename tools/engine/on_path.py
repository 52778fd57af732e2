"""An engine that the person has already: a `pulumi` on PATH, new enough, with what runs Python programs for it."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from tools.engine.pins import VERSION

# What the engine starts for a Python program and for a dynamic provider. It looks on PATH and beside itself.
COMPANIONS = ("pulumi-language-python", "pulumi-language-python-exec", "pulumi-resource-pulumi-python")


def version_of(pulumi: Path) -> tuple[int, ...]:
    """What `pulumi version` says, as numbers; ValueError says why there is none."""
    env = dict(os.environ, PULUMI_SKIP_UPDATE_CHECK="true")
    try:
        said = subprocess.run([pulumi, "version"], env=env, capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ValueError(f"{pulumi} does not run ({error})") from error
    found = re.match(r"v?(\d+)\.(\d+)\.(\d+)", said.stdout.strip())
    if said.returncode != 0 or found is None:
        raise ValueError(f"{pulumi} does not say its version (exit code {said.returncode})")
    return tuple(int(part) for part in found.groups())


def on_path(path: str | None = None) -> tuple[Path, str]:
    """The `pulumi` on PATH and its version; ValueError says why it cannot be used."""
    found = shutil.which("pulumi", path=path)
    if found is None:
        raise ValueError("there is no pulumi on PATH")
    pulumi = Path(found)
    version = version_of(pulumi)
    wanted = tuple(int(part) for part in VERSION.split("."))
    words = ".".join(str(part) for part in version)
    if version < wanted:
        raise ValueError(f"{pulumi} is {words}, older than {VERSION}, the version of the SDK")
    if version[0] != wanted[0]:
        raise ValueError(f"{pulumi} is {words}, of another major version than {VERSION}")
    beside = pulumi.resolve().parent
    missing = [name for name in COMPANIONS if not shutil.which(name, path=path) and not (beside / name).is_file()]
    if missing:
        raise ValueError(f"{pulumi} has no {' and no '.join(missing)} beside it")
    return pulumi, f"v{words}"
