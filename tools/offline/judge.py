"""Holds inputs of the right types against a platform's rules, and finds in them what names other resources."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from tools.offline.backend import Problem
from tools.offline.tables import Rule
from tools.offline.values import UNKNOWN, Values

_FREE = frozenset({"annotations", "labels", "tags", "tagsAll"})


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


def named(patterns: Sequence[str], inputs: Values) -> dict[str, str]:
    """Every value that names a resource by one of these patterns, by its path. Tags and labels name nothing."""
    return {
        path: value
        for path, value in leaves(inputs, "")
        if isinstance(value, str) and not _FREE.intersection(re.split(r"[.\[\]]+", path))
        if any(re.fullmatch(pattern, value) for pattern in patterns)
    }


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
