"""The proof that a stack is a pull request's own: tags that stand in its state, whatever it is called."""

import json
import os
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from tools.backend import backend, lost
from tools.engine import engine
from tools.environment import platform_environment
from tools.errors import ToolError
from tools.project import ROOT
from tools.stack import Stack
from tools.workbench import Workbench

_NAME = re.compile(r"review-([1-9]\d{0,8})")
# Every backend keeps them beside the stack's state: pkg/backend/diy/stack_tags.go in github.com/pulumi/pulumi v3.250.0.
_NUMBER, _BASE, _SINCE = "slipway:review", "slipway:review-from", "slipway:review-since"


@dataclass(frozen=True)
class Made:
    """A stack that `make review` made: for which pull request, from which base stack, and when."""

    number: int
    base: str
    since: datetime


def name_of(number: int) -> str:
    """The name of a pull request's stack. Raises ToolError for what is no number of one."""
    if not _NAME.fullmatch(f"review-{number}"):
        raise ToolError(f"PR={number}: that is no pull request", "make review PR=<its number> FROM=<a stack>")
    return f"review-{number}"


def bench_of(name: str) -> Workbench:
    """What asks for a stack that may have no file here."""
    return Workbench(Stack(name), platform_environment("local"), engine(), backend())


def names(bench: Workbench) -> list[str]:
    """The stacks of the project that are called as a pull request's would be, made by whomever."""
    if bench.backend.inside and os.environ.get("CI"):
        raise lost("of a pull request")
    said = _ask(bench, "ls", "--json")
    found = [str(each["name"]).rpartition("/")[2] for each in json.loads(said.stdout or "[]")]
    return sorted(name for name in found if _NAME.fullmatch(name))


def mark(bench: Workbench, number: int, base: str, now: datetime | None = None) -> None:
    """Write into the state that the stack is the pull request's own; the number last, which is the proof."""
    since = (now or datetime.now(UTC)).isoformat(timespec="seconds")
    for name, value in ((_BASE, base), (_SINCE, since), (_NUMBER, str(number))):
        _ask(bench, "tag", "set", name, value, "--stack", bench.stack.name)


def made(bench: Workbench) -> Made | None:
    """What the stack's state says of how it was made; None where `make review` did not make it for its number."""
    said = json.loads(_ask(bench, "tag", "ls", "--json", "--stack", bench.stack.name).stdout or "{}")
    named = _NAME.fullmatch(bench.stack.name)
    if not named or said.get(_NUMBER) != named[1]:
        return None
    try:
        return Made(int(named[1]), str(said[_BASE]), datetime.fromisoformat(said[_SINCE]))
    except (KeyError, ValueError):
        return None


def forget(bench: Workbench) -> None:
    """Take the stack itself away, of which nothing is left. Raises ToolError while something is."""
    _ask(bench, "rm", "--yes", "--preserve-config", "--stack", bench.stack.name)


def _ask(bench: Workbench, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command: Sequence[str] = [str(bench.engine.pulumi), "stack", *arguments, "--non-interactive"]
    ran = subprocess.run(command, env=bench.variables(), cwd=ROOT, capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        raise ToolError(f"pulumi stack {arguments[0]} failed for {bench.stack.name}:\n{ran.stderr.strip()}")
    return ran
