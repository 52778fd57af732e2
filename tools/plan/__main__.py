"""`python -m tools.plan`: what `make plan` runs in the environment of the stand-ins."""

import argparse
import json
import sys

from rich.console import Console

from tools.errors import ToolError
from tools.offline.packages import types
from tools.plan import text
from tools.plan.inventory import Plan, plan
from tools.plan.page import write
from tools.plan.preview import preview
from tools.saying import say
from tools.stack import stacks
from tools.workbench import workbench


def main(arguments: list[str]) -> int:
    """Print the plan in the form that is asked for; 1 when the engine refuses it."""
    given = _parser().parse_args(arguments)
    if given.stack == "all":
        return _all()
    made = _plan(given.stack)
    for warning in made.warnings:
        say(f"warning: {warning}")
    if made.problems:
        for problem in made.problems:
            say(problem)
        say(f"\nno plan: the engine refuses the stack {given.stack}")
        return 1
    match given.form:
        case "json":
            print(json.dumps(made.document(), indent=2))
        case "markdown":
            print(text.markdown(made))
        case "html":
            print(write(made))
        case _:
            text.show(made, Console())
    return 0


def _plan(stack: str) -> Plan:
    bench = workbench(stack)
    return plan(stack, bench.stack.target(), preview(bench), types())


def _all() -> int:
    failed = 0
    for stack in stacks():
        made = _plan(stack)
        print(text.summary(made), flush=True)
        failed += bool(made.problems)
    return 1 if failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.plan", description=__doc__)
    parser.add_argument("--stack", required=True, help="a stack of stacks/, or all")
    parser.add_argument("--form", choices=("table", "json", "markdown", "html"), default="table")
    return parser


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ToolError as error:
        say(f"error: {error}")
        sys.exit(error.exit_code)
