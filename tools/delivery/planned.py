"""A stack's plan on its way from one checkout of the project to another, as JSON."""

import json
from typing import Any

from google.protobuf import json_format

from tools.errors import ToolError
from tools.offline.values import encode, unmarked
from tools.plan.preview import Planned, Preview


def written(seen: Preview) -> str:
    """A plan as JSON. What it has of secrets are the placeholders that every plan has."""
    resources, providers = (list(map(_written, each)) for each in (seen.resources, seen.providers))
    return json.dumps({"resources": resources, "providers": providers, "problems": list(seen.problems)})


def read(text: str) -> Preview:
    """The plan that was written. Raises ToolError where there is none."""
    try:
        said: dict[str, Any] = json.loads(text)
        resources, providers = (tuple(map(_read, said[name])) for name in ("resources", "providers"))
        return Preview(resources, tuple(said["problems"]), providers=providers)
    except (ValueError, KeyError, TypeError):
        raise ToolError(f"that is no plan:\n{text.strip()[:2000]}") from None


def _written(each: Planned) -> dict[str, Any]:
    return {
        "urn": each.urn,
        "type": each.type,
        "inputs": json_format.MessageToDict(encode(each.inputs)),
        "needs": list(each.needs),
        "provider": each.provider,
    }


def _read(each: dict[str, Any]) -> Planned:
    return Planned(each["urn"], each["type"], unmarked(each["inputs"]), tuple(each["needs"]), each["provider"])
