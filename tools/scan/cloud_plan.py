"""`python -m tools.scan.cloud_plan FOLDER`: clouds' stacks in Terraform's words, for judges that read no others.

It runs in the environment of the stand-ins. pulumi-aws and pulumi-gcp are Terraform's providers behind a bridge, so a
resource says the same in both: the type has another name, a property is written in snake_case, and what is an object
here is a block there, of which there is a list, mostly by a name in the singular. Where one resource names another, the
id that the stand-ins made up becomes Terraform's reference, by which a judge finds what belongs together.
Azure's provider speaks Azure's own API: there a judge reads what that is sent (`azure_plan.py`).
"""

import json
import re
import sys
import typing
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from pulumi import _types

from tools.errors import ToolError
from tools.offline import sdk
from tools.offline.sdk import MAPPINGS
from tools.offline.values import UNKNOWN, reveal
from tools.offline.world import made_up
from tools.plan.preview import Planned, preview
from tools.saying import say
from tools.scan.clouds import of_each
from tools.scan.known import everything_known
from tools.scan.words import Words
from tools.stack import Stack, stacks
from tools.workbench import workbench

# So many digits of what was made up are in every id and in every automatic name.
_DIGITS = 7

CLOUDS: Mapping[str, Words] = {cloud: module.WORDS for cloud, module in of_each("words").items()}
TYPES = {type_: there for words in CLOUDS.values() for type_, there in words.types.items()}

Block = dict[str, Any]


def main(arguments: Sequence[str]) -> int:
    """Write the plans into the folder, each as <stack>.json."""
    (folder,) = map(Path, arguments)
    documents = {
        **dict.fromkeys(CLOUDS, document),
        **{cloud: module.document for cloud, module in of_each("plan").items()},
    }
    for stack in stacks():
        said = documents.get(Stack(stack).platform())
        if said:
            (folder / f"{stack}.json").write_text(json.dumps(said(planned(stack))), encoding="utf-8")
    return 0


def planned(stack: str) -> Sequence[Planned]:
    """The resources of a stack's plan. Raises ToolError where it has none."""
    with everything_known(workbench(stack)) as bench:
        seen = preview(bench)
    if seen.problems:
        raise ToolError("\n".join([f"{stack}: no plan to judge:", *seen.problems]))
    return seen.resources


def document(resources: Sequence[Planned]) -> Block:
    """What `terraform show -json` would say of the plan, as far as it is read.

    Raises ToolError for a type whose name in Terraform is not written down here, and for two resources of one address.
    """
    mine = sorted(filter(of_cloud, resources), key=lambda each: (each.type, each.name))
    unnamed = sorted({each.type for each in mine} - TYPES.keys())
    if unnamed:
        raise ToolError(f"what Terraform calls them is not written down: {', '.join(unnamed)}", f"add it to {__name__}")
    addresses = {each.urn: f"{TYPES[each.type]}.{each.name}" for each in mine}
    if len({*addresses.values()}) < len(addresses):
        raise ToolError("two resources of a plan have the same type and the same name")
    # The engine's dependencies do not tell all: a certificate is named by the ARN of itself, and waited for by another.
    known = {made_up(f"{urn}#0").digest[:_DIGITS]: address for urn, address in addresses.items()}
    said = [_resource(each, addresses[each.urn], known) for each in mine]
    return {
        "format_version": "1.2",
        "terraform_version": "1.9.0",
        "planned_values": {"root_module": {"resources": said}},
    }


def of_cloud(resource: Planned) -> bool:
    """Whether it is one of a cloud's whose words are written down."""
    return resource.type.partition(":")[0] in CLOUDS


def _resource(resource: Planned, address: str, known: Mapping[str, str]) -> Block:
    words = CLOUDS[resource.type.partition(":")[0]]
    type_ = words.types[resource.type]
    others = {digits: other for digits, other in known.items() if other != address}
    values = _block(sdk.properties(resource.type), reveal(dict(resource.inputs)), others, words)
    return {
        "address": address,
        "mode": "managed",
        "type": type_,
        "name": resource.name,
        "values": {words.names.get((type_, name), name): value for name, value in values.items()},
    }


def _block(kinds: Mapping[str, Any], given: Mapping[str, Any], others: Mapping[str, str], words: Words) -> Block:
    """A block's attributes; what is not known before it is made is left out, as Terraform does."""
    block: Block = {}
    for name, value in given.items():
        if value is UNKNOWN or name not in kinds:
            continue
        inner = next(_blocks(kinds[name]), None)
        listed = cast("list[Any]", value if isinstance(value, list) else [value])
        if inner is None or not all(isinstance(each, dict) for each in listed):
            block[snake(name)] = _referring(value, others)
            continue
        said = [_block(_types.input_type_types(inner), each, others, words) for each in listed]
        plural = not isinstance(value, list) or snake(name) in words.listed
        block[snake(name) if plural else singular(snake(name))] = said
    return block


def _blocks(kind: Any) -> Iterator[type]:
    """The SDK's classes of blocks in a property's type: one, a list of them, none for plain values and mappings."""
    if isinstance(kind, type) and _types.is_input_type(kind):
        yield kind
    elif typing.get_origin(kind) not in MAPPINGS:
        for arm in typing.get_args(kind):
            yield from _blocks(arm)


def _referring(value: Any, others: Mapping[str, str]) -> Any:
    """The same with a reference for each string that is another resource's id, ARN or name."""
    match value:
        case str() if not value.startswith(("{", "[")):
            found = next((address for digits, address in others.items() if digits in value), None)
            return f"{found}.{'arn' if value.startswith('arn:') else 'id'}" if found else value
        case list():
            return [_referring(each, others) for each in cast("list[Any]", value) if each is not UNKNOWN]
        case dict():
            known = cast("dict[str, Any]", value)
            return {name: _referring(each, others) for name, each in known.items() if each is not UNKNOWN}
        case _:
            return value


def snake(name: str) -> str:
    """`cidrBlock` as `cidr_block`, `cidrIpv4` as `cidr_ipv4`."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda letter: f"_{letter[1].lower()}", name)


def singular(name: str) -> str:
    """How the bridge's plural was called before: `capacity_provider_strategies` as `capacity_provider_strategy`."""
    for plural, single in (("ies", "y"), ("iases", "ias"), ("ss", "ss"), ("s", "")):
        if name.endswith(plural):
            return name.removesuffix(plural) + single
    return name


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ToolError as error:
        say(f"error: {error}")
        sys.exit(error.exit_code)
