"""AWS WAF in front of the load balancer."""

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

MANAGED = ("AWSManagedRulesCommonRuleSet", "AWSManagedRulesKnownBadInputsRuleSet")
# Requests of one address within five minutes; one that sends more is kept out until it sends less.
MOST_REQUESTS = 2000


class Firewall(pulumi.ComponentResource):
    """AWS's common rules, its rules on what is known to be bad, and a limit of requests of one address."""

    def __init__(self, name: str, balancer: pulumi.Input[str], opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:aws:Firewall", name, {}, opts)
        # Only here: the SDK of WAF is as large as all others together.
        from pulumi_aws import wafv2

        def watched(what: str) -> wafv2.WebAclRuleVisibilityConfigArgs:
            return wafv2.WebAclRuleVisibilityConfigArgs(
                cloudwatch_metrics_enabled=True, metric_name=f"{name}-{what}", sampled_requests_enabled=True
            )

        rules = [
            wafv2.WebAclRuleArgs(
                name=group,
                priority=order,
                override_action=wafv2.WebAclRuleOverrideActionArgs(none=wafv2.WebAclRuleOverrideActionNoneArgs()),
                statement=wafv2.WebAclRuleStatementArgs(
                    managed_rule_group_statement=wafv2.WebAclRuleStatementManagedRuleGroupStatementArgs(
                        vendor_name="AWS", name=group
                    )
                ),
                visibility_config=watched(group),
            )
            for order, group in enumerate(MANAGED)
        ]
        rate = wafv2.WebAclRuleStatementRateBasedStatementArgs(limit=MOST_REQUESTS, aggregate_key_type="IP")
        rules.append(
            wafv2.WebAclRuleArgs(
                name="rate",
                priority=len(MANAGED),
                action=wafv2.WebAclRuleActionArgs(block=wafv2.WebAclRuleActionBlockArgs()),
                statement=wafv2.WebAclRuleStatementArgs(rate_based_statement=rate),
                visibility_config=watched("rate"),
            )
        )
        child = ResourceOptions(parent=self)
        acl = wafv2.WebAcl(
            name,
            scope="REGIONAL",
            default_action=wafv2.WebAclDefaultActionArgs(allow=wafv2.WebAclDefaultActionAllowArgs()),
            rules=rules,
            visibility_config=wafv2.WebAclVisibilityConfigArgs(
                cloudwatch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=True
            ),
            opts=child,
        )
        aws.wafv2.WebAclAssociation(name, resource_arn=balancer, web_acl_arn=acl.arn, opts=child)
        self.register_outputs({})
