"""What each act on a resource demands of whoever does it: a permission, on something, held to one role or to none."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any, cast

from infra.targets.azure.rights.table import Rights

# What gives a role to somebody, or takes it from him.
GRANTING = frozenset(f"Microsoft.Authorization/roleAssignments/{verb}" for verb in ("delete", "write"))


@dataclass(frozen=True, order=True)
class Demand:
    """One permission.

    Attributes:
        on: what it is asked for on, by its id.
        role: the role that is given, by its UUID; empty where none is.
    """

    permission: str
    on: str
    role: str = ""


@dataclass(frozen=True)
class Stack:
    """Whose resources they are: a stack's, all in a resource group of its own.

    A role can be given on a group only when that is there, and the stack itself makes its own: so what is demanded of
    anything in it is demanded of the subscription.
    """

    subscription: str
    group: str

    @property
    def id(self) -> str:
        """The subscription's."""
        return f"/subscriptions/{self.subscription}"

    def place(self, id_: str) -> str:
        """What a role is given on for something by its id, which no plan may know to its end."""
        own = f"{self.id}/resourceGroups/{self.group}".lower()
        return self.id if id_ == "*" or f"{id_.lower()}/".startswith(f"{own}/") else id_


@dataclass(frozen=True)
class Act:
    """An act on a resource with these inputs: `create`, `read`, `update`, `delete` or `use`."""

    name: str
    rights: Rights
    inputs: Mapping[str, Any]
    stack: Stack

    def demands(self) -> Iterator[Demand]:
        """All that it demands."""
        rights, inputs = self.rights, {"subscription": self.stack.subscription, **self.inputs}
        on = self.stack.place(filled(rights.on, inputs)) if rights.on else self.stack.id
        role = filled(f"{{{rights.grants}}}", inputs).rpartition("/")[2] if rights.grants else ""
        for permission in permissions(getattr(rights, self.name)):
            whole = filled(permission, inputs)
            yield Demand(whole, on, role if whole in GRANTING else "")
        if self.name in ("create", "update"):
            for path, permission in rights.joins:
                named = _at(inputs, path)
                if named:
                    yield Demand(permission, self.stack.place(named))


def permissions(told: str) -> Iterator[str]:
    """Each of `Microsoft.App/jobs/read,write` by its whole name."""
    for group in told.split():
        for parts in itertools.product(*(part.split(",") for part in group.split("/"))):
            yield "/".join(parts)


def filled(template: str, inputs: Mapping[str, Any]) -> str:
    """A template of a name, filled with inputs; `*` for what no plan can know."""
    told = ""
    for text, field, _, _ in Formatter().parse(template):
        told += text
        if field:
            value = inputs.get(field)
            told += value if isinstance(value, str) and value else "*"
    return told


def _at(inputs: Mapping[str, Any], path: str) -> str:
    """The id that stands at a path of the inputs; empty where there is none."""
    value: Any = inputs
    for part in path.split("."):
        if isinstance(value, list):
            entries = cast("list[Any]", value)
            value = entries[int(part)] if int(part) < len(entries) else None
        else:
            value = cast("Mapping[str, Any]", value).get(part) if isinstance(value, Mapping) else None
    return value if isinstance(value, str) else ""
