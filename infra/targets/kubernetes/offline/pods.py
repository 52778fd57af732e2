"""What Kubernetes demands of a pod beyond its schema: images, probes, variables, when it is started again."""

from collections.abc import Iterator, Mapping
from typing import Any

from tools.offline import judges
from tools.offline.backend import Problem
from tools.offline.judge import found, one
from tools.offline.tables import Judge, Source
from tools.offline.values import UNKNOWN, Values

POD = Source("https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/", "2026-11-23")
PODS = ("spec", "spec.template.spec", "spec.jobTemplate.spec.template.spec")

PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
HANDLERS = ("exec", "grpc", "httpGet", "tcpSocket")
# When a pod is started again, by the kind that makes it; the API's default is Always.
RESTARTS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"), ("Always",)),
    **dict.fromkeys(("CronJob", "Job"), ("OnFailure", "Never")),
}


def images(_type: str, inputs: Values) -> Iterator[Problem]:
    """Every container's image."""
    for path, container in _containers(inputs):
        image = one(container, "image")
        if image is not UNKNOWN:
            yield from judges.told(f"{path}.image", judges.image(image))


def probes(_type: str, inputs: Values) -> Iterator[Problem]:
    """That a probe does one thing, at a port that there is."""
    for path, container in _containers(inputs):
        names: list[Any] = [name for _, name in found(container, "ports[*].name")]
        for at, probe in [each for name in PROBES for each in found(container, name)]:
            if not isinstance(probe, dict):
                continue
            handlers = [name for name in HANDLERS if one(probe, name) is not None]
            if len(handlers) != 1:
                told = " and ".join(handlers) or "none"
                yield Problem(f"{path}.{at}", f"wants one of {', '.join(HANDLERS)}, and has {told} ({POD})")
            for inner, port in [each for name in handlers for each in found(probe, f"{name}.port")]:
                if isinstance(port, int):
                    yield from judges.told(f"{path}.{at}.{inner}", judges.port(port))
                elif isinstance(port, str) and port not in names and not judges.hidden(container, "ports[*].name"):
                    yield Problem(f"{path}.{at}.{inner}", f"{port!r} is no port of this container ({POD})")


def variables(_type: str, inputs: Values) -> Iterator[Problem]:
    """That a variable is given once, by a value or from elsewhere."""
    for path, container in _containers(inputs):
        for at, variable in found(container, "env[*]"):
            if one(variable, "value") and one(variable, "valueFrom"):
                yield Problem(f"{path}.{at}", f"has both value and valueFrom ({POD})")


def restarts(type_: str, inputs: Values) -> Iterator[Problem]:
    """When its pods are started again, for the kinds that allow but some of it."""
    wanted = RESTARTS.get(type_.rpartition(":")[2])
    for pod in PODS[1:]:
        if wanted is None or not isinstance(one(inputs, pod), dict):
            continue
        given: Any = one(inputs, f"{pod}.restartPolicy")
        if given is not UNKNOWN and (given or "Always") not in wanted:
            said = f"{given or 'Always'!r} must be {' or '.join(wanted)} ({POD})"
            yield Problem(f"{pod}.restartPolicy", said)


def _containers(inputs: Values) -> Iterator[tuple[str, Any]]:
    for path in [f"{pod}.{kind}[*]" for pod in PODS for kind in ("containers", "initContainers")]:
        yield from ((at, container) for at, container in found(inputs, path) if container is not UNKNOWN)


JUDGES: tuple[Judge, ...] = (images, probes, variables, restarts)
