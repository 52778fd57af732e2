"""The network on Google Cloud: one of the stack's own, one that is there already, or none.

A service that has left a subnet keeps addresses in it for an hour or two, in which the subnet cannot be deleted:
https://cloud.google.com/run/docs/configuring/vpc-direct-vpc#direct-vpc-ip-address-allocation, read 2026-11-29.
"""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi import ResourceOptions

from infra.commands import key_of
from infra.errors import Problem, SettingsError
from infra.targets.gcp import limits
from infra.targets.gcp.raw import ask, resource
from infra.targets.gcp.spec import NetworkOptions
from infra.targets.raw import Resource, reason

EGRESS = {"private": "PRIVATE_RANGES_ONLY", "all": "ALL_TRAFFIC"}
# A sixteenth of the connections says enough of who speaks to whom, at a sixteenth of the price.
SAMPLED = 1 / 16


@dataclass(frozen=True)
class NetworkArgs:
    """Where the subnet lies, and what the stack says of it."""

    region: str
    options: NetworkOptions


@dataclass(frozen=True)
class GivenNetwork:
    """A network that is there already: the attributes that a `Network` has."""

    network_id: pulumi.Input[str]
    subnet_id: pulumi.Input[str]
    way_out: Sequence[pulumi.Resource] = ()


class Network(pulumi.ComponentResource):
    """A network of the stack's own: nothing reaches into it, and out of it only what has a way.

    Attributes:
        network_id: the network.
        subnet_id: its subnet, in which Google's own services are reached without an outside address.
        way_out: what must be there before something in it reaches the internet.
    """

    def __init__(self, name: str, args: NetworkArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:gcp:Network", name, {}, opts)
        self._name, self._args, self._child = name, args, ResourceOptions(parent=self)
        network = resource(
            "compute/network:Network", name, {"autoCreateSubnetworks": False, "routingMode": "REGIONAL"}, self._child
        )
        logged = {
            "aggregationInterval": "INTERVAL_5_MIN",
            "flowSampling": SAMPLED,
            "metadata": "INCLUDE_ALL_METADATA",
        }
        subnet = resource(
            "compute/subnetwork:Subnetwork",
            name,
            {
                "network": network.id,
                "region": args.region,
                "ipCidrRange": args.options.cidr,
                "privateIpGoogleAccess": True,
                **({"logConfig": logged} if args.options.flow_logs else {}),
            },
            self._child,
        )
        self.network_id: pulumi.Input[str] = network.id
        self.subnet_id: pulumi.Input[str] = subnet.id
        self.way_out: Sequence[pulumi.Resource] = self._nat(network) if args.options.nat else ()
        self.register_outputs({"network_id": self.network_id})

    def _nat(self, network: Resource) -> list[pulumi.Resource]:
        router = resource(
            "compute/router:Router",
            self._name,
            {"network": network.id, "region": self._args.region},
            self._child,
            ("name",),
        )
        nat = resource(
            "compute/routerNat:RouterNat",
            self._name,
            {
                "router": router.output("name"),
                "region": self._args.region,
                "natIpAllocateOption": "AUTO_ONLY",
                "sourceSubnetworkIpRangesToNat": "ALL_SUBNETWORKS_ALL_IP_RANGES",
                "logConfig": {"enable": True, "filter": "ERRORS_ONLY"},
            },
            self._child,
        )
        return [nat]


def given(args: NetworkArgs, project: str, provider: pulumi.ProviderResource) -> GivenNetwork:
    """The network and the subnet that the stack names.

    Raises:
        SettingsError: one of them is not there, the subnet is another network's, or it is too small.
    """
    options, found, problems = args.options, dict[str, dict[str, Any]](), list[Problem]()
    for kind, asked in (
        ("network", {"name": options.network, "project": project}),
        ("subnet", {"name": options.subnet, "region": args.region, "project": project}),
    ):
        function = {"network": "getNetwork", "subnet": "getSubnetwork"}[kind]
        try:
            found[kind] = ask(f"compute/{function}", asked, pulumi.InvokeOptions(provider=provider))
        except Exception as error:  # noqa: BLE001 - whatever the provider says is the reason
            where = project if kind == "network" else f"{args.region} of {project}"
            rule = f"{asked['name']} cannot be looked up in {where} ({reason(error)})"
            problems.append(_wrong(kind, rule, args.region, project))
    problems = problems or _unfit(args, found["subnet"], project)
    if problems:
        raise SettingsError(problems)
    return GivenNetwork(found["network"]["id"], found["subnet"]["id"])


def _unfit(args: NetworkArgs, subnet: dict[str, Any], project: str) -> list[Problem]:
    options = args.options
    of = str(subnet["network"]).rpartition("/")[2]
    if of and of != options.network:
        rule = f"{options.subnet} is in the network {of}, not in {options.network}"
        return [_wrong("subnet", rule, args.region, project)]
    if ipaddress.IPv4Network(subnet["ipCidrRange"]).prefixlen > limits.SMALLEST_SUBNET:
        rule = f"{options.subnet} has {subnet['ipCidrRange']}, less than the /{limits.SMALLEST_SUBNET} that it takes"
        return [_wrong("subnet", rule, args.region, project)]
    return []


def _wrong(kind: str, rule: str, region: str, project: str) -> Problem:
    listed = "networks list" if kind == "network" else f"networks subnets list --regions {region}"
    return Problem(key_of(f"options.network.{kind}"), rule, f"gcloud compute {listed} --project {project}")
