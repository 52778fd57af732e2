"""The release on this machine: the shipped files in a folder, and an environment of their pinned requirements."""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from infra.errors import DeploymentError
from infra.paths import STATE
from infra.revision import Release
from infra.targets.local.layout import Layout


def build(layout: Layout, release: Release, requirements: str, say: Callable[[str], None]) -> None:
    """Make what the release needs to run, unless it is there already. Safe to be killed and run again.

    Raises:
        DeploymentError: the requirements cannot be installed; the installer's own words are in it.
    """
    with layout.locked(say):
        folder = layout.releases / release.revision
        if not folder.exists():
            temporary = layout.releases / f".{release.revision}"
            shutil.rmtree(temporary, ignore_errors=True)
            temporary.mkdir(parents=True)
            release.write(temporary)
            temporary.rename(folder)
        if not built(layout, release.revision, requirements):
            say(f"installing {requirements}")
            environment = programs(layout, release.revision, requirements).parent
            shutil.rmtree(environment, ignore_errors=True)
            _install(environment, folder / requirements)
            (environment / "complete").touch()


def programs(layout: Layout, revision: str, requirements: str) -> Path:
    """The folder of the programs of a built release's environment.

    The lock and the interpreter decide which it is, and where it is: programs name their interpreter by its whole path.
    """
    content = (layout.releases / revision / requirements).read_bytes() + f"{sys.version} {layout.root}".encode()
    return layout.environments / hashlib.sha256(content).hexdigest()[:12] / "bin"


def built(layout: Layout, revision: str, requirements: str) -> bool:
    """Whether a release is whole on this disk."""
    try:
        found = programs(layout, revision, requirements)
        return (found.parent / "complete").exists() and (found / "python").exists()
    except FileNotFoundError:
        return False


def delete(layout: Layout, say: Callable[[str], None]) -> None:
    """Remove everything of the stack from this machine."""
    with layout.locked(say):
        shutil.rmtree(layout.root)


def _install(environment: Path, requirements: Path) -> None:
    uv = shutil.which("uv", path=str(STATE / "envs" / "uv" / "bin")) or shutil.which("uv")
    python = str(environment / "bin" / "python")
    locked = ["--require-hashes", "-r", str(requirements)]
    if uv:
        _run([uv, "venv", "--quiet", "--no-project", "--python", sys.executable, str(environment)])
        _run([uv, "pip", "install", "--quiet", "--compile-bytecode", "--no-deps", "--python", python, *locked])
    else:
        _run([sys.executable, "-m", "venv", str(environment)])
        _run([python, "-m", "pip", "install", "--quiet", "--no-deps", "--disable-pip-version-check", *locked])


def _run(command: list[str]) -> None:
    run = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if run.returncode:
        raise DeploymentError(f"the service's requirements could not be installed:\n{run.stdout.strip()}")
