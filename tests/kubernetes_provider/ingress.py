"""When an Ingress is served: provider/pkg/await/ingress.go."""

from collections.abc import Iterator

from tests.kubernetes_provider.cluster import Cluster
from tests.kubernetes_provider.verdict import Verdict
from tools.offline.values import Values

NO_TARGET = "Ingress has at least one rule with an unavailable target endpoint."
NO_ADDRESS = "Ingress .status.loadBalancer field was not updated with a hostname/IP address."


def served(cluster: Cluster, live: Values) -> Verdict:
    """It has an address, and every service that it names has pods, or none that could have any."""
    namespace = live["metadata"]["namespace"]
    lacking = [name for name in set(_services(live)) if not _there(cluster, name, namespace)]
    addressed = bool(live.get("status", {}).get("loadBalancer", {}).get("ingress"))
    said = [*([NO_TARGET] if lacking else []), *([] if addressed else [NO_ADDRESS])]
    return Verdict(not said, tuple(said))


def _services(live: Values) -> Iterator[str]:
    for rule in live["spec"].get("rules") or ():
        for path in rule.get("http", {}).get("paths") or ():
            if "service" in path["backend"]:
                yield path["backend"]["service"]["name"]


def _there(cluster: Cluster, name: str, namespace: str) -> bool:
    service = cluster.get("v1", "Service", name, namespace)
    external = service is not None and service["spec"].get("type") == "ExternalName"
    return external or cluster.get("v1", "Endpoints", name, namespace) is not None
