"""What a workflow must know of a stack before it can have the rights to look at it."""

import re

from tools.errors import ToolError
from tools.plan.stack_file import settings
from tools.stack import Stack


def job(stack: str) -> dict[str, str]:
    """An entry of a job's matrix: the stack, how it is spelt in names of variables, its cloud and its region."""
    try:
        cloud = Stack(stack).platform()
        options = settings(Stack(stack).file).get("service:options") or {}
    except ToolError:
        # What is wrong with it, the stack's own job says.
        cloud, options = "", {}
    region = str(options.get("region") or options.get("location") or "") if isinstance(options, dict) else ""
    return {"stack": stack, "variable": re.sub(r"[^A-Z0-9]", "_", stack.upper()), "cloud": cloud, "region": region}
