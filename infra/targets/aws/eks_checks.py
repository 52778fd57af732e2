"""What EKS cannot do of what a stack asks: told before anything is created, each with the command that mends it."""

from collections.abc import Iterator

from infra.commands import key_of, remove_key, set_key
from infra.errors import Problem
from infra.service import Service
from infra.settings import Settings
from infra.targets.aws.checks import domain, in_ecr
from infra.targets.aws.eks_spec import EksOptions
from infra.targets.kubernetes import cluster_checks
from infra.targets.kubernetes.checks import workload

# What a general-purpose node of Auto Mode runs:
# https://docs.aws.amazon.com/eks/latest/userguide/set-builtin-node-pools.html, read 2026-11-30.
PLATFORM = "linux/amd64"


def problems(service: Service, settings: Settings) -> list[Problem]:
    """Everything wrong with a stack's settings for `aws.eks`."""
    options = settings.options
    if not isinstance(options, EksOptions):
        return []  # They are wrong in themselves, which is told already.
    edge = options.balancer != "none"
    of_domain = (
        domain(settings, options.region, options.hosted_zone, options.certificate)
        if edge
        else cluster_checks.undirected(options, "a balancer of AWS's", "hosted_zone", "certificate")
    )
    return [
        *(_given(options) if options.cluster.name else _made(settings, options)),
        *cluster_checks.one_way_in(options, options.balancer),
        *of_domain,
        *in_ecr(settings),
        *workload(service, settings, options, edge=edge),
    ]


def _given(options: EksOptions) -> Iterator[Problem]:
    own = {
        "options.cluster": (options.cluster, ("version", "private", "reached_from", "logs", "access")),
        "options.network": (options.network, ("cidr", "vpc", "private_subnets", "nat", "flow_logs")),
        "options": (options, ("zones",)),
    }
    return cluster_checks.given(options.cluster, own)


def _made(settings: Settings, options: EksOptions) -> Iterator[Problem]:
    yield from cluster_checks.unnamed(options.cluster, "shared")
    yield from cluster_checks.reached(options.cluster)
    yield from cluster_checks.processor(settings, PLATFORM, "the nodes of Auto Mode")
    yield from _network(options)


def _network(options: EksOptions) -> Iterator[Problem]:
    network = options.network
    if not network.vpc:
        for key in ("public_subnets", "private_subnets"):
            if getattr(network, key):
                rule = "the stack makes its own VPC; subnets are named with the VPC that they are in"
                fix = set_key("options.network.vpc", "vpc-0123456789abcdef0")
                yield Problem(key_of(f"options.network.{key}"), rule, fix)
        return
    for key in ("cidr", "nat", "flow_logs"):
        if key in network.model_fields_set:
            rule = "is a matter of the VPC that is there already"
            yield Problem(key_of(f"options.network.{key}"), rule, remove_key(f"options.network.{key}"))
    if "zones" in options.model_fields_set:
        yield Problem(key_of("options.zones"), "the zones are those of the given subnets", remove_key("options.zones"))
    for key, what in (("public_subnets", "a load balancer"), ("private_subnets", "a cluster")):
        count = len(getattr(network, key))
        if count < 2:
            rule = f"{what} wants two subnets at the least, each in another zone"
            fix = set_key(f"options.network.{key}[{count}]", f"subnet-0123456789abcdef{count}")
            yield Problem(key_of(f"options.network.{key}"), rule, fix)
