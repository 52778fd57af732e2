"""Refuses what IAM would: an act on a simulated resource for which the roles that a test gives have no permission."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from infra.targets.gcp.rights import asked, known
from infra.targets.gcp.rights.demands import Act, Demand
from tools.offline.backend import Failure
from tools.offline.values import Values

_GRANTS = re.compile(r"api\.getAttribute\('iam\.googleapis\.com/modifiedGrantsByRole', \[\]\)\.hasOnly\(\[(.*)\]\)")
_SECRET = re.compile(r"resource\.name\.extract\('/secrets/\{name\}'\)(?: == '(.*)'|\.startsWith\('(.*)'\))")


@dataclass
class Permissions:
    """The guard of a package's tables: whoever acts has these roles, as `make rights` writes them, and no others."""

    roles: Sequence[Mapping[str, Any]]
    used: set[str] = field(default_factory=set[str])
    """Every permission that was asked for."""

    def __call__(self, act: str, type_: str, inputs: Values, outputs: Values, facts: Mapping[str, str]) -> None:
        """Raise Failure for the first permission that is not given, in Google's words."""
        for demand in _demands(act, type_, inputs, facts):
            self.used.add(demand.permission)
            if not any(_gives(role, demand) for role in self.roles):
                raise Failure(
                    f"googleapi: Error 403: Permission '{demand.permission}' denied on resource '{demand.on}' "
                    "(or it may not exist)., forbidden"
                )


def _demands(act: str, type_: str, values: Values, facts: Mapping[str, str]) -> Iterator[Demand]:
    rights = asked(type_) if act == "invoke" else known(type_)
    # The provider reads what it made or changed, and waits for what it removes by reading it.
    for name in ("read",) if act in ("invoke", "read") else (act, "read"):
        yield from Act(name, rights, values, facts["project"]).demands()


def _gives(document: Mapping[str, Any], demand: Demand) -> bool:
    """Whether a role, where and as it is given, has this."""
    return (
        demand.permission in document["role"]["includedPermissions"]
        and document["on"] == demand.on
        and _met(document.get("condition", {}).get("expression", ""), demand)
    )


def _met(expression: str, demand: Demand) -> bool:
    """Whether a condition is met. Of those that are written here, each holds permissions of one kind alone."""
    if not expression:
        return True
    if grants := _GRANTS.fullmatch(expression):
        return demand.held == "grants" and f"'{demand.to}'" in grants[1].split(", ")
    found = [_SECRET.fullmatch(each) for each in expression.split(" || ")]
    return demand.held == "secret" and any(
        demand.to == each[1] or (each[2] is not None and demand.to.startswith(each[2])) for each in found if each
    )
