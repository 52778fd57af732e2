"""`python -m tools.doctor.platform <stack>`: the checks of a stack's platform, in the environment of that platform."""

import importlib
import json
import sys
from typing import cast

from tools.doctor.check import Asked, Check, Doctor, missing
from tools.errors import ToolError
from tools.plan.stack_file import settings
from tools.stack import Stack


def main(name: str) -> int:
    """Print the checks as JSON."""
    print(json.dumps([check.document() for check in _checks(Stack(name))]))
    return 0


def _checks(stack: Stack) -> list[Check]:
    asked = cast("Doctor", importlib.import_module(f"infra.targets.{stack.platform()}.doctor"))
    try:
        return list(asked.checks(Asked(stack.name, settings(stack.file))))
    except ToolError as error:
        return [missing("stack", error.problem, error.fix or "")]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
