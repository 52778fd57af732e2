"""What Microsoft publishes of its APIs: the models of the azure-mgmt packages, read as schemas of what is sent.

There are two generations of them, and both say the same: fields by the API's names, of which type each is, which are
required, which Azure alone fills in. What a model calls flattened is in `properties` of what is sent.
"""

# What the fields of a model are is not told by anything that the packages have for it.
# pyright: basic
# ruff: noqa: SLF001

import functools
import importlib
import re
import sys
import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.offline.once import once

# Where a package has its models, by whether it is of the newer generation.
_FILES = ("_models", "_models_py3")
_PLAIN = {"bool": bool, "bytearray": bytes, "duration": "duration", "float": float, "int": int, "iso-8601": "time"}


@dataclass(frozen=True)
class Field:
    """A field of what is sent.

    `kind`: a schema, a model, an enumeration, a plain type, `list[kind]`, `dict[str, kind]`, or Any.
    `limits`: as msrest names them, such as `max_length`.
    """

    kind: Any
    required: bool = False
    read_only: bool = False
    limits: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Schema:
    """An object of what is sent.

    `told_by`: the field whose value tells which of `kinds` it is, where it is one of several.
    """

    name: str
    fields: Mapping[str, Field]
    told_by: str = ""
    kinds: Mapping[str, Any] = field(default_factory=dict)

    def place(self, name: str) -> tuple[str, ...]:
        """Where a field is that the provider calls so: here, or in `properties`; nowhere if there is none.

        The provider writes `aRecords` and `odataType` for `ARecords` and `odata.type`.
        """
        for known in self.fields:
            if plain(known) == plain(name):
                return (known,)
        inner = self.fields.get("properties")
        deeper = schema(inner.kind) if inner is not None else None
        return ("properties", *deeper.place(name)) if deeper is not None and deeper.place(name) else ()


def plain(name: str) -> str:
    """A name without capitals and marks."""
    return re.sub(r"\W", "", name).lower()


@once
def model(package: str, name: str) -> type:
    """A model of a package such as `appcontainers`; LookupError where it has none of the name."""
    return vars(_models(package))[name]


def schema(kind: Any) -> Schema | None:
    """What a kind says of an object; None of one that is no model's."""
    if isinstance(kind, Schema):
        return kind
    if isinstance(kind, type) and (hasattr(kind, "_attribute_map") or hasattr(kind, "_calculated")):
        return _older(kind) if hasattr(kind, "_attribute_map") else _newer(kind)
    return None


@once
def _models(package: str) -> types.ModuleType:
    """The module of a package's models, without the clients of its API, which take longer to import than all else."""
    whole = f"azure.mgmt.{package}"
    if whole in sys.modules:
        return importlib.import_module(f"{whole}.models")
    (place,) = importlib.import_module("azure.mgmt").__path__
    empty = types.ModuleType(whole)
    empty.__path__, empty.__package__ = [str(Path(place) / package)], whole
    sys.modules[whole] = empty
    try:
        return importlib.import_module(f"{whole}.models")
    finally:
        del sys.modules[whole]


def _hints(of: Any, cls: type) -> Mapping[str, Any]:
    names = {"_models": sys.modules[cls.__module__.rpartition(".")[0]]}
    return typing.get_type_hints(of, vars(sys.modules[cls.__module__]), names)


@functools.cache
def _newer(cls: Any) -> Schema:
    """A model of which each field is a descriptor."""
    cls.__new__(cls)  # It works its fields out when the first one is made.
    hints = _hints(cls, cls)
    fields, told_by = {}, ""
    for attribute, rest in cls._attr_to_rest_field.items():
        kind = hints[attribute]
        optional = type(None) in typing.get_args(kind)
        read_only = rest._visibility == ["read"]
        fields[rest._rest_name] = Field(_kind(kind), not optional and not read_only, read_only)
        if rest._is_discriminator:
            told_by = rest._rest_name
    return Schema(cls.__name__, fields, told_by, vars(cls).get("__mapping__", {}))


@functools.cache
def _older(cls: Any) -> Schema:
    """A model of msrest's kind, whose map of attributes says where in what is sent each is."""
    hints = _hints(cls.__init__, cls)
    fields: dict[str, Any] = {}
    for attribute, told in cls._attribute_map.items():
        limits = cls._validation.get(attribute, {})
        kind = _kind(hints[attribute]) if _listed(hints.get(attribute)) else _told(told["type"], cls)
        known = Field(kind, limits.get("required", False), limits.get("readonly", False), limits)
        _put(fields, re.split(r"(?<!\\)\.", told["key"]), known)
    subtypes = vars(cls).get("_subtype_map", {})
    told_by, names = next(((key, names) for key, names in subtypes.items()), ("", {}))
    by_name = {value: vars(_models_of(cls))[name] for value, name in names.items()}
    key = cls._attribute_map[told_by]["key"].replace("\\", "") if told_by else ""
    return Schema(cls.__name__, _nested(fields, cls.__name__), key, by_name)


def _models_of(cls: type) -> types.ModuleType:
    return sys.modules[cls.__module__.rpartition(".")[0]]


def _put(fields: dict[str, Any], path: list[str], known: Field) -> None:
    name, *rest = (each.replace("\\", "") for each in path)
    if rest:
        _put(fields.setdefault(name, {}), rest, known)
    else:
        fields[name] = known


def _nested(fields: dict[str, Any], name: str) -> Mapping[str, Field]:
    """Fields, where those of a path in common are a schema of their own."""
    return {
        key: Field(Schema(name, _nested(known, name))) if isinstance(known, dict) else known
        for key, known in fields.items()
    }


def _kind(hint: Any) -> Any:
    """The kind that an annotation tells: `Optional[Union[str, Enum]]` is the enumeration."""
    arms = [arm for arm in typing.get_args(hint) if arm is not type(None)]
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return next((_kind(arm) for arm in arms if arm is not str), str)
    if typing.get_origin(hint) is list:
        return list[_kind(arms[0])]
    if typing.get_origin(hint) in (dict, typing.get_origin(Mapping[str, Any])):
        return dict[str, _kind(arms[1])]
    if typing.get_origin(hint) is typing.Literal:
        return _kind(type(arms[0]))
    return {"timedelta": "duration", "datetime": "time"}.get(getattr(hint, "__name__", ""), hint)


def _listed(hint: Any) -> bool:
    """Whether an annotation tells an enumeration, which msrest's map does not."""
    return any(isinstance(each, type) and hasattr(each, "__members__") for each in _flat(hint))


def _flat(hint: Any) -> Iterator[Any]:
    yield hint
    for arm in typing.get_args(hint):
        yield from _flat(arm)


def _told(name: str, cls: type) -> Any:
    """The kind that msrest's map names: `[Thing]`, `{str}`, `iso-8601`."""
    if name.startswith("["):
        return list[_told(name[1:-1], cls)]
    if name.startswith("{"):
        return dict[str, _told(name[1:-1], cls)]
    return _PLAIN.get(name) or vars(_models_of(cls)).get(name) or (str if name == "str" else Any)
