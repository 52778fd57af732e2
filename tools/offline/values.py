"""Property values as the engine's protocol carries them: secrets and unknowns are marked inside a plain structure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from google.protobuf import json_format, struct_pb2

# The marks are the protocol's own: sdk/go/common/resource/sig in github.com/pulumi/pulumi v3.250.0.
_MARK = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a mark, not a password
_OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
_RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e"
_UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"

Values = dict[str, Any]


class Unknown:
    """What is known only once something else has been made."""

    def __repr__(self) -> str:
        return "unknown"


UNKNOWN = Unknown()


@dataclass(frozen=True)
class Secret:
    """A value that stays encrypted in the state."""

    value: Any

    def __repr__(self) -> str:
        return "a secret"


def decode(struct: struct_pb2.Struct) -> Values:
    """A message's properties, with `Secret` and `UNKNOWN` where the marks were. Whole numbers become int."""
    return {name: _decoded(value) for name, value in json_format.MessageToDict(struct).items()}


def encode(values: Mapping[str, Any]) -> struct_pb2.Struct:
    """The message for `values`; a property that is None is left out."""
    struct = struct_pb2.Struct()
    struct.update({name: _encoded(value) for name, value in values.items() if value is not None})
    return struct


def unmarked(value: Any) -> Any:
    """The same of a value in the engine's JSON: `UNKNOWN` and `Secret` where the marks were."""
    return _decoded(value)


def reveal(value: Any) -> Any:
    """The same without `Secret`: what a platform's API is given."""
    match value:
        case Secret():
            return reveal(value.value)
        case dict():
            return {name: reveal(item) for name, item in value.items()}
        case list():
            return [reveal(item) for item in value]
        case _:
            return value


def conceal(value: Any, like: Any) -> Any:
    """`value` with `Secret` wherever `like` has one; a whole list or mapping where the shapes do not meet."""
    match like, value:
        case Secret(), _:
            return value if isinstance(value, Secret) else Secret(value)
        case dict(), dict():
            return {name: conceal(item, like.get(name)) for name, item in value.items()}
        case list(), list() if len(like) == len(value):
            return [conceal(item, other) for item, other in zip(value, like, strict=True)]
        case ((dict() | list()), _) if secret(like) and value is not UNKNOWN:
            return Secret(value)
        case _:
            return value


def hide(values: Values, paths: Iterable[str]) -> Values:
    """`values` with `Secret` at each of these paths of names, where something is known there."""
    for path in paths:
        name, _, rest = path.partition(".")
        inner = values.get(name)
        if isinstance(inner, dict) and rest:
            values = {**values, name: hide(inner, (rest,))}
        elif inner is not None and not rest and not isinstance(inner, Secret | Unknown):
            values = {**values, name: Secret(inner)}
    return values


def secret(value: Any) -> bool:
    """Whether there is a secret anywhere in it."""
    return _anywhere(value, Secret)


def secrets(value: Any) -> list[Any]:
    """Every single value that is secret, or part of a secret, and not empty."""
    match value:
        case Secret():
            return [leaf for leaf in _leaves(reveal(value)) if leaf not in ("", None)]
        case dict():
            return [leaf for item in value.values() for leaf in secrets(item)]
        case list():
            return [leaf for item in value for leaf in secrets(item)]
        case _:
            return []


def unknown(value: Any) -> bool:
    """Whether anything in it is not known yet."""
    return _anywhere(value, Unknown)


def _leaves(value: Any) -> list[Any]:
    match value:
        case dict():
            return [leaf for item in value.values() for leaf in _leaves(item)]
        case list():
            return [leaf for item in value for leaf in _leaves(item)]
        case _:
            return [value]


def _anywhere(value: Any, kind: type) -> bool:
    match value:
        case _ if isinstance(value, kind):
            return True
        case Secret():
            return _anywhere(value.value, kind)
        case dict():
            return any(_anywhere(item, kind) for item in value.values())
        case list():
            return any(_anywhere(item, kind) for item in value)
        case _:
            return False


def _decoded(value: Any) -> Any:
    match value:
        case str():
            return UNKNOWN if value == _UNKNOWN else value
        case float() if value.is_integer():
            return int(value)
        case list():
            return [_decoded(item) for item in value]
        case dict():
            return _unmarked(value)
        case _:
            return value


def _unmarked(value: Values) -> Any:
    match value.get(_MARK):
        case mark if mark == _SECRET:
            return Secret(_decoded(value.get("value")))
        case mark if mark == _OUTPUT:
            inner = _decoded(value["value"]) if "value" in value else UNKNOWN
            return Secret(inner) if value.get("secret") else inner
        case mark if mark == _RESOURCE:
            return _decoded(value.get("id", value["urn"]))
        case _:
            return {name: _decoded(item) for name, item in value.items()}


def _encoded(value: Any) -> Any:
    match value:
        case Unknown():
            return _UNKNOWN
        case Secret():
            return {_MARK: _SECRET, "value": _encoded(value.value)}
        case dict():
            return {name: _encoded(item) for name, item in value.items() if item is not None}
        case list() | tuple():
            return [_encoded(item) for item in value]
        case _:
            return value
