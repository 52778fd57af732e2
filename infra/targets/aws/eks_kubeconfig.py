"""The kubeconfig of a cluster of EKS: whoever uses it logs in by AWS's own program, with credentials of AWS."""

import json

from infra.naming import fixed_name
from infra.targets.aws import limits

# What the clients of Kubernetes and of Pulumi's provider both know.
_CREDENTIALS = "client.authentication.k8s.io/v1beta1"


def called(service: str, stack: str) -> str:
    """What a stack's own cluster is called: it is fixed, as its log is found by it before there is a cluster."""
    return fixed_name(limits.LONGEST_CLUSTER, service, stack)


def kubeconfig(cluster: str, region: str, endpoint: str, authority: str) -> str:
    """Its content. `authority`: the certificate of whoever signed the API server's, in base64."""
    login = ["--region", region, "eks", "get-token", "--cluster-name", cluster, "--output", "json"]
    user = {"exec": {"apiVersion": _CREDENTIALS, "command": "aws", "args": login, "interactiveMode": "Never"}}
    told = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": cluster, "cluster": {"server": endpoint, "certificate-authority-data": authority}}],
        "users": [{"name": cluster, "user": user}],
        "contexts": [{"name": cluster, "context": {"cluster": cluster, "user": cluster}}],
        "current-context": cluster,
    }
    return json.dumps(told, indent=2)
