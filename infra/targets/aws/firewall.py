"""AWS WAF in front of the load balancer."""

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi import ResourceOptions

MANAGED = ("AWSManagedRulesCommonRuleSet", "AWSManagedRulesKnownBadInputsRuleSet")
# Rules of theirs that only count: one refuses every body of more than 8 KiB, an upload's for instance.
COUNTED: Mapping[str, Mapping[str, Any]] = {
    MANAGED[0]: {"ruleActionOverrides": [{"name": "SizeRestrictions_BODY", "actionToUse": {"count": {}}}]}
}
# Requests of one address within five minutes; one that sends more is kept out until it sends less.
MOST_REQUESTS = 2000


class _Acl(pulumi.CustomResource):
    """An access control list, of which the engine is told by the names that the provider has.

    The SDK's own class is not used: its module holds every kind of rule, each nested in the others, and takes as long
    to import, and as much memory, as that of EC2.
    """

    arn: pulumi.Output[str]

    def __init__(self, name: str, props: Mapping[str, Any], opts: ResourceOptions) -> None:
        super().__init__("aws:wafv2/webAcl:WebAcl", name, {**props, "arn": None}, opts)


class Firewall(pulumi.ComponentResource):
    """AWS's common rules, its rules on what is known to be bad, and a limit of requests of one address.

    `forwarded`: requests come through proxies, and the address that counts is the one that they tell of.
    """

    def __init__(
        self, name: str, balancer: pulumi.Input[str], *, forwarded: bool, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("slipway:aws:Firewall", name, {}, opts)
        child = ResourceOptions(parent=self)
        rules: list[dict[str, Any]] = [
            {
                "name": group,
                "priority": order,
                "overrideAction": {"none": {}},
                "statement": {
                    "managedRuleGroupStatement": {"vendorName": "AWS", "name": group, **COUNTED.get(group, {})}
                },
                "visibilityConfig": _watched(f"{name}-{group}"),
            }
            for order, group in enumerate(MANAGED)
        ]
        limit: dict[str, Any] = {"limit": MOST_REQUESTS, "aggregateKeyType": "IP"}
        if forwarded:
            # The address that asks is a proxy's own, of which there are few.
            header = {"headerName": "X-Forwarded-For", "fallbackBehavior": "NO_MATCH"}
            limit |= {"aggregateKeyType": "FORWARDED_IP", "forwardedIpConfig": header}
        rate: dict[str, Any] = {
            "name": "rate",
            "priority": len(MANAGED),
            "action": {"block": {}},
            "statement": {"rateBasedStatement": limit},
            "visibilityConfig": _watched(f"{name}-rate"),
        }
        props: dict[str, Any] = {
            "scope": "REGIONAL",
            "defaultAction": {"allow": {}},
            "rules": [*rules, rate],
            "visibilityConfig": _watched(name),
        }
        acl = _Acl(name, props, child)
        association = {"resourceArn": balancer, "webAclArn": acl.arn}
        pulumi.CustomResource("aws:wafv2/webAclAssociation:WebAclAssociation", name, association, child)
        self.register_outputs({})


def _watched(metric: str) -> Mapping[str, Any]:
    return {"cloudwatchMetricsEnabled": True, "metricName": metric, "sampledRequestsEnabled": True}
