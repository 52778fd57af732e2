"""Microsoft's own description of Container Apps' API, as azure-mgmt-appcontainers ships it: operations and models."""

import functools
import importlib.util
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.targets.azure.offline import requests
from infra.targets.azure.offline.messages import Message
from tools.offline.backend import Problem

PACKAGE = "appcontainers"


@dataclass(frozen=True)
class Operation:
    """What one request asks for. `parameters` are those that may stand in its query."""

    id: str
    verb: str
    path: re.Pattern[str]
    parameters: frozenset[str]


def operation(verb: str, path: str) -> Operation | None:
    """The operation that a request is; nothing where there is none."""
    return next((each for each in _operations() if each.verb == verb and each.path.fullmatch(path)), None)


def wrong(model: str, body: Mapping[str, Any], *, told: bool = False) -> list[str]:
    """What a model refuses of a body. `told`: by Azure, which alone may say some of it."""
    found = requests.wrong(Message(PACKAGE, model), {name: value for name, value in body.items() if name != "location"})
    return [f"{each.property}: {each.reason}" for each in found if not (told and _known(each))]


def _known(problem: Problem) -> bool:
    """What an answer may have all the same: https://github.com/Azure/azure-rest-api-specs/issues/29102 has the words for
    how a revision runs that the description lacks."""
    return "only Azure itself says" in problem.reason or problem.property.endswith("runningState")


@functools.cache
def version() -> str:
    """Of the API that the package asks for."""
    return re.findall(r'"api-version", "([\d-]+)"', _source())[0]


@functools.cache
def _operations() -> list[Operation]:
    """In a package that takes seconds to import, each is a function that makes a request."""
    blocks = re.split(r"\ndef build_(\w+)_request\(", _source())
    return [_operation(id_, text) for id_, text in zip(blocks[1::2], blocks[2::2], strict=True)]


def _operation(id_: str, text: str) -> Operation:
    (url, *_), (verb, *_) = re.findall(r'_url = \(?\s*"([^"]+)"', text), re.findall(r'method="(\w+)"', text)
    literal = re.split(r"\{\w+\}", url)
    parameters = re.findall(r'_params\["([^"]+)"\] =', text.partition("\nclass ")[0])
    return Operation(id_, verb, re.compile("[^/]+".join(map(re.escape, literal))), frozenset(parameters))


@functools.cache
def _source() -> str:
    found = importlib.util.find_spec("azure.mgmt")
    assert found
    assert found.submodule_search_locations
    (place,) = found.submodule_search_locations
    return (Path(place) / PACKAGE / "operations" / "_operations.py").read_text(encoding="utf-8")
