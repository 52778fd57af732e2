"""A stack's plan on its way from one checkout of the project to another, as JSON."""

import json
from typing import Any

from google.protobuf import json_format

from tools.errors import ToolError
from tools.offline.values import encode, unmarked
from tools.plan.preview import Planned, Preview


def written(seen: Preview) -> str:
    """A plan as JSON. What it has of secrets are the placeholders that every plan has."""
    resources = [
        {
            "urn": each.urn,
            "type": each.type,
            "inputs": json_format.MessageToDict(encode(each.inputs)),
            "needs": list(each.needs),
        }
        for each in seen.resources
    ]
    return json.dumps({"resources": resources, "problems": list(seen.problems)})


def read(text: str) -> Preview:
    """The plan that was written. Raises ToolError where there is none."""
    try:
        said: dict[str, Any] = json.loads(text)
        resources = [
            Planned(each["urn"], each["type"], unmarked(each["inputs"]), tuple(each["needs"]))
            for each in said["resources"]
        ]
        return Preview(tuple(resources), tuple(said["problems"]))
    except (ValueError, KeyError, TypeError):
        raise ToolError(f"that is no plan:\n{text.strip()[:2000]}") from None
