"""The rules as a Pulumi policy pack: `make up POLICY=1`; with an official engine also `--policy-pack policies`."""

from pulumi_policy import (
    EnforcementLevel,
    PolicyPack,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
)
from rules import RULES, Rule


def _policy(rule: Rule) -> ResourceValidationPolicy:
    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        for said in rule.breaches(args.resource_type, args.name, args.props):
            report(said)

    return ResourceValidationPolicy(rule.name, rule.says, validate, EnforcementLevel.MANDATORY)


PolicyPack("slipway", [_policy(rule) for rule in RULES])
