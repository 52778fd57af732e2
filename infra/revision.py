"""What is shipped, and its name: the files that count, their hashes, and the revision made of them."""

import hashlib
import json
import os
import subprocess
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from infra.errors import CONTRACT, Problem, SettingsError
from infra.paths import APP

if TYPE_CHECKING:
    from infra.service import Service

MANIFEST = "release.json"


@dataclass(frozen=True)
class Release:
    """The content of the service at one revision.

    `files` maps a path relative to app/ (POSIX) to the SHA-256 of its bytes; `inputs` are the other facts that
    decide what runs (the server, and where an image is built its base's digest and build arguments). What the contract
    has `beside` app/ lies under its own folder there, and is shipped under a path relative to that.
    """

    source: Path
    files: Mapping[str, str]
    inputs: Mapping[str, str]
    untracked: tuple[str, ...] = ()

    @property
    def manifest(self) -> dict[str, dict[str, str]]:
        """What the revision is the hash of."""
        return {"files": dict(self.files), "inputs": dict(self.inputs)}

    @property
    def revision(self) -> str:
        """Twelve hex digits; the same on every machine for the same content, whatever its umask or path."""
        return hashlib.sha256(canonical(self.manifest)).hexdigest()[:12]

    def path(self, name: str) -> Path:
        """Where a shipped file lies in the project."""
        folders = (self.source, *_beside(self.source))
        return next((folder / name for folder in folders if (folder / name).is_file()), self.source / name)

    def write(self, destination: Path) -> None:
        """Copy the files, with normalised modes, and their manifest to a folder that does not exist yet.

        Raises:
            SettingsError: a file changed after its hash was taken.
        """
        changed: list[str] = []
        for name, expected in self.files.items():
            content = self.path(name).read_bytes()
            if hashlib.sha256(content).hexdigest() != expected:
                changed.append(name)
            target = destination / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            target.chmod(0o755 if content.startswith(b"#!") else 0o644)
        if changed:
            raise SettingsError(
                Problem(f"app/{name}", "changed while it was being shipped", "run the same command again")
                for name in changed
            )
        record = {"revision": self.revision, "manifest": self.manifest}
        (destination / MANIFEST).write_bytes(canonical(record))
        (destination / MANIFEST).chmod(0o644)
        for folder in (destination, *(path for path in destination.rglob("*") if path.is_dir())):
            folder.chmod(0o755)


def canonical(value: object) -> bytes:
    """JSON in the one form that hashes are taken of."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def load_release(service: "Service", server: str, inputs: Mapping[str, str], source: Path = APP) -> Release:
    """Find the files that count: those of the contract's `files` that git tracks, as they are on disk.

    Where there is no git repository (a tarball), every file there counts but for caches. `untracked` names the files
    that would count if git tracked them.

    Raises:
        SettingsError: nothing matches, the server's requirements are not among the files, or a file is a link.
    """
    places = [(source, "app", service.files)]
    places += [(source.parent / folder, folder, files) for folder, files in service.beside.items()]
    present: dict[str, Path] = {}
    untracked: list[str] = []
    problems: list[Problem] = []
    for folder, shown, files in places:
        tracked, new = _listed(folder, files)
        untracked += new
        for name in sorted(tracked):
            path, place = folder / name, PurePosixPath(shown, name).as_posix()
            if path.is_symlink():
                problems.append(Problem(place, "is a link, which is not shipped", f"replace {place} by a file"))
            elif name in present:
                rule = f"would be shipped as {name}, which another file is as well"
                problems.append(Problem(place, rule, f"edit beside in {CONTRACT}"))
            elif not path.is_file():
                continue
            present[name] = path
    requirements = service.web.requirements.format(server=server)
    if requirements not in present:
        rule = f"app/{requirements} is not among the tracked files that it ships"
        problems.append(
            Problem(f"{CONTRACT}: web.requirements", rule, f"git add app/{requirements}, or edit files in {CONTRACT}")
        )
    if problems:
        raise SettingsError(problems)
    hashes = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in sorted(present.items())}
    return Release(source, hashes, {"server": server, **inputs}, tuple(sorted(untracked)))


def _beside(source: Path) -> list[Path]:
    """The folders that the contract in app/ names beside it."""
    try:
        named = tomllib.loads((source / "service.toml").read_text(encoding="utf-8")).get("beside", {})
    except (OSError, tomllib.TOMLDecodeError):
        return []
    return [source.parent / folder for folder in named]


def _listed(folder: Path, files: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """The files of a folder that count, and those that would if git tracked them."""
    tracked = _git(folder, files, "--cached")
    if tracked is None:
        return _walk(folder, files), []
    return tracked, _git(folder, files, "--others", "--exclude-standard") or []


def _git(source: Path, files: tuple[str, ...], *flags: str) -> list[str] | None:
    """What git lists, or None where there is no repository. That git refuses must not pass for that."""
    if not any((folder / ".git").exists() for folder in (source.resolve(), *source.resolve().parents)):
        return None
    command = ["git", "-C", os.fspath(source), "ls-files", "-z", *flags, "--", *files]
    try:
        run = subprocess.run(command, capture_output=True, check=True)
    except FileNotFoundError as error:
        raise SettingsError([Problem("app/", "is in a git repository, but there is no git", "install git")]) from error
    except subprocess.CalledProcessError as error:
        said = os.fsdecode(error.stderr).strip().splitlines()
        rule = f"git does not tell which files it tracks ({said[0] if said else error.returncode})"
        raise SettingsError([Problem("app/", rule, "see what it says: git -C app ls-files")]) from error
    return [os.fsdecode(name) for name in run.stdout.split(b"\0") if name]


def _walk(source: Path, files: tuple[str, ...]) -> list[str]:
    found: list[str] = []
    for top in files:
        path = source / top
        paths = [path] if path.is_file() else path.rglob("*")
        found += [
            PurePosixPath(entry.relative_to(source)).as_posix()
            for entry in paths
            if entry.is_file() and "__pycache__" not in entry.parts and not entry.name.startswith(".")
        ]
    return found
