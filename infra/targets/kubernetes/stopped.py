"""Why a pod does not run, in its own words: what it waits for, how it ended, what the cluster said of it."""

from collections.abc import Iterator, Mapping
from typing import Any

from infra.targets.kubernetes.session import Session, of_namespace
from infra.targets.kubernetes.shape import each, within

# Why a container waits where nothing but another deployment helps. A pull that fails is tried again by and by.
# https://github.com/kubernetes/kubernetes/blob/v1.33.4/pkg/kubelet/images/types.go and
# https://github.com/kubernetes/kubernetes/blob/v1.33.4/pkg/kubelet/kuberuntime/kuberuntime_container.go
HOPELESS = (
    "CreateContainerConfigError",
    "CreateContainerError",
    "ImagePullBackOff",
    "InvalidImageName",
    "RunContainerError",
)
# Why one waits that is only on its way.
STARTING = ("", "ContainerCreating", "PodInitializing")
# After so many restarts what was just deployed is taken for one that never comes up.
RESTARTS = 3
EVENTS = 5


def waiting(pod: Mapping[str, Any]) -> str:
    """Why a pod's container waits; nothing where it does not, or is on its way."""
    told = within(_container(pod), "state", "waiting")
    reason, message = str(told.get("reason", "")), str(told.get("message", ""))
    if reason in STARTING:
        return _unscheduled(pod)
    return f"{reason}: {message}" if message else reason


def hopeless(pod: Mapping[str, Any]) -> str:
    """Why a pod will never run; nothing while it may yet."""
    container, name = _container(pod), pod["metadata"]["name"]
    if within(container, "state", "waiting").get("reason") in HOPELESS:
        return f"the pod {name} does not start: {waiting(pod)}"
    ended = within(container, "lastState", "terminated") or terminated(pod)
    if ended and int(container.get("restartCount", 0)) >= RESTARTS and not container.get("ready"):
        return f"the pod {name} {ending(ended)}, {container['restartCount']} times started again"
    return ""


def ending(ended: Mapping[str, Any]) -> str:
    """How a container ended, in words."""
    if ended.get("reason") == "OOMKilled":
        return "ran out of memory"
    if ended.get("signal"):
        return f"was ended by signal {ended['signal']}"
    return f"ended with exit code {ended.get('exitCode')}"


def running_since(pod: Mapping[str, Any]) -> str:
    """When a pod's container began to run; nothing where it does not."""
    return str(within(_container(pod), "state", "running").get("startedAt", ""))


def terminated(pod: Mapping[str, Any]) -> Mapping[str, Any]:
    """How a pod's container ended; empty where it has not."""
    return within(_container(pod), "state", "terminated")


def restarts(pod: Mapping[str, Any]) -> int:
    """How often a pod's container was started again."""
    return int(_container(pod).get("restartCount", 0))


def _container(pod: Mapping[str, Any]) -> Mapping[str, Any]:
    return next(iter(each(pod, "status", "containerStatuses")), None) or {}


def _unscheduled(pod: Mapping[str, Any]) -> str:
    for condition in each(pod, "status", "conditions"):
        if condition["type"] == "PodScheduled" and condition["status"] == "False":
            return f"{condition.get('reason', 'Unscheduled')}: {condition.get('message', '')}"
    return ""


def ready(pod: Mapping[str, Any]) -> bool:
    """Whether a pod may have requests."""
    return is_so(pod, "Ready")


def is_so(told: Mapping[str, Any], condition: str) -> bool:
    """Whether a condition of an object holds."""
    return any(one["type"] == condition and one["status"] == "True" for one in each(told, "status", "conditions"))


def going(told: Mapping[str, Any]) -> bool:
    """Whether an object is about to go."""
    return bool(told["metadata"].get("deletionTimestamp"))


def events(session: Session, namespace: str, name: str) -> Iterator[str]:
    """What the cluster said last of an object, as warnings."""
    path = of_namespace("v1", namespace, "events")
    found = each(session.get(path, fieldSelector=f"involvedObject.name={name},type=Warning"), "items")
    for event in sorted(found, key=_when)[-EVENTS:]:
        times = f" ({event['count']} times)" if int(event.get("count") or 1) > 1 else ""
        yield f"{event.get('reason')}: {' '.join(str(event.get('message')).split())}{times}"


def _when(event: Mapping[str, Any]) -> str:
    return str(event.get("lastTimestamp") or event.get("eventTime") or "")
