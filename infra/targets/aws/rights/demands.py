"""What each act on a resource demands of whoever does it: an action, on a resource, under a condition."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from string import Formatter
from typing import Any, cast

from infra.errors import DeploymentError
from infra.targets.aws.rights.reference import Action, Kind, action
from infra.targets.aws.rights.table import ONLY, WIDE, Own, Rights

# What makes a role, or gives it more, and knows the boundary that it has:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html, read 2026-11-30.
BOUNDED = frozenset(
    f"iam:{act}" for act in ("AttachRolePolicy", "CreateRole", "PutRolePermissionsBoundary", "PutRolePolicy")
)

# The names of what an act makes, which has no name before.
_MADE = ("{id}", "{arn:1}")

Condition = tuple[str, str, tuple[str, ...]]
"""An operator of IAM's, a key, and the values that it is held against."""


@dataclass(frozen=True, order=True)
class Demand:
    """One action on one resource."""

    action: str
    resource: str
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Place:
    """Where resources are, the tags by which the stack's own are told from others', and what bounds its roles."""

    region: str
    account: str
    tags: Mapping[str, str]
    boundary: str = ""

    def arn(self, kind: Kind, name: str) -> str:
        """The ARN of a resource by its name, or by an ARN that was made up elsewhere."""
        if name.startswith("arn:"):
            start, _, service, region, account, rest = name.split(":", 5)
            return ":".join((start, partition_of(self.region), service, region, account and self.account, rest))
        told = kind.arn
        known = {"Partition": partition_of(self.region), "Region": self.region, "Account": self.account}
        for word, value in known.items():
            told = told.replace(f"${{{word}}}", value)
        return told.partition("${")[0] + name


@dataclass(frozen=True)
class Act:
    """An act on a resource with these inputs: `create`, `read`, `update`, `delete` or `use`.

    A resource that says its region itself is there, wherever the others are.
    """

    name: str
    rights: Rights
    inputs: Mapping[str, Any]
    place: Place

    def __post_init__(self) -> None:
        if isinstance(region := self.inputs.get("region"), str):
            object.__setattr__(self, "place", replace(self.place, region=region))

    def demands(self) -> Iterator[Demand]:
        """All that it demands."""
        for asked in actions(getattr(self.rights, self.name)):
            yield from self._demands(action(asked))

    def _demands(self, asked: Action) -> Iterator[Demand]:
        if asked.name == "iam:PutRolePermissionsBoundary" and not self.place.boundary:
            return
        decisive, value = ONLY.get(asked.name, ("", ""))
        if decisive and self.inputs.get(decisive) != value:
            return
        if asked.name in WIDE or not asked.kinds:
            yield Demand(asked.name, "*", self._always(asked))
            return
        kinds = [kind for kind in self.rights.on if kind in asked.kinds]
        for kind in kinds[:1] if asked.tagging else kinds:
            conditions = (*self._always(asked), *self._own(asked, kind), *self._bounded(asked))
            for name in names(self.rights.on[kind], self.inputs):
                # Of an id that is made up only its beginning is known before, and that says no more than the kind.
                told = "*" if isinstance(self.rights.on[kind], Own) and "*" in name else name
                yield Demand(asked.name, self.place.arn(asked.kinds[kind], told), conditions)

    def _always(self, asked: Action) -> tuple[Condition, ...]:
        match asked.name:
            case "ec2:CreateTags" if self.name == "create" and asked.name == self._maker():
                return tuple((_like(value), f"aws:RequestTag/{key}", (value,)) for key, value in self._tags())
            case "ec2:CreateTags" if self.name == "create":
                return (("StringEquals", "ec2:CreateAction", (self._maker().partition(":")[2],)),)
            case "ecs:ListTasks":
                (cluster,) = names(self.rights.on["ecs:cluster"], self.inputs)
                kind = action("ecs:DeleteCluster").kinds["ecs:cluster"]
                return (("ArnLike", "ecs:cluster", (self.place.arn(kind, cluster),)),)
            case "iam:AttachRolePolicy" | "iam:DetachRolePolicy":
                return (("ArnEquals", "iam:PolicyARN", (str(self.inputs.get("policyArn") or "*"),)),)
            case "kms:CreateGrant" | "kms:Decrypt" | "kms:GenerateDataKey" | "kms:RetireGrant":
                return (("StringLike", "kms:ViaService", (f"*.{self.place.region}.amazonaws.com",)),)
            case "iam:PassRole":
                return (("StringEquals", "iam:PassedToService", _assumed_by(self.inputs)),)
            case "route53:ChangeResourceRecordSets":
                key = "route53:ChangeResourceRecordSetsNormalizedRecordNames"
                return (("ForAllValues:StringLike", key, (_record(self.inputs),)),)
            case _:
                return ()

    def _bounded(self, asked: Action) -> Iterator[Condition]:
        """That a role which may be given more is one that is held to the boundary, where there is one."""
        if asked.name in BOUNDED and self.place.boundary:
            yield "StringEquals", "iam:PermissionsBoundary", (self.place.boundary,)

    def _own(self, asked: Action, kind: str) -> Iterator[Condition]:
        """The stack's tags, which what is being made or tagged has not yet.

        A key's count up to five minutes after they were given, and reading must do at once.
        """
        if not isinstance(self.rights.on[kind], Own) or not asked.kinds[kind].tagged or self.name == "read":
            return
        if asked.name.startswith("kms:") and self.name not in ("update", "delete"):
            return
        making = self.name == "create" and asked.name == self._maker() and self.rights.on[kind] in _MADE
        tagging = asked.tagging and (self.name == "create" or not asked.name.startswith("ec2:"))
        if not making and not tagging:
            for key, value in self._tags():
                yield _like(value), f"aws:ResourceTag/{key}", (value,)

    def _tags(self) -> list[tuple[str, str]]:
        return sorted(self.place.tags.items())

    def _maker(self) -> str:
        return next(actions(self.rights.create), "")


def _like(value: str) -> str:
    """The operator of a tag's value: those of many stacks are alike."""
    return "StringLike" if "*" in value else "StringEquals"


def listed(value: Any) -> list[str]:
    """What a policy may have as a list or, where it is one, by itself."""
    return [str(each) for each in cast("list[Any]", value)] if isinstance(value, list) else [str(value)]


def partition_of(region: str) -> str:
    """The part of AWS that a region is of. China's is not among the regions that a stack may name."""
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"


def actions(told: str) -> Iterator[str]:
    """Each of `ecs:CreateCluster,TagResource iam:PassRole` by its whole name."""
    for group in told.split():
        service, _, short = group.partition(":")
        for each in short.split(","):
            yield f"{service}:{each}"


def names(template: str, inputs: Mapping[str, Any]) -> list[str]:
    """A template of names, filled with inputs. Of several those that have all of theirs; what one lacks is any."""
    each = [(name, [field for _, field, _, _ in Formatter().parse(name) if field]) for name in template.split()]
    words = {field: _word(field, inputs) for _, fields in each for field in fields}
    whole = [name for name, fields in each if all(words[field] for field in fields)]
    filled = {field: word or _Parts("*") for field, word in words.items()}
    return [name.format(**filled) for name in whole or [each[0][0]]]


def _word(field: str, inputs: Mapping[str, Any]) -> "_Parts | None":
    """An input; of a name that AWS makes up, what it begins with."""
    given, prefix = inputs.get(field), inputs.get(f"{field}Prefix")
    if isinstance(given, str):
        return _Parts(given)
    return _Parts(f"{prefix}*") if isinstance(prefix, str) else None


class _Parts(str):
    """An input, of which `{input:2}` is a part between slashes and `{input:2:}` all from there."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        if not spec:
            return str(self)
        parts = self.split("/")
        if spec.endswith(":"):
            return "/".join(parts[int(spec[:-1]) :]) or "*"
        return parts[int(spec)] if -len(parts) <= int(spec) < len(parts) else "*"


def _assumed_by(inputs: Mapping[str, Any]) -> tuple[str, ...]:
    """The services that may assume a role, which are those that it may be passed to."""
    trust = inputs.get("assumeRolePolicy")
    try:
        document: Any = json.loads(trust) if isinstance(trust, str) else trust
        principals = [each["Principal"]["Service"] for each in document["Statement"]]
    except (KeyError, TypeError, ValueError):
        raise DeploymentError(f"the role {inputs.get('name')} can be assumed by no service that a plan knows") from None
    services = {name for each in principals for name in listed(each)}
    # A node's role is given to EKS, which passes it on.
    return tuple(sorted(services | ({"eks.amazonaws.com"} if "ec2.amazonaws.com" in services else set())))


def _record(inputs: Mapping[str, Any]) -> str:
    """A record's name as Route 53 has it. The first label of one that proves a domain is made up."""
    name = str(inputs.get("name") or "*").lower().rstrip(".")
    return f"_*.{name.partition('.')[2]}" if name.startswith("_") else name
