"""`make rollback`: lists what a stack has run, and returns it to one of those."""

import re
import subprocess
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from tools import operations, pulumi
from tools.errors import ToolError
from tools.plan.stack_file import settings
from tools.project import ROOT
from tools.saying import say
from tools.workbench import Workbench, workbench

_IMAGE = re.compile(r"\bimage (\S+@sha256:[0-9a-f]{64})$")
_COMMIT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True)
class Shipped:
    """An update that ended well: its number, when it was, and the commit that it was shipped from."""

    number: int
    when: str
    commit: str
    dirty: bool
    message: str

    def line(self) -> str:
        """It in a line."""
        edited = " and what was not committed" if self.dirty else ""
        return f"{self.number:>5}  {self.when[:19]}  {self.commit[:12] or 'no commit'}{edited}  {self.message}"


def rollback(stack: str, number: str, sure: bool) -> int:
    """List what was shipped; with `number`, ship the app of that update again, on today's infrastructure."""
    bench = workbench(stack)
    found = shipped(pulumi.history(bench))
    if not found:
        raise ToolError(f"the stack {stack} has shipped nothing yet", f"make up STACK={stack}")
    if not number:
        revision = pulumi.outputs(bench).get("revision")
        say(f"what the stack {stack} has shipped, the newest first; it runs the revision {revision}")
        for each in found:
            print(each.line())
        say(f"\nTo return to one: make rollback STACK={stack} VERSION={found[min(1, len(found) - 1)].number}")
        return 0
    chosen = next((each for each in found if str(each.number) == number), None)
    if chosen is None:
        raise ToolError(f"VERSION={number}: the stack {stack} shipped no such", f"make rollback STACK={stack}")
    if settings(bench.stack.file).get("service:image"):
        return _by_image(bench, chosen, found, sure)
    _possible(chosen, stack)
    if not sure:
        say(f"would ship the app as it was at {chosen.commit[:12]} ({chosen.message}). To do it: YES=1")
        return 1
    with app_of(chosen.commit):
        message = f"rolled back to {chosen.number}: commit {chosen.commit}"
        return operations.up(stack, ["--skip-preview", "--message", message], policy=False)


def _by_image(bench: Workbench, chosen: Shipped, every: Sequence[Shipped], sure: bool) -> int:
    """Ship the very image that was promoted then. The stack's file is left as it is, for the next promotion."""
    stack = bench.stack
    noted = _noted(chosen)
    if not noted:
        raise ToolError(
            f"VERSION={chosen.number}: which image it shipped was not noted, as `make promote` does",
            f"pulumi config set service:image <the image by its digest> --stack {stack.name}",
        )
    image = kept_image(noted, str(pulumi.outputs(bench).get("image") or ""), every)
    if not sure:
        say(f"would ship the image {image} ({chosen.message}). To do it: YES=1")
        return 1
    with with_image(stack.file, image) as file:
        message = f"rolled back to {chosen.number}: image {image}"
        return operations.up(
            stack.name, ["--skip-preview", "--config-file", str(file), "--message", message], policy=True
        )


def kept_image(noted: str, runs: str, every: Sequence[Shipped]) -> str:
    """The image in the stack's own repository, which its promotion copied it to: whence it came it may be gone.

    What is noted is whence it came. A stack without a repository of its own runs it from there.
    """
    own, _, _ = runs.partition("@")
    sources = {_noted(each).partition("@")[0] for each in every if each.message.startswith("promoted from ")}
    return noted if not own or own in sources else f"{own}@{noted.partition('@')[2]}"


def _noted(shipped: Shipped) -> str:
    found = _IMAGE.search(shipped.message)
    return found[1] if found else ""


@contextmanager
def with_image(file: Path, image: str) -> Iterator[Path]:
    """A copy of a stack's file that names this image."""
    said = yaml.safe_load(file.read_text(encoding="utf-8"))
    said["config"]["service:image"] = image
    with tempfile.TemporaryDirectory(prefix="slipway-") as folder:
        copy = Path(folder) / file.name
        copy.write_text(yaml.safe_dump(said), encoding="utf-8")
        yield copy


def shipped(history: Sequence[Mapping[str, Any]]) -> list[Shipped]:
    """The updates that ended well. After a rollback it is the commit returned to that was shipped.

    Not every backend numbers them: the number is how many updates there were by then, of any kind.
    """
    return [
        Shipped(
            number=len(history) - index,
            when=str(each.get("startTime") or ""),
            commit=_commit(each),
            dirty=str((each.get("environment") or {}).get("git.dirty")) == "true" and not _returned(each),
            message=_message(each),
        )
        for index, each in enumerate(history)
        if each.get("kind") == "update" and each.get("result") == "succeeded"
    ]


def _message(update: Mapping[str, Any]) -> str:
    return (str(update.get("message") or "").splitlines() or [""])[0]


def _returned(update: Mapping[str, Any]) -> str:
    """The commit that a rollback returned to. Whatever else is shipped has the title of its commit for a message."""
    found = re.fullmatch(r"rolled back to \d+: commit ([0-9a-f]{40})", _message(update))
    return found[1] if found else ""


def _commit(update: Mapping[str, Any]) -> str:
    return _returned(update) or str((update.get("environment") or {}).get("git.head") or "")


def _possible(chosen: Shipped, stack: str) -> None:
    if not _COMMIT.fullmatch(chosen.commit) or git("cat-file", "-e", f"{chosen.commit}^{{commit}}").returncode != 0:
        raise ToolError(
            f"VERSION={chosen.number}: git does not have its commit ({chosen.commit or 'none was noted'})",
            "git fetch --unshallow origin",
        )
    if chosen.dirty:
        raise ToolError(
            f"VERSION={chosen.number}: it was shipped with changes that were not committed, which nobody has any more",
            f"choose another: make rollback STACK={stack}",
        )
    parts = parts_of(chosen.commit)
    if git("status", "--porcelain", "--", *parts).stdout:
        places = " ".join(parts)
        raise ToolError(
            f"{places}: there are changes that are not committed", f"git commit -- {places}, or git restore -- {places}"
        )


def parts_of(commit: str) -> list[str]:
    """Where the app was at the commit, as git pathspecs: app/, and what its contract then had beside that."""
    try:
        beside = tomllib.loads(git("show", f"{commit}:app/service.toml").stdout).get("beside", {})
    except tomllib.TOMLDecodeError:
        beside = {}
    named = [PurePosixPath(folder, each).as_posix() for folder, files in beside.items() for each in files]
    # Git refuses a pathspec that matches nothing.
    return ["app", *(each for each in named if git("ls-files", f"--with-tree={commit}", "--", each).stdout)]


@contextmanager
def app_of(commit: str) -> Iterator[None]:
    """With the app as it was at the commit; as it is at this one afterwards.

    A kill in between leaves it so, for `git status` to show: `git restore --source=HEAD --staged --worktree app`.
    """
    parts = parts_of(commit)
    _restore(commit, parts)
    try:
        yield
    finally:
        _restore("HEAD", parts)


def _restore(commit: str, parts: Sequence[str]) -> None:
    done = git("restore", f"--source={commit}", "--staged", "--worktree", "--", *parts)
    if done.returncode != 0:
        raise ToolError(f"the app cannot be had as it was at {commit}:\n{done.stderr.strip()}")


def git(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """What git says of the checkout."""
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
