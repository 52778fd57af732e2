"""Which stacks a change may touch: from the files that it changes, and what the program of each stack imports."""

import functools
import subprocess
import tomllib
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from tools.delivery.imports import reached
from tools.errors import ToolError
from tools.plan.stack_file import settings
from tools.project import ROOT, shown
from tools.stack import Stack, lock_of, parts, stacks

# What every stack stands on: the project, the engine, the rules that each is held to, the contract.
_EVERY = ("Pulumi.yaml", "tools/engine/*", "policies/*", "app/service.toml", "infra/*.toml", "infra/*.json")
_ANSIBLES = ("infra/targets/*/ansible/*", "infra/targets/*/callback/*")
_BUILD = ("app/Dockerfile", "app/.dockerignore", "app/requirements/*")


@dataclass(frozen=True)
class Changed:
    """The files of a change, and what it is measured from."""

    base: str
    files: frozenset[str]

    @property
    def removed(self) -> list[str]:
        """The stacks whose file it takes away."""
        names = [Path(file).name for file in self.files if fnmatch(file, "stacks/Pulumi.*.yaml")]
        gone = {name.removeprefix("Pulumi.").removesuffix(".yaml") for name in names}
        return sorted(gone - set(stacks()))


def changed(base: str) -> Changed:
    """What differs from where this branched off `base`, with what is not committed. ToolError for no such commit."""
    asked = _git("merge-base", base, "HEAD")
    if asked.returncode != 0:
        raise ToolError(
            f"BASE={base}: git knows no commit that it and this one have in common", "git fetch --unshallow origin"
        )
    commit = asked.stdout.strip()
    # Without renames: the old name and the new one are both changed.
    listed = _git("diff", "--name-only", "--no-renames", "-z", commit, "--").stdout
    new = _git("ls-files", "--others", "--exclude-standard", "-z").stdout
    return Changed(commit, frozenset(filter(None, f"{listed}{new}".split("\0"))))


def affected(files: frozenset[str], root: Path = ROOT) -> list[str]:
    """The stacks, in order, that one of these files may change; a stack whose file cannot be read is one of them."""
    shipped = _shipped(root)
    return [name for name in stacks() if any(_touches(file, Stack(name), shipped, root) for file in files)]


def _touches(file: str, stack: Stack, shipped: tuple[str, ...], root: Path) -> bool:
    if file == f"stacks/{stack.file.name}" or any(fnmatch(file, pattern) for pattern in _EVERY):
        return True
    try:
        target, config = stack.target(), settings(stack.file)
    except ToolError:
        # Its plan says what is wrong with it.
        return True
    platform = stack.platform()
    if file in _locks(stack):
        return True
    if file.startswith("app/") or _is_beside(file, root):
        return not config.get("service:image") and (_is_beside(file, root) or _is_shipped(file, shipped))
    program = _program(target, root)
    inside = file.startswith(f"infra/targets/{platform}/")
    # No import leads to what Ansible runs.
    if inside and (not file.endswith(".py") or any(fnmatch(file, pattern) for pattern in _ANSIBLES)):
        return True
    # A module that is gone is imported by nothing, and whatever imported it is changed as well.
    return file.endswith(".py") and file in program


def _locks(stack: Stack) -> set[str]:
    """The locks of the stack's environment: its own, and those that it lists."""
    own = lock_of(stack.environment())
    return {shown(lock).as_posix() for lock in (own, *parts(own))}


@functools.cache
def _program(target: str, root: Path) -> set[str]:
    """The files that the program of a stack runs; what it loads by name is named here as well."""
    platform, _, kind = target.partition(".")
    folder = f"infra.targets.{platform}"
    operations = f"{kind}_operations" if kind else "operations"
    specs = [f"{folder}.spec", *([f"{folder}.{kind}_spec"] if kind else [])]
    named = [f"{folder}.{kind or 'target'}", f"{folder}.{operations}", *specs]
    return reached(root, ["__main__", *named])


def _shipped(root: Path) -> tuple[str, ...]:
    """What the contract says is shipped, as git pathspecs of a folder or a file."""
    with (root / "app" / "service.toml").open("rb") as contract:
        return tuple(tomllib.load(contract).get("files", ()))


def _is_beside(file: str, root: Path) -> bool:
    """Whether it is of an application that lies elsewhere than in app/."""
    with (root / "app" / "service.toml").open("rb") as contract:
        beside: dict[str, list[str]] = tomllib.load(contract).get("beside", {})
    shipped = [Path(folder, each).as_posix() for folder, files in beside.items() for each in files]
    return any(file == each or file.startswith(f"{each}/") or fnmatch(file, each) for each in shipped)


def _is_shipped(file: str, shipped: tuple[str, ...]) -> bool:
    inside = file.removeprefix("app/")
    given = any(inside == each or inside.startswith(f"{each}/") or fnmatch(inside, each) for each in shipped)
    return given or any(fnmatch(file, pattern) for pattern in _BUILD)


def _git(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
