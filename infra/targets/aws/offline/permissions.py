"""Refuses what IAM would: an act on a simulated resource for which the policies that a test gives allow no action."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from infra.targets.aws.rights import asked, known
from infra.targets.aws.rights.demands import Act, Condition, Demand, Place, listed
from tools.offline.backend import Failure
from tools.offline.values import Values

# Each with whether every value of the request must match, as some of them must otherwise, and whether * is any text.
_OPERATORS = {
    "ArnEquals": (False, True),
    "ArnLike": (False, True),
    "ForAllValues:StringLike": (True, True),
    "StringEquals": (False, False),
    "StringLike": (False, True),
}


@dataclass
class Permissions:
    """The guard of a package's tables: whoever acts has these policies and no others."""

    policies: Sequence[Mapping[str, Any]]
    user: str = "arn:aws:sts::123456789012:assumed-role/deployer/test"
    used: set[str] = field(default_factory=set[str])
    """Every action that was asked for."""
    bounds: dict[str, str] = field(default_factory=dict[str, str])
    """The boundaries of the roles that were made, by their names."""

    def __call__(self, act: str, type_: str, inputs: Values, outputs: Values, facts: Mapping[str, str]) -> None:
        """Raise Failure for the first action that is not allowed, in AWS's words."""
        told = {name: outputs[name] for name in ("arn", "id") if name in outputs}
        if type_ == "aws:iam/role:Role":
            self.bounds[str(inputs.get("name"))] = str(inputs.get("permissionsBoundary") or "")
        bounded = self.bounds.get(str(inputs.get("role") or inputs.get("name")), "")
        for demand in _demands(act, type_, {**told, **inputs}, facts, bounded):
            self.used.add(demand.action)
            if not any(_allows(statement, demand) for policy in self.policies for statement in policy["Statement"]):
                raise Failure(
                    f"AccessDenied: User: {self.user} is not authorized to perform: {demand.action} on resource: "
                    f"{demand.resource} because no identity-based policy allows the {demand.action} action"
                )


def _demands(act: str, type_: str, values: Values, facts: Mapping[str, str], bounded: str) -> Iterator[Demand]:
    default_tags = json.loads(facts.get("defaultTags", "{}")).get("tags", {})
    place = Place(facts["region"], facts["account"], default_tags, bounded)
    rights = asked(type_) if act == "invoke" else known(type_)
    # The provider reads what it made or changed, and waits for what it removes by reading it.
    for name in ("read",) if act in ("invoke", "read") else (act, "read"):
        yield from Act(name, rights, values, place).demands()


def _allows(statement: Mapping[str, Any], demand: Demand) -> bool:
    """Whether a statement that allows something allows this."""
    given: list[Condition] = [
        (operator, key, tuple(listed(value)))
        for operator, keys in statement.get("Condition", {}).items()
        for key, value in keys.items()
    ]
    return (
        any(like(action.lower(), demand.action.lower()) for action in listed(statement["Action"]))
        and any(like(resource, demand.resource) for resource in listed(statement["Resource"]))
        and all(_met(condition, demand) for condition in given)
    )


def _met(condition: Condition, demand: Demand) -> bool:
    operator, key, wanted = condition
    of_all, with_wildcards = _OPERATORS[operator]
    values = next((values for _, name, values in demand.conditions if name == key), ())
    met = [any(like(want, value) if with_wildcards else want == value for want in wanted) for value in values]
    return all(met) if of_all else any(met)


def like(pattern: str, text: str) -> bool:
    """Whether a text is as a pattern of IAM has it, in which * is any text and ? any character."""
    expression = "".join({"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in pattern)
    return re.fullmatch(expression, text, re.DOTALL) is not None
