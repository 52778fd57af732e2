"""A stack on Azure as the template of a deployment: what Azure is sent for each resource, as a judge reads it."""

from collections.abc import Sequence
from typing import Any, cast

from tools.errors import ToolError
from tools.offline.packages import tables
from tools.offline.values import UNKNOWN, reveal
from tools.plan.preview import Planned

CLOUD = "azure-native"
SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"


def document(resources: Sequence[Planned]) -> dict[str, Any]:
    """The template, in which every resource has its name in the plan.

    Raises ToolError for a type whose name on Azure is not written down, and for two resources of one type and name.
    """
    mine = sorted((each for each in resources if of_azure(each)), key=lambda each: (each.type, each.name))
    said = [_resource(each) for each in mine]
    if len({(each["type"], each["name"]) for each in said}) < len(said):
        raise ToolError("two resources of a plan have the same type and the same name")
    return {"$schema": SCHEMA, "contentVersion": "1.0.0.0", "resources": said}


def of_azure(resource: Planned) -> bool:
    """Whether it is one of Azure's."""
    return resource.type.partition(":")[0] == CLOUD


def _resource(resource: Planned) -> dict[str, Any]:
    package = tables([CLOUD])[CLOUD]
    played, sent = package.types.get(resource.type), package.sent
    name = str(played.outputs.get("type", "")) if played else ""
    if not name or sent is None:
        raise ToolError(f"what Azure calls it is not written down: {resource.type}", "add it to its table")
    inputs = {key: value for key, value in reveal(dict(resource.inputs)).items() if not key.startswith("__")}
    body = _known(sent(resource.type, inputs))
    return {**body, "type": name.format_map(inputs), "name": resource.name}


def _known(value: Any) -> Any:
    """What is not known before it is made is left out."""
    match value:
        case dict():
            known = cast("dict[str, Any]", value)
            return {name: _known(each) for name, each in known.items() if each is not UNKNOWN}
        case list():
            return [_known(each) for each in cast("list[Any]", value) if each is not UNKNOWN]
        case _:
            return value
