"""When a PersistentVolumeClaim is as far as it comes by itself: provider/pkg/await/awaiters.go."""

from tests.kubernetes_provider.cluster import Cluster
from tests.kubernetes_provider.verdict import Verdict
from tools.offline.values import Values


def bound(cluster: Cluster, live: Values) -> Verdict:
    """One that is bound at its first pod's wish is done while it is pending."""
    phase = live.get("status", {}).get("phase")
    name = live["spec"].get("storageClassName")
    of = cluster.get("storage.k8s.io/v1", "StorageClass", name) if name else None
    waits = of is not None and of.get("volumeBindingMode") == "WaitForFirstConsumer"
    return Verdict(phase == "Bound" or (waits and phase == "Pending"), (f"its phase is {phase}",))
