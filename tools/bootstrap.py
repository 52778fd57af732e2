"""`python -m tools.bootstrap`: what `make bootstrap` runs. It makes what a stack stands on, with the plan's rights."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from infra.errors import DeploymentError
from infra.targets.rights import Deployer, Rights
from tools.delivery import review_file, review_stack
from tools.errors import ToolError
from tools.plan.stack_file import settings
from tools.project import shown
from tools.rights import deployer, module_of, planned, reviewer, rights_of
from tools.saying import say
from tools.stack import Stack, stacks

# Of a pull request that hardly is there: only the names are of interest.
_ONE = 424_242


def main(arguments: list[str]) -> int:
    """Make what is not there, or say what would be made; then how a person goes on."""
    given = _parser().parse_args(arguments)
    stack = Stack(given.source or given.stack)
    platform, rights = module_of(stack, "bootstrap", "what a stack stands on"), rights_of(stack)
    try:
        account = platform.account(settings(stack.file).get("service:options") or {})
        whole, policies = (_reviews if given.source else _stack)(stack, rights, platform, account)
        wanted = platform.Foundation(whole, policies, given.repository)
        say(f"in {wanted.place}, for the stack{_named(whole)}:")
        platform.bootstrap(wanted, sure=given.yes, say=say)
    except DeploymentError as error:
        raise ToolError(str(error)) from None
    if not given.yes:
        which = f"FROM={stack.name}" if given.source else f"STACK={stack.name}"
        say(f"\nNothing was made. To make it: make bootstrap {which} REPO={given.repository} YES=1")
        return 0
    say("\nNext:")
    for command in platform.afterwards(wanted):
        print(command)
    return 0


def _named(whole: Deployer) -> str:
    return f"s {whole.stack} that are made from {whole.base}" if whole.base else f" {whole.stack}"


def _stack(stack: Stack, rights: Rights, _platform: Any, account: str) -> tuple[Deployer, dict[str, Any]]:
    """Whoever deploys a stack, and the policies of that and of whoever previews it."""
    whole = deployer(stack, planned(stack), reads=False, account=account)
    return whole, {"deploy": rights.documents(whole), "preview": rights.documents(replace(whole, reads=True))}


def _reviews(base: Stack, rights: Rights, platform: Any, account: str) -> tuple[Deployer, dict[str, Any]]:
    """Whoever ships the stacks of pull requests and takes them away; nobody previews one."""
    _alone(base, getattr(platform, "WHOLE", ""))
    with _one(base) as stack:
        whole = reviewer(base, stack, planned(stack), account)
    return whole, {"deploy": rights.documents(whole)}


@contextmanager
def _one(base: Stack) -> Iterator[Stack]:
    """A pull request's stack, for as long as it is planned."""
    stack = Stack(review_stack.name_of(_ONE))
    review_file.write(base, stack, _ONE)
    try:
        yield stack
    finally:
        stack.file.unlink()


def _alone(base: Stack, whole: str) -> None:
    """That no other stack stands where the platform can hold a role to no part of it.

    Raises:
        ToolError: whoever ships a pull request's code could change the others.
    """
    if not whole:
        return
    where = _option(base, whole)
    others = [name for name in stacks() if name != base.name and _option(Stack(name), whole) == where]
    if others:
        own = f"stacks/Pulumi.{base.platform()}-review.yaml"
        raise ToolError(
            f"{', '.join(others)}: in the {whole} {where} as well, and no role can be held to a part of it: "
            "whoever ships a pull request's code could change them",
            f"cp {shown(base.file)} {own}, name another {whole} in it, then FROM={base.platform()}-review",
        )


def _option(stack: Stack, name: str) -> str:
    try:
        options = settings(stack.file).get("service:options")
    except ToolError:
        return ""
    return str(options.get(name) or "").lower() if isinstance(options, dict) else ""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.bootstrap", description=__doc__)
    whose = parser.add_mutually_exclusive_group(required=True)
    whose.add_argument("--stack", help="a stack of stacks/")
    whose.add_argument("--source", help="the stack that those of pull requests are made from")
    parser.add_argument("--repository", required=True, help="on GitHub, whose workflows deploy and preview it")
    parser.add_argument("--yes", action="store_true", help="make it")
    return parser


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ToolError as error:
        say(f"error: {error}")
        sys.exit(error.exit_code)
