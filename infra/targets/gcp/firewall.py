"""Cloud Armor in front of the load balancer."""

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi import ResourceOptions

from infra.targets.gcp.raw import resource

# Google's own sets of rules: https://cloud.google.com/armor/docs/waf-rules, read 2026-11-29. Those on languages that
# the service is not written in are left out.
SETS = (
    "sqli-v422-stable",
    "xss-v422-stable",
    "lfi-v422-stable",
    "rfi-v422-stable",
    "rce-v422-stable",
    "scannerdetection-v422-stable",
    "protocolattack-v422-stable",
    "sessionfixation-v422-stable",
)
# Only the signatures that hardly ever meet a right request:
# https://cloud.google.com/armor/docs/rule-tuning#choose_a_sensitivity_level, read 2026-11-29.
SENSITIVITY = 1
# What is known to be attacked right now, Log4j before all: every signature of it.
KNOWN = "evaluatePreconfiguredWaf('cve-canary')"
# Requests of one address within so many seconds; what is more is refused.
MOST_REQUESTS, SECONDS = 2000, 300
# The rule that there always is: https://cloud.google.com/armor/docs/security-policy-overview, read 2026-11-29.
LAST = 2147483647
# Between the rules, so that one can be put between two by hand at two in the morning.
STEP = 100


class Firewall(pulumi.ComponentResource):
    """Google's rules against known attacks, and a limit of requests of one address.

    `forwarded`: requests come through proxies, and the address that counts is the one that they tell of.

    Attributes:
        policy: the address of the policy, which a backend service names.
    """

    def __init__(self, name: str, *, forwarded: bool, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:gcp:Firewall", name, {}, opts)
        attacks = {
            KNOWN: "Attacks on what is known to be open",
            **{f"evaluatePreconfiguredWaf('{each}', {{'sensitivity': {SENSITIVITY}}})": each for each in SETS},
        }
        rules: list[dict[str, Any]] = [
            {
                "priority": STEP * number,
                "description": what,
                "action": "deny(403)",
                "match": {"expr": {"expression": expression}},
            }
            for number, (expression, what) in enumerate(attacks.items(), start=1)
        ]
        # Before it stands all that refuses: a request within the limit is let through, and no later rule is asked.
        limit: dict[str, Any] = {
            "priority": STEP * (len(rules) + 1),
            "description": f"More than {MOST_REQUESTS} requests of one address in {SECONDS} seconds",
            "action": "throttle",
            "match": _everybody(),
            "rateLimitOptions": {
                "conformAction": "allow",
                "exceedAction": "deny(429)",
                # With proxies before it, the address that asks is a proxy's own, of which there are few.
                "enforceOnKey": "XFF_IP" if forwarded else "IP",
                "rateLimitThreshold": {"count": MOST_REQUESTS, "intervalSec": SECONDS},
            },
        }
        rest: dict[str, Any] = {
            "priority": LAST,
            "description": "Everything else",
            "action": "allow",
            "match": _everybody(),
        }
        policy = resource(
            "compute/securityPolicy:SecurityPolicy",
            name,
            {
                "description": f"What {name} is not asked",
                "type": "CLOUD_ARMOR",
                "advancedOptionsConfig": {"jsonParsing": "STANDARD", "logLevel": "NORMAL"},
                "rules": [*rules, limit, rest],
            },
            ResourceOptions(parent=self),
            outputs=("selfLink",),
        )
        self.policy = policy.output("selfLink")
        self.register_outputs({"policy": self.policy})


def _everybody() -> Mapping[str, Any]:
    return {"versionedExpr": "SRC_IPS_V1", "config": {"srcIpRanges": ["*"]}}
