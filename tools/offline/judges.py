"""Rules that several platforms share: blocks of addresses, images, ports, labels, the values that an SDK lists."""

import functools
import ipaddress
import re
import typing
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import Any

from pulumi import _types

from tools.offline import sdk
from tools.offline.backend import Problem
from tools.offline.judge import found, leaves
from tools.offline.tables import Beside, Judge, Others, Source
from tools.offline.values import UNKNOWN, Values

Wrong = Callable[[Any], str]
"""Why a known value is refused; nothing when it is right."""

Block = ipaddress.IPv4Network | ipaddress.IPv6Network

READ = "2026-11-23"
IMAGES = Source("https://github.com/distribution/reference/blob/main/reference.go", READ)

_HOST = r"(?:localhost|[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+|[A-Za-z0-9.-]+(?=:\d))(?::\d+)?/"
_PART = r"[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*"
IMAGE = re.compile(rf"(?:{_HOST})?{_PART}(?:/{_PART})*(?::\w[\w.-]{{0,127}})?(?:@sha256:[0-9a-f]{{64}})?")


def named(checks: Mapping[str, Wrong]) -> Judge:
    """Holds every value to the check that its property's name has, wherever in the inputs it is."""

    def judge(_type: str, inputs: Values) -> Iterator[Problem]:
        for path, value in leaves(inputs, ""):
            wrong = checks.get(re.sub(r"\[\d+\]$", "", path).rpartition(".")[2])
            if wrong is not None and isinstance(value, str | int):
                yield from told(path, wrong(value))

    return judge


def at(*paths: str, wrong: Wrong) -> Judge:
    """Holds every value at one of the paths to a check."""

    def judge(_type: str, inputs: Values) -> Iterator[Problem]:
        for path, value in [each for wanted in paths for each in found(inputs, wanted)]:
            if isinstance(value, str | int):
                yield from told(path, wrong(value))

    return judge


def hidden(value: Any, path: str) -> bool:
    """Whether something at a path such as `containers[*].name` is not known yet, or may yet be there."""
    step, _, rest = path.partition(".")
    name, every, _ = step.partition("[*]")
    if value is UNKNOWN or not isinstance(value, dict):
        return value is UNKNOWN
    inner: Any = typing.cast("dict[str, Any]", value).get(name)
    if not every or inner is UNKNOWN:
        return inner is UNKNOWN or (bool(rest) and hidden(inner, rest))
    entries: list[Any] = list(inner.values()) if isinstance(inner, dict) else list(inner or ())
    return any(hidden(entry, rest) for entry in entries)


def told(path: str, reason: str) -> Iterator[Problem]:
    """A problem where there is a reason for one."""
    if reason:
        yield Problem(path, reason)


def block(value: Any, strict: bool = True) -> str:
    """A block of addresses such as 10.0.0.0/16; where it is strict, without host bits."""
    family = "IPv6" if ":" in str(value) else "IPv4"
    if "/" not in str(value):
        return f"{value!r} is no block of {family} addresses: it has no mask, as in 10.0.0.0/16"
    try:
        ipaddress.ip_network(str(value), strict)
    except ValueError as error:
        return f"{value!r} is no block of {family} addresses: {error}"
    return ""


def subnets(type_: str, path: str, network: str, *networks: tuple[str, str, str]) -> Beside:
    """Holds a subnet's block, at `path`, to what it shares a network with, whose id or name stands at `network`.

    It overlaps no other's, and lies in one of the blocks of its network: `networks` are the types that say one, where
    each says whose, and where the block. What is not known yet is not held to it.
    """

    def beside(inputs: Values, others: Others) -> Iterator[Problem]:
        own, where = _known_block(inputs.get(path)), inputs.get(network)
        if own is None or not isinstance(where, str):
            return
        for id_, sibling in others(type_):
            other = _known_block(sibling.get(path))
            if other is not None and sibling.get(network) == where and own.overlaps(other):
                yield Problem(path, f"{own} overlaps {other} of {id_}, in the same network")
        said = [
            block
            for of, whose, at in networks
            for id_, values in others(of)
            if where in (id_ if whose == "id" else "", values.get(whose))
            for _, block in found(values, at)
        ]
        blocks = [_known_block(block) for block in said]
        if blocks and not any(block is None or _within(own, block) for block in blocks):
            yield Problem(path, f"{own} lies in none of its network's blocks: {', '.join(map(str, blocks))}")

    return beside


def _known_block(value: Any) -> Block | None:
    return _parsed(value) if isinstance(value, str) else None


@functools.cache
def _parsed(value: str) -> Block | None:
    try:
        return ipaddress.ip_network(value)
    except ValueError:
        return None


def _within(own: Block, block: Block) -> bool:
    return own.version == block.version and own.subnet_of(block)  # pyright: ignore[reportArgumentType]


def loose_block(value: Any) -> str:
    """A block of addresses, whose host bits the platform does not mind."""
    return block(value, strict=False)


def image(value: Any) -> str:
    """The name of an image."""
    if not value:
        return "required, but missing"
    fits = IMAGE.fullmatch(str(value)) is not None
    return (
        "" if fits else f"{value!r} is no name of an image such as host/team/web:1 or @sha256: and 64 digits ({IMAGES})"
    )


def port(value: Any) -> str:
    """A port that something listens on."""
    return "" if str(value).isdigit() and 1 <= int(value) <= 65535 else f"{value!r} is no port: 1 to 65535"


def range_of_ports(value: Any) -> str:
    """A port, or a range of ports such as 8000-8080."""
    low, _, high = str(value).partition("-")
    numbers = [low, high or low]
    if all(each.isdigit() for each in numbers) and 0 <= int(numbers[0]) <= int(numbers[1]) <= 65535:
        return ""
    return f"{value!r} is no range of ports: 0 to 65535"


def labels(path: str, source: Source, most: int, key: str, value: str, says: str) -> Judge:
    """Holds the keys and values of a mapping to patterns, and their number to a limit."""

    def judge(_type: str, inputs: Values) -> Iterator[Problem]:
        given = inputs.get(path)
        if not isinstance(given, dict):
            return
        pairs: dict[str, Any] = dict(typing.cast("dict[str, Any]", given))
        if len(pairs) > most:
            yield Problem(path, f"{len(pairs)} of them: there may be at most {most} ({source})")
        for name, item in pairs.items():
            if not re.fullmatch(key, name) or (isinstance(item, str) and not re.fullmatch(value, item)):
                yield Problem(f"{path}.{name}", f"{name!r}: {item!r}: {says} ({source})")

    return judge


def listed(type_: str, inputs: Values) -> Iterator[Problem]:
    """Strings for which the SDK lists values, though its types let any string pass. Capitals do not matter."""
    for name, wanted in sdk.properties(type_).items():
        if name in inputs:
            yield from _listed(wanted, inputs[name], name)


def _listed(wanted: Any, value: Any, path: str) -> Iterator[Problem]:
    arms = [_types.unwrap_type(wanted), *typing.get_args(_types.unwrap_type(wanted))]
    match value:
        case str():
            known = [each for arm in arms if isinstance(arm, type) and issubclass(arm, Enum) for each in arm]
            if known and value.lower() not in [str(each.value).lower() for each in known]:
                yield Problem(
                    path, f"{value!r} is none of {', '.join(str(each.value) for each in known)} (the SDK's list)"
                )
        case list():
            inner = [arm for arm in arms if typing.get_origin(arm) not in (None, typing.Union)]
            for index, item in enumerate(typing.cast("list[Any]", value)):
                for kind in [argument for arm in inner for argument in typing.get_args(arm)[:1]][:1]:
                    yield from _listed(kind, item, f"{path}[{index}]")
        case dict():
            for cls in [arm for arm in arms if isinstance(arm, type) and _types.is_input_type(arm)][:1]:
                for name, kind in _types.input_type_types(cls).items():
                    if name in value:
                        yield from _listed(kind, value[name], f"{path}.{name}")
        case _:
            return
