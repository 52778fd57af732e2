"""Holds a resource's inputs against the types of the package's own SDK: unknown, missing, of the wrong type."""

import functools
import importlib
import importlib.metadata
import inspect
import sys
import threading
import types
import typing
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from enum import Enum
from typing import Any

import pulumi
from pulumi import _types
from pulumi.runtime import rpc

from tools.offline.backend import Failure, Problem
from tools.offline.modules import module_of
from tools.offline.once import once
from tools.offline.values import UNKNOWN, Secret


def version(package: str) -> str:
    """The version of the package's installed SDK."""
    return importlib.metadata.version(_distribution(package))


@once
def inputs_class(type_: str) -> type:
    """The SDK's `...Args` class of a resource type. Raises Failure when the SDK has no such type."""
    resource = resource_class(type_)
    module = sys.modules[resource.__module__]
    for name in (f"{resource.__name__}InitArgs", f"{resource.__name__}Args"):
        found = getattr(module, name, None)
        if isinstance(found, type):
            return found
    raise Failure(f"{type_}: the SDK has no arguments for it")


@functools.cache
def resource_class(type_: str) -> type:
    """The SDK's class of a resource type. Raises Failure when the SDK has no such type."""
    # Several resources are asked for at once, and the SDKs' lazy modules are not made for that.
    with _IMPORTING:
        return _resource_class(type_)


@once
def custom(type_: str) -> bool:
    """Whether a cluster learns the kind from a definition of its own: the SDK has nothing of its API's group."""
    package, _, rest = type_.partition(":")
    if package != CLUSTERS:
        return False
    resource_class(f"pulumi:providers:{package}")  # it registers what the SDK has
    return rpc.get_resource_module(package, rest.rpartition(":")[0], "") is None


def _resource_class(type_: str) -> type:
    of_provider = type_.startswith("pulumi:providers:")
    package = type_.rpartition(":")[2] if of_provider else type_.partition(":")[0]
    try:
        module = importlib.import_module(_distribution(package).replace("-", "_"))
    except ImportError as error:
        raise Failure(f"the SDK of {package} is not installed: {error}") from None
    if of_provider:
        return module.Provider
    _, module_name, _ = type_.split(":")
    registered = rpc.get_resource_module(package, module_name, "")
    info = getattr(registered, "mod_info", {"classes": {}})
    if type_ not in info["classes"]:
        raise Failure(f"{type_}: pulumi-{package} {version(package)} has no such type")
    name = info["classes"][type_]
    return getattr(module_of(info["fqn"], name), name)


def optional_string(type_: str, name: str) -> bool:
    """Whether resources of the type have such an input, and it may be left out: then it is named automatically."""
    cls = inputs_class(type_)
    wanted = _inputs(cls).get(name)
    return wanted is not None and _types.unwrap_type(wanted) is str and name not in _required(cls)


def check(type_: str, inputs: Mapping[str, Any]) -> list[Problem]:
    """Every input that the SDK's types refuse."""
    return [] if custom(type_) else list(_object(inputs_class(type_), inputs, ""))


def properties(type_: str) -> Mapping[str, Any]:
    """The inputs of a resource type and their types."""
    return {} if custom(type_) else _inputs(inputs_class(type_))


@once
def _inputs(cls: type) -> Mapping[str, Any]:
    # The SDK works a class's types out anew each time that it is asked.
    return _types.input_type_types(cls)


def _object(cls: type, given: Mapping[str, Any], path: str) -> Iterator[Problem]:
    known = _inputs(cls)
    for name, value in given.items():
        if name.startswith("__"):
            continue
        at = f"{path}.{name}" if path else name
        if name in known:
            yield from _value(known[name], value, at)
        else:
            near = get_close_matches(name, known, 1)
            said = f"unknown property{f' (did you mean {near[0]}?)' if near else ''}"
            yield Problem(at, said, said)
    for name in _required(cls):
        if given.get(name) is None:
            yield Problem(f"{path}.{name}" if path else name, MISSING, MISSING)


def _value(wanted: Any, value: Any, path: str) -> Iterator[Problem]:
    wanted = _types.unwrap_type(wanted)
    if isinstance(value, Secret):
        yield from _value(wanted, value.value, path)
        return
    if value is None or value is UNKNOWN or wanted in (Any, object, pulumi.Output):
        return
    if typing.get_origin(wanted) in (typing.Union, types.UnionType):
        yield from _union([arm for arm in typing.get_args(wanted) if arm is not type(None)], value, path)
        return
    origin = typing.get_origin(wanted) or wanted
    if isinstance(origin, type) and _types.is_input_type(origin):
        yield from _object(origin, value, path) if isinstance(value, dict) else _wrong("an object", value, path)
    elif isinstance(origin, type) and issubclass(origin, Enum):
        if value not in [member.value for member in origin]:
            choices = ", ".join(repr(member.value) for member in origin)
            yield Problem(path, f"{value!r} is none of {choices}", f"must be one of {choices}")
    elif origin in LISTS:
        yield from _list(wanted, value, path)
    elif origin in MAPPINGS:
        yield from _mapping(wanted, value, path)
    elif origin in _PLAIN and not _is_plain(origin, value):
        yield from _wrong(_PLAIN[origin], value, path)


def _union(arms: list[Any], value: Any, path: str) -> Iterator[Problem]:
    """The arm with the fewest problems speaks. A mapping beside an object is how the SDK writes that object."""
    objects = [arm for arm in arms if isinstance(arm, type) and _types.is_input_type(arm)]
    arms = [arm for arm in arms if not (objects and (typing.get_origin(arm) or arm) in MAPPINGS)]
    # `str | SomeEnum`: the platform may know values that this SDK does not.
    verdicts = [list(_value(arm, value, path)) for arm in arms]
    yield from min(verdicts, key=len, default=[])


def _list(wanted: Any, value: Any, path: str) -> Iterator[Problem]:
    if not isinstance(value, list):
        yield from _wrong("a list", value, path)
        return
    for arm in typing.get_args(wanted)[:1]:
        for index, item in enumerate(value):
            yield from _value(arm, item, f"{path}[{index}]")


def _mapping(wanted: Any, value: Any, path: str) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield from _wrong("a mapping", value, path)
        return
    for arm in typing.get_args(wanted)[1:2]:
        for name, item in value.items():
            yield from _value(arm, item, f"{path}.{name}")


def _wrong(wanted: str, value: Any, path: str) -> Iterator[Problem]:
    yield Problem(path, f"must be {wanted}, not {value!r}", f"must be {wanted}")


def _is_plain(wanted: type, value: Any) -> bool:
    if isinstance(value, bool) or wanted is bool:
        return isinstance(value, bool) and wanted is bool
    return isinstance(value, (int, float) if wanted is float else wanted)


@functools.cache
def _required(cls: type) -> tuple[str, ...]:
    names = _types.input_type_py_to_pulumi_names(cls)
    parameters = list(inspect.signature(cls).parameters.values())
    return tuple(names[p.name] for p in parameters if p.default is p.empty and p.name in names)


def _distribution(package: str) -> str:
    return f"pulumi-{package}"


CLUSTERS = "kubernetes"
MISSING = "required, but missing"
_IMPORTING = threading.Lock()
LISTS = tuple(typing.get_origin(kind) for kind in (list[Any], typing.Sequence[Any]))
MAPPINGS = tuple(typing.get_origin(kind) for kind in (dict[str, Any], typing.Mapping[str, Any]))
_PLAIN = {str: "a string", int: "a whole number", float: "a number", bool: "true or false"}
