"""The rules as a Pulumi policy pack: `make up POLICY=1`; with an official engine also `--policy-pack policies`."""

from collections.abc import Mapping, Sequence
from typing import Any

from pulumi_policy import (
    EnforcementLevel,
    PolicyPack,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
)
from pulumi_policy.proxy import UnknownValueError
from rules import RULES, UNKNOWN, Rule


def _policy(rule: Rule) -> ResourceValidationPolicy:
    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        for said in rule.breaches(args.resource_type, args.name, _plain(args.props)):
            report(said)

    return ResourceValidationPolicy(rule.name, rule.says, validate, EnforcementLevel.MANDATORY)


def _plain(value: Any) -> Any:
    """The same without the pack's proxies, at which whatever is not known yet is an error."""
    if isinstance(value, Mapping):
        return {name: _item(value, name) for name in value}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_item(value, index) for index in range(len(value))]
    return value


def _item(within: Any, key: Any) -> Any:
    try:
        return _plain(within[key])
    except UnknownValueError:
        return UNKNOWN


PolicyPack("slipway", [_policy(rule) for rule in RULES])
