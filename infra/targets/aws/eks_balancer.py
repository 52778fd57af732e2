"""The balancer that Auto Mode makes for an Ingress: what its class says of it, and what the Ingress does."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi import ResourceOptions

from infra.service import Service
from infra.targets.aws import limits
from infra.targets.aws.balancer import IDLE_MARGIN, TLS_POLICY, idle_timeout
from infra.targets.kubernetes.edge import Edge
from infra.targets.kubernetes.names import Scope
from infra.targets.kubernetes.network import NAME
from infra.targets.kubernetes.raw import declared
from infra.wsgi import Check

# https://docs.aws.amazon.com/eks/latest/userguide/auto-configure-alb.html, read 2026-11-30.
GROUP, CONTROLLER = "eks.amazonaws.com", "eks.amazonaws.com/alb"
# By which no pod is ready before the balancer finds it so.
GATED = {"eks.amazonaws.com/pod-readiness-gate-inject": "enabled"}
# Seconds that the balancer may take to hear of a pod that is to end, and send it no more requests.
NOTICE = 20


@dataclass(frozen=True)
class BalancerArgs:
    """What is balanced, and how it is reached.

    Attributes:
        service: the contract.
        scope: whose pods.
        public: whether the internet reaches it, or the network alone.
        subnets: that it stands in; without any, those that are tagged for it.
        sources: the blocks of addresses from which it asks the pods.
        timeout: seconds that a request may take.
        check: how a pod is asked whether it is well.
        certificate: the ARN of the certificate of the service's domain; without one only HTTP is spoken.
        protect: whether it outlives what else is destroyed.
    """

    service: Service
    scope: Scope
    public: bool
    subnets: Sequence[pulumi.Input[str]]
    sources: Sequence[pulumi.Input[str]]
    timeout: int
    check: Check
    certificate: pulumi.Input[str] | None
    protect: bool


def edge(args: BalancerArgs, opts: ResourceOptions) -> Edge:
    """Declare the class, for the stack's own namespace alone."""
    name = args.scope.called()
    metadata = {"name": name, "labels": args.scope.labels()}
    attributes = {
        "idle_timeout.timeout_seconds": str(idle_timeout(args.timeout)),
        "routing.http.drop_invalid_header_fields.enabled": "true",
        "deletion_protection.enabled": str(args.protect).lower(),
    }
    spec: dict[str, Any] = {
        "scheme": "internet-facing" if args.public else "internal",
        "ipAddressType": "ipv4",
        "namespaceSelector": {"matchLabels": {NAME: args.scope.namespace}},
        "loadBalancerAttributes": [{"key": key, "value": value} for key, value in attributes.items()],
    }
    if args.subnets:
        spec["subnets"] = {"ids": list(args.subnets)}
    if args.certificate:
        spec["certificateARNs"] = [args.certificate]
    told = declared(f"{GROUP}/v1", "IngressClassParams", "balancer", {"metadata": metadata, "spec": spec}, opts)
    parameters = {"apiGroup": GROUP, "kind": "IngressClassParams", "name": name}
    body = {"metadata": metadata, "spec": {"controller": CONTROLLER, "parameters": parameters}}
    after = ResourceOptions.merge(opts, ResourceOptions(depends_on=[told]))
    return Edge(
        class_name=name,
        annotations=_annotations(args),
        sources=args.sources,
        secure=args.certificate is not None,
        idle=idle_timeout(args.timeout),
        notice=NOTICE,
        labels=GATED,
        ready=[declared("networking.k8s.io/v1", "IngressClass", "balancer", body, after)],
    )


def _annotations(args: BalancerArgs) -> dict[str, pulumi.Input[str]]:
    """Over HTTPS where there is a certificate, to which HTTP then sends; else over HTTP.

    https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/, read 2026-11-30.
    """
    check, drain = args.check, min(args.timeout + IDLE_MARGIN, limits.LONGEST_DRAIN)
    told = {
        "target-type": "ip",
        "target-group-attributes": f"deregistration_delay.timeout_seconds={drain},"
        "load_balancing.algorithm.type=least_outstanding_requests",
        "healthcheck-path": args.service.web.ready,
        "healthcheck-interval-seconds": str(check.interval),
        "healthcheck-timeout-seconds": str(check.timeout),
        "healthy-threshold-count": str(check.good),
        "unhealthy-threshold-count": str(check.bad),
        "success-codes": "200",
        "listen-ports": json.dumps([{"HTTP": 80}, *([{"HTTPS": 443}] if args.certificate else [])]),
    }
    if args.certificate:
        told |= {"ssl-policy": TLS_POLICY, "ssl-redirect": "443"}
    return {f"alb.ingress.kubernetes.io/{name}": value for name, value in told.items()}
