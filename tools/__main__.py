"""`python3 -m tools <verb>`: what every target of the Makefile runs."""

import os
import shlex
import signal
import sys

from tools import pulumi
from tools.errors import ToolError
from tools.process import foreground
from tools.project import ROOT
from tools.saying import say
from tools.workbench import workbench


def main(arguments: list[str]) -> int:
    verb, stack = arguments[0], os.environ.get("STACK") or "local"
    bench = workbench(stack)
    say(f"engine: {bench.engine.version}, {bench.engine.origin}")
    if verb == "env":
        for name, value in bench.settings().items():
            print(f"export {name}={shlex.quote(value)}")
        return 0
    if verb in ("status", "logs", "exec"):
        return foreground(
            [bench.environment.python, "-m", "infra.operate", verb, "--stack", stack, *arguments[1:]],
            bench.variables(), ROOT,
        )
    pulumi.ensure_stack(bench)
    code = pulumi.run(bench, verb, *(["--yes"] if verb != "preview" else []), *arguments[1:])
    if code == 0 and verb == "up":
        say(f"\n{pulumi.outputs(bench).get('url')}\n\nNext: make status, make logs, make destroy")
    return code


def _stop(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _stop)
    try:
        sys.exit(main(sys.argv[1:]))
    except ToolError as error:
        sys.exit(f"error: {error}")
