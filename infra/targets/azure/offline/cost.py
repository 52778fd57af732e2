"""What Container Apps costs: by cores and memory of a template, for as many replicas as there are at the least.

https://learn.microsoft.com/azure/container-apps/billing, read 2026-11-30, says what is active and what idle.
"""

from infra.targets.azure import limits
from infra.targets.azure.offline.names import PRICED, READ
from infra.targets.azure.offline.running import size
from tools.offline import forms
from tools.offline.judge import found, one
from tools.offline.tables import Count, Others, Price, Source
from tools.offline.values import Values

PRICES = Source("https://azure.microsoft.com/pricing/details/container-apps/", READ)
BALANCER = Source("https://azure.microsoft.com/pricing/details/load-balancer/", READ)
ADDRESS = Source("https://azure.microsoft.com/pricing/details/ip-addresses/", READ)

HOUR = 3600
# Dollars for a core and for a GiB, an hour of each.
ACTIVE = (0.000034 * HOUR, 0.000004 * HOUR)
IDLE = (0.000004 * HOUR, 0.000004 * HOUR)
DEDICATED = (0.080859, 0.006638)
MANAGEMENT = 0.10
A_MILLION_REQUESTS = 0.56
# A load balancer of up to five rules, and an address of it.
BALANCED, ADDRESSED = 0.025, 0.005

ON_DEMAND = (None, limits.CONSUMPTION)


def _least(inputs: Values) -> int | None:
    least = one(inputs, "template.scale.minReplicas")
    return 0 if least is None else least if isinstance(least, int) else None


def _kept(part: int) -> Count:
    """What is paid for all the time: as many replicas as there are at the least, each idle."""

    def count(inputs: Values, _others: Others) -> float | None:
        whole, least = size(inputs), _least(inputs)
        if whole is None or least is None or inputs.get("workloadProfileName") not in ON_DEMAND:
            return None
        return least * whole[part]

    return count


def _by_use(inputs: Values, _others: Others) -> float | None:
    known = size(inputs) is not None and inputs.get("workloadProfileName") in ON_DEMAND
    return 1.0 if known else None


def _asked(inputs: Values, others: Others) -> float | None:
    return _by_use(inputs, others) if forms.given(inputs, "configuration.ingress") else None


def _on_nodes(inputs: Values, _others: Others) -> float | None:
    """None is paid for where its environment's nodes are."""
    return None if inputs.get("workloadProfileName") in ON_DEMAND else 0.0


def _active(what: str) -> tuple[Price, ...]:
    cpu, memory = ACTIVE
    return (
        Price(cpu, f"vCPU-hour {what}", PRICES, region=PRICED, beside=_by_use),
        Price(memory, f"GiB-hour {what}", PRICES, region=PRICED, beside=_by_use),
    )


def _nodes(part: int) -> Count:
    """Cores or GiB of the nodes that there are at the least."""

    def count(inputs: Values, _others: Others) -> float | None:
        paid: list[int] = []
        for _, profile in found(inputs, "workloadProfiles[*]"):
            node, least = limits.PROFILES.get(str(one(profile, "workloadProfileType"))), one(profile, "minimumCount")
            if node is not None and isinstance(least, int):
                paid.append(node[part] * least)
        return float(sum(paid)) if paid else None

    return count


def _managed(inputs: Values, others: Others) -> float | None:
    return None if _nodes(0)(inputs, others) is None else 1.0


def _inside(addresses: bool) -> Count:
    """Its balancer in the network of one's own; an address to go out by, and one to come in where the world may."""

    def count(inputs: Values, _others: Others) -> float | None:
        if not forms.given(inputs, "vnetConfiguration.infrastructureSubnetId"):
            return None
        return (1.0 if one(inputs, "vnetConfiguration.internal") is True else 2.0) if addresses else 1.0

    return count


def _by_itself(inputs: Values, others: Others) -> float | None:
    """None is paid for where it has no nodes and no network: its apps are."""
    paid = (_managed(inputs, others), _inside(addresses=False)(inputs, others))
    return 0.0 if all(each is None for each in paid) else None


# Counted where a resource has no price of its own, which is known, though there is none.
ON_NODES = Price(MANAGEMENT, "hour", PRICES, region=PRICED, beside=_on_nodes)
BY_ITSELF = Price(MANAGEMENT, "hour", PRICES, beside=_by_itself)

APP_PRICES = (
    *(Price(rate, "hour", PRICES, region=PRICED, beside=_kept(part)) for part, rate in enumerate(IDLE)),
    *_active("of a replica that does something, in place of an idle one"),
    Price(A_MILLION_REQUESTS, "million requests", PRICES, region=PRICED, beside=_asked),
    ON_NODES,
)
JOB_PRICES = (*_active("of a job"), ON_NODES)
ENVIRONMENT_PRICES = (
    *(Price(rate, "hour", PRICES, region=PRICED, beside=_nodes(part)) for part, rate in enumerate(DEDICATED)),
    Price(MANAGEMENT, "hour", PRICES, beside=_managed),
    Price(BALANCED, "hour", BALANCER, region=PRICED, beside=_inside(addresses=False)),
    Price(ADDRESSED, "hour", ADDRESS, region=PRICED, beside=_inside(addresses=True)),
    BY_ITSELF,
)
