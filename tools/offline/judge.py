"""Holds inputs of the right types against a platform's rules, and names of resources against those there are."""

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from tools.offline.backend import Problem
from tools.offline.tables import Rule
from tools.offline.values import UNKNOWN, Values

NOWHERE = "no resource of this plan"


def broken(rules: Sequence[Rule], inputs: Values) -> Iterator[Problem]:
    """Every rule that a known value breaks."""
    for rule in rules:
        for path, value in found(inputs, rule.path):
            if value is not None and value is not UNKNOWN and rule.broken_by(value):
                must = f"must {rule.says} ({rule.source})"
                yield Problem(path, f"{value!r} {must}", must)


def found(value: Any, path: str, at: str = "") -> Iterator[tuple[str, Any]]:
    """Each value at a path such as `containers[*].name`, with its own path."""
    step, _, rest = path.partition(".")
    name, every, _ = step.partition("[*]")
    if not isinstance(value, dict) or name not in value:
        return
    inner, here = value[name], f"{at}.{name}" if at else name
    if every:
        entries = inner.items() if isinstance(inner, dict) else enumerate(inner) if isinstance(inner, list) else ()
        for key, item in entries:
            yield from found(item, rest, f"{here}[{key}]") if rest else iter([(f"{here}[{key}]", item)])
    else:
        yield from found(inner, rest, here) if rest else iter([(here, inner)])


def one(value: Any, path: str) -> Any:
    """The value at a path, or None."""
    return next((each for _, each in found(value, path)), None)


def dangling(patterns: Sequence[str], inputs: Values, known: Collection[str]) -> Iterator[Problem]:
    """Every value that names a resource which is nowhere in the plan."""
    for path, value in leaves(inputs, ""):
        if isinstance(value, str) and value not in known and any(re.fullmatch(p, value) for p in patterns):
            yield Problem(path, f"{value!r} is {NOWHERE}", f"is {NOWHERE}")


def leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every single value with its path."""
    match value:
        case dict():
            for name, item in value.items():
                yield from leaves(item, f"{path}.{name}" if path else name)
        case list():
            for index, item in enumerate(value):
                yield from leaves(item, f"{path}[{index}]")
        case _:
            yield path, value
