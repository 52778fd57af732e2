"""How the offline plan plays Kubernetes: names, what replaces, the API's own schemas, what each kind is for."""

from dataclasses import replace
from typing import Any

from infra.targets.kubernetes.offline import rules, schemas
from tools.offline.backend import Kind
from tools.offline.tables import Package, Played, Purpose

PURPOSES: dict[str, Purpose] = {
    "Gateway": "network",
    "HTTPRoute": "network",
    "Ingress": "network",
    "IngressClass": "network",
    "NetworkPolicy": "network",
    "Service": "network",
    "ConfigMap": "data",
    "PersistentVolumeClaim": "data",
    "Secret": "data",
    "ClusterRole": "identity",
    "ClusterRoleBinding": "identity",
    "Role": "identity",
    "RoleBinding": "identity",
    "ServiceAccount": "identity",
    "ServiceMonitor": "watching",
    "CronJob": "service",
    "Deployment": "service",
    "HorizontalPodAutoscaler": "service",
    "Job": "service",
    "Namespace": "service",
    "PodDisruptionBudget": "service",
    "StatefulSet": "service",
}

GROUPS = {
    "core/v1": ("ConfigMap", "Namespace", "PersistentVolumeClaim", "Secret", "Service", "ServiceAccount"),
    "apps/v1": ("Deployment", "StatefulSet"),
    "batch/v1": ("CronJob", "Job"),
    "networking.k8s.io/v1": ("Ingress", "IngressClass", "NetworkPolicy"),
    "autoscaling/v2": ("HorizontalPodAutoscaler",),
    "policy/v1": ("PodDisruptionBudget",),
    "rbac.authorization.k8s.io/v1": ("ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"),
}

# https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#selector and the other kinds' pages, 2026-11-23.
IMMUTABLE = frozenset(
    {"metadata.name", "metadata.namespace", "spec.selector.matchLabels", "spec.clusterIP", "roleRef", "type"}
)
# What the provider replaces beside that: provider/pkg/provider/diff.go of pulumi-kubernetes 4.34, read 2026-11-30.
REPLACED: dict[str, frozenset[str]] = {
    "ConfigMap": frozenset({"binaryData", "data"}),
    "Secret": frozenset({"data", "stringData"}),
}

# Kinds that a cluster has where somebody installed them: Gateway API, Prometheus' operator.
CUSTOM = {
    "gateway.networking.k8s.io/v1": ("Gateway", "HTTPRoute"),
    "monitoring.coreos.com/v1": ("ServiceMonitor",),
}


def _id(words: Any) -> str:
    metadata = words["metadata"]
    return f"{metadata.get('namespace', 'default')}/{metadata['name']}"


def _played(kind: str) -> Played:
    return Played(
        purpose=PURPOSES.get(kind, "other"),
        id=_id,
        kind=Kind(replaces=IMMUTABLE | REPLACED.get(kind, frozenset()), autonamed="metadata.name"),
        rules=rules.CHOICES,
        free="an object in a cluster is free; its nodes are not",
    )


PACKAGES = (
    Package(
        name="kubernetes",
        types={
            f"kubernetes:{group}:{kind}": _played(kind)
            for group, kinds in (*GROUPS.items(), *CUSTOM.items())
            for kind in kinds
        },
        place=frozenset({"cluster", "context", "kubeconfig", "namespace", "renderYamlToDirectory"}),
        judges=(schemas.judge, *rules.JUDGES),
        otherwise=replace(_played(""), rules=()),
    ),
)
