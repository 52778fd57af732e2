"""The ids of what a stack makes in a cluster: its place there, as its name is fixed before.

The provider makes what it has no id of, and is told then that it is there already: so what a killed run made is taken
into the state. Of a ConfigMap and a Secret, whose names are drawn, one may stay behind in the namespace, and goes with
it.
"""

_THERE = "{metadata/namespace}/{metadata/name}"

IDS = {
    "kubernetes:apps/v1:Deployment": _THERE,
    "kubernetes:autoscaling/v2:HorizontalPodAutoscaler": _THERE,
    "kubernetes:batch/v1:CronJob": _THERE,
    "kubernetes:cloud.google.com/v1:BackendConfig": _THERE,
    "kubernetes:core/v1:Namespace": "{metadata/name}",
    "kubernetes:core/v1:Service": _THERE,
    "kubernetes:core/v1:ServiceAccount": _THERE,
    "kubernetes:eks.amazonaws.com/v1:IngressClassParams": "{metadata/name}",
    "kubernetes:gateway.networking.k8s.io/v1:Gateway": _THERE,
    "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute": _THERE,
    "kubernetes:monitoring.coreos.com/v1:ServiceMonitor": _THERE,
    "kubernetes:networking.gke.io/v1beta1:FrontendConfig": _THERE,
    "kubernetes:networking.k8s.io/v1:Ingress": _THERE,
    "kubernetes:networking.k8s.io/v1:IngressClass": "{metadata/name}",
    "kubernetes:networking.k8s.io/v1:NetworkPolicy": _THERE,
    "kubernetes:policy/v1:PodDisruptionBudget": _THERE,
}

ADDED = frozenset({"kubernetes:core/v1:ConfigMap", "kubernetes:core/v1:Secret"})
