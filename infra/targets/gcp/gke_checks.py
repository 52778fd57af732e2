"""What GKE cannot do of what a stack asks: told before anything is created, each with the command that mends it."""

import math
from collections.abc import Iterator

from infra.commands import key_of, remove_key, set_key
from infra.errors import Problem
from infra.service import Service
from infra.settings import Settings
from infra.targets.gcp.checks import MIB, PLATFORM, domain, logged_in
from infra.targets.gcp.gke_spec import GkeOptions
from infra.targets.kubernetes import cluster_checks
from infra.targets.kubernetes.checks import workload

# Of a pod's one container in Autopilot, cores and MiB, and how many GiB may go with a core; what is less is made more:
# https://cloud.google.com/kubernetes-engine/docs/concepts/autopilot-resource-requests, read 2026-11-30.
LEAST_CPU, MOST_CPU = 0.05, 30
LEAST_MEMORY, MOST_MEMORY = 52, 110 * 1024
LEAST_RATIO, MOST_RATIO = 1, 6.5


def problems(service: Service, settings: Settings) -> list[Problem]:
    """Everything wrong with a stack's settings for `gcp.gke`."""
    options = settings.options
    if not isinstance(options, GkeOptions):
        return []  # They are wrong in themselves, which is told already.
    edge = options.balancer != "none"
    of_domain = (
        domain(settings, options.managed_zone, options.certificate)
        if edge
        else cluster_checks.undirected(options, "Google's balancer", "managed_zone", "certificate")
    )
    return [
        *(_given(options) if options.cluster.name else _made(settings, options)),
        *cluster_checks.one_way_in(options, options.balancer),
        *of_domain,
        *logged_in(settings),
        *workload(service, settings, options, edge=edge),
    ]


def _given(options: GkeOptions) -> Iterator[Problem]:
    own = {
        "options.cluster": (options.cluster, ("channel", "private", "reached_from", "logs")),
        "options.network": (options.network, ("network", "subnet", "cidr", "nat", "flow_logs")),
    }
    return cluster_checks.given(options.cluster, own)


def _made(settings: Settings, options: GkeOptions) -> Iterator[Problem]:
    yield from cluster_checks.unnamed(options.cluster, "shared", "location")
    yield from cluster_checks.processor(settings, PLATFORM, "the nodes of Autopilot")
    yield from _size(settings)
    yield from _network(options)


def _size(settings: Settings) -> Iterator[Problem]:
    """What Autopilot would not take as it is: the cluster's pods would be others than the stack's."""
    cpu, memory = settings.size.cpu, settings.size.memory / MIB
    if not LEAST_CPU <= cpu <= MOST_CPU:
        rule = f"{cpu:g} is not from {LEAST_CPU:g} to {MOST_CPU}, which a pod of Autopilot has"
        yield Problem(key_of("size.cpu"), rule, set_key("size.cpu", min(max(cpu, LEAST_CPU), MOST_CPU)))
        return
    least = max(LEAST_MEMORY, math.ceil(cpu * LEAST_RATIO * 1024))
    most = min(MOST_MEMORY, math.floor(cpu * MOST_RATIO * 1024))
    if not least <= memory <= most:
        rule = f"{memory:g}MiB does not go with {cpu:g} CPU in Autopilot; there is {least}MiB to {most}MiB"
        yield Problem(key_of("size.memory"), rule, set_key("size.memory", f"{least if memory < least else most}MiB"))


def _network(options: GkeOptions) -> Iterator[Problem]:
    network = options.network
    given = {key: getattr(network, key) for key in ("network", "subnet")}
    for key, other in (("network", "subnet"), ("subnet", "network")):
        if given[key] and not given[other]:
            rule = f"is required with options.network.{key}"
            yield Problem(key_of(f"options.network.{other}"), rule, set_key(f"options.network.{other}", "default"))
    if given["network"]:
        for key in ("cidr", "nat", "flow_logs"):
            if key in network.model_fields_set:
                rule = "is a matter of the VPC that is there already"
                yield Problem(key_of(f"options.network.{key}"), rule, remove_key(f"options.network.{key}"))
