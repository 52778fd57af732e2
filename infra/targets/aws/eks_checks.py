"""What EKS cannot do of what a stack asks: told before anything is created, each with the command that mends it."""

from collections.abc import Iterator

from infra.commands import key_of, remove_key, set_key
from infra.errors import Problem
from infra.service import Service
from infra.settings import Settings
from infra.targets.aws.checks import domain, in_ecr
from infra.targets.aws.eks_spec import EksOptions
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
        domain(settings, options.region, options.hosted_zone, options.certificate) if edge else _undirected(options)
    )
    return [
        *(_given(options) if options.cluster.name else _made(settings, options)),
        *_balancer(options),
        *of_domain,
        *in_ecr(settings),
        *workload(service, settings, options, edge=edge),
    ]


def _given(options: EksOptions) -> Iterator[Problem]:
    """Of a cluster that is there already nothing is made."""
    own = {
        "options.cluster": (options.cluster, ("version", "private", "reached_from", "logs", "access")),
        "options.network": (options.network, ("cidr", "vpc", "private_subnets", "nat", "flow_logs")),
        "options": (options, ("zones",)),
    }
    for path, (given, keys) in own.items():
        for key in keys:
            if key in given.model_fields_set:
                rule = "is a matter of the cluster that is there already"
                yield Problem(key_of(f"{path}.{key}"), rule, remove_key(f"{path}.{key}"))
    if options.cluster.context and not options.cluster.kubeconfig:
        rule = "is of a kubeconfig, and none is named"
        yield Problem(key_of("options.cluster.context"), rule, set_key("options.cluster.kubeconfig", "~/.kube/config"))


def _made(settings: Settings, options: EksOptions) -> Iterator[Problem]:
    """Of one that the stack makes everything is known."""
    for key in ("kubeconfig", "context"):
        if getattr(options.cluster, key):
            rule = "is of a cluster that is there already, and none is named"
            yield Problem(key_of(f"options.cluster.{key}"), rule, set_key("options.cluster.name", "shared"))
    if options.cluster.private and options.cluster.reached_from:
        rule = "is of no use where only the network reaches the API server"
        yield Problem(key_of("options.cluster.reached_from"), rule, set_key("options.cluster.private", "false"))
    if not settings.image and PLATFORM not in (settings.build.platforms or (PLATFORM,)):
        rule = f"{', '.join(settings.build.platforms)}: the nodes of Auto Mode run {PLATFORM}"
        yield Problem(key_of("build.platforms"), rule, set_key("build.platforms[0]", PLATFORM))
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


def _balancer(options: EksOptions) -> Iterator[Problem]:
    """One thing leads to the service."""
    if options.balancer == "none":
        return
    leading = {"ingress": options.ingress is not None, "expose.kind": options.expose.kind != "cluster"}
    for key, given in leading.items():
        if given:
            rule = f"a {options.balancer} balancer leads to the service already"
            yield Problem(key_of(f"options.{key}"), rule, set_key("options.balancer", "none"))


def _undirected(options: EksOptions) -> Iterator[Problem]:
    for key in ("hosted_zone", "certificate"):
        if getattr(options, key):
            rule = "is of no use without a balancer of AWS's"
            yield Problem(key_of(f"options.{key}"), rule, set_key("options.balancer", "public"))
