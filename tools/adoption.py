"""What a killed run was creating under a name of its own: taken into the state by its id, so that it is not made twice.

The engine's `refresh --import-pending-creates` was meant for it. As of 3.250.0 it takes nothing in: a creation whose id
it is told is forgotten.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

Creation = dict[str, Any]
"""A pending operation of a state."""


@dataclass(frozen=True)
class Adopted:
    """A state after it. What is `taken` in, by URN, may not be there: a refresh of it tells, and drops it then.

    Attributes:
        deployment: the state, with no operation that nobody saw the end of.
        taken: what has the id by which the platform would have it.
        left: creations of which only a person can see what became of them.
        changed: whether it is another state at all.
    """

    deployment: dict[str, Any]
    taken: tuple[str, ...]
    left: tuple[Creation, ...]
    changed: bool


def adopted(deployment: dict[str, Any], ids: Callable[[Sequence[Any]], Sequence[str | None]]) -> Adopted:
    """Take in what has an id.

    Args:
        deployment: a state with creations that nobody saw the end of.
        ids: of each resource, with its `type` and its `inputs`, its provider's among them: its id; nothing where it may
            be made again; None where it is not known.
    """
    operations = list(deployment.get("pending_operations") or [])
    creations = [each for each in operations if each["type"] == "creating"]
    resources = list(deployment.get("resources") or [])
    left: list[Creation] = []
    for creation, id_ in zip(creations, ids(_asked(resources, creations)), strict=True):
        made = creation["resource"]
        before = [each for each in resources if each["urn"] == made["urn"] and not each.get("delete")]
        # One that waits for what replaces it is gone from the platform already.
        standing = [each for each in before if not each.get("pendingReplacement")]
        if id_ is None or (id_ and standing and standing[0].get("id") != id_):
            left.append(creation)
        elif id_ and not standing:
            resources = [*(each for each in resources if each not in before), {**made, "id": id_}]
    after = {**deployment, "resources": resources, "pending_operations": []}
    return Adopted(after, tuple(unread(after)), tuple(left), len(left) < len(creations))


def given_back(deployment: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """The state with the inputs that what is `unread` in the one before has there, as if its creation had been seen.

    A refresh takes for inputs all that a platform says of what it sees for the first time, its defaults too. The
    program does not give those, and some of them can only be taken away by a replacement.
    """
    new = set(unread(before))
    inputs = {each["urn"]: each.get("inputs", {}) for each in before["resources"] if each["urn"] in new}
    resources = [
        {**each, "inputs": inputs[each["urn"]]} if each["urn"] in inputs and not each.get("delete") else each
        for each in deployment["resources"]
    ]
    return {**deployment, "resources": resources}


def unread(deployment: dict[str, Any]) -> list[str]:
    """What a run took in and was killed before it looked whether it is there, by URN: nothing is known of it."""
    return [
        each["urn"]
        for each in deployment.get("resources") or []
        if each.get("custom") and each.get("id") and not each.get("outputs") and not _is_provider(each)
    ]


def _is_provider(resource: dict[str, Any]) -> bool:
    return str(resource["type"]).startswith("pulumi:providers:")


def _asked(resources: Sequence[Any], creations: Sequence[Creation]) -> list[dict[str, Any]]:
    """What is known of each: a region or a subscription that its own inputs leave to its provider too."""
    providers = {
        f"{each['urn']}::{each.get('id')}": each.get("inputs") or {} for each in resources if _is_provider(each)
    }
    made = [each["resource"] for each in creations]
    return [
        {"type": each["type"], "inputs": {**providers.get(each.get("provider"), {}), **(each.get("inputs") or {})}}
        for each in made
    ]
