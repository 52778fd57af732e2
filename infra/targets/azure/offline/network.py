"""Azure's networks and what is let out of them: ids, outputs, what replaces, rules, prices."""

from infra.targets.azure.offline.names import DOTTED, DOTTED_SAYS, PRICED, READ, kind, named, under
from infra.targets.azure.offline.rules import address_space
from tools.offline import judges
from tools.offline.backend import Kind
from tools.offline.tables import Played, Price, Source

NAT_PRICE = Source("https://azure.microsoft.com/pricing/details/azure-nat-gateway/", READ)
ADDRESS_PRICE = Source("https://azure.microsoft.com/pricing/details/ip-addresses/", READ)

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
        judges=(address_space,),
        free="a virtual network is free",
    ),
    "azure-native:network:Subnet": Played(
        purpose="network",
        id=under("Microsoft.Network/virtualNetworks/{virtualNetworkName}/subnets", "subnetName"),
        outputs={"name": "{subnetName}"},
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
        rules=(named("networkSecurityGroupName", 1, 80, DOTTED, DOTTED_SAYS),),
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
