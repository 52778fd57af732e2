"""Refuses what Azure would: an act on a simulated resource for which the roles that a test gives have no permission."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from infra.targets.azure.rights import asked, known
from infra.targets.azure.rights.demands import Act, Demand, Stack
from tools.offline.backend import Failure
from tools.offline.values import Values

_ROLES = re.compile(r"@Request\[[^]]+\] ForAnyOfAnyValues:GuidEquals \{([^}]*)\}")


@dataclass
class Permissions:
    """The guard of a package's tables: whoever acts has these roles, as `make rights` writes them, and no others."""

    stack: Stack
    roles: Sequence[Mapping[str, Any]]
    used: set[str] = field(default_factory=set[str])
    """Every permission that was asked for."""

    def __call__(self, act: str, type_: str, inputs: Values, _outputs: Values, _facts: Mapping[str, str]) -> None:
        """Raise Failure for the first permission that is not given, in Azure's words."""
        for demand in self._demands(act, type_, inputs):
            self.used.add(demand.permission)
            if not any(_gives(role, demand) for role in self.roles):
                raise Failure(
                    'Status=403 Code="AuthorizationFailed" Message="The client does not have authorization to perform '
                    f"action '{demand.permission}' over scope '{demand.on}' or the scope is invalid.\""
                )

    def _demands(self, act: str, type_: str, values: Values) -> Iterator[Demand]:
        rights = asked(type_) if act == "invoke" else known(type_)
        # The provider looks whether a thing is there before it makes it, and reads what it has made or changed.
        for name in ("read",) if act in ("invoke", "read") else (act, "read"):
            yield from Act(name, rights, values, self.stack).demands()


def _gives(document: Mapping[str, Any], demand: Demand) -> bool:
    """Whether a role, where and as it is given, has this."""
    (permissions,) = document["role"]["permissions"]
    return (
        demand.permission in (*permissions["actions"], *permissions["dataActions"])
        and document["on"] == demand.on
        and _met(document.get("condition", ""), demand)
    )


def _met(condition: str, demand: Demand) -> bool:
    """Whether a condition is met: those that are written here are about the roles that are given."""
    found = _ROLES.search(condition)
    return found is None or demand.role in found[1].split(", ")
