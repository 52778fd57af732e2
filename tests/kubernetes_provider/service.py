"""When a Service has somewhere to send to: provider/pkg/await/service.go. The provider lets endpoints settle for ten seconds."""

import time
from dataclasses import dataclass, field

from tests.kubernetes_provider.cluster import Cluster
from tests.kubernetes_provider.verdict import Verdict
from tools.offline.values import Values

SETTLE_SECONDS = 1.0
NO_PODS = (
    "Service does not target any Pods. Selected Pods may not be ready, or field '.spec.selector' may not match labels on"
    " any Pods"
)
NO_ADDRESS = "Service was not allocated an IP address; does your cloud provider support this?"


@dataclass
class Endpoints:
    """The check of one Service."""

    settle: float = SETTLE_SECONDS
    _version: str = ""
    _since: float = field(default_factory=time.monotonic)

    def __call__(self, cluster: Cluster, live: Values) -> Verdict:
        spec, metadata = live["spec"], live["metadata"]
        balanced = spec.get("type") == "LoadBalancer"
        addressed = not balanced or bool(live.get("status", {}).get("loadBalancer", {}).get("ingress"))
        if spec.get("type") == "ExternalName" or spec.get("clusterIP") == "None" or not spec.get("selector"):
            return Verdict(addressed, () if addressed else (NO_ADDRESS,))
        found = cluster.get("v1", "Endpoints", metadata["name"], metadata["namespace"])
        if found is None:
            return Verdict(False, (NO_PODS,))
        if found["metadata"]["resourceVersion"] != self._version:
            self._version, self._since = found["metadata"]["resourceVersion"], time.monotonic()
        settled = time.monotonic() - self._since >= self.settle
        subsets = found.get("subsets") or []
        pending = any(subset.get("notReadyAddresses") for subset in subsets)
        some = any(subset.get("addresses") for subset in subsets)
        said = [*([] if some else [NO_PODS]), *([] if addressed else [NO_ADDRESS])]
        return Verdict(addressed and settled and not pending, tuple(said))
