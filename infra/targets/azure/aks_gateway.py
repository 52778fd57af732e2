"""The way in to a cluster of AKS under a domain: a Gateway that the cluster's own routing serves, over HTTPS.

It is the Gateway API of application routing, since Azure supports the managed NGINX only through November 2026:
https://learn.microsoft.com/azure/aks/app-routing-gateway-api and
https://learn.microsoft.com/azure/aks/app-routing-gateway-api-dns-tls, read 2026-11-30.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi import ResourceOptions

from infra.naming import fixed_name
from infra.targets.azure.aks_identity import CLIENT, USES
from infra.targets.kubernetes import limits
from infra.targets.kubernetes.names import Scope
from infra.targets.kubernetes.raw import Object, declared
from infra.targets.kubernetes.spec import IngressOptions

CLASS = "approuting-istio"
# What serves a Gateway is called as it is and its class, in less than 63 characters:
# https://learn.microsoft.com/azure/aks/app-routing-gateway-api, read 2026-11-30.
LONGEST_NAME = 62 - len(f"-{CLASS}")
ROUTES = "gateway.networking.k8s.io/v1"
# The listener that the service's own route hangs on, and the one that sends there.
SECURE, PLAIN = "https", "http"
# Whatever serves a Gateway runs beside it, without the least rights that the service's own pods have.
ENFORCED = {"pod-security.kubernetes.io/enforce": "baseline", "pod-security.kubernetes.io/enforce-version": "latest"}
INTERNAL = {"service.beta.kubernetes.io/azure-load-balancer-internal": "true"}
# Of the port of HTTPS Azure's balancer would ask for `/` without the domain's name, to which no Gateway answers:
# https://learn.microsoft.com/azure/aks/configure-load-balancer-standard#default-health-probe-behavior, read 2026-11-30.
ASKED = {"service.beta.kubernetes.io/port_443_health-probe_protocol": "tcp"}
# Seconds that Envoy keeps an idle connection:
# https://www.envoyproxy.io/docs/envoy/latest/faq/configuration/timeouts#http-gateway-timeouts, read 2026-11-30.
IDLE = 3600
_WAIT_FOR_ADDRESS = {"pulumi.com/waitFor": "jsonpath={.status.addresses}"}


@dataclass(frozen=True)
class GatewayArgs:
    """Whose way in it is.

    Attributes:
        scope: whose pods are behind it.
        domain: that it answers for.
        certificate: for it: `<group>/<vault>/<certificate>` of Key Vault.
        client_id: of the identity that may read the certificate.
        public: whether the internet reaches it, or the network alone.
        ready: what must be there before the Gateway.
    """

    scope: Scope
    domain: str
    certificate: str
    client_id: pulumi.Input[str]
    public: bool
    ready: Sequence[pulumi.Resource]


class Gateway(pulumi.ComponentResource):
    """A Gateway in a namespace of its own, and the route that sends from HTTP to HTTPS.

    Attributes:
        address: where it answers.
        ready: what must be there before anything is asked of it.
    """

    def __init__(self, name: str, args: GatewayArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:azure:Gateway", name, {}, opts)
        self._args, self._child = args, ResourceOptions(parent=self)
        self._metadata = {"name": called(args.scope), "namespace": namespace(args.scope)}
        made = declared(
            "v1",
            "Namespace",
            "gateway-namespace",
            {"metadata": {"name": namespace(args.scope), "labels": {**args.scope.labels(), **ENFORCED}}},
            self._child,
        )
        inside = ResourceOptions(parent=self, depends_on=[made])
        account = {
            "metadata": {
                "name": args.scope.called(),
                "namespace": namespace(args.scope),
                "labels": USES,
                "annotations": {CLIENT: args.client_id},
            },
            "automountServiceAccountToken": False,
        }
        reads = declared("v1", "ServiceAccount", "gateway-account", account, inside)
        after = ResourceOptions(parent=self, depends_on=[made, reads, *args.ready])
        gateway = declared(ROUTES, "Gateway", "gateway", self._gateway(), after, ["status"])
        sends = declared(
            ROUTES,
            "HTTPRoute",
            "gateway-redirect",
            self._redirect(),
            ResourceOptions(parent=self, depends_on=[gateway]),
        )
        self.address: pulumi.Output[str] = gateway.output("status").apply(_address)
        self.ready: list[Object] = [gateway, sends]
        self.register_outputs({})

    def _gateway(self) -> dict[str, Any]:
        """It has none of the stack's labels: what serves it would have them too, and be taken for the service."""
        args = self._args
        _, vault, certificate = args.certificate.split("/")
        options = {
            "kubernetes.azure.com/tls-cert-keyvault-uri": f"https://{vault}.vault.azure.net/certificates/{certificate}",
            "kubernetes.azure.com/tls-cert-service-account": args.scope.called(),
        }
        theirs = {"matchLabels": {"kubernetes.io/metadata.name": args.scope.namespace}}
        listeners: list[dict[str, Any]] = [
            {
                "name": SECURE,
                "hostname": args.domain,
                "port": 443,
                "protocol": "HTTPS",
                "tls": {"mode": "Terminate", "options": options},
                "allowedRoutes": {"namespaces": {"from": "Selector", "selector": theirs}},
            },
            {
                "name": PLAIN,
                "hostname": args.domain,
                "port": 80,
                "protocol": "HTTP",
                "allowedRoutes": {"namespaces": {"from": "Same"}},
            },
        ]
        infrastructure = {"annotations": ASKED if args.public else {**ASKED, **INTERNAL}}
        return {
            "metadata": {**self._metadata, "annotations": _WAIT_FOR_ADDRESS},
            "spec": {"gatewayClassName": CLASS, "infrastructure": infrastructure, "listeners": listeners},
        }

    def _redirect(self) -> dict[str, Any]:
        moved = {"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "statusCode": 301}}
        of = {"group": "gateway.networking.k8s.io", "kind": "Gateway"}
        parent = {**of, **self._metadata, "sectionName": PLAIN}
        spec = {"parentRefs": [parent], "hostnames": [self._args.domain], "rules": [{"filters": [moved]}]}
        return {"metadata": {**self._metadata, "name": f"{self._metadata['name']}-redirect"}, "spec": spec}


def called(scope: Scope) -> str:
    """What a stack's Gateway is called."""
    return fixed_name(LONGEST_NAME, scope.service, scope.stack)


def namespace(scope: Scope) -> str:
    """The namespace of a stack's Gateway."""
    return fixed_name(limits.LONGEST_NAMESPACE, scope.namespace, "gateway")


def hung(scope: Scope) -> IngressOptions:
    """What the service's own route is told: its Gateway, and whose pods ask its own."""
    gateway = {"name": called(scope), "namespace": namespace(scope), "listener": SECURE}
    told = {"kind": "gateway", "gateway": gateway, "namespace": namespace(scope), "idle": IDLE}
    return IngressOptions.model_validate(told)


def _address(status: Mapping[str, Any] | None) -> str:
    found: list[Mapping[str, Any]] = (status or {}).get("addresses") or [{}]
    return str(found[0].get("value") or "")
