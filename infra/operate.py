"""`python -m infra.operate status | logs | exec | sweep --stack <stack>`: what is done to a running service."""

import argparse
import json
import os
import shlex
import sys

import yaml

from infra.errors import DeploymentError
from infra.paths import ROOT
from infra.targets import find_spec, load_operations, specs


def main() -> int:
    """The exit code of the asked-for act."""
    parser = argparse.ArgumentParser(prog="python -m infra.operate", description=__doc__)
    acts = parser.add_subparsers(dest="act", required=True)
    status = acts.add_parser("status", help="what runs, and what the address answers")
    logs = acts.add_parser("logs", help="the last lines that the processes wrote")
    logs.add_argument("--lines", type=int, default=100, help="how many of each process (100)")
    logs.add_argument("--follow", action="store_true", help="go on until interrupted")
    logs.add_argument("--process", help="only this one: web, worker.<name>, job.<name>, runner")
    execute = acts.add_parser("exec", help="run a command in the environment of what is deployed")
    execute.add_argument("command", help="one string, split as a shell would")
    sweep = acts.add_parser(
        "sweep", help="remove what the stack's state, by its ids on standard input, knows nothing of"
    )
    for act in (status, logs, execute, sweep):
        act.add_argument("--stack", default="local")
    for act in (status, logs, execute):
        act.add_argument("--host", help="only on this one, where the stack has several hosts")
    given = parser.parse_args()
    target = target_of(given.stack)
    operations = load_operations(target)
    where = _where(given, target)
    match given.act:
        case "status":
            return operations.status(given.stack, **where)
        case "logs":
            return operations.logs(given.stack, given.lines, given.follow, given.process, **where)
        case "sweep":
            removed = operations.sweep(given.stack, json.load(sys.stdin))
            for name in removed or ():
                print(f"removed: {name}, which the state knows nothing of", file=sys.stderr)
            return 1 if removed is None else 0
        case _:
            return operations.exec(given.stack, shlex.split(given.command), **where)


def _where(given: argparse.Namespace, target: str) -> dict[str, str]:
    """The host that is asked for. Only a target that has several is told of one."""
    host = getattr(given, "host", None)
    spec = find_spec(target)
    if host and not (spec and spec.capabilities.by_host):
        sys.exit(f"--host {host}: the target {target} has no hosts to choose among")
    return {"host": host} if host else {}


def target_of(stack: str) -> str:
    """The target that a stack's file names."""
    path = ROOT / "stacks" / f"Pulumi.{stack}.yaml"
    try:
        target = yaml.safe_load(path.read_text(encoding="utf-8"))["config"]["service:target"]
    except FileNotFoundError:
        known = ", ".join(sorted(p.name[len("Pulumi.") : -len(".yaml")] for p in path.parent.glob("Pulumi.*.yaml")))
        sys.exit(f"there is no stack {stack!r} in stacks/ (there are: {known})")
    except (KeyError, TypeError):
        target = None
    if find_spec(str(target)) is None:
        sys.exit(f"service:target: {target!r} in stacks/{path.name} is not one of {', '.join(sorted(specs()))}")
    return str(target)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except DeploymentError as error:
        sys.exit(str(error))
    except BrokenPipeError:
        # Whoever read it has seen enough: `make logs | head`.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
