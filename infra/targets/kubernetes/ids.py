"""What a killed run was making in a cluster: all of it may be made again, as the provider takes over what is there.

It applies objects on the server's side, by their names. Of a ConfigMap and a Secret, whose names are drawn, one may
stay behind in the namespace, and goes with it.
"""

IDS: dict[str, str] = {}

ADDED = frozenset(
    f"kubernetes:{type_}"
    for type_ in (
        "apps/v1:Deployment",
        "autoscaling/v2:HorizontalPodAutoscaler",
        "batch/v1:CronJob",
        "core/v1:ConfigMap",
        "core/v1:Namespace",
        "core/v1:Secret",
        "core/v1:Service",
        "core/v1:ServiceAccount",
        "gateway.networking.k8s.io/v1:HTTPRoute",
        "monitoring.coreos.com/v1:ServiceMonitor",
        "networking.k8s.io/v1:Ingress",
        "networking.k8s.io/v1:NetworkPolicy",
        "policy/v1:PodDisruptionBudget",
    )
)
