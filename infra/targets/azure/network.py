"""The network on Azure: a virtual network with a subnet that is the environment's alone."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions

from infra.targets.azure.raw import resource


@dataclass(frozen=True)
class NetworkArgs:
    """Whose the network is.

    Attributes:
        group: the resource group, by name.
        location: that it lies in.
        cidr: the addresses of the environment's subnet, which are the whole network's.
        tags: of the network.
    """

    group: pulumi.Input[str]
    location: str
    cidr: str
    tags: Mapping[str, str]


class Network(pulumi.ComponentResource):
    """A network of the stack's own: into it comes what the environment answers, and nothing else.

    Attributes:
        network_id: the virtual network.
        subnet_id: its subnet, delegated to container apps' environments.
        ready: what must be there before something is in it.
    """

    def __init__(self, name: str, args: NetworkArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:azure:Network", name, {}, opts)
        child = ResourceOptions(parent=self)
        network = resource(
            "network:VirtualNetwork",
            name,
            {
                "resourceGroupName": args.group,
                "location": args.location,
                "addressSpace": {"addressPrefixes": [args.cidr]},
                "tags": args.tags,
            },
            child,
            outputs=("name",),
        )
        subnet = resource(
            "network:Subnet",
            name,
            {
                "resourceGroupName": args.group,
                "virtualNetworkName": network.output("name"),
                "subnetName": "apps",
                "addressPrefix": args.cidr,
                "delegations": [{"name": "apps", "serviceName": "Microsoft.App/environments"}],
            },
            child,
        )
        self.network_id: pulumi.Output[str] = network.id
        self.subnet_id: pulumi.Output[str] = subnet.id
        self.ready: list[pulumi.Resource] = [subnet]
        self.register_outputs({"network_id": self.network_id})
