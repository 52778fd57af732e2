"""How many pods answer requests: what starts and ends some, and how many may be away at a time."""

from typing import Any

from pulumi import ResourceOptions

from infra.settings import Scale
from infra.targets.kubernetes.names import WEB, Scope
from infra.targets.kubernetes.raw import Object, declared
from infra.targets.kubernetes.spec import ScalingOptions

# More at once: twice as many, or so many pods. Fewer slowly.
MOST_AT_ONCE, LEAST_AT_ONCE, EVERY = 4, 1, 60


def autoscaler(scope: Scope, scale: Scale, options: ScalingOptions, opts: ResourceOptions) -> Object:
    """What looks at the pods' CPU and memory, and starts or ends some of them."""
    wanted = {"cpu": options.cpu, "memory": options.memory}
    metrics = [_utilization(name, percent) for name, percent in wanted.items() if percent is not None]
    up: list[dict[str, Any]] = [
        {"type": "Percent", "value": 100, "periodSeconds": EVERY},
        {"type": "Pods", "value": MOST_AT_ONCE, "periodSeconds": EVERY},
    ]
    spec = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": scope.called()},
        "minReplicas": scale.min,
        "maxReplicas": scale.max,
        "metrics": metrics,
        "behavior": {
            "scaleUp": {"stabilizationWindowSeconds": 0, "selectPolicy": "Max", "policies": up},
            "scaleDown": {
                "stabilizationWindowSeconds": options.down_after,
                "selectPolicy": "Max",
                "policies": [{"type": "Pods", "value": LEAST_AT_ONCE, "periodSeconds": EVERY}],
            },
        },
    }
    body = {"metadata": _metadata(scope), "spec": spec}
    return declared("autoscaling/v2", "HorizontalPodAutoscaler", "autoscaler", body, opts)


def disruption(scope: Scope, opts: ResourceOptions) -> Object:
    """That no more than one pod is taken away at a time, and one that is not well whenever somebody likes."""
    spec = {
        "maxUnavailable": 1,
        "selector": {"matchLabels": scope.of(WEB)},
        "unhealthyPodEvictionPolicy": "AlwaysAllow",
    }
    body = {"metadata": _metadata(scope), "spec": spec}
    return declared("policy/v1", "PodDisruptionBudget", "disruption", body, opts)


def _metadata(scope: Scope) -> dict[str, Any]:
    return {"name": scope.called(), "namespace": scope.namespace, "labels": scope.labels(WEB)}


def _utilization(name: str, percent: int) -> dict[str, Any]:
    target = {"type": "Utilization", "averageUtilization": percent}
    return {"type": "Resource", "resource": {"name": name, "target": target}}
