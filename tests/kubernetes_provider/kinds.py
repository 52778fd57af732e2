"""What the provider does not change in place, by kind: provider/pkg/provider/diff.go of pulumi-kubernetes, read 2026-11-30."""

from tools.offline.backend import Kind

IDENTITY = frozenset({"metadata.name", "metadata.namespace"})
SELECTOR = frozenset({"spec.selector"})

REPLACES: dict[str, frozenset[str]] = {
    "apps/v1:DaemonSet": SELECTOR,
    "apps/v1:Deployment": SELECTOR,
    "apps/v1:StatefulSet": frozenset(
        {
            "spec.podManagementPolicy",
            "spec.revisionHistoryLimit",
            "spec.selector",
            "spec.serviceName",
            "spec.volumeClaimTemplates",
        }
    ),
    "batch/v1:Job": frozenset({"spec.completions", "spec.parallelism", "spec.selector", "spec.template"}),
    "core/v1:PersistentVolumeClaim": frozenset(
        {"spec.accessModes", "spec.selector", "spec.storageClassName", "spec.volumeName"}
    ),
    "core/v1:ResourceQuota": frozenset({"spec.scopes"}),
    "core/v1:Service": frozenset({"spec.clusterIP"}),
    "rbac.authorization.k8s.io/v1:ClusterRoleBinding": frozenset({"roleRef"}),
    "rbac.authorization.k8s.io/v1:RoleBinding": frozenset({"roleRef"}),
    "storage.k8s.io/v1:StorageClass": frozenset({"parameters", "provisioner"}),
}
SECRET = "core/v1:Secret"
CONFIG_MAP = "core/v1:ConfigMap"

# The provider waits for these in its own way, which the stand-in does not play.
UNPLAYED = frozenset(
    {
        "apps/v1:DaemonSet",
        "apps/v1:StatefulSet",
        "core/v1:PersistentVolume",
        "core/v1:Pod",
        "core/v1:ReplicationController",
        "core/v1:ResourceQuota",
        "helm.sh/v3:Release",
    }
)


def kind_of(type_: str, namespace: str | None, secrets_mutable: bool, config_maps_mutable: bool) -> Kind:
    """The table of a type token such as kubernetes:apps/v1:Deployment, for objects that go to `namespace` by default."""
    name = type_.removeprefix("kubernetes:")
    replaces = REPLACES.get(name, frozenset())
    if name == SECRET:
        replaces = frozenset({"type"} if secrets_mutable else {"type", "data", "stringData"})
    if name == CONFIG_MAP and not config_maps_mutable:
        replaces = frozenset({"data", "binaryData"})
    return Kind(
        replaces=IDENTITY | replaces,
        adds={"metadata": {"namespace": namespace}} if namespace else {},
        autonamed="metadata.name",
        secrets=frozenset({"data", "stringData"}) if name == SECRET else frozenset(),
    )
