"""Holds inputs against Google's discovery documents, as google-api-python-client ships them."""

# google-api-python-client has no types of its own.
# pyright: basic

import importlib.resources
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from infra.targets.gcp.offline.messages import MESSAGES, PROVIDERS, Message
from tools.offline.backend import Problem
from tools.offline.once import once
from tools.offline.values import UNKNOWN, Secret, Values

DOCUMENT = "Google's discovery document"

Schema = Mapping[str, Any]


def judge(type_: str, inputs: Values) -> Iterator[Problem]:
    """What the document refuses of the inputs of a type that it knows."""
    message = MESSAGES.get(type_)
    if message is not None:
        given = {name: value for name, value in inputs.items() if name not in PROVIDERS or _is_field(message, name)}
        yield from wrong(message, given)


def wrong(message: Message, given: Values) -> Iterator[Problem]:
    """What the document refuses of a message: unknown fields, values of the wrong kind."""
    held = _Held(document(message.document), message)
    yield from held.object(held.schemas[message.schema], given, "", "")


def field(schema: Schema, name: str) -> Schema | None:
    """A message's field of a name, as the API or the provider has it; None where there is none."""
    properties = schema.get("properties", {})
    # Terraform names a repeated block in the singular, which the SDK's plural does not always meet.
    forms = (name, f"{name}s", name.removesuffix("s"), f"{name.removesuffix('ies')}y")
    return next((properties[each] for each in forms if each in properties), None)


@once
def document(name: str) -> Schema:
    """The messages of a discovery document."""
    folder = importlib.resources.files("googleapiclient.discovery_cache.documents")
    return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))["schemas"]


def prepare() -> None:
    """Read the documents that the judges will want."""
    for name in sorted({message.document for message in MESSAGES.values()}):
        document(name)


def _is_field(message: Message, name: str) -> bool:
    return field(document(message.document)[message.schema], name) is not None


class _Held:
    """A message held against its document. A path without indices is how `names` knows a field."""

    def __init__(self, schemas: Schema, message: Message) -> None:
        self.schemas, self.message = schemas, message

    def object(self, schema: Schema, given: Mapping[str, Any], path: str, plain: str) -> Iterator[Problem]:
        for name, value in given.items():
            at, known_as = _below(path, name), _below(plain, name)
            renamed = self.message.names.get(known_as, name)
            if not renamed or value is None or value is UNKNOWN:
                continue
            known = field(schema, renamed)
            if known is None:
                yield Problem(at, f"there is no such field in {schema.get('id', 'it')} ({DOCUMENT})")
            else:
                yield from self.value(known, value, at, known_as)

    def value(self, schema: Schema, value: Any, path: str, plain: str) -> Iterator[Problem]:
        if isinstance(value, Secret):
            value = value.value
        if value is None or value is UNKNOWN:
            return
        if "$ref" in schema:
            schema = self.schemas[schema["$ref"]]
        match schema.get("type"), value:
            case "object", dict() if "properties" in schema:
                yield from self.object(schema, value, path, plain)
            case "object", dict() if "additionalProperties" in schema:
                for name, item in value.items():
                    yield from self.value(schema["additionalProperties"], item, _below(path, name), plain)
            case "object", list() if "additionalProperties" in schema:
                yield from self._each(schema["additionalProperties"], value, path, plain)
            case "array", list():
                yield from self._each(schema["items"], value, path, plain)
            # The SDK has an object in place of a list that may have one entry at the most.
            case "array", _:
                yield from self.value(schema["items"], value, path, plain)
            case _:
                yield from _single(schema, value, path)

    def _each(self, schema: Schema, values: list[Any], path: str, plain: str) -> Iterator[Problem]:
        for index, item in enumerate(values):
            yield from self.value(schema, item, f"{path}[{index}]", plain)


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _single(schema: Schema, value: Any, path: str) -> Iterator[Problem]:
    """What is wrong with one value."""
    match schema.get("type"), value:
        case "string", str():
            yield from _text(schema, value, path)
        case (("integer" | "number"), int() | float()) if not isinstance(value, bool):
            yield from _number(schema, value, path)
        # JSON has no numbers of 64 bits: Google writes them as strings.
        case "string", int() if str(schema.get("format", "")).endswith("int64") and not isinstance(value, bool):
            return
        case ("boolean", bool()) | ("any", _):
            return
        case "object", dict():
            return
        case kind, _:
            yield Problem(path, f"must be of the type {kind}, not {value!r} ({DOCUMENT})")


def _number(schema: Schema, value: float, path: str) -> Iterator[Problem]:
    least, most = schema.get("minimum"), schema.get("maximum")
    if (least is not None and value < float(least)) or (most is not None and value > float(most)):
        yield Problem(path, f"{value} must be from {least} to {most} ({DOCUMENT})")
    elif schema.get("format") == "int32" and not -(2**31) <= value < 2**31:
        yield Problem(path, f"{value} is no 32-bit number ({DOCUMENT})")


def _text(schema: Schema, value: str, path: str) -> Iterator[Problem]:
    choices = [choice for choice in schema.get("enum", []) if not choice.endswith("_UNSPECIFIED")]
    if choices and value not in choices:
        yield Problem(path, f"{value!r} is none of {', '.join(choices)} ({DOCUMENT})")
    pattern = schema.get("pattern")
    if pattern and not re.fullmatch(pattern, value):
        yield Problem(path, f"{value!r} must match {pattern} ({DOCUMENT})")
    if schema.get("format") == "google-duration" and not re.fullmatch(r"\d+(\.\d{1,9})?s", value):
        yield Problem(path, f"{value!r} is no duration such as 60s ({DOCUMENT})")
