"""What a container image is made of, and the folder that it is built from: the same on every machine."""

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from infra import oci
from infra.commands import key_of, remove_command, set_command
from infra.errors import CONTRACT, DeploymentError, Problem, SettingsError
from infra.paths import APP, ROOT, STATE
from infra.revision import Release
from infra.service import Service
from infra.settings import Build, Settings

# Folders of contexts that are kept, the newest: another run may be at work in one of them.
KEPT = 20
DOCKERFILE = "Dockerfile"


def image_inputs(
    service: Service,
    settings: Settings,
    platforms: tuple[str, ...],
    stack: str,
    unresolved: Callable[[str], None] | None = None,
) -> dict[str, str]:
    """The facts beside the files that decide what is in an image: they go into its revision.

    Args:
        unresolved: called with why the base image's digest could not be looked up; the plan then stands on its tag.
            Without it that is an error.

    Raises:
        SettingsError: there is no Dockerfile; it mounts no secret of a name that the stack gives; the base image's
            digest cannot be looked up.
    """
    dockerfile = APP / service.image.dockerfile
    if not dockerfile.is_file():
        key = f"{CONTRACT}: image.dockerfile"
        raise SettingsError([Problem(key, f"app/{service.image.dockerfile} is not there", f"edit {CONTRACT}")])
    unmounted = _unmounted(dockerfile, settings.build, stack)
    if unmounted:
        raise SettingsError(unmounted)
    return {
        "base": _pinned(settings.build.base or service.image.base, settings, stack, unresolved),
        "dockerfile": hashlib.sha256(dockerfile.read_bytes()).hexdigest(),
        "platforms": ",".join(sorted(set(platforms))),
        "attested": _attested(settings.build),
    }


def _unmounted(dockerfile: Path, build: Build, stack: str) -> list[Problem]:
    """A problem for each secret that no step of the Dockerfile would ever see."""
    mounted = re.findall(r"--mount=type=secret,id=(\w+)", dockerfile.read_text())
    rule = f"app/{dockerfile.name} mounts no such secret (it mounts: {', '.join(sorted(set(mounted)))})"
    return [
        Problem(key_of(f"build.secrets.{name}"), rule, remove_command(f"build.secrets.{name}", stack))
        for name in sorted(build.secrets.keys() - set(mounted))
    ]


def _attested(build: Build) -> str:
    """What is attested is no part of the files, and yet another image: one that stands already would lack it."""
    asked = {"provenance": build.provenance, build.scanner or "sbom": build.sbom}
    return ",".join(name for name, wanted in asked.items() if wanted)


def _pinned(base: str, settings: Settings, stack: str, unresolved: Callable[[str], None] | None) -> str:
    if "@sha256:" in base:
        return base
    try:
        digest = oci.digest_of(base, _login(settings, base))
        why = f"{base}: there is no such image"
    except (DeploymentError, ValueError) as error:
        digest, why = None, str(error)
    if digest:
        return f"{base}@{digest}"
    if unresolved:
        unresolved(why)
        return base
    key = key_of("build.base") if settings.build.base else f"{CONTRACT}: image.base"
    fix = set_command("build.base", f"{base}@sha256:<digest>", stack)
    raise SettingsError([Problem(key, f"its digest cannot be looked up ({why})", f"try again, or {fix}")])


def _login(settings: Settings, image: str) -> oci.Login | None:
    """The login of the stack's own registry, where the image is in that too."""
    own = settings.registry
    if not own or not own.username or not own.password:
        return None
    same = oci.Reference.parse(own.repository).host == oci.Reference.parse(image).host
    return oci.Login(own.username, own.password) if same else None


def stage(release: Release, dockerfile: str) -> str:
    """Write the build context of a release, and nothing else, into a folder named by its revision.

    docker-build hashes the modes and paths of what it finds, so both are made alike on every machine.

    Returns:
        The folder's path relative to the project, where the engine and its plugins run.
    """
    contexts = STATE / "context"
    folder = contexts / release.revision
    contexts.mkdir(parents=True, exist_ok=True)
    if folder.exists():
        os.utime(folder)
    else:
        with tempfile.TemporaryDirectory(prefix=".", dir=contexts) as scratch:
            fresh = Path(scratch) / "context"
            fresh.mkdir()
            release.write(fresh)
            recipe = fresh / DOCKERFILE
            shutil.copyfile(release.source / dockerfile, recipe)
            recipe.chmod(0o644)
            if not folder.exists():
                fresh.rename(folder)
    _prune(contexts)
    return folder.relative_to(ROOT).as_posix()


def _prune(contexts: Path) -> None:
    folders = [path for path in contexts.iterdir() if path.name[0] != "."]
    for folder in sorted(folders, key=lambda path: path.stat().st_mtime, reverse=True)[KEPT:]:
        shutil.rmtree(folder, ignore_errors=True)
