"""`python -m tools.bootstrap`: what `make bootstrap` runs. It makes what a stack stands on, with the plan's rights."""

import argparse
import sys
from dataclasses import replace

from infra.errors import DeploymentError
from tools.errors import ToolError
from tools.plan.stack_file import settings
from tools.rights import deployer, module_of, planned, rights_of
from tools.saying import say
from tools.stack import Stack


def main(arguments: list[str]) -> int:
    """Make what is not there, or say what would be made; then how a person goes on."""
    given = _parser().parse_args(arguments)
    stack = Stack(given.stack)
    platform, rights = module_of(stack, "bootstrap", "what a stack stands on"), rights_of(stack)
    try:
        account = platform.account(settings(stack.file).get("service:options") or {})
        whole = deployer(stack, planned(stack), reads=False, account=account)
        policies = {
            "deploy": rights.documents(whole),
            "preview": rights.documents(replace(whole, reads=True)),
        }
        wanted = platform.Foundation(whole, policies, given.repository)
        say(f"in {wanted.place}, for the stack {stack.name}:")
        platform.bootstrap(wanted, sure=given.yes, say=say)
    except DeploymentError as error:
        raise ToolError(str(error)) from None
    if not given.yes:
        say(f"\nNothing was made. To make it: make bootstrap STACK={stack.name} REPO={given.repository} YES=1")
        return 0
    say("\nNext:")
    for command in platform.afterwards(wanted):
        print(command)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.bootstrap", description=__doc__)
    parser.add_argument("--stack", required=True, help="a stack of stacks/")
    parser.add_argument("--repository", required=True, help="on GitHub, whose workflows deploy and preview it")
    parser.add_argument("--yes", action="store_true", help="make it")
    return parser


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ToolError as error:
        say(f"error: {error}")
        sys.exit(error.exit_code)
