"""What a stack in a cluster of EKS stands on: beside what every stack on AWS does, a cluster that is there already."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

import pulumi
import pulumi_aws as aws

from infra.commands import key_of, set_key
from infra.errors import Problem, SettingsError
from infra.service import Service
from infra.settings import Settings
from infra.targets.aws import limits
from infra.targets.aws.eks_spec import EksOptions
from infra.targets.aws.ground import Ground, GroundArgs
from infra.targets.aws.network import NetworkArgs
from infra.targets.aws.spec import NetworkOptions
from infra.targets.looks import Looks
from infra.targets.raw import reason


@dataclass(frozen=True)
class GivenCluster:
    """A cluster that is there already.

    Attributes:
        name: that it has.
        endpoint: the address of its API server.
        authority: the certificate of whoever signed the API server's, in base64.
        vpc: that it stands in.
    """

    name: str
    endpoint: str
    authority: str
    vpc: str


class EksGround(Ground):
    """What a stack on EKS stands on.

    Attributes:
        options: the stack's.
        cluster: the one that is there already, where it names one.
        sources: the blocks of addresses of the network that that one stands in.
    """

    def __init__(self, service: Service, settings: Settings) -> None:
        self.options = options = cast("EksOptions", settings.options)
        args = GroundArgs(
            region=options.region,
            zones=options.zones,
            network=None if options.cluster.name else options.network.of_nodes(),
            log_retention=options.log_retention,
            images_kept=options.images_kept,
            kms=options.kms and not options.cluster.name,
            boundary=options.boundary,
            hosted_zone=options.hosted_zone,
            without=limits.ZONES_WITHOUT_EKS,
        )
        super().__init__(service, settings, args)

    def look(self, looks: Looks) -> None:
        """The cluster too, and the addresses of the network."""
        super().look(looks)
        options, name = self.options, self.options.cluster.name
        self.cluster = looks.tried(lambda: _cluster(name, options, self.provider), None) if name else None
        self.sources: Sequence[str] = ()
        if self.cluster:
            self.sources = _blocks(self.cluster.vpc, self.provider)

    def _network_args(self, options: NetworkOptions) -> NetworkArgs:
        """What else is in the cluster may have balancers too."""
        return replace(super()._network_args(options), balanced=True)


def _cluster(name: str, options: EksOptions, provider: aws.Provider) -> GivenCluster:
    """Look up a cluster. Raises SettingsError where there is none of the name, or none that makes its balancers."""
    try:
        found = aws.eks.get_cluster(name=name, opts=pulumi.InvokeOptions(provider=provider))
    except Exception as error:  # noqa: BLE001 - whatever the provider says is the reason
        rule = f"{name} cannot be looked up in {options.region} ({reason(error)})"
        fix = f"aws eks list-clusters --region {options.region}"
        raise SettingsError([Problem(key_of("options.cluster.name"), rule, fix)]) from None
    balances = any(each.enabled for told in found.kubernetes_network_configs for each in told.elastic_load_balancings)
    if options.balancer != "none" and not balances:
        rule = f"{options.balancer!r}: the cluster {name} is not in Auto Mode, which makes balancers"
        fix = set_key("options.balancer", "none")
        raise SettingsError([Problem(key_of("options.balancer"), rule, fix)])
    authority = found.certificate_authorities[0].data
    return GivenCluster(name, found.endpoint, authority, found.vpc_config.vpc_id)


def _blocks(vpc: str, provider: aws.Provider) -> list[str]:
    """The blocks of addresses of a cluster's VPC."""
    found = aws.ec2.get_vpc(id=vpc, opts=pulumi.InvokeOptions(provider=provider))
    return [each.cidr_block for each in found.cidr_block_associations]
