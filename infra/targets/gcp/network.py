"""The network on Google Cloud: one of the stack's own, with a subnet in its region."""

from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp
from pulumi import ResourceOptions

RANGE = "10.0.0.0/24"


@dataclass(frozen=True)
class NetworkArgs:
    """Where the subnet lies."""

    region: str


class Network(pulumi.ComponentResource):
    """A network of the stack's own.

    Attributes:
        network_id: the network.
        subnet_id: its subnet, in which Google's own services are reached without an outside address.
    """

    def __init__(self, name: str, args: NetworkArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:gcp:Network", name, {}, opts)
        child = ResourceOptions(parent=self)
        network = gcp.compute.Network(name, auto_create_subnetworks=False, routing_mode="REGIONAL", opts=child)
        subnet = gcp.compute.Subnetwork(
            name,
            network=network.id,
            region=args.region,
            ip_cidr_range=RANGE,
            private_ip_google_access=True,
            opts=child,
        )
        self.network_id, self.subnet_id = network.id, subnet.id
        self.register_outputs({"network_id": self.network_id})
