"""When a Deployment is rolled out: provider/pkg/await/deployment.go. A missed progress deadline is told, and waited on."""

from tests.kubernetes_provider.cluster import Cluster
from tests.kubernetes_provider.pods import pods_of, troubles
from tests.kubernetes_provider.verdict import Verdict, condition, owned_by, told
from tools.offline.values import Values

REVISION = "deployment.kubernetes.io/revision"


def rolled_out(cluster: Cluster, live: Values) -> Verdict:
    """As many of the newest pods are ready as there are to be, and the Deployment says that it is available."""
    if live.get("status", {}).get("observedGeneration") != live["metadata"]["generation"]:
        return Verdict(False)
    revision = _revision(live)
    listed = cluster.list("apps/v1", "ReplicaSet", live["metadata"]["namespace"])
    replicas = next((each for each in listed if owned_by(each, live) and _revision(each) == revision), None)
    progressing = condition(live, "Progressing")
    rolled = progressing.get("status") == "True" and progressing.get("reason") == "NewReplicaSetAvailable"
    full = replicas is not None and replicas["status"].get("readyReplicas", 0) >= replicas["spec"]["replicas"]
    unbound = tuple(_unbound(cluster, live))
    available = condition(live, "Available").get("status") == "True"
    if available and full and not unbound and (rolled or revision == "1"):
        return Verdict(True)
    said = _said(live, available, rolled, unbound, revision == "1")
    return Verdict(False, (*said, *troubles(pods_of(cluster, replicas) if replicas else ())))


def _said(live: Values, available: bool, rolled: bool, unbound: tuple[str, ...], first: bool) -> list[str]:
    said = [
        told(found)
        for type_ in ("Progressing", "Available")
        if (found := condition(live, type_)) and found["status"] != "True"
    ]
    if unbound:
        said.append(f"Failed to bind PersistentVolumeClaim(s): {','.join(unbound)}")
    if not available:
        said.append("Minimum number of live Pods was not attained")
    elif first or not rolled:
        said.append("Minimum number of Pods to consider the application live was not attained")
    else:
        said.append("Attempted to roll forward to new ReplicaSet, but minimum number of Pods did not become live")
    return said


def _unbound(cluster: Cluster, live: Values) -> list[str]:
    volumes = live["spec"]["template"]["spec"].get("volumes") or ()
    names = [each["persistentVolumeClaim"]["claimName"] for each in volumes if "persistentVolumeClaim" in each]
    claims = {name: cluster.get("v1", "PersistentVolumeClaim", name, live["metadata"]["namespace"]) for name in names}
    return [name for name, claim in claims.items() if claim and claim["status"].get("phase") != "Bound"]


def _revision(live: Values) -> str:
    return str((live["metadata"].get("annotations") or {}).get(REVISION, ""))
