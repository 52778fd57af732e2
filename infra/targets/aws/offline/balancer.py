"""What balances load on AWS, and the firewall before it: ids, what replaces, prices."""

from typing import Any

from infra.targets.aws.offline import balancing, firewall
from infra.targets.aws.offline.names import PRICED, READ, VPC_PRICE, arn
from tools.offline import forms
from tools.offline.tables import Played, Price, Rule, Source, replacing
from tools.offline.values import Values

PRICE = Source("https://aws.amazon.com/elasticloadbalancing/pricing/", READ)
FIREWALL_PRICE = Source("https://aws.amazon.com/waf/pricing/", READ)


def _named(says: str, pattern: str) -> tuple[Rule, ...]:
    return (
        Rule(
            "name",
            balancing.BALANCERS,
            f"be at most 32 letters, digits and hyphens, and not begin or end with a hyphen{says}",
            pattern=pattern + r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?",
        ),
    )


def _public_addresses(inputs: Values) -> float:
    """Of a balancer that the internet reaches: one in each zone."""
    zones = [*forms.listed(inputs.get("subnets")), *forms.listed(inputs.get("subnetMappings"))]
    return 0.0 if inputs.get("internal") is True else float(len(zones))


def _rules(inputs: Values) -> float:
    return float(len(forms.listed(inputs.get("rules"))))


def _fresh_priority(words: Any) -> int:
    return int(words["digits4"])


BALANCER: dict[str, Played] = {
    balancing.BALANCER: Played(
        purpose="network",
        id=arn("elasticloadbalancing", "loadbalancer/app/{name}/{hex16}"),
        outputs={
            "arn": "{id}",
            "arnSuffix": "app/{name}/{hex16}",
            "dnsName": "{name}-{digits9}.{region}.elb.amazonaws.com",
            "zoneId": "Z35SXDOTRQ7X7K",
        },
        kind=replacing("customerOwnedIpv4Pool", "internal", "loadBalancerType", "name", "namePrefix", "region"),
        rules=(*_named(", or begin with internal-", r"(?!internal-)"), *balancing.BALANCER_RULES),
        judges=balancing.BALANCER_JUDGES,
        beside=(balancing.two_zones, balancing.may_log),
        prices=(
            Price(0.0225, "hour", PRICE, region=PRICED),
            Price(0.008, "LCU-hour", PRICE, region=PRICED),
            Price(0.005, "hour", VPC_PRICE, _public_addresses, PRICED),
        ),
    ),
    balancing.GROUP: Played(
        purpose="network",
        id=arn("elasticloadbalancing", "targetgroup/{name}/{hex16}"),
        outputs={"arn": "{id}", "arnSuffix": "targetgroup/{name}/{hex16}"},
        kind=replacing(
            "ipAddressType",
            "name",
            "namePrefix",
            "port",
            "protocol",
            "protocolVersion",
            "region",
            "targetType",
            "vpcId",
        ),
        rules=(*_named("", ""), *balancing.GROUP_RULES),
        judges=balancing.GROUP_JUDGES,
        free="a target group is part of its load balancer",
    ),
    balancing.LISTENER: Played(
        purpose="network",
        id=arn("elasticloadbalancing", "listener/app/{logical}/{hex16}/{hex16}"),
        outputs={"arn": "{id}"},
        kind=replacing("loadBalancerArn", "region", autonamed=None),
        rules=balancing.LISTENER_RULES,
        judges=balancing.LISTENER_JUDGES,
        beside=(
            forms.distinct(
                balancing.LISTENER, ("loadBalancerArn", "port"), "DuplicateListener, of the same load balancer"
            ),
        ),
        free="a listener is part of its load balancer",
    ),
    balancing.LISTENER_RULE: Played(
        purpose="network",
        id=arn("elasticloadbalancing", "listener-rule/app/{logical}/{hex16}/{hex16}/{hex16}"),
        outputs={"arn": "{id}", "priority": _fresh_priority},
        kind=replacing("listenerArn", "region", autonamed=None),
        judges=balancing.LISTENER_RULE_JUDGES,
        beside=(
            forms.distinct(balancing.LISTENER_RULE, ("listenerArn", "priority"), "PriorityInUse, at the same listener"),
        ),
        free="a rule is part of its load balancer",
    ),
    "aws:wafv2/webAcl:WebAcl": Played(
        purpose="network",
        id="{uuid}",
        outputs={"arn": arn("wafv2", "regional/webacl/{name}/{id}"), "lockToken": "{uuid}"},
        kind=replacing("name", "namePrefix", "region", "scope"),
        rules=firewall.RULES,
        judges=(firewall.judge,),
        prices=(
            Price(5.0, "month", FIREWALL_PRICE, region=PRICED),
            Price(1.0, "month", FIREWALL_PRICE, _rules, PRICED),
            Price(0.60, "million requests through the firewall", FIREWALL_PRICE, region=PRICED),
        ),
    ),
    "aws:wafv2/webAclAssociation:WebAclAssociation": Played(
        purpose="network",
        id="{webAclArn},{resourceArn}",
        kind=replacing("region", "resourceArn", "webAclArn", autonamed=None),
        rules=(
            Rule(
                "resourceArn",
                firewall.ASSOCIATIONS,
                "be the ARN of a load balancer for applications, an API or another that a firewall goes before",
                pattern=r"arn:aws[\w-]*:(elasticloadbalancing:[^:]+:\d+:loadbalancer/app/.+"
                r"|(apigateway|appsync|cognito-idp|apprunner|ec2|amplify):.+)",
            ),
        ),
        free="an association is free",
    ),
}
