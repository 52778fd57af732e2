"""The network on AWS: a VPC with a public subnet in each zone, and a way out for each."""

import ipaddress
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

CIDR = ipaddress.IPv4Network("10.0.0.0/16")
SUBNET_BITS = 8


@dataclass(frozen=True)
class NetworkArgs:
    """How far the network goes: over how many zones."""

    zones: int


class Network(pulumi.ComponentResource):
    """A network of the stack's own.

    Attributes:
        vpc_id: the VPC.
        public_subnet_ids: a subnet in each zone whose hosts reach the internet, and are reached where a security group
            lets it.
    """

    def __init__(self, name: str, args: NetworkArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:aws:Network", name, {}, opts)
        child = ResourceOptions(parent=self)
        zones = aws.get_availability_zones_output(state="available", opts=pulumi.InvokeOptions(parent=self))
        vpc = aws.ec2.Vpc(name, cidr_block=str(CIDR), enable_dns_hostnames=True, tags={"Name": name}, opts=child)
        gateway = aws.ec2.InternetGateway(name, vpc_id=vpc.id, tags={"Name": name}, opts=child)
        out = aws.ec2.RouteTableRouteArgs(cidr_block="0.0.0.0/0", gateway_id=gateway.id)
        routes = aws.ec2.RouteTable(f"{name}-public", vpc_id=vpc.id, routes=[out], opts=child)
        blocks = CIDR.subnets(prefixlen_diff=SUBNET_BITS)
        subnets: list[aws.ec2.Subnet] = []
        for number, block in zip(range(args.zones), blocks, strict=False):
            subnet = aws.ec2.Subnet(
                f"{name}-public-{number}",
                vpc_id=vpc.id,
                cidr_block=str(block),
                availability_zone=zones.names[number],
                tags={"Name": f"{name}-public-{number}"},
                opts=child,
            )
            association = f"{name}-public-{number}"
            aws.ec2.RouteTableAssociation(association, subnet_id=subnet.id, route_table_id=routes.id, opts=child)
            subnets.append(subnet)
        self.vpc_id = vpc.id
        self.public_subnet_ids = [subnet.id for subnet in subnets]
        self.register_outputs({"vpc_id": self.vpc_id})
