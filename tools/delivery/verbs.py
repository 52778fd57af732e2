"""The verbs of delivery, as `python3 -m tools` and make have them."""

import argparse
import os
from collections.abc import Callable, Sequence

from tools.environment import offline_environment, offline_variables
from tools.process import foreground
from tools.project import ROOT
from tools.stack import Stack

Verb = Callable[..., argparse.ArgumentParser]

VERBS = ("affected", "changes", "comment", "drift", "promote", "review", "rollback", "sweep")


def add(verb: Verb, with_stack: argparse.ArgumentParser, asked: Callable[[str], bool]) -> None:
    """Add them to a parser. What is not given stands in variables of their names."""
    since = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    base = os.environ.get("BASE") or "origin/main"
    since.add_argument("--base", default=base, help="what the change is measured from (BASE, or origin/main)")
    affected = verb("affected", "The stacks that a change may touch, by its files and what they import.", since)
    affected.add_argument("--json", action="store_true", default=asked("JSON"), help="as a list (JSON=1)")
    changes = verb("changes", "What a change does to a stack, written as a document; STACK=all.", with_stack, since)
    changes.add_argument(
        "--preview", action="store_true", default=asked("PREVIEW"), help="ask the platform (PREVIEW=1)"
    )
    comment = verb("comment", "The comment of a pull request from these documents; with PR, put under it.", since)
    comment.add_argument("--pull-request", default=os.environ.get("PR") or None, help="its number (PR)")
    comment.add_argument("--review", default=os.environ.get("REVIEW", ""), help="say where its stack is (REVIEW)")
    drift = verb("drift", "Whether what is there is still what was shipped; STACK=all.", with_stack)
    drift.add_argument("--json", action="store_true", default=asked("JSON"), help="the stacks as a list (JSON=1)")
    promote = verb("promote", "Let a stack run what another runs, after showing what differs.")
    promote.add_argument("--source", default=os.environ.get("FROM", ""), help="the stack that runs it (FROM)")
    promote.add_argument("--destination", default=os.environ.get("TO", ""), help="the stack that shall run it (TO)")
    rollback = verb("rollback", "List what a stack has shipped, or return it to one of those.", with_stack)
    rollback.add_argument("--version", default=os.environ.get("VERSION", ""), help="its number in the list (VERSION)")
    review = verb("review", "Ship a pull request's own stack, from a base stack as cheap as it gets; or take it away.")
    review.add_argument("--pull-request", default=os.environ.get("PR") or "0", help="its number (PR)")
    review.add_argument("--source", default=os.environ.get("FROM", ""), help="the base stack (FROM)")
    review.add_argument("--close", action="store_true", default=asked("CLOSE"), help="take it away (CLOSE=1)")
    review.add_argument(
        "--policy", action="store_true", default=asked("POLICY"), help="hold it to policies/ (POLICY=1)"
    )
    sweep = verb("sweep", "Take away the stacks that review made and whose pull request is closed, or which are old.")
    sweep.add_argument("--days", default=os.environ.get("DAYS") or "14", help="old is more days than this (DAYS)")
    sweep.add_argument("--pull-request", default=os.environ.get("PR") or None, help="of this one alone (PR)")
    sweep.add_argument("--json", action="store_true", default=asked("JSON"), help="only those, as a list (JSON=1)")
    for each in (promote, rollback, sweep):
        each.add_argument("--yes", action="store_true", default=asked("YES"), help="do it, not only say so (YES=1)")


def do(given: argparse.Namespace) -> int:
    """Do what is asked for, in the environment of the stand-ins; the exit code."""
    if given.verb in ("promote", "review", "rollback", "sweep"):
        return _ship(given)
    told = ["--base", given.base] if given.verb != "drift" else []
    match given.verb:
        case "affected":
            told += ["--json"] if given.json else []
        case "drift":
            _check(given.stack)
            told += ["--stack", given.stack, *(["--json"] if given.json else [])]
        case "changes":
            _check(given.stack)
            told += ["--stack", given.stack, *(["--preview"] if given.preview else [])]
        case _:
            told += ["--pull-request", given.pull_request] if given.pull_request else []
            told += ["--review", given.review] if given.review else []
    return _run(given.verb, told)


def _check(stack: str) -> None:
    if stack != "all":
        Stack(stack).check()


def _ship(given: argparse.Namespace) -> int:
    if given.verb == "review":
        told = [f"--{name}" for name in ("close", "policy") if getattr(given, name)]
        return _run("review", ["--pull-request", given.pull_request, "--source", given.source, *told])
    told = ["--yes"] if given.yes else []
    match given.verb:
        case "promote":
            told += ["--source", given.source, "--destination", given.destination]
        case "sweep":
            told += ["--days", given.days, *(["--json"] if given.json else [])]
            told += ["--pull-request", given.pull_request] if given.pull_request else []
        case _:
            Stack(given.stack).check()
            told += ["--stack", given.stack, "--version", given.version]
    return _run(given.verb, told)


def _run(act: str, told: Sequence[str]) -> int:
    command = [offline_environment().python, "-m", "tools.delivery", act, *told]
    return foreground(command, offline_variables(), ROOT)
