"""Where a service in a cluster answers, by what the cluster tells of it."""

from collections.abc import Mapping
from typing import Any

from infra.targets.kubernetes.deployed import Deployed
from infra.targets.kubernetes.shape import each, within


def address_of(here: Deployed, config: Mapping[str, Any]) -> str:
    """Where a running service is asked from here, by its stack's configuration; nothing where it is not."""
    options, domain = within(config, "options"), config.get("domain")
    ingress, expose = within(options, "ingress"), within(options, "expose")
    if unreachable(options):
        return ""
    if domain and ingress:
        return f"{'http' if str(ingress.get('plain')).lower() == 'true' else 'https'}://{domain}"
    service = here.session.find(here.path("v1", "services", here.scope.called())) or {}
    if expose.get("kind") == "node_port" and service:
        return f"http://{host(str(expose.get('address')))}:{node_port(service['spec'])}"
    found = balancer(service.get("status"))
    return f"http://{found}" if found else ""


def of_edge(here: Deployed, config: Mapping[str, Any]) -> str:
    """The same where its cloud's balancer leads there, unless the stack wants none."""
    options, domain = within(config, "options"), config.get("domain")
    if options.get("balancer") == "none":
        return address_of(here, config)
    if unreachable(options):
        return ""
    if domain:
        return f"https://{domain}"
    ingress = here.session.find(here.path("networking.k8s.io/v1", "ingresses", here.scope.called())) or {}
    found = balancer(ingress.get("status"))
    return f"http://{found}" if found else ""


def unreachable(options: Mapping[str, Any]) -> bool:
    """Whether a stack says that its address cannot be asked from here."""
    return str(options.get("reachable", True)).lower() == "false"


def node_port(spec: Mapping[str, Any]) -> int:
    """The port of every node that a Service's spec names."""
    return int(spec["ports"][0].get("nodePort") or 0)


def balancer(status: Mapping[str, Any] | None) -> str:
    """Where a balancer answers, by its Service's status; nothing where it has no address yet."""
    given = next(iter(each(status or {}, "loadBalancer", "ingress")), None) or {}
    return host(str(given.get("hostname") or given.get("ip") or ""))


def host(address: str) -> str:
    """As it stands in an address of the web."""
    return f"[{address}]" if ":" in address else address
