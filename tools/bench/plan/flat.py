"""The resources of a plan as a program without this project: each the SDK's own class, with its inputs written out."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast, get_args

from pulumi import _types

from tools.offline.sdk import inputs_class, resource_class
from tools.offline.values import reveal, unknown
from tools.plan.preview import IMAGE, Planned

HEAD = '"""{count} resources, each by itself."""\n\nimport pulumi\nimport pulumi_{package} as {package}\n'

# Where a cloud's provider makes things.
PLACES = {
    "aws": {"aws:region": "eu-central-1"},
    "gcp": {"gcp:project": "my-project-123", "gcp:region": "europe-west1"},
}

# What must be there, and is known in ours only when the image or the secret is.
CONTAINER = {"name": "app", "image": IMAGE, "essential": True, "portMappings": [{"containerPort": 8000}]}
CONTAINERS = json.dumps([CONTAINER])
KNOWN = {"containerDefinitions": CONTAINERS, "image": IMAGE, "secretData": "a secret", "secretString": "a secret"}


def program(resources: Sequence[Planned]) -> dict[str, str]:
    """The program's files: of the resources those that the cloud makes."""
    package = next(name for name in PLACES if any(each.type.startswith(f"{name}:") for each in resources))
    made = [each for each in resources if each.type.startswith(f"{package}:")]
    config = "".join(f"  {key}: {value}\n" for key, value in PLACES[package].items())
    # What another one needs has a name here, and is made before it, as it is in ours.
    named = {each.urn: f"made_{number}" for number, each in enumerate(made)}
    needed = {urn for each in made for urn in each.needs}
    named = {urn: name for urn, name in named.items() if urn in needed}
    return {
        "Pulumi.yaml": f"name: flat\nruntime: python\nconfig:\n{config}",
        "__main__.py": HEAD.format(count=len(made), package=package)
        + "".join(_declaration(each, named) for each in made),
    }


def _declaration(resource: Planned, named: Mapping[str, str]) -> str:
    cls = resource_class(resource.type)
    package, service, *_ = cls.__module__.split(".")
    given = _named(inputs_class(resource.type), _kept(dict(resource.inputs)))
    arguments = "".join(f"    {name}={value!r},\n" for name, value in given.items())
    before = [named[urn] for urn in resource.needs if urn in named]
    if before:
        arguments += f"    opts=pulumi.ResourceOptions(depends_on=[{', '.join(before)}]),\n"
    called = f"{package.removeprefix('pulumi_')}.{service}.{cls.__name__}(\n    {resource.name!r},\n{arguments})\n"
    return f"\n{named[resource.urn]} = {called}" if resource.urn in named else f"\n{called}"


def _kept(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs that are known, and a stand-in's for those that are not and must be there."""
    found = {name: KNOWN[name] if name in KNOWN else reveal(value) for name, value in inputs.items()}
    return {name: _known(value) for name, value in found.items() if not name.startswith("__") and not _lost(value)}


def _known(value: Any) -> Any:
    match value:
        case dict():
            entries = cast("dict[str, Any]", value).items()
            kept = {key: KNOWN.get(key, entry) if _lost(entry) else entry for key, entry in entries}
            return {key: _known(entry) for key, entry in kept.items() if key != "__defaults" and not _lost(entry)}
        case list():
            return [_known(entry) for entry in cast("list[Any]", value) if not _lost(entry)]
        case _:
            return value


def _lost(value: Any) -> bool:
    return not isinstance(value, dict | list) and unknown(value)


def _named(cls: type, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values under the names that Python's SDK has for them."""
    names = {there: here for here, there in _types.input_type_py_to_pulumi_names(cls).items()}
    types = _types.input_type_types(cls)
    return {names[name]: _typed(types[name], value) for name, value in values.items()}


def _typed(type_: Any, value: Any) -> Any:
    match value:
        case dict():
            cls = next(iter(_classes(type_)), None)
            return _named(cls, cast("dict[str, Any]", value)) if cls else value
        case list():
            return [_typed(type_, entry) for entry in cast("list[Any]", value)]
        case _:
            return value


def _classes(type_: Any) -> Iterator[type]:
    """The classes of objects that are somewhere in a type."""
    if isinstance(type_, type) and _types.is_input_type(type_):
        yield type_
    for inner in get_args(type_):
        yield from _classes(inner)
