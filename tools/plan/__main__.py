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
    """Print the plan, or that of every stack, in the form that is asked for; 1 when one of them has none."""
    given = _parser().parse_args(arguments)
    every = given.stack == "all"
    told = [_tell(stack, given.form, every) for stack in (stacks() if every else [given.stack])]
    if given.form == "json":
        documents = [made.document() for made in told]
        print(json.dumps(documents if every else documents[0], indent=2))
    return 1 if any(made.problems for made in told) else 0


def _tell(stack: str, form: str, every: bool) -> Plan:
    """Make a stack's plan and print it, but for JSON, which is one text; what is wrong goes to the person."""
    made = _plan(stack)
    whose = f"{stack}: " if every else ""
    for warning in made.warnings:
        say(f"{whose}warning: {warning}")
    for problem in made.problems:
        say(f"{whose}{problem}")
    if made.problems and not every:
        say(f"\nno plan: the stack {stack} is refused; the reasons stand above")
    match form:
        case "markdown":
            print(text.markdown(made), end="\n\n" if every else "\n", flush=True)
        case "table" if every:
            print(text.summary(made), flush=True)
        case "html" if not made.problems:
            print(write(made), flush=True)
        case "table" if not made.problems:
            text.show(made, Console())
        case _:
            pass
    return made


def _plan(stack: str) -> Plan:
    """A stack's plan; what no plan could be made for is a problem of that stack alone."""
    target = ""
    try:
        bench = workbench(stack)
        target = bench.stack.target()
        return plan(stack, target, preview(bench), types())
    except ToolError as error:
        return Plan(stack, target, (), (str(error),), ())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.plan", description=__doc__)
    parser.add_argument("--stack", required=True, help="a stack of stacks/, or all")
    parser.add_argument("--form", choices=("table", "json", "markdown", "html"), default="table")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
