"""The provider's default tags, which it puts on everything that can be tagged."""

import json
from collections.abc import Mapping

from tools.offline import sdk
from tools.offline.values import Values


def default_tags(type_: str, facts: Mapping[str, str]) -> Mapping[str, Values]:
    """What is added to a type's tags."""
    given = facts.get("defaultTags")
    # Nested configuration arrives as JSON.
    tags = json.loads(given).get("tags") if given else None
    return {"tags": tags} if tags and not type_.startswith("pulumi:") and "tags" in sdk.properties(type_) else {}
