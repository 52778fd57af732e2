"""Azure's networks and what is let out of them: ids, outputs, what replaces, rules, prices."""

import ipaddress
from collections.abc import Iterator

from infra.targets.azure.offline.names import DOTTED, DOTTED_SAYS, PRICED, READ, kind, named, under
from tools.offline import judges
from tools.offline.backend import Kind, Problem
from tools.offline.judge import found, one
from tools.offline.judges import hidden
from tools.offline.tables import Played, Price, Rule, Source
from tools.offline.values import UNKNOWN, Values

NAT_PRICE = Source("https://azure.microsoft.com/pricing/details/azure-nat-gateway/", READ)
ADDRESS_PRICE = Source("https://azure.microsoft.com/pricing/details/ip-addresses/", READ)

RULES = Source("https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview", READ)
ADDRESSES = Source("https://learn.microsoft.com/azure/virtual-network/ip-services/public-ip-addresses", READ)


def _address_space(_type: str, inputs: Values) -> Iterator[Problem]:
    """That a network's blocks are blocks, and its subnets lie in them."""
    blocks: list[ipaddress.IPv4Network] = []
    for path, prefix in found(inputs, "addressSpace.addressPrefixes[*]"):
        if prefix is UNKNOWN:
            continue
        try:
            blocks.append(ipaddress.IPv4Network(prefix))
        except ValueError as error:
            yield Problem(path, f"{prefix!r} is no block of IPv4 addresses: {error}")
    if hidden(inputs, "addressSpace.addressPrefixes[*]"):
        return
    for path, prefix in found(inputs, "subnets[*].addressPrefix"):
        if prefix is UNKNOWN:
            continue
        try:
            inside = any(ipaddress.IPv4Network(prefix).subnet_of(block) for block in blocks)
        except ValueError as error:
            yield Problem(path, f"{prefix!r} is no block of IPv4 addresses: {error}")
            continue
        if not inside:
            yield Problem(path, f"{prefix!r} lies in none of the network's blocks")


def _priorities(_type: str, inputs: Values) -> Iterator[Problem]:
    """That no two rules of one direction have the same priority."""
    given: list[tuple[object, object]] = []
    for path, rule in found(inputs, "securityRules[*]"):
        which = one(rule, "direction"), one(rule, "priority")
        if UNKNOWN not in which and which in given:
            yield Problem(f"{path}.priority", f"{which[1]} is there twice for {which[0]} ({RULES})")
        given.append(which)


def _address(_type: str, inputs: Values) -> Iterator[Problem]:
    """That a standard address, which a NAT gateway and a balancer want, does not change."""
    if one(inputs, "sku.name") == "Standard" and inputs.get("publicIPAllocationMethod") not in ("Static", UNKNOWN):
        yield Problem("publicIPAllocationMethod", f"a Standard one must be Static ({ADDRESSES})")


NETWORKS: dict[str, Played] = {
    "azure-native:network:VirtualNetwork": Played(
        purpose="network",
        id=under("Microsoft.Network/virtualNetworks", "virtualNetworkName"),
        outputs={"name": "{virtualNetworkName}", "type": "Microsoft.Network/virtualNetworks"},
        kind=kind("virtualNetworkName"),
        rules=(
            named("virtualNetworkName", 2, 64, r"[A-Za-z0-9][\w.-]*\w", DOTTED_SAYS),
            named("subnets[*].name", 1, 80, DOTTED, DOTTED_SAYS),
        ),
        judges=(_address_space,),
        free="a virtual network is free",
    ),
    "azure-native:network:Subnet": Played(
        purpose="network",
        id=under("Microsoft.Network/virtualNetworks/{virtualNetworkName}/subnets", "subnetName"),
        outputs={"name": "{subnetName}", "type": "Microsoft.Network/virtualNetworks/subnets"},
        kind=Kind(
            replaces=frozenset({"resourceGroupName", "subnetName", "virtualNetworkName"}), autonamed="subnetName"
        ),
        rules=(named("subnetName", 1, 80, DOTTED, DOTTED_SAYS),),
        beside=(
            judges.subnets(
                "azure-native:network:Subnet",
                "addressPrefix",
                "virtualNetworkName",
                ("azure-native:network:VirtualNetwork", "name", "addressSpace.addressPrefixes[*]"),
            ),
        ),
        free="a subnet is free",
    ),
    "azure-native:network:NetworkSecurityGroup": Played(
        purpose="network",
        id=under("Microsoft.Network/networkSecurityGroups", "networkSecurityGroupName"),
        outputs={"name": "{networkSecurityGroupName}", "type": "Microsoft.Network/networkSecurityGroups"},
        kind=kind("networkSecurityGroupName"),
        rules=(
            named("networkSecurityGroupName", 1, 80, DOTTED, DOTTED_SAYS),
            Rule("securityRules[*].priority", RULES, "be from 100 to 4096", least=100, most=4096),
        ),
        judges=(_priorities,),
        free="a security group is free",
    ),
    "azure-native:network:PublicIPAddress": Played(
        purpose="network",
        id=under("Microsoft.Network/publicIPAddresses", "publicIpAddressName"),
        outputs={
            "name": "{publicIpAddressName}",
            "ipAddress": "20.0.0.{digits2}",
            "type": "Microsoft.Network/publicIPAddresses",
        },
        kind=kind("publicIpAddressName", "publicIPAddressVersion", "sku", "zones"),
        rules=(named("publicIpAddressName", 1, 80, DOTTED, DOTTED_SAYS),),
        judges=(_address,),
        prices=(Price(0.005, "hour", ADDRESS_PRICE, region=PRICED),),
    ),
    "azure-native:network:NatGateway": Played(
        purpose="network",
        id=under("Microsoft.Network/natGateways", "natGatewayName"),
        outputs={"name": "{natGatewayName}", "type": "Microsoft.Network/natGateways"},
        kind=kind("natGatewayName", "sku", "zones"),
        rules=(named("natGatewayName", 1, 80, DOTTED, DOTTED_SAYS),),
        prices=(
            Price(0.045, "hour", NAT_PRICE, region=PRICED),
            Price(0.045, "GB that goes through", NAT_PRICE, region=PRICED),
        ),
    ),
}
