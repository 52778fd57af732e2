"""`python -m tools.rights`: what `make rights` runs in the environment of the stand-ins.

The rights of whoever deploys a stack are made from the stack's plan, so that they are neither more nor less.
"""

import argparse
import importlib
import importlib.util
import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

from infra.errors import DeploymentError
from infra.service import load_service
from infra.targets.rights import REVIEWS, Deployer, Made, Rights
from tools.backend import backend
from tools.errors import ToolError
from tools.offline.packages import platforms
from tools.offline.values import UNKNOWN
from tools.offline.world import made_up
from tools.plan.preview import Planned, Preview, preview
from tools.plan.stack_file import settings
from tools.saying import say
from tools.stack import Stack
from tools.workbench import workbench

# What follows the beginning of something made up: the rest of it, or of a UUID.
_REST = r"[0-9a-f]*(-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})?"
_BEGINNING, _SUFFIX = 6, 7

# The buckets that Pulumi keeps a state in, by the schemes of their addresses.
_BUCKETS = ("gs", "s3")


def main(arguments: list[str]) -> int:
    """Print the rights as JSON, each document by its name."""
    given = _parser().parse_args(arguments)
    try:
        found = rights_of(Stack(given.stack))
        made = planned(Stack(given.stack))
        documents = found.documents(deployer(Stack(given.stack), made, reads=given.preview, account=given.account))
    except DeploymentError as error:
        raise ToolError(str(error)) from None
    if not given.account and Stack(given.stack).platform() == "aws":
        say("ARNs hold in any account; for one alone: ACCOUNT=<its number>")
    print(json.dumps(documents, indent=2))
    return 0


def rights_of(stack: Stack) -> Rights:
    """What knows the rights on the stack's platform. Raises ToolError where nobody wrote them down."""
    return cast("Rights", module_of(stack, "rights", "which rights it takes to deploy a stack"))


def module_of(stack: Stack, name: str, what: str) -> Any:
    """A module of the stack's platform that not every platform has. Raises ToolError where this one has none."""
    platform = stack.platform()
    if importlib.util.find_spec(f"infra.targets.{platform}.{name}") is None:
        known = [each for each in platforms() if importlib.util.find_spec(f"infra.targets.{each}.{name}")]
        raise ToolError(
            f"STACK={stack.name}: for the platform {platform} it is not written down {what}",
            f"name a stack on {' or '.join(known)}",
        )
    return importlib.import_module(f"infra.targets.{platform}.{name}")


def planned(stack: Stack) -> Preview:
    """The stack's plan. Raises ToolError where there is none."""
    seen = preview(workbench(stack.name))
    if seen.problems:
        raise ToolError("\n".join([*seen.problems, "no rights without a plan; the reasons stand above"]))
    return seen


def deployer(stack: Stack, seen: Preview, *, reads: bool, account: str) -> Deployer:
    """Whoever deploys what was planned; or, where it only `reads`, whoever previews it."""
    chances = _chances(seen)
    return Deployer(
        service=load_service().name,
        stack=stack.name,
        options=settings(stack.file).get("service:options") or {},
        made=[_made(each, chances) for each in seen.resources],
        asked=[(token, _told(arguments, chances)) for token, arguments in seen.asked],
        reads=reads,
        account=account,
        state=_bucket(backend().url),
    )


def reviewer(base: Stack, stack: Stack, seen: Preview, account: str) -> Deployer:
    """Whoever ships the stacks of pull requests, by the plan of one of them that was made from `base`.

    Whatever is called by that one's name may be called by any other's.
    """
    one = deployer(stack, seen, reads=False, account=account)

    def any_of(value: Any) -> Any:
        match value:
            case str():
                # To the end of the name, which may be cut.
                return re.sub(rf"{re.escape(stack.name)}[^/:\"'\s,]*", REVIEWS, value)
            case Mapping():
                return {name: any_of(item) for name, item in cast("Mapping[str, Any]", value).items()}
            case list():
                return [any_of(item) for item in cast("list[Any]", value)]
            case _:
                return value

    made: list[Made] = []
    for each in (Made(each.type, any_of(each.inputs)) for each in one.made):
        made += [each] if each not in made else []
    asked = [(token, any_of(arguments)) for token, arguments in one.asked]
    return replace(one, stack=REVIEWS, made=made, asked=asked, state="", base=base.name)


def _chances(seen: Preview) -> list[str]:
    return [made_up(f"{each.urn}#0").digest for each in seen.resources]


def _made(resource: Planned, chances: Sequence[str]) -> Made:
    return Made(resource.type, _told(resource.inputs, chances))


def _told(value: Any, chances: Sequence[str]) -> Any:
    """The same with wildcards for what the stand-ins made up, since the platform makes up something else."""
    match value:
        case str():
            begun = "|".join(chance[:_BEGINNING] for chance in chances)
            return re.sub(f"({begun}){_REST}", _wildcard, value) if chances else value
        case Mapping():
            return {name: _told(item, chances) for name, item in cast("Mapping[str, Any]", value).items()}
        case list():
            return [_told(item, chances) for item in cast("list[Any]", value)]
        case _:
            return "*" if value is UNKNOWN else value


def _wildcard(found: "re.Match[str]") -> str:
    """A suffix that makes a name single has as many characters everywhere; ids have not."""
    return "?" * len(found[0]) if len(found[0]) <= _SUFFIX else "*"


def _bucket(url: str | None) -> str:
    """The bucket of a state's address such as s3://bucket/folder?region=eu-central-1; nothing of another kind's.

    Of azblob://container?storage_account=account it is `account/container`.
    """
    parts = urlsplit(url or "")
    accounts = parse_qs(parts.query).get("storage_account", []) if parts.scheme == "azblob" else []
    return "/".join([*accounts, parts.netloc]) if accounts or parts.scheme in _BUCKETS else ""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.rights", description=__doc__)
    parser.add_argument("--stack", required=True, help="a stack of stacks/")
    parser.add_argument("--preview", action="store_true", help="only what a preview and a refresh need, which read")
    parser.add_argument("--account", default="", help="the platform's account, which no plan knows")
    return parser


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ToolError as error:
        say(f"error: {error}")
        sys.exit(error.exit_code)
