"""The balancer that GKE makes for an Ingress: its address, its certificate, and what the Ingress says of it."""

import json
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi import ResourceOptions

from infra.service import Service
from infra.targets.gcp import limits
from infra.targets.gcp.balancer import address, managed_certificate, tls
from infra.targets.kubernetes.edge import Edge
from infra.targets.kubernetes.names import Scope
from infra.wsgi import Check

# By no `ingressClassName`: https://cloud.google.com/kubernetes-engine/docs/troubleshooting/ingress, read 2026-11-30.
CLASS = "kubernetes.io/ingress.class"
# From where the balancer asks the pods:
# https://cloud.google.com/kubernetes-engine/docs/concepts/ingress-xlb#firewall_rules, read 2026-11-30.
SOURCES = ("130.211.0.0/22", "35.191.0.0/16")
# Seconds that the balancer may take to hear of a pod that is to end, and send it no more requests.
NOTICE = 30
# Seconds beside those that a request may take.
PATIENCE = 5
# Seconds that requests may go on at a pod that is to end:
# https://cloud.google.com/load-balancing/docs/enabling-connection-draining, read 2026-11-30.
LONGEST_DRAIN = 3600
# Seconds between two questions whether a pod is well, at the most, and of an answer:
# https://cloud.google.com/kubernetes-engine/docs/how-to/ingress-configuration#direct_health, read 2026-11-30.
LONGEST_CHECK = 300


@dataclass(frozen=True)
class FrontArgs:
    """What is balanced, and how it is reached.

    Attributes:
        service: the contract.
        scope: whose pods.
        domain: that it answers for; without it, only HTTP is spoken.
        certificate: a global certificate that is there already, by name; without it Google makes one and renews it.
        timeout: seconds that a request may take.
        check: how a pod is asked whether it is well.
        protect: whether its address outlives what else is destroyed.
    """

    service: Service
    scope: Scope
    domain: str | None
    certificate: str | None
    timeout: int
    check: Check
    protect: bool


class Front(pulumi.ComponentResource):
    """What the balancer has that is Google's.

    Attributes:
        edge: how the Ingress asks for it.
    """

    def __init__(self, name: str, args: FrontArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:gcp:Front", name, {}, opts)
        self._name, self._args, self._child = name, args, ResourceOptions(parent=self)
        place = address(name, ResourceOptions(parent=self, protect=args.protect))
        annotations: dict[str, pulumi.Input[str]] = {
            CLASS: "gce",
            "kubernetes.io/ingress.global-static-ip-name": place.output("name"),
        }
        objects = [self._backend()]
        if args.domain:
            annotations |= self._secure(args.domain)
            objects.append(self._listeners())
        self.edge = Edge(
            class_name=None,
            annotations=annotations,
            sources=SOURCES,
            secure=args.domain is not None,
            idle=limits.FRONT_END_IDLE,
            notice=NOTICE,
            addresses=2,
            objects=objects,
        )
        self.register_outputs({})

    def _secure(self, domain: str) -> dict[str, pulumi.Input[str]]:
        """https://cloud.google.com/kubernetes-engine/docs/how-to/ingress-multi-ssl#pre-shared, read 2026-11-30."""
        certificate = self._args.certificate or managed_certificate(self._name, domain, self._child).output("name")
        self._policy = tls(self._name, self._child)
        return {
            "ingress.gcp.kubernetes.io/pre-shared-cert": certificate,
            "networking.gke.io/v1beta1.FrontendConfig": self._args.scope.called(),
        }

    def _listeners(self) -> dict[str, Any]:
        """Over HTTPS, to which HTTP then sends."""
        spec = {
            "redirectToHttps": {"enabled": True, "responseCodeName": "MOVED_PERMANENTLY_DEFAULT"},
            "sslPolicy": self._policy.output("name"),
        }
        return {"apiVersion": "networking.gke.io/v1beta1", "kind": "FrontendConfig", "spec": spec}

    def _backend(self) -> dict[str, Any]:
        """https://cloud.google.com/kubernetes-engine/docs/how-to/ingress-configuration, read 2026-11-30."""
        args, check = self._args, self._args.check
        spec = {
            "timeoutSec": args.timeout + PATIENCE,
            "connectionDraining": {"drainingTimeoutSec": min(args.timeout + PATIENCE, LONGEST_DRAIN)},
            "healthCheck": {
                "type": "HTTP",
                "port": args.service.web.port,
                "requestPath": args.service.web.ready,
                "checkIntervalSec": min(check.interval, LONGEST_CHECK),
                "timeoutSec": min(check.timeout, check.interval),
                "healthyThreshold": check.good,
                "unhealthyThreshold": check.bad,
            },
        }
        return {"apiVersion": "cloud.google.com/v1", "kind": "BackendConfig", "spec": spec}


def of_service(scope: Scope) -> dict[str, str]:
    """What the pods' Service says, so that the balancer asks them themselves and as it is told above."""
    return {
        "cloud.google.com/neg": json.dumps({"ingress": True}),
        "cloud.google.com/backend-config": json.dumps({"default": scope.called()}),
    }
