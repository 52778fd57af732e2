"""The network on Azure: a virtual network with a subnet for the apps."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_azure_native as azure
from pulumi import ResourceOptions

SPACE = "10.0.0.0/16"
# https://learn.microsoft.com/azure/container-apps/custom-virtual-networks, read 2026-11-23: a /27 is the least for an
# environment of workload profiles, a /23 for one of consumption alone.
APPS = "10.0.0.0/23"


@dataclass(frozen=True)
class NetworkArgs:
    """Whose the network is."""

    group: pulumi.Input[str]
    location: str
    tags: Mapping[str, str]


class Network(pulumi.ComponentResource):
    """A network of the stack's own.

    Attributes:
        network_id: the virtual network.
    """

    def __init__(self, name: str, args: NetworkArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:azure:Network", name, {}, opts)
        network = azure.network.VirtualNetwork(
            name,
            resource_group_name=args.group,
            location=args.location,
            address_space=azure.network.AddressSpaceArgs(address_prefixes=[SPACE]),
            subnets=[azure.network.SubnetArgs(name="apps", address_prefix=APPS)],
            tags=args.tags,
            opts=ResourceOptions(parent=self),
        )
        self.network_id = network.id
        self.register_outputs({"network_id": self.network_id})
