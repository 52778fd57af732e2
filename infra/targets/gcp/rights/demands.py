"""What each act on a resource demands of whoever does it: a permission, on something, held to one thing or to none."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any

from infra.targets.gcp.rights.table import UNLESS, Rights


@dataclass(frozen=True, order=True)
class Demand:
    """One permission.

    Attributes:
        on: what it is asked for on, by its full name.
        held: what a condition can hold it to, `grants` or `secret`; empty where nothing can.
        to: the role that is granted, or the secret.
    """

    permission: str
    on: str
    held: str = ""
    to: str = ""


@dataclass(frozen=True)
class Act:
    """An act on a resource with these inputs: `create`, `read`, `update`, `delete` or `use`.

    A resource that says its project itself is there, wherever the others are.
    """

    name: str
    rights: Rights
    inputs: Mapping[str, Any]
    project: str

    def demands(self) -> Iterator[Demand]:
        """All that it demands."""
        kind, template, of = self.rights.held or ("", "", ())
        for permission in permissions(getattr(self.rights, self.name)):
            without, value = UNLESS.get(permission, ("", None))
            if without in self.inputs and self.inputs[without] == value:
                continue
            if permission in of:
                yield Demand(permission, self._on(), kind, filled(template, self.inputs))
            else:
                yield Demand(permission, self._on())

    def _on(self) -> str:
        what, template = self.rights.on or ("project", "")
        told = filled("{project}", self.inputs)
        return named(what, self.project if beginning(told) != told else told, filled(template, self.inputs))


def named(what: str, project: str, name: str = "") -> str:
    """The full name of a project, or of a bucket, a key or a zone: https://cloud.google.com/iam/docs/full-resource-names."""
    match what:
        case "bucket":
            return f"//storage.googleapis.com/projects/_/buckets/{name}"
        case "key":
            return f"//cloudkms.googleapis.com/projects/{project}/{name}"
        case "zone":
            return f"//dns.googleapis.com/projects/{project}/managedZones/{name}"
        case _:
            return f"//cloudresourcemanager.googleapis.com/projects/{project}"


def permissions(told: str) -> Iterator[str]:
    """Each of `run.jobs.get,list iam.serviceAccounts.actAs` by its whole name."""
    for group in told.split():
        resource, _, verbs = group.rpartition(".")
        for verb in verbs.split(","):
            yield f"{resource}.{verb}"


def filled(template: str, inputs: Mapping[str, Any]) -> str:
    """A template of a name, filled with inputs; `*` for what no plan can know."""
    told = ""
    for text, field, spec, _ in Formatter().parse(template):
        told += text
        if field:
            value = inputs.get(field)
            whole = value if isinstance(value, str) and value else "*"
            told += whole.rpartition("/")[2] if spec else whole
    return told


def beginning(name: str) -> str:
    """What is known of a name whose end no plan can know."""
    return re.split(r"[*?]", name, maxsplit=1)[0]
