"""How Prometheus finds what the service tells of itself."""

from pulumi import ResourceOptions

from infra.targets.kubernetes.names import METRICS, WEB, Scope
from infra.targets.kubernetes.raw import NO_WAIT, declared
from infra.targets.kubernetes.spec import ADMIN_PORT, MetricsOptions

MONITORS = "monitoring.coreos.com/v1"


def annotations(options: MetricsOptions | None, path: str) -> dict[str, str]:
    """Of the pods, for a Prometheus that looks for them."""
    if options is None or options.kind != "annotations":
        return {}
    return {"prometheus.io/scrape": "true", "prometheus.io/port": str(ADMIN_PORT), "prometheus.io/path": path}


def monitor(scope: Scope, options: MetricsOptions, path: str, opts: ResourceOptions) -> None:
    """A Service of the metrics' own, which no balancer leads to, and the ServiceMonitor that names it."""
    metadata = {"name": scope.called(METRICS), "namespace": scope.namespace}
    labels = scope.labels(METRICS)
    port = {"name": METRICS, "port": ADMIN_PORT, "targetPort": METRICS, "protocol": "TCP"}
    told = {"type": "ClusterIP", "clusterIP": "None", "selector": scope.of(WEB), "ports": [port]}
    body = {"metadata": {**metadata, "labels": labels, "annotations": NO_WAIT}, "spec": told}
    service = declared("v1", "Service", "metrics", body, opts)
    asked = {"port": METRICS, "path": path, "interval": f"{options.interval}s", "scheme": "http"}
    spec = {"selector": {"matchLabels": scope.of(METRICS)}, "endpoints": [asked]}
    after = ResourceOptions.merge(opts, ResourceOptions(depends_on=[service]))
    whole = {"metadata": {**metadata, "labels": {**labels, **options.labels}}, "spec": spec}
    declared(MONITORS, "ServiceMonitor", "monitor", whole, after)
