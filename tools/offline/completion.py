"""What a provider puts into the inputs where the program says nothing: its defaults, and a name."""

from collections.abc import Iterator
from typing import Any

from tools.offline.backend import Kind, Problem
from tools.offline.judge import one
from tools.offline.values import Secret, Values


def completed(kind: Kind, news: Values, olds: Values, name: str | None) -> Values:
    """The inputs with the provider's defaults and, where the program gives no name, this one or that of before."""
    given = {key: value for key, value in news.items() if value is not None and key != "__defaults"}
    added = {key: value for key, value in kind.defaults.items() if key not in given}
    defaults = [*added]
    for key, entries in kind.adds.items():
        given[key] = _under(given.get(key), entries)
    if kind.autonamed and _absent(given, kind.autonamed):
        named = one(olds, kind.autonamed) if kind.autonamed in olds.get("__defaults", []) else name
        prefix = given.get(f"{kind.autonamed}Prefix")
        if named and isinstance(prefix, str) and not named.startswith(prefix):
            named = prefix + named.rpartition("-")[2]
        if named is not None:
            given = _with(given, kind.autonamed, named)
            defaults.append(kind.autonamed)
    return {**given, **added, "__defaults": sorted(defaults)}


def _under(given: Any, entries: Values) -> Any:
    """A mapping with these entries under its own; what is secret or not known yet stays so."""
    match given:
        case None:
            return dict(entries)
        case Secret():
            return Secret(_under(given.value, entries))
        case dict():
            return {**entries, **given}
        case _:
            return given


def nameless(kind: Kind, inputs: Values) -> Iterator[Problem]:
    """That a name is missing which the engine is told not to make up."""
    if kind.autonamed and _absent(inputs, kind.autonamed):
        said = "required, since automatic naming is disabled"
        yield Problem(kind.autonamed, said, said)


def _absent(values: Values, path: str) -> bool:
    """Whether nothing is at a path of names; what is not known yet, or secret, may well have it."""
    at: Any = values
    for name in path.split("."):
        at = at.get(name) if isinstance(at, dict) else at
    return at is None


def _with(values: Values, path: str, value: Any) -> Values:
    """A copy with one more value, at a path of names."""
    name, _, rest = path.partition(".")
    return {**values, name: _with(values.get(name) or {}, rest, value) if rest else value}
