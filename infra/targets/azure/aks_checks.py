"""What AKS cannot do of what a stack asks: told before anything is created, each with the command that mends it."""

import ipaddress
from collections.abc import Iterator

from infra.commands import key_of, remove_key, set_key
from infra.errors import Problem
from infra.service import Service
from infra.settings import Settings
from infra.targets.azure.aks_spec import SERVICES, AksOptions
from infra.targets.azure.checks import PLATFORM, in_azure, zoned
from infra.targets.kubernetes.checks import workload


def problems(service: Service, settings: Settings) -> list[Problem]:
    """Everything wrong with a stack's settings for `azure.aks`."""
    options = settings.options
    if not isinstance(options, AksOptions):
        return []  # They are wrong in themselves, which is told already.
    edge = options.balancer != "none"
    return [
        *(_given(options) if options.cluster.name else _made(settings, options)),
        *_balancer(options),
        *(_domain(settings, options) if edge else _undirected(options)),
        *_registry(settings),
        *workload(service, settings, options, edge=edge),
    ]


def _given(options: AksOptions) -> Iterator[Problem]:
    """Of a cluster that is there already nothing is made."""
    own = {
        "options.cluster": (options.cluster, ("tier", "channel", "private", "reached_from", "nodes", "access")),
        "options.network": (options.network, ("subnet", "cidr", "pods")),
    }
    for path, (given, keys) in own.items():
        for key in keys:
            if key in given.model_fields_set:
                rule = "is a matter of the cluster that is there already"
                yield Problem(key_of(f"{path}.{key}"), rule, remove_key(f"{path}.{key}"))
    if options.cluster.context and not options.cluster.kubeconfig:
        rule = "is of a kubeconfig, and none is named"
        yield Problem(key_of("options.cluster.context"), rule, set_key("options.cluster.kubeconfig", "~/.kube/config"))


def _made(settings: Settings, options: AksOptions) -> Iterator[Problem]:
    """Of one that the stack makes everything is known."""
    cluster = options.cluster
    for key in ("kubeconfig", "context"):
        if getattr(cluster, key):
            rule = "is of a cluster that is there already, and none is named"
            yield Problem(key_of(f"options.cluster.{key}"), rule, set_key("options.cluster.name", "platform/shared"))
    if cluster.private and cluster.reached_from:
        rule = "is of no use where only the network reaches the API server"
        yield Problem(key_of("options.cluster.reached_from"), rule, set_key("options.cluster.private", "false"))
    if cluster.nodes.least > cluster.nodes.most:
        rule = f"{cluster.nodes.least} is more than options.cluster.nodes.most, {cluster.nodes.most}"
        yield Problem(
            key_of("options.cluster.nodes.least"), rule, set_key("options.cluster.nodes.least", cluster.nodes.most)
        )
    if not settings.image and PLATFORM not in (settings.build.platforms or (PLATFORM,)):
        rule = f"{', '.join(settings.build.platforms)}: the nodes run {PLATFORM}"
        yield Problem(key_of("build.platforms"), rule, set_key("build.platforms[0]", PLATFORM))
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


def _balancer(options: AksOptions) -> Iterator[Problem]:
    """One thing leads to the service."""
    if options.balancer == "none":
        return
    leading = {"ingress": options.ingress is not None, "expose.kind": options.expose.kind != "cluster"}
    for key, given in leading.items():
        if given:
            rule = f"a {options.balancer} balancer leads to the service already"
            yield Problem(key_of(f"options.{key}"), rule, set_key("options.balancer", "none"))


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


def _undirected(options: AksOptions) -> Iterator[Problem]:
    for key in ("dns_zone", "certificate"):
        if getattr(options, key):
            rule = "is of no use without a balancer of Azure's"
            yield Problem(key_of(f"options.{key}"), rule, set_key("options.balancer", "public"))


def _registry(settings: Settings) -> Iterator[Problem]:
    """A registry of Azure's is logged in to without a password: by whoever ships, and by the nodes."""
    login = settings.registry
    if login and in_azure(login.repository) and (login.username or login.password):
        rule = "a registry of Azure's is logged in to as whoever runs the program, and as the nodes' identity"
        yield Problem(key_of("registry.username"), rule, remove_key("registry"))
