"""What pods say of themselves when they do not come to work: provider/pkg/await/checker/pod/check.go."""

from collections.abc import Iterable, Iterator

from tests.kubernetes_provider.cluster import Cluster
from tests.kubernetes_provider.verdict import condition, owned_by, qualified
from tools.offline.values import Values


def pods_of(cluster: Cluster, owner: Values) -> list[Values]:
    """The pods that an object's controller made."""
    listed = cluster.list("v1", "Pod", owner["metadata"]["namespace"])
    return [{"apiVersion": "v1", "kind": "Pod", **each} for each in listed if owned_by(each, owner)]


def troubles(found: Iterable[Values]) -> tuple[str, ...]:
    """What keeps each pod, each thing said once."""
    return tuple(dict.fromkeys(said for pod in found for said in _trouble(pod)))


def _trouble(pod: Values) -> Iterator[str]:
    scheduled = condition(pod, "PodScheduled")
    if scheduled.get("status") != "True":
        if scheduled.get("message"):
            yield f"[Pod {qualified(pod)}]: {scheduled['message']}"
        return
    for type_ in ("Initialized", "Ready"):
        found = condition(pod, type_)
        if found and found["status"] != "True" and pod["status"].get("phase") != "Succeeded":
            containers = "\n".join(said for each in _statuses(pod) for said in _container(each))
            said = f"{found.get('message', '')}{containers}"
            if said:
                yield f"[Pod {qualified(pod)}]: {said}"
            return


def _statuses(pod: Values) -> list[Values]:
    status = pod["status"]
    return [*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ())]


def _container(status: Values) -> Iterator[str]:
    if status.get("ready"):
        return
    waiting = status.get("state", {}).get("waiting")
    if waiting and waiting.get("reason") not in ("ContainerCreating", "PodInitializing"):
        yield f"[{waiting.get('reason')}] {waiting.get('message', '')}"
    ended = status.get("state", {}).get("terminated")
    if ended and ended.get("reason"):
        message = ended.get("message")
        plain = f'container "{status["name"]}" completed with exit code {ended["exitCode"]}'
        yield f"[{ended['reason']}] {message}" if message else plain
    last = status.get("lastState", {}).get("terminated")
    if last:
        yield (
            f'container "{status["name"]}" terminated at {last.get("finishedAt")}'
            f" ({last.get('reason')}: exit code {last['exitCode']})"
        )
        if last.get("message"):
            yield str(last["message"])
