"""Makes of a resource's inputs what is sent to Azure, and holds it against what Microsoft publishes of the API."""

import base64
import binascii
import re
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import EnumMeta
from typing import Any, cast

from infra.targets.azure.offline import schemas
from infra.targets.azure.offline.messages import MESSAGES, Message
from infra.targets.azure.offline.schemas import Field, Schema
from tools.offline.backend import Problem
from tools.offline.values import UNKNOWN, Secret, Values

MODELS = "the API's own model"
# What every resource has around its own properties.
AROUND = ("identity", "kind", "location", "sku", "tags", "zones")

_WORDS = {str: "a string", int: "a whole number", float: "a number", bool: "true or false"}
_FORMS = {
    "duration": (re.compile(r"P(?=.)(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?"), "PT5M"),
    "time": (re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))?"), "2026-11-30T00:00:00Z"),
}


def judge(type_: str, inputs: Values) -> list[Problem]:
    """What the API's model refuses of the inputs of a type that has one."""
    return list(wrong(MESSAGES[type_], inputs)) if type_ in MESSAGES else []


def wrong(message: Message, given: Values) -> list[Problem]:
    """What the model refuses of a message: unknown fields, values of the wrong kind, what only Azure may say."""
    sent = _Sent(message)
    sent.made(_model(message), given, "", "")
    return sent.problems


def body(type_: str, inputs: Values) -> Values:
    """What is sent for a resource, with what is not known yet in it.

    What has no model here is sent as all else is: with its own in `properties`.
    """
    message = MESSAGES.get(type_)
    if message is not None:
        return _Sent(message).made(_model(message), inputs, "", "")
    around = {name: value for name, value in inputs.items() if name in AROUND}
    own = {name: value for name, value in inputs.items() if name not in (*AROUND, "resourceGroupName")}
    return {**around, "properties": own}


def prepare() -> None:
    """Read the models that the judge will want of nearly every stack; those of networks are many."""
    for message in MESSAGES.values():
        if message.package != "network":
            _model(message)


def _model(message: Message) -> Schema:
    known = schemas.schema(schemas.model(message.package, message.model))
    if known is None:
        raise TypeError(f"{message.package}: {message.model} is no model")
    return known


@dataclass
class _Sent:
    """A message in the making. A path without indices is how its `names` know an input."""

    message: Message
    problems: list[Problem] = field(default_factory=list[Problem])

    def made(self, schema: Schema, given: Mapping[str, Any], path: str, plain: str) -> Values:
        told = self._told(schema, given, path)
        if told is None:
            return dict(given)
        schema = told
        made: Values = {}
        for name, value in given.items():
            at, known_as = _below(path, name), _below(plain, name)
            renamed = self.message.names.get(known_as, name)
            if not renamed or value is None:
                continue
            *outer, last = schema.place(renamed) or ("",)
            if not last:
                self._problem(at, f"there is no such field in {schema.name}")
                continue
            inner, place = schema, made
            for step in outer:
                inner, place = (
                    typing.cast("Schema", schemas.schema(inner.fields[step].kind)),
                    place.setdefault(step, {}),
                )
            known = inner.fields[last]
            if known.read_only:
                self._problem(at, f"only Azure itself says this of {schema.name}")
            place[last] = self._value(known, value, at, known_as)
        self._missing(schema, made, path, "properties" not in given)
        return made

    def _told(self, schema: Schema, given: Mapping[str, Any], path: str) -> Schema | None:
        """Which of its kinds an object is; None where that is not known yet."""
        if not schema.kinds:
            return schema
        told = next((name for name in given if schemas.plain(name) == schemas.plain(schema.told_by)), schema.told_by)
        value = given.get(told)
        if value is UNKNOWN:
            return None
        kinds = {each.lower(): kind for each, kind in schema.kinds.items()}
        if isinstance(value, str) and value.lower() not in kinds:
            self._problem(_below(path, told), f"{value!r} is none of {', '.join(schema.kinds)}")
        chosen = schemas.schema(kinds.get(str(value).lower()))
        return self._told(chosen, given, path) if chosen is not None else schema

    def _missing(self, schema: Schema, made: Values, path: str, flattened: bool) -> None:
        for name, known in schema.fields.items():
            inner = schemas.schema(known.kind)
            if name == "properties" and inner is not None and flattened:
                if known.required or name in made:
                    self._missing(inner, made.get(name, {}), path, flattened=False)
            # Where nothing is said of it, a resource lies where its group does.
            elif known.required and made.get(name) is None and (path or name != "location"):
                self._problem(_below(path, name), f"required by {schema.name}, but missing")

    def _value(self, known: Field, value: Any, path: str, plain: str) -> Any:
        if isinstance(value, Secret):
            value = value.value
        if value is None or value is UNKNOWN:
            return value
        kind = known.kind
        inner = schemas.schema(kind)
        match value:
            case dict() if inner is not None:
                return self.made(inner, cast("Values", value), path, plain)
            case dict() if typing.get_origin(kind) is dict:
                of = Field(typing.get_args(kind)[1])
                mapping = cast("Values", value)
                return {name: self._value(of, item, _below(path, name), plain) for name, item in mapping.items()}
            case list() if typing.get_origin(kind) is dict:
                return self._named(cast("list[Any]", value), path)
            case list() if typing.get_origin(kind) is list:
                self._limited(known, value, path)
                of, items = Field(typing.get_args(kind)[0]), cast("list[Any]", value)
                return [self._value(of, item, f"{path}[{index}]", plain) for index, item in enumerate(items)]
            case _:
                self._single(known, value, path)
                return value

    def _named(self, names: list[Any], path: str) -> Values:
        """The provider has a list of names for what is sent as a mapping of them to nothing."""
        for index, name in enumerate(names):
            if name is not UNKNOWN and not isinstance(name, str):
                self._problem(f"{path}[{index}]", f"must be a string, not {name!r}")
        return {str(name): {} for name in names}

    def _single(self, known: Field, value: Any, path: str) -> None:
        kind = known.kind
        if isinstance(kind, EnumMeta):
            choices = [str(each.value) for each in cast("Any", kind)]
            if not isinstance(value, str) or value.lower() not in [each.lower() for each in choices]:
                self._problem(path, f"{value!r} is none of {', '.join(choices)}")
        elif kind in ("duration", "time"):
            form, such = _FORMS[kind]
            if not isinstance(value, str) or not form.fullmatch(value):
                self._problem(path, f"{value!r} is no {kind} such as {such}")
        elif kind is bytes:
            if not _is_base64(value):
                self._problem(path, "is not in base 64")
        elif kind in _WORDS and not _is(kind, value):
            self._problem(path, f"must be {_WORDS[kind]}, not {value!r}")
        elif schemas.schema(kind) is not None or typing.get_origin(kind) in (list, dict):
            self._problem(
                path, f"must be {'a list' if typing.get_origin(kind) is list else 'an object'}, not {value!r}"
            )
        else:
            self._limited(known, value, path)

    def _limited(self, known: Field, value: Any, path: str) -> None:
        limits = known.limits
        if isinstance(value, str | list):
            size, what = len(cast("str", value)), "characters" if isinstance(value, str) else "of them"
            for least, most in (("min_length", "max_length"), ("min_items", "max_items")):
                if not limits.get(least, 0) <= size <= limits.get(most, size):
                    self._problem(path, f"{size} {what} must be from {limits.get(least, 0)} to {limits.get(most)}")
            pattern = limits.get("pattern")
            if pattern and isinstance(value, str) and not re.fullmatch(pattern, value):
                self._problem(path, f"{value!r} must match {pattern}")
        elif isinstance(value, int | float):
            low, high = limits.get("minimum", value), limits.get("maximum", value)
            if not low <= value <= high:
                self._problem(path, f"{value} must be from {low} to {high}")

    def _problem(self, path: str, reason: str) -> None:
        self.problems.append(Problem(path, f"{reason} ({MODELS})"))


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _is(kind: type, value: Any) -> bool:
    if isinstance(value, bool) or kind is bool:
        return isinstance(value, bool) and kind is bool
    if kind is int and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, (int, float) if kind is float else kind)


def _is_base64(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(base64.b64decode(value, validate=True))
    except (ValueError, binascii.Error):
        return False
