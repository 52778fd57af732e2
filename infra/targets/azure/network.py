"""The network on Azure: one of the stack's own, with a subnet that is one thing's alone.

Of an environment, addresses, sizes and who may use the subnet: https://learn.microsoft.com/azure/container-apps/custom-virtual-networks;
what has to be let in and out: https://learn.microsoft.com/azure/container-apps/firewall-integration; read 2026-11-30.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi import ResourceOptions

from infra.targets.azure.raw import resource

ENVIRONMENTS = "Microsoft.App/environments"


@dataclass(frozen=True)
class NetworkArgs:
    """Whose the network is.

    Attributes:
        group: the resource group, by name.
        location: that it lies in.
        cidr: its addresses, which are all the subnet's.
        tags: of the network.
        subnet: what its subnet is called.
        service: to whom the subnet is handed over; without one, nodes stand in it, which bring security rules.
    """

    group: pulumi.Input[str]
    location: str
    cidr: str
    tags: Mapping[str, str]
    subnet: str = "apps"
    service: str | None = ENVIRONMENTS


class Network(pulumi.ComponentResource):
    """A network of the stack's own. What comes into it is from within it, or Azure's load balancer.

    The group of security rules has none of its own: those that every group has let in no more, and one that forbids
    more may break what the platform does in the subnet. What the world asks of an environment that is not internal
    comes by an address of Azure's, past the subnet.

    Attributes:
        network_id: the virtual network.
        subnet_id: its subnet.
        ready: what must be there before something is in it.
    """

    def __init__(self, name: str, args: NetworkArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:azure:Network", name, {}, opts)
        child = ResourceOptions(parent=self)
        owned = {"resourceGroupName": args.group, "location": args.location, "tags": args.tags}
        handed: dict[str, Any] = {}
        if args.service:
            rules = resource("network:NetworkSecurityGroup", name, owned, child)
            delegations = [{"name": args.subnet, "serviceName": args.service}]
            handed = {"delegations": delegations, "networkSecurityGroup": {"id": rules.id}}
        space = {"addressSpace": {"addressPrefixes": [args.cidr]}}
        # The addresses of what an environment is in never change, so others are another network's.
        opts = ResourceOptions(parent=self, replace_on_changes=["addressSpace"])
        network = resource("network:VirtualNetwork", name, {**owned, **space}, opts, outputs=("name",))
        subnet = resource(
            "network:Subnet",
            name,
            {
                "resourceGroupName": args.group,
                "virtualNetworkName": network.output("name"),
                "subnetName": args.subnet,
                "addressPrefix": args.cidr,
                **handed,
            },
            # It has the same name in another network, where it can be before the environment leaves this one.
            ResourceOptions(parent=self, delete_before_replace=False),
        )
        self.network_id: pulumi.Input[str] = network.id
        self.subnet_id: pulumi.Input[str] = subnet.id
        self.ready: Sequence[pulumi.Resource] = [subnet]
        self.register_outputs({"network_id": self.network_id})
