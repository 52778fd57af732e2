"""Google's own description of its APIs, as google-api-python-client ships it: which request is which, and what it holds."""

import functools
import importlib.resources
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator


@dataclass(frozen=True)
class Method:
    """What one request asks for. `parameters` are those that may stand in its query; the schemas those of JSON Schema."""

    id: str
    verb: str
    path: re.Pattern[str]
    parameters: frozenset[str]
    request: Mapping[str, Any] | None
    response: Mapping[str, Any] | None


def method(document: str, verb: str, path: str) -> Method | None:
    """The method of an API (`run.v2`) that a request is; nothing where there is none."""
    return next((each for each in _methods(document) if each.verb == verb and each.path.fullmatch(path)), None)


def wrong(schema: Mapping[str, Any] | None, body: Any) -> list[str]:
    """What the description refuses of a body."""
    if schema is None:
        return [] if body is None else ["the request has no body"]
    found = Draft202012Validator(schema).iter_errors(body)
    return [f"{error.json_path}: {error.message}" for error in found]


@functools.cache
def _methods(document: str) -> list[Method]:
    folder = importlib.resources.files("googleapiclient.discovery_cache.documents")
    described = json.loads((folder / f"{document}.json").read_text(encoding="utf-8"))
    common = frozenset(described["parameters"])
    schemas = {name: _strict(schema) for name, schema in described["schemas"].items()}
    return [_method(each, common, schemas) for each in _described(described)]


def _described(resource: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from resource.get("methods", {}).values()
    for each in resource.get("resources", {}).values():
        yield from _described(each)


def _method(given: Mapping[str, Any], common: frozenset[str], schemas: Mapping[str, Any]) -> Method:
    literal = re.split(r"\{\w+\}", given.get("flatPath", given["path"]))
    query = {name for name, each in given.get("parameters", {}).items() if each["location"] == "query"}

    def schema(key: str) -> Mapping[str, Any] | None:
        return {"$ref": f"#/$defs/{given[key]['$ref']}", "$defs": schemas} if key in given else None

    return Method(
        id=given["id"],
        verb=given["httpMethod"],
        path=re.compile("/" + "[^/:]+".join(map(re.escape, literal))),
        parameters=common | query,
        request=schema("request"),
        response=schema("response"),
    )


def _strict(given: Any) -> Any:
    """A schema as JSON Schema has it, in which nothing is allowed that is not told of."""
    if "$ref" in given:
        return {"$ref": f"#/$defs/{given['$ref']}"}
    kind = given.get("type")
    if kind == "object":
        rest = _strict(given["additionalProperties"]) if "additionalProperties" in given else False
        properties = {name: _strict(each) for name, each in given.get("properties", {}).items()}
        return {"type": "object", "properties": properties, "additionalProperties": rest}
    if kind == "array":
        return {"type": "array", "items": _strict(given["items"])}
    if kind == "any":
        return {}
    return {"type": kind, **({"enum": given["enum"]} if "enum" in given else {})}
