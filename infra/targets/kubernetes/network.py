"""Who may reach a stack's pods and what they may reach: nothing but what is stated, where the cluster enforces it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi import ResourceOptions

from infra.targets.kubernetes.edge import Edge
from infra.targets.kubernetes.names import WEB, Scope
from infra.targets.kubernetes.raw import declared
from infra.targets.kubernetes.spec import ADMIN_PORT, WorkloadOptions

# Every namespace has its name as a label.
# https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/#automatic-labelling, read 2026-11-30.
NAME = "kubernetes.io/metadata.name"
DNS = 53


@dataclass(frozen=True)
class NetworkArgs:
    """Whose pods, the port of their web process, what the stack says of them, and the cloud's balancer before them."""

    scope: Scope
    port: int
    options: WorkloadOptions
    edge: Edge | None = None


class Network(pulumi.ComponentResource):
    """The policies. `ready`: what must be there before anything runs."""

    def __init__(self, name: str, args: NetworkArgs, opts: ResourceOptions) -> None:
        super().__init__("slipway:kubernetes:Network", name, {}, ResourceOptions(parent=opts.parent))
        child = ResourceOptions.merge(opts, ResourceOptions(parent=self))
        scope, options = args.scope, args.options
        # What no policy lets in or out stays where it is, as soon as one selects the pods.
        every = {"podSelector": {"matchLabels": scope.own}, "policyTypes": ["Ingress", "Egress"]}
        out = {**every, "egress": [_dns(), *map(_leaving, options.network.egress)]}
        into = {
            "podSelector": {"matchLabels": scope.of(WEB)},
            "policyTypes": ["Ingress"],
            "ingress": list(_entering(args)),
        }
        self.ready: list[pulumi.Resource] = [
            declared(
                "networking.k8s.io/v1",
                "NetworkPolicy",
                f"policy-{what}",
                {
                    "metadata": {
                        "name": scope.called(what),
                        "namespace": scope.namespace,
                        "labels": scope.labels(),
                    },
                    "spec": spec,
                },
                child,
            )
            for what, spec in (("every", out), ("web", into))
        ]
        self.register_outputs({})


def _dns() -> dict[str, Any]:
    """By pods of the cluster's, by nodes, or at an address of the link: each cluster has its own way to answer."""
    return {"ports": [{"protocol": protocol, "port": DNS} for protocol in ("UDP", "TCP")]}


def _leaving(stated: str) -> dict[str, Any]:
    block, _, port = stated.rpartition(":")
    to: dict[str, Any] = {"to": [{"ipBlock": {"cidr": block.strip("[]")}}]}
    return to if port == "*" else {**to, "ports": [{"protocol": "TCP", "port": int(port)}]}


def _entering(args: NetworkArgs) -> Iterator[dict[str, Any]]:
    """To the service's port from what brings requests to it; to the metrics' from what asks for them."""
    options = args.options
    web = [{"protocol": "TCP", "port": args.port}]
    if args.edge:
        yield {"from": [{"ipBlock": {"cidr": block}} for block in args.edge.sources], "ports": web}
    elif options.ingress:
        yield {"from": [_pods_of(options.ingress.namespace, options.ingress.pods)], "ports": web}
    elif options.expose.kind != "cluster":
        # From wherever the nodes or the balancer bring it.
        yield {"ports": web}
    else:
        yield {"from": [{"podSelector": {}}], "ports": web}
    if options.network.namespaces:
        yield {"from": [_pods_of(each, {}) for each in options.network.namespaces], "ports": web}
    if options.metrics:
        yield {
            "from": [_pods_of(options.metrics.namespace, {})],
            "ports": [{"protocol": "TCP", "port": ADMIN_PORT}],
        }


def _pods_of(namespace: str, labels: Mapping[str, str]) -> dict[str, Any]:
    pods: dict[str, Any] = {"podSelector": {"matchLabels": dict(labels)}} if labels else {}
    return {"namespaceSelector": {"matchLabels": {NAME: namespace}}, **pods}
