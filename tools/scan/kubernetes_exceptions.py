"""What checkov and kube-score say of the objects of stacks in clusters and is let pass, each with its reason.

By the check and the place, `<stack>/<kind>.<name>`, where `*` is anything.
"""

from collections.abc import Mapping

_BY_DIGEST = (
    "an image is named by its digest: the same whenever it was pulled, and a node that has it starts it at once"
)
_ASKED_BY_NOBODY = "a worker answers nobody: it ends when it fails, which the kubelet sees, and is started again"

EXCEPTIONS: Mapping[str, Mapping[str, str]] = {
    "CKV_K8S_8": {"*/Deployment.*-worker-*": _ASKED_BY_NOBODY},
    "CKV_K8S_9": {"*/Deployment.*-worker-*": _ASKED_BY_NOBODY},
    "container-image-pull-policy": {"*": _BY_DIGEST},
    "deployment-has-host-podantiaffinity": {
        "*/Deployment.*": "pods are spread over nodes and zones by topologySpreadConstraints, which a small cluster "
        "can break where it must: an anti-affinity would leave a pod without a node"
    },
    "deployment-targeted-by-hpa-does-not-have-replicas-configured": {
        "*/Deployment.*": "it is where the autoscaler begins, and is never written again (ignore_changes): left out, a "
        "stack that goes from a fixed number to a range would fall to one pod meanwhile"
    },
    "kubeconform": {
        "aws-eks/IngressClassParams.*": "AWS publishes no schema of it: its fields are those of "
        "docs.aws.amazon.com/eks/latest/userguide/auto-configure-alb.html, read 2026-11-30",
        "gcp-gke/BackendConfig.*": "Google publishes no schema of it: its fields are those of "
        "cloud.google.com/kubernetes-engine/docs/how-to/ingress-configuration, read 2026-11-30",
    },
}
