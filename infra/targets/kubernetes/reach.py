"""How requests come to the pods: the Service, and the Ingress or the route that brings the domain to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi import ResourceOptions

from infra.targets.kubernetes.address import balancer, host, node_port
from infra.targets.kubernetes.edge import Edge
from infra.targets.kubernetes.names import PORT, WEB, Scope
from infra.targets.kubernetes.raw import NO_WAIT, Object, declared
from infra.targets.kubernetes.spec import ExposeOptions, IngressOptions

TYPES = {"cluster": "ClusterIP", "node_port": "NodePort", "load_balancer": "LoadBalancer"}
ROUTES = "gateway.networking.k8s.io/v1"
# Seconds beside those that a request may take, for what stands before the pods.
PATIENCE = 5

# The provider would wait for pods that are ready, of which the rollout has more to say. A balancer has no address yet.
_WAIT_FOR_ADDRESS = {"pulumi.com/waitFor": "jsonpath={.status.loadBalancer.ingress}"}


@dataclass(frozen=True)
class ReachArgs:
    """What leads where.

    Attributes:
        scope: whose it is.
        domain: the host name, where there is one.
        ingress: what brings it to the service.
        expose: how the service is reached without it.
        timeout: seconds that a request may take.
        edge: the cloud's balancer, which then leads there in place of both.
    """

    scope: Scope
    domain: str | None
    ingress: IngressOptions | None
    expose: ExposeOptions
    timeout: int
    edge: Edge | None = None


class Reach(pulumi.ComponentResource):
    """The way to the pods.

    Attributes:
        url: where it ends.
        open: whether anybody but the cluster reaches it.
        ready: what must be there before it is asked.
        balancer: the address of the cloud's balancer, where it leads there.
    """

    def __init__(self, name: str, args: ReachArgs, opts: ResourceOptions) -> None:
        super().__init__("slipway:kubernetes:Reach", name, {}, ResourceOptions(parent=opts.parent))
        self._args = args
        self._opts = ResourceOptions.merge(opts, ResourceOptions(parent=self))
        self._service = self._make_service()
        self.ready: list[pulumi.Resource] = [self._service]
        self.balancer: pulumi.Output[str] | None = None
        if args.edge:
            made = self._behind(args.edge)
            self.balancer = made.output("status").apply(balancer)
            self.ready.append(made)
        elif args.ingress and args.domain:
            self.ready.append(self._make_ingress(args.ingress, args.domain))
        self.open = bool(args.edge or args.ingress) or args.expose.kind != "cluster"
        self.url: pulumi.Input[str] = self._url()
        self.register_outputs({"url": self.url})

    def _metadata(self, annotations: Mapping[str, pulumi.Input[str]]) -> dict[str, Any]:
        scope = self._args.scope
        return {
            "name": scope.called(),
            "namespace": scope.namespace,
            "labels": scope.labels(WEB),
            **({"annotations": dict(annotations)} if annotations else {}),
        }

    def _make_service(self) -> Object:
        expose = self._args.expose
        port: dict[str, Any] = {"name": PORT, "port": 80, "targetPort": PORT, "protocol": "TCP"}
        if expose.kind == "node_port" and expose.node_port:
            port["nodePort"] = expose.node_port
        spec = {"type": TYPES[expose.kind], "selector": self._args.scope.of(WEB), "ports": [port]}
        waits = _WAIT_FOR_ADDRESS if expose.kind == "load_balancer" else NO_WAIT
        body = {"metadata": self._metadata({**expose.annotations, **waits}), "spec": spec}
        return declared("v1", "Service", "service", body, self._opts, ["status"])

    def _make_ingress(self, ingress: IngressOptions, domain: str) -> Object:
        opts = ResourceOptions.merge(self._opts, ResourceOptions(depends_on=[self._service]))
        if ingress.kind == "gateway":
            return declared(ROUTES, "HTTPRoute", "route", self._route(ingress, domain), opts)
        return declared("networking.k8s.io/v1", "Ingress", "ingress", self._rules(ingress, domain), opts)

    def _behind(self, edge: Edge) -> Object:
        """An Ingress for which the cloud makes a balancer; without a domain, by whatever name that is asked."""
        told = [self._telling(each) for each in edge.objects]
        opts = ResourceOptions.merge(self._opts, ResourceOptions(depends_on=[self._service, *edge.ready, *told]))
        host = {"host": self._args.domain} if self._args.domain else {}
        spec: dict[str, Any] = {"rules": [{**host, "http": self._paths()}]}
        if edge.class_name:
            spec["ingressClassName"] = edge.class_name
        body = {"metadata": self._metadata({**edge.annotations, **_WAIT_FOR_ADDRESS}), "spec": spec}
        return declared("networking.k8s.io/v1", "Ingress", "ingress", body, opts, ["status"])

    def _telling(self, body: Mapping[str, Any]) -> Object:
        kind = str(body["kind"])
        return declared(body["apiVersion"], kind, kind.lower(), {**body, "metadata": self._metadata({})}, self._opts)

    def _paths(self) -> dict[str, Any]:
        backend = {"service": {"name": self._args.scope.called(), "port": {"name": PORT}}}
        return {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}

    def _rules(self, ingress: IngressOptions, domain: str) -> dict[str, Any]:
        tls, called = ingress.tls, self._args.scope.called()
        annotations = {**issued(ingress), **ingress.annotations, **NO_WAIT}
        spec: dict[str, Any] = {"rules": [{"host": domain, "http": self._paths()}]}
        if ingress.class_name:
            spec["ingressClassName"] = ingress.class_name
        if not ingress.plain:
            spec["tls"] = [{"hosts": [domain], "secretName": tls.secret or f"{called}-tls"}]
        return {"metadata": self._metadata(annotations), "spec": spec}

    def _route(self, ingress: IngressOptions, domain: str) -> dict[str, Any]:
        gateway = ingress.gateway
        assert gateway is not None
        parent = {
            "group": "gateway.networking.k8s.io",
            "kind": "Gateway",
            "name": gateway.name,
            "namespace": gateway.namespace,
            **({"sectionName": gateway.listener} if gateway.listener else {}),
        }
        backend = {"group": "", "kind": "Service", "name": self._args.scope.called(), "port": 80, "weight": 1}
        rule = {
            "matches": [{"path": {"type": "PathPrefix", "value": "/"}}],
            "backendRefs": [backend],
            "timeouts": {"request": f"{self._args.timeout + PATIENCE}s"},
        }
        spec = {"parentRefs": [parent], "hostnames": [domain], "rules": [rule]}
        return {"metadata": self._metadata(ingress.annotations), "spec": spec}

    def _url(self) -> pulumi.Input[str]:
        args = self._args
        if args.edge and self.balancer is not None:
            scheme = "https" if args.edge.secure else "http"
            return f"{scheme}://{args.domain}" if args.domain else pulumi.Output.concat(f"{scheme}://", self.balancer)
        if args.ingress and args.domain:
            return f"{'http' if args.ingress.plain else 'https'}://{args.domain}"
        if args.expose.kind == "node_port":
            spec = self._service.output("spec")
            return spec.apply(lambda known: f"http://{host(str(args.expose.address))}:{node_port(known)}")
        if args.expose.kind == "load_balancer":
            return self._service.output("status").apply(lambda known: f"http://{balancer(known)}")
        return f"http://{args.scope.called()}.{args.scope.namespace}.svc"


def issued(ingress: IngressOptions) -> dict[str, str]:
    """By which annotation cert-manager makes the certificate of an Ingress.

    https://cert-manager.io/docs/usage/ingress/#supported-annotations, read 2026-11-30.
    """
    tls = ingress.tls
    if tls.cluster_issuer:
        return {"cert-manager.io/cluster-issuer": tls.cluster_issuer}
    return {"cert-manager.io/issuer": tls.issuer} if tls.issuer else {}
