"""How the offline plan plays Kubernetes: names, what replaces, the API's own schemas, what each kind is for."""

from dataclasses import replace
from typing import Any

from infra.targets.kubernetes.offline import rules, schemas
from tools.offline.backend import Kind
from tools.offline.tables import Package, Played, Purpose

PURPOSES: dict[str, Purpose] = {
    "Ingress": "network",
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
    "CronJob": "service",
    "Deployment": "service",
    "HorizontalPodAutoscaler": "service",
    "Job": "service",
    "PodDisruptionBudget": "service",
    "StatefulSet": "service",
}

GROUPS = {
    "core/v1": ("ConfigMap", "PersistentVolumeClaim", "Secret", "Service", "ServiceAccount"),
    "apps/v1": ("Deployment", "StatefulSet"),
    "batch/v1": ("CronJob", "Job"),
    "networking.k8s.io/v1": ("Ingress", "NetworkPolicy"),
    "autoscaling/v2": ("HorizontalPodAutoscaler",),
    "policy/v1": ("PodDisruptionBudget",),
    "rbac.authorization.k8s.io/v1": ("ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"),
}

# https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#selector and the other kinds' pages, 2026-11-23.
IMMUTABLE = frozenset(
    {"metadata.name", "metadata.namespace", "spec.selector.matchLabels", "spec.clusterIP", "roleRef", "type"}
)


def _id(words: Any) -> str:
    metadata = words["metadata"]
    return f"{metadata.get('namespace', 'default')}/{metadata['name']}"


def _played(purpose: Purpose) -> Played:
    return Played(
        purpose=purpose,
        id=_id,
        kind=Kind(replaces=IMMUTABLE, autonamed="metadata.name"),
        rules=rules.CHOICES,
        free="an object in a cluster is free; its nodes are not",
    )


PACKAGES = (
    Package(
        name="kubernetes",
        types={
            f"kubernetes:{group}:{kind}": _played(PURPOSES[kind]) for group, kinds in GROUPS.items() for kind in kinds
        },
        judges=(schemas.judge, *rules.JUDGES),
        otherwise=replace(_played("other"), rules=()),
    ),
)
