"""What a stack wants that builds its own image: a builder of BuildKit, and a login where its registry wants one."""

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tools.doctor.check import PATIENCE, Asked, Check, missing, ok, refused, warn

_BOOT = 4 * PATIENCE


def checks(of: Asked, *, pushes: bool) -> Iterator[Check]:
    """Nothing of a builder where the stack runs another's image. `pushes`: it is built for a registry."""
    if not of.config.get("service:image"):
        yield _builder(of.table("build").get("builder"), pushes=pushes)
    registry = of.table("registry")
    if registry.get("repository"):
        yield _login(str(registry["repository"]), registry)


def _builder(named: str | None, *, pushes: bool) -> Check:
    make = f"docker buildx create --use --bootstrap --driver docker-container{f' --name {named}' if named else ''}"
    command = ["docker", "buildx", "inspect", *([named] if named else [])]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=_BOOT, check=False)
    except FileNotFoundError:
        return _kept(named, "there is no docker on PATH")
    except subprocess.TimeoutExpired:
        return missing("builder", f"`{' '.join(command)}` did not answer within {_BOOT} s", make)
    if ran.returncode != 0:
        first = (ran.stderr.strip().splitlines() or ["buildx does not say why"])[0]
        known = not re.search("unknown command|not a docker command", first)
        return missing("builder", first, make) if known else _kept(named, first)
    name, driver, status = (_said(ran.stdout, key) for key in ("Name", "Driver", "Status"))
    said = f"{name}, of the driver {driver}, {status or 'not asked yet'}"
    if driver == "docker" and pushes:
        return warn("builder", f"{said}: it neither attests nor builds for another platform", make)
    if status not in ("running", ""):
        return warn("builder", said, f"docker buildx inspect --bootstrap {name}")
    return ok("builder", said)


def _kept(named: str | None, why: str) -> Check:
    """A builder that buildx has noted down: Pulumi's provider reads it there, and wants no buildx on PATH."""
    folder = Path(os.environ.get("BUILDX_CONFIG") or Path.home() / ".docker" / "buildx") / "instances"
    names = sorted(path.name for path in folder.glob("*")) if folder.is_dir() else []
    if named in names or (names and not named):
        return ok("builder", f"{named or ', '.join(names)}, as {folder} has it; not asked, as {why}")
    return missing("builder", f"none is noted in {folder}, and {why}", "install Docker with its plugin buildx")


def _said(text: str, key: str) -> str:
    found = re.search(rf"^{key}:\s*(\S.*)$", text, re.MULTILINE)
    return found[1].strip() if found else ""


def _login(repository: str, registry: Mapping[str, Any]) -> Check:
    if registry.get("password"):
        return ok("registry", f"{repository}, with the login of the stack's file")
    from infra import oci
    from infra.errors import DeploymentError

    host = oci.Reference.parse(repository).host
    try:
        oci.digest_of(f"{repository}:slipway-doctor")
    except DeploymentError as error:
        check = refused("registry", error)
        return missing("registry", check.said, check.fix or f"docker login {host}")
    return ok("registry", f"{repository} answers, and takes the login for reading")
