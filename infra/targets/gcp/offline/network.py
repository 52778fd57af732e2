"""Google Cloud's networks: ids, outputs, what replaces, rules, prices."""

import ipaddress
from collections.abc import Iterator

from infra.targets.gcp.offline.names import COMPUTE, NAT_PRICE, OBSERVING_PRICE, PRICED, READ
from tools.offline import forms, judges
from tools.offline.backend import Problem
from tools.offline.judge import one
from tools.offline.tables import Others, Played, Price, Rule, Source, replacing
from tools.offline.values import Values

NETWORK, SUBNET = "gcp:compute/network:Network", "gcp:compute/subnetwork:Subnetwork"
ROUTER = "gcp:compute/router:Router"

SUBNETS = Source("https://cloud.google.com/vpc/docs/subnets#valid-ranges", READ)
NATS = Source("https://cloud.google.com/nat/docs/nat-product-interactions", READ)
FIREWALLS = Source("https://cloud.google.com/firewall/docs/firewalls#firewall_rules_in", READ)
FLOWS = Source("https://cloud.google.com/vpc/docs/using-flow-logs", READ)


def _range(_type: str, inputs: Values) -> Iterator[Problem]:
    """A subnet's range: without host bits, /4 to /29."""
    block = one(inputs, "ipCidrRange")
    if not isinstance(block, str):
        return
    try:
        network = ipaddress.IPv4Network(block)
    except ValueError as error:
        yield Problem("ipCidrRange", f"{block!r} is no range of IPv4 addresses: {error}")
        return
    if not 4 <= network.prefixlen <= 29:
        yield Problem("ipCidrRange", f"{block!r} must be a /4 to a /29 ({SUBNETS})")


def _logged(inputs: Values, _others: Others) -> float | None:
    return 1.0 if forms.given(inputs, "logConfig") else 0.0


NETWORKS: dict[str, Played] = {
    NETWORK: Played(
        purpose="network",
        id="projects/{project}/global/networks/{name}",
        outputs={"selfLink": f"{COMPUTE}/global/networks/{{name}}", "networkId": "{digits18}", "gatewayIpv4": ""},
        kind=replacing(
            "autoCreateSubnetworks", "description", "internalIpv6Range", "name", "networkProfile", "project"
        ),
        free="a network itself is free",
    ),
    SUBNET: Played(
        purpose="network",
        id="projects/{project}/regions/{region}/subnetworks/{name}",
        outputs={"selfLink": f"{COMPUTE}/regions/{{region}}/subnetworks/{{name}}", "gatewayAddress": ""},
        kind=replacing("description", "name", "network", "project", "purpose", "region"),
        rules=(Rule("logConfig.flowSampling", FLOWS, "be from 0 to 1", least=0, most=1),),
        judges=(_range,),
        beside=(judges.subnets(SUBNET, "ipCidrRange", "network"),),
        # A subnet itself is free.
        prices=(Price(0.25, "GiB of flow logs", OBSERVING_PRICE, region=PRICED, beside=_logged),),
    ),
    ROUTER: Played(
        purpose="network",
        id="projects/{project}/regions/{region}/routers/{name}",
        outputs={"selfLink": f"{COMPUTE}/regions/{{region}}/routers/{{name}}"},
        kind=replacing("encryptedInterconnectRouter", "name", "network", "project", "region"),
        free="a router is free; what goes through its gateway is not",
    ),
    "gcp:compute/routerNat:RouterNat": Played(
        purpose="network",
        id="{project}/{region}/{router}/{name}",
        kind=replacing("endpointTypes", "initialNatIps", "name", "project", "region", "router", "type"),
        judges=(
            forms.required(
                forms.is_("sourceSubnetworkIpRangesToNat", "LIST_OF_SUBNETWORKS"),
                "subnetworks",
                "LIST_OF_SUBNETWORKS wants them",
                NATS,
            ),
            forms.when(
                forms.is_("sourceSubnetworkIpRangesToNat", "ALL_SUBNETWORKS_ALL_IP_RANGES"),
                "subnetworks",
                "does not go with all subnetworks",
                NATS,
            ),
            forms.required(
                forms.is_("natIpAllocateOption", "MANUAL_ONLY"), "natIps", "MANUAL_ONLY wants addresses", NATS
            ),
            forms.when(forms.is_("natIpAllocateOption", "AUTO_ONLY"), "natIps", "does not go with AUTO_ONLY", NATS),
        ),
        beside=(forms.told_by("router", ROUTER, "there is no such router in this plan", "name"),),
        prices=(
            Price(0.005, "hour", NAT_PRICE, region=PRICED),
            Price(0.0014, "hour of an instance that a gateway serves, up to 32 of them", NAT_PRICE, region=PRICED),
            Price(0.045, "GiB that goes through a gateway", NAT_PRICE, region=PRICED),
        ),
    ),
    "gcp:compute/firewall:Firewall": Played(
        purpose="network",
        id="projects/{project}/global/firewalls/{name}",
        outputs={"selfLink": f"{COMPUTE}/global/firewalls/{{name}}"},
        kind=replacing("direction", "name", "network", "project"),
        rules=(Rule("priority", FIREWALLS, "be from 0 to 65535", least=0, most=65535),),
        judges=(
            forms.only_one("allows", "denies", source=FIREWALLS),
            forms.when(forms.is_("direction", "EGRESS"), "sourceRanges", "does not go with EGRESS", FIREWALLS),
            forms.when(
                lambda inputs: inputs.get("direction", "INGRESS") == "INGRESS",
                "destinationRanges",
                "with INGRESS, wants sourceRanges beside it",
                FIREWALLS,
            ),
        ),
        free="a rule of a firewall is free",
    ),
}
