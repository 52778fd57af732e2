"""Holds inputs against Google's discovery documents, as google-api-python-client ships them."""

# google-api-python-client has no types of its own.
# pyright: basic

import importlib.resources
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tools.offline.backend import Problem
from tools.offline.once import once
from tools.offline.values import UNKNOWN, Values


@dataclass(frozen=True)
class Message:
    """The message that a type of resource is sent as, and where its fields have other names than the inputs."""

    document: str
    schema: str
    names: Mapping[str, str] = field(default_factory=dict[str, str])


MESSAGES: Mapping[str, Message] = {
    "gcp:artifactregistry/repository:Repository": Message("artifactregistry.v1", "Repository", {"name": ""}),
    "gcp:cloudrunv2/job:Job": Message("run.v2", "GoogleCloudRunV2Job", {"name": ""}),
    "gcp:cloudrunv2/service:Service": Message("run.v2", "GoogleCloudRunV2Service", {"name": ""}),
    "gcp:cloudscheduler/job:Job": Message("cloudscheduler.v1", "Job", {"name": ""}),
    "gcp:compute/address:Address": Message("compute.v1", "Address"),
    "gcp:compute/firewall:Firewall": Message("compute.v1", "Firewall", {"allows": "allowed", "denies": "denied"}),
    "gcp:compute/network:Network": Message("compute.v1", "Network"),
    "gcp:compute/subnetwork:Subnetwork": Message("compute.v1", "Subnetwork"),
    "gcp:secretmanager/secret:Secret": Message("secretmanager.v1", "Secret", {"name": ""}),
}


def judge(type_: str, inputs: Values) -> Iterator[Problem]:
    """What the document refuses of the inputs that it knows."""
    message = MESSAGES.get(type_)
    if message is not None:
        document = _document(message.document)
        yield from _object(document, document[message.schema], inputs, "", message.names)


def _object(
    document: Mapping[str, Any],
    schema: Mapping[str, Any],
    given: Mapping[str, Any],
    path: str,
    names: Mapping[str, str],
) -> Iterator[Problem]:
    properties = schema.get("properties", {})
    for name, value in given.items():
        wanted = names.get(name, name)
        # Terraform names a repeated block in the singular, which the SDK's plural does not always meet.
        known = next(
            (properties[each] for each in (wanted, f"{wanted}s", wanted.removesuffix("s")) if each in properties), None
        )
        if known is not None and value is not None and value is not UNKNOWN:
            yield from _value(document, known, value, f"{path}.{name}" if path else name)


def _value(document: Mapping[str, Any], schema: Mapping[str, Any], value: Any, path: str) -> Iterator[Problem]:
    if "$ref" in schema:
        schema = document[schema["$ref"]]
    match schema.get("type"), value:
        case "object", dict() if "properties" in schema:
            yield from _object(document, schema, value, path, {})
        case "array", list():
            for index, item in enumerate(value):
                yield from _value(document, schema["items"], item, f"{path}[{index}]")
        case "array", dict():
            yield from _value(document, schema["items"], value, path)
        case "string", str():
            yield from _text(schema, value, path)
        case (("integer" | "number"), int() | float()) if not isinstance(value, bool):
            least, most = schema.get("minimum"), schema.get("maximum")
            if (least is not None and value < float(least)) or (most is not None and value > float(most)):
                yield Problem(path, f"{value} must be from {least} to {most} (Google's discovery document)")
            elif schema.get("format") == "int32" and not -(2**31) <= value < 2**31:
                yield Problem(path, f"{value} is no 32-bit number (Google's discovery document)")


def _text(schema: Mapping[str, Any], value: str, path: str) -> Iterator[Problem]:
    choices = [choice for choice in schema.get("enum", []) if not choice.endswith("_UNSPECIFIED")]
    if choices and value not in choices:
        yield Problem(path, f"{value!r} is none of {', '.join(choices)} (Google's discovery document)")
    pattern = schema.get("pattern")
    if pattern and not re.fullmatch(pattern, value):
        yield Problem(path, f"{value!r} must match {pattern} (Google's discovery document)")
    if schema.get("format") == "google-duration" and not re.fullmatch(r"\d+(\.\d{1,9})?s", value):
        yield Problem(path, f"{value!r} is no duration such as 60s (Google's discovery document)")


@once
def _document(name: str) -> Mapping[str, Any]:
    folder = importlib.resources.files("googleapiclient.discovery_cache.documents")
    return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))["schemas"]
