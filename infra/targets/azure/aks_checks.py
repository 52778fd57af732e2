"""What AKS cannot do of what a stack asks: told before anything is created, each with the command that mends it."""

import ipaddress
from collections.abc import Iterator

from infra.commands import key_of, remove_key, set_key
from infra.errors import Problem
from infra.service import Service
from infra.settings import Settings
from infra.targets.azure.aks_spec import SERVICES, AksOptions
from infra.targets.azure.checks import PLATFORM, in_azure, zoned
from infra.targets.kubernetes import cluster_checks
from infra.targets.kubernetes.checks import workload


def problems(service: Service, settings: Settings) -> list[Problem]:
    """Everything wrong with a stack's settings for `azure.aks`."""
    options = settings.options
    if not isinstance(options, AksOptions):
        return []  # They are wrong in themselves, which is told already.
    edge = options.balancer != "none"
    of_domain = (
        _domain(settings, options)
        if edge
        else cluster_checks.undirected(options, "a balancer of Azure's", "dns_zone", "certificate")
    )
    return [
        *(_given(options) if options.cluster.name else _made(settings, options)),
        *cluster_checks.one_way_in(options, options.balancer),
        *of_domain,
        *_registry(settings),
        *workload(service, settings, options, edge=edge),
    ]


def _given(options: AksOptions) -> Iterator[Problem]:
    own = {
        "options.cluster": (options.cluster, ("tier", "channel", "private", "reached_from", "nodes", "access")),
        "options.network": (options.network, ("subnet", "cidr", "pods")),
    }
    return cluster_checks.given(options.cluster, own)


def _made(settings: Settings, options: AksOptions) -> Iterator[Problem]:
    nodes = options.cluster.nodes
    yield from cluster_checks.unnamed(options.cluster, "platform/shared")
    yield from cluster_checks.reached(options.cluster)
    if nodes.least > nodes.most:
        rule = f"{nodes.least} is more than options.cluster.nodes.most, {nodes.most}"
        fix = set_key("options.cluster.nodes.least", nodes.most)
        yield Problem(key_of("options.cluster.nodes.least"), rule, fix)
    yield from cluster_checks.processor(settings, PLATFORM, "the nodes")
    yield from _network(options)


def _network(options: AksOptions) -> Iterator[Problem]:
    network = options.network
    if network.subnet:
        if "cidr" in network.model_fields_set:
            rule = "is a matter of the network that is there already"
            yield Problem(key_of("options.network.cidr"), rule, remove_key("options.network.cidr"))
        if not network.subnet.startswith(f"/subscriptions/{options.subscription}/"):
            rule = f"is in another subscription than {options.subscription}, which the cluster is in"
            yield Problem(key_of("options.network.subnet"), rule, remove_key("options.network.subnet"))
    taken = {"the services'": SERVICES} if network.subnet else {"the services'": SERVICES, "the nodes'": network.cidr}
    pods = ipaddress.IPv4Network(network.pods)
    for whose, block in taken.items():
        if pods.overlaps(ipaddress.IPv4Network(block)):
            rule = f"{network.pods} shares addresses with {whose}, {block}"
            yield Problem(key_of("options.network.pods"), rule, set_key("options.network.pods", "192.168.0.0/16"))
    if not network.subnet and ipaddress.IPv4Network(network.cidr).overlaps(ipaddress.IPv4Network(SERVICES)):
        rule = f"{network.cidr} shares addresses with the services', {SERVICES}"
        yield Problem(key_of("options.network.cidr"), rule, set_key("options.network.cidr", "10.0.0.0/22"))


def _domain(settings: Settings, options: AksOptions) -> Iterator[Problem]:
    """Azure makes no certificate for a cluster, so that one is named."""
    yield from zoned(settings, options.dns_zone, options.subscription)
    if settings.domain and not options.certificate:
        rule = f"is required: {settings.domain} is served by HTTPS alone"
        fix = set_key("options.certificate", "shared/acme-certificates/api-example-com")
        yield Problem(key_of("options.certificate"), rule, fix)
    elif options.certificate and not settings.domain:
        yield Problem(
            key_of("options.certificate"), "is of no use without service:domain", set_key("domain", "api.example.com")
        )


def _registry(settings: Settings) -> Iterator[Problem]:
    """A registry of Azure's is logged in to without a password: by whoever ships, and by the nodes."""
    login = settings.registry
    if login and in_azure(login.repository) and (login.username or login.password):
        rule = "a registry of Azure's is logged in to as whoever runs the program, and as the nodes' identity"
        yield Problem(key_of("registry.username"), rule, remove_key("registry"))
