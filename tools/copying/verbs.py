"""The verbs of a copy, as `python3 -m tools` and make have them."""

import argparse
import os
from collections.abc import Callable

from tools.copying.adopt import adopt
from tools.copying.targets import change
from tools.environment import offline_environment, offline_variables
from tools.process import foreground
from tools.project import ROOT

Verb = Callable[..., argparse.ArgumentParser]

VERBS = ("adopt", "targets", "upgrade-check")


def add(verb: Verb) -> None:
    """Add them to a parser. What is not given stands in variables of their names."""
    verb("adopt", "Find the application that is there already, and write app/service.toml for it.")
    targets = verb("targets", "Where this project can run, and what brings more of that here or takes it away.")
    targets.add_argument("--add", default=os.environ.get("ADD", ""), help="platforms that shall come (ADD)")
    targets.add_argument("--drop", default=os.environ.get("DROP", ""), help="platforms that shall go (DROP)")
    upgrade = verb("upgrade-check", "Prove by plans that an update replaces and deletes nothing that holds state.")
    base = os.environ.get("BASE") or "HEAD"
    upgrade.add_argument("--base", default=base, help="the commit before it (BASE, or HEAD)")


def do(given: argparse.Namespace) -> int:
    """Do what is asked for; the exit code."""
    match given.verb:
        case "adopt":
            return adopt()
        case "targets":
            return change(given.add.replace(",", " ").split(), given.drop.replace(",", " ").split())
        case _:
            command = [offline_environment().python, "-m", "tools.copying", given.base]
            return foreground(command, offline_variables(), ROOT)
