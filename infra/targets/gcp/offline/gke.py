"""Clusters of GKE, their pods and the balancers that they make: ids, what replaces, rules, prices."""

from collections.abc import Iterator, Mapping
from typing import Any

from infra.targets.gcp.offline.names import BALANCER_PRICE, PRICED
from tools.offline import forms
from tools.offline.backend import Kind, Problem
from tools.offline.judge import found, one
from tools.offline.tables import Others, Played, Price, Rule, Source, replacing
from tools.offline.values import Values

READ = "2026-11-30"
CREATE = Source("https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters", READ)
AUTOPILOT = Source(
    "https://cloud.google.com/kubernetes-engine/docs/resources/autopilot-standard-feature-comparison", READ
)
ISOLATION = Source("https://cloud.google.com/kubernetes-engine/docs/concepts/network-isolation", READ)
GKE_PRICE = Source("https://cloud.google.com/kubernetes-engine/pricing", READ)

CLUSTER = "gcp:container/cluster:Cluster"
BACKEND, FRONTEND = (
    "kubernetes:cloud.google.com/v1:BackendConfig",
    "kubernetes:networking.gke.io/v1beta1:FrontendConfig",
)
WORKLOAD = "kubernetes:apps/v1:Deployment"

# Dollars for a core and for a GiB of a pod in Autopilot, an hour of each.
CORE, GIBIBYTE = 0.0445, 0.0049225
OF_PODS = "as many pods as there are at the least; what jobs take comes on top"
FREE = "once for a billing account, $74.40 a month of it are free"
UNITS = {"Ki": 1024**-2, "Mi": 1024**-1, "Gi": 1.0, "Ti": 1024.0, "": 1024.0**-3}
# What Autopilot decides itself.
STANDARD = ("initialNodeCount", "nodeConfig", "nodePools", "nodePoolDefaults", "removeDefaultNodePool", "networkPolicy")


def _autopilot(_type: str, inputs: Values) -> Iterator[Problem]:
    """That nothing is asked of Autopilot that it decides itself, and that it may go on by a channel."""
    if one(inputs, "enableAutopilot") is not True:
        return
    for name in STANDARD:
        if forms.given(inputs, name):
            yield Problem(name, f"does not go with Autopilot ({AUTOPILOT})")
    if one(inputs, "releaseChannel.channel") == "UNSPECIFIED":
        yield Problem("releaseChannel.channel", f"must be one with Autopilot ({AUTOPILOT})")


def _private(_type: str, inputs: Values) -> Iterator[Problem]:
    """That it is said who reaches an API server which the internet does not."""
    private = one(inputs, "privateClusterConfig.enablePrivateEndpoint") is True
    if private and one(inputs, "masterAuthorizedNetworksConfig") is None:
        yield Problem("masterAuthorizedNetworksConfig", f"is wanted with a private endpoint ({ISOLATION})")


def _pods(inputs: Values, others: Others, part: str) -> float | None:
    """Of all pods at the least, in a cluster that is paid for by them."""
    if one(inputs, "enableAutopilot") is not True:
        return None
    told = 0.0
    for _, workload in others(WORKLOAD):
        replicas: Any = one(workload, "spec.replicas")
        count = replicas if isinstance(replicas, int) else 1
        for _, requests in found(workload, "spec.template.spec.containers[*].resources.requests"):
            told += count * _quantity(one(requests, part))
    return told


def _cores(inputs: Values, others: Others) -> float | None:
    return _pods(inputs, others, "cpu")


def _gibibytes(inputs: Values, others: Others) -> float | None:
    return _pods(inputs, others, "memory")


def _quantity(quantity: Any) -> float:
    """Cores, or GiB of what has a unit of memory."""
    told = str(quantity or "0")
    if told.endswith("m"):
        return float(told.removesuffix("m")) / 1000
    unit = next((unit for unit in UNITS if unit and told.endswith(unit)), None)
    return float(told.removesuffix(unit)) * UNITS[unit] if unit else float(told)


GKE: Mapping[str, Played] = {
    CLUSTER: Played(
        purpose="service",
        id="projects/{project}/locations/{location}/clusters/{name}",
        outputs={
            "endpoint": "203.0.113.{digits2}",
            "masterVersion": "1.34.1-gke.1000000",
            "selfLink": "https://container.googleapis.com/v1/{id}",
        },
        within={"masterAuth.clusterCaCertificate": "b2ZmbGluZQ=="},
        kind=replacing(
            "clusterIpv4Cidr",
            "confidentialNodes",
            "datapathProvider",
            "defaultMaxPodsPerNode",
            "description",
            "enableAutopilot",
            "enableKubernetesAlpha",
            "enableMultiNetworking",
            "initialNodeCount",
            "ipAllocationPolicy",
            "location",
            "name",
            "network",
            "networkingMode",
            "privateClusterConfig.masterIpv4CidrBlock",
            "project",
            "subnetwork",
        ),
        rules=(
            Rule(
                "name",
                CREATE,
                "be up to 40 lower-case letters, digits and hyphens, from a letter on",
                pattern=r"[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?",
            ),
            Rule(
                "loggingConfig.enableComponents[*]",
                CREATE,
                "be a part of a cluster that writes a log",
                choices=(
                    "APISERVER",
                    "CONTROLLER_MANAGER",
                    "KCP_CONNECTION",
                    "KCP_HPA",
                    "KCP_SSHD",
                    "SCHEDULER",
                    "SYSTEM_COMPONENTS",
                    "WORKLOADS",
                ),
            ),
        ),
        judges=(_autopilot, _private),
        prices=(
            Price(0.10, "hour", GKE_PRICE, region=PRICED, estimate=FREE),
            Price(CORE, "hour", GKE_PRICE, region=PRICED, beside=_cores, estimate=OF_PODS),
            Price(GIBIBYTE, "hour", GKE_PRICE, region=PRICED, beside=_gibibytes, estimate=OF_PODS),
        ),
    ),
    # By these a balancer is made, with an Ingress.
    BACKEND: Played(
        purpose="network",
        kind=Kind(),
        prices=(
            Price(0.025, "hour", BALANCER_PRICE, region=PRICED),
            Price(0.008, "GiB that the balancer processes, each way", BALANCER_PRICE, region=PRICED),
        ),
    ),
    FRONTEND: Played(purpose="network", kind=Kind(), free="what a balancer is told of its listeners is free"),
}
