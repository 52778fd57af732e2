"""Holds objects against the OpenAPI schemas of Kubernetes, as kubernetes-validate ships them."""

# kubernetes-validate has no types of its own.
# pyright: basic

import copy
from collections.abc import Iterator
from typing import Any

from tools.offline.backend import Problem
from tools.offline.judge import leaves
from tools.offline.values import UNKNOWN, Values

VERSION = "1.33"

# What stands for a value that is not known yet, by the type that the schema wants there.
STANDING_IN = {"string": "unknown", "integer": 1, "number": 1, "boolean": True, "array": [], "object": {}}


def judge(type_: str, inputs: Values) -> Iterator[Problem]:
    """The first thing that the schema of the object's kind refuses of what is known. Kinds of no schema are custom."""
    _, group, kind = type_.split(":")
    import kubernetes_validate

    manifest = {**inputs, "apiVersion": group.removeprefix("core/"), "kind": kind}
    unknown = {path for path, value in leaves(manifest, "") if value is UNKNOWN}
    untried = set(unknown)
    given = _known(manifest)
    while True:
        try:
            kubernetes_validate.validate(given, VERSION, strict=True)
        except kubernetes_validate.ValidationError as error:
            path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.path).lstrip(".")
            if path in untried:
                untried.remove(path)
                _put(given, list(error.path), _standing_in(error))
                continue
            if path not in unknown:
                yield Problem(path or "apiVersion", f"{error.message} (OpenAPI of Kubernetes {VERSION})")
        except kubernetes_validate.SchemaNotFoundError:
            pass
        return


def _known(value: Any) -> Any:
    """The same with a string where something is not known: most are."""
    match value:
        case dict():
            return {name: _known(item) for name, item in value.items()}
        case list():
            return [_known(item) for item in value]
        case _:
            return STANDING_IN["string"] if value is UNKNOWN else value


def _standing_in(error: Any) -> Any:
    """What would please the schema where a string does not."""
    if error.validator == "enum":
        return error.validator_value[0]
    wanted = error.validator_value if error.validator == "type" else "string"
    kinds = wanted if isinstance(wanted, list) else [wanted]
    return STANDING_IN.get(kinds[0], "unknown")


def _put(at: Any, path: list[Any], value: Any) -> None:
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = copy.deepcopy(value)
