"""The kubeconfig of a cluster of EKS: whoever uses it logs in by AWS's own program, with credentials of AWS."""

from infra.naming import fixed_name
from infra.targets.aws import limits
from infra.targets.kubernetes import kubeconfig as kubeconfigs


def called(service: str, stack: str) -> str:
    """What a stack's own cluster is called: it is fixed, as its log is found by it before there is a cluster."""
    return fixed_name(limits.LONGEST_CLUSTER, service, stack)


def kubeconfig(cluster: str, region: str, endpoint: str, authority: str) -> str:
    """Its content. `authority`: the certificate of whoever signed the API server's, in base64."""
    words = ["--region", region, "eks", "get-token", "--cluster-name", cluster, "--output", "json"]
    login = {"command": "aws", "args": words, "interactiveMode": "Never"}
    return kubeconfigs.kubeconfig(cluster, endpoint, authority, login)
