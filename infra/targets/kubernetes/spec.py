"""What can be known of the targets on Kubernetes without its SDK."""

import ipaddress
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, Field

from infra.targets.kubernetes import limits
from infra.targets.spec import Capabilities, Options, Single, Spec, matching

if TYPE_CHECKING:
    from infra.errors import Problem
    from infra.service import Service
    from infra.settings import Settings

# The container's own port beside the service's: ADMIN_PORT of app/Dockerfile.
ADMIN_PORT = 9464

Name = Annotated[str, matching(limits.NAME, "a name of lower-case letters, digits and inner hyphens, 63 at the most")]
Subdomain = Annotated[str, matching(limits.SUBDOMAIN, "an object's name, such as my-tls")]
Labels = Mapping[
    Annotated[str, matching(limits.LABEL_KEY, "a label's key")],
    Annotated[str, matching(rf"|{limits.LABEL}", "a label's value")],
]


def _egress(value: str) -> str:
    block, _, port = value.rpartition(":")
    try:
        ipaddress.ip_network(block.strip("[]"))
        good = port == "*" or (re.fullmatch(r"\d{1,5}", port) is not None and 1 <= int(port) <= 65535)
    except ValueError:
        good = False
    if not good:
        raise ValueError(f"{value!r} is not a block of addresses and a port, such as 10.0.0.0/8:5432 or 0.0.0.0/0:*")
    return value


def _range(value: str) -> str:
    try:
        return str(ipaddress.IPv4Network(value))
    except ValueError as error:
        raise ValueError(f"{value!r} is not a block of IPv4 addresses such as 192.0.2.0/24: {error}") from error


Range = Annotated[str, AfterValidator(_range)]


class NamespaceOptions(Options):
    """The namespace of all that the stack makes."""

    name: Name | None = Field(
        None, description="What it is called; without it, `<service>-<stack>`.", examples=["orders"]
    )
    existing: bool = Field(
        False, description="It is there already, with whatever Pod Security it enforces.", examples=[True]
    )


class GatewayOptions(Options):
    """The Gateway that a route hangs on."""

    name: Subdomain = Field(description="What it is called.", examples=["public"])
    namespace: Name = Field(description="The namespace that it is in.", examples=["gateways"])
    listener: Subdomain | None = Field(
        None, description="Its listener; without it, every one that takes the domain.", examples=["https"]
    )


class TlsOptions(Options):
    """Where the certificate of an Ingress comes from. A Gateway has its own."""

    secret: Subdomain | None = Field(
        None, description="A secret with a certificate that is in the namespace already.", examples=["orders-tls"]
    )
    cluster_issuer: Subdomain | None = Field(
        None, description="The ClusterIssuer by which cert-manager makes one.", examples=["letsencrypt"]
    )
    issuer: Subdomain | None = Field(
        None, description="The Issuer in the namespace by which cert-manager makes one.", examples=["internal-ca"]
    )


class IngressOptions(Options):
    """What brings `service:domain` to the service."""

    kind: Literal["ingress", "gateway"] = Field(
        "ingress", description="An Ingress, or a route of the Gateway API.", examples=["ingress"]
    )
    class_name: Subdomain | None = Field(
        None, description="The class of an Ingress; without it, the cluster's default.", examples=["nginx"]
    )
    gateway: GatewayOptions | None = Field(None, description="The Gateway that a route hangs on.")
    tls: TlsOptions = Field(
        default_factory=lambda: TlsOptions.model_validate({}), description="Where the certificate comes from."
    )
    plain: bool = Field(False, description="Serve plain HTTP: nothing is encrypted.", examples=[True])
    namespace: Name = Field(
        description="Where the controller's own pods are, which alone may reach the service.",
        examples=["ingress-nginx"],
    )
    pods: Labels = Field({}, description="The labels of the controller's pods; without them, all of its namespace may.")
    annotations: Mapping[str, str] = Field({}, description="Annotations of the Ingress or of the route.")
    idle: int = Field(
        60, ge=1, le=3600, description="Seconds that the controller keeps an idle connection to a pod.", examples=[60]
    )


class ExposeOptions(Options):
    """How the service is reached without a domain."""

    kind: Literal["cluster", "node_port", "load_balancer"] = Field(
        "cluster",
        description="From the cluster alone, at a port of every node, or by a balancer that the cluster gets.",
        examples=["node_port"],
    )
    node_port: Annotated[int, Field(ge=limits.FIRST_NODE_PORT, le=limits.LAST_NODE_PORT)] | None = Field(
        None, description="The port of every node; without it, one that the cluster chooses.", examples=[30080]
    )
    address: Annotated[str, matching(r"[A-Za-z0-9.:-]+", "a host name or an address")] | None = Field(
        None, description="Where the nodes are reached, for a port of theirs.", examples=["node1.example.com"]
    )
    annotations: Mapping[str, str] = Field({}, description="Annotations of the Service, which a balancer is told by.")


class NetworkOptions(Options):
    """What the pods may reach and who may reach them, beside the ingress; where the cluster enforces it."""

    policy: bool = Field(True, description="Make NetworkPolicies.", examples=[True])
    egress: Annotated[tuple[Annotated[str, AfterValidator(_egress)], ...], Single] = Field(
        (),
        description="What they may reach beside DNS: blocks of addresses with a TCP port, or `*` for every one.",
        examples=[["10.0.0.0/8:5432"]],
    )
    namespaces: Annotated[tuple[Name, ...], Single] = Field(
        (), description="Namespaces whose pods may reach the service too.", examples=[["shop"]]
    )


class ScalingOptions(Options):
    """What more replicas are started for, and how fast."""

    cpu: int | None = Field(
        70, ge=1, le=100, description="Percent of its CPU that a replica is to use on average.", examples=[70]
    )
    memory: int | None = Field(
        None, ge=1, le=100, description="Percent of its memory that a replica is to use on average.", examples=[80]
    )
    down_after: int = Field(
        300, ge=0, le=3600, description="Seconds for which fewer must have been enough.", examples=[300]
    )


class MetricsOptions(Options):
    """How Prometheus finds what the service tells of itself."""

    kind: Literal["annotations", "service_monitor"] = Field(
        "annotations",
        description="Annotations of the pods, or a ServiceMonitor of its operator.",
        examples=["annotations"],
    )
    namespace: Name = Field("monitoring", description="Where Prometheus' own pods are.", examples=["monitoring"])
    labels: Labels = Field({}, description="Labels that its operator wants of a ServiceMonitor.")
    interval: int = Field(30, ge=1, le=3600, description="Seconds between two questions.", examples=[30])


class WorkloadOptions(Options):
    """What a service in any cluster may be told: the same on a cluster of any cloud."""

    namespace: NamespaceOptions = Field(
        default_factory=lambda: NamespaceOptions.model_validate({}), description="The namespace of all that is made."
    )
    ingress: IngressOptions | None = Field(None, description="What brings `service:domain` to the service.")
    expose: ExposeOptions = Field(
        default_factory=lambda: ExposeOptions.model_validate({}), description="How it is reached without a domain."
    )
    reachable: bool = Field(True, description="The address can be asked from where `up` runs.", examples=[False])
    network: NetworkOptions = Field(
        default_factory=lambda: NetworkOptions.model_validate({}), description="What the pods may reach."
    )
    scaling: ScalingOptions = Field(
        default_factory=lambda: ScalingOptions.model_validate({}), description="What more replicas are started for."
    )
    metrics: MetricsOptions | None = Field(None, description="Let Prometheus ask the pods; `{}` has annotations.")
    pull_secret: Subdomain | None = Field(
        None, description="A secret of the namespace that images are pulled with.", examples=["ghcr"]
    )
    account_annotations: Mapping[str, str] = Field(
        {}, description="Annotations of the service account, by which a cloud knows it."
    )
    node_labels: Labels = Field({}, description="Labels of the nodes that pods may run on.")


class KubernetesOptions(WorkloadOptions):
    """Options of the target `kubernetes`."""

    context: str = Field(
        min_length=1,
        description="The kubeconfig's context, by its name: never whichever is current.",
        examples=["staging"],
    )
    kubeconfig: str | None = Field(
        None,
        min_length=1,
        description="The kubeconfig's file; without it, that of `KUBECONFIG`, or `~/.kube/config`.",
        examples=["~/.kube/staging"],
    )


def lodged(options: Mapping[str, Any], cluster: str, *made: str) -> dict[str, Any]:
    """A stack's options in another one's cluster, which is there already then: by its name, and reached likewise.

    `made`: keys that say how the cluster is made, beside those of the cluster itself and of its network.
    """
    own: Mapping[str, Any] = options.get("cluster") or {}
    network: Mapping[str, Any] = options.get("network") or {}
    reached = {key: own[key] for key in ("name", "location", "kubeconfig", "context") if key in own}
    pods = {key: each for key, each in network.items() if key in NetworkOptions.model_fields}
    kept = {key: each for key, each in options.items() if key not in ("cluster", "network", *made)}
    return {**kept, **({"network": pods} if pods else {}), "cluster": {"name": cluster, **reached}}


def _check(service: "Service", settings: "Settings") -> "list[Problem]":
    # Only here: it needs the settings' models, which are made of these.
    from infra.targets.kubernetes.checks import problems

    return problems(service, settings)


CAPABILITIES = Capabilities(
    release=True,
    workers=True,
    jobs=True,
    domain=True,
    image=True,
    stored_secrets=True,
    replicas=limits.MOST_REPLICAS,
)
# Two replicas, so that a node can be drained without a moment's rest.
USUAL = {"size": {"cpu": 0.5, "memory": "512MiB"}, "scale": {"min": 2, "max": 2}}
# Where a cloud makes the cluster, minutes that it takes are no part of the wait for a deployment; a node and a balancer
# take some too, which are.
USUAL_OF_CLOUD = {**USUAL, "rollout_timeout": 900}
TARGETS = {
    "kubernetes": Spec(
        options=KubernetesOptions,
        capabilities=CAPABILITIES,
        usual={**USUAL, "rollout_timeout": 300},
        check=_check,
    )
}
