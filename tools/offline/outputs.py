"""What a resource has once it is made, by the package's own SDK: its outputs, values for them, and the secret ones."""

import inspect
import re
import sys
import types
import typing
from typing import Any

import pulumi
from pulumi import _types

from tools.offline import sdk
from tools.offline.once import once
from tools.offline.sdk import LISTS, MAPPINGS
from tools.offline.values import Values
from tools.offline.world import MadeUp

_SECRET_OUTPUTS = re.compile(r"additional_secret_outputs=\[([^\]]*)\]")


@once
def outputs_of(type_: str) -> frozenset[str]:
    """Every property that a resource of this type has once it is made, `id` and `urn` left out."""
    if sdk.custom(type_):
        return frozenset()
    return frozenset(_types.resource_types(sdk.resource_class(type_))) - {"id", "urn"}


def plausible(type_: str, chance: MadeUp) -> Values:
    """A value of the right type for each output that a resource always has."""
    if sdk.custom(type_):
        return {}
    return {name: _plausible(kind, name, chance) for name, kind in _outputs(sdk.resource_class(type_)).items()}


@once
def secrets_of(type_: str) -> frozenset[str]:
    """The outputs that the SDK has the engine keep secret, whoever gave them."""
    if sdk.custom(type_):
        return frozenset()
    cls = sdk.resource_class(type_)
    # The class says so only to its own constructor; a list of names, beside it in its file.
    told = _SECRET_OUTPUTS.findall(inspect.getsource(sys.modules[cls.__module__]))
    return frozenset(name for names in told for name in re.findall(r'"(\w+)"', names))


@once
def _outputs(cls: type) -> dict[str, Any]:
    """The outputs that a resource always has, and their types."""
    found: dict[str, Any] = {}
    names = {"Output": pulumi.Output, "T": type(None)}
    for prop in vars(cls).values():
        # The SDK's getters say so themselves; what may be absent is told by the annotation alone.
        name = getattr(prop.fget, "_pulumi_name", None) if isinstance(prop, property) else None
        if name is not None and prop.fget is not None:
            hints = typing.get_type_hints(prop.fget, vars(sys.modules[cls.__module__]), names)
            (kind,) = typing.get_args(hints["return"])[:1] if _is_output(hints["return"]) else (hints["return"],)
            if type(None) not in typing.get_args(kind):
                found[name] = kind
    return found


def _is_output(kind: Any) -> bool:
    return typing.get_origin(kind) is pulumi.Output


def _plausible(kind: Any, name: str, chance: MadeUp) -> Any:
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        arms = [arm for arm in typing.get_args(kind) if arm is not type(None)]
        return _plausible(arms[0], name, chance)
    origin = typing.get_origin(kind) or kind
    if origin in LISTS:
        return []
    if origin in MAPPINGS:
        return {}
    if isinstance(origin, type) and _types.is_output_type(origin):
        return {inner: _plausible(each, inner, chance) for inner, each in _outputs(origin).items()}
    return {str: f"{name}-{chance['hex8']}", int: 1, float: 1.0, bool: False}.get(origin)
