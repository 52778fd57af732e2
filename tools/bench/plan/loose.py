"""`python -m tools.bench.plan.loose STACK`: a plan by stand-ins that object to nothing, which nobody should trust."""

import json
import sys

from tools.offline.packages import types
from tools.plan.inventory import plan
from tools.plan.preview import preview
from tools.workbench import workbench


def main(stack: str) -> None:
    """Print the plan as `python -m tools.plan --form json` does."""
    bench = workbench(stack)
    made = plan(stack, bench.stack.target(), preview(bench, strict=False), types())
    if made.problems:
        sys.exit("\n".join(made.problems))
    print(json.dumps(made.document(), indent=2))


if __name__ == "__main__":
    main(sys.argv[1])
