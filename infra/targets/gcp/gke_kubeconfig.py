"""The kubeconfig of a cluster of GKE: whoever uses it logs in by Google's own program, with credentials of Google's."""

from infra.naming import fixed_name
from infra.targets.kubernetes import kubeconfig as kubeconfigs

# Characters of a cluster's name:
# https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters, read 2026-11-30.
LONGEST_CLUSTER = 40


def called(service: str, stack: str) -> str:
    """What a stack's own cluster is called: it is fixed, so that it is found without the stack's state."""
    return fixed_name(LONGEST_CLUSTER, service, stack)


def kubeconfig(cluster: str, endpoint: str, authority: str) -> str:
    """Its content.

    Args:
        cluster: by its name.
        endpoint: the address of the API server, without a scheme.
        authority: the certificate of whoever signed the API server's, in base64.
    """
    # By the same credentials as Pulumi's provider:
    # https://cloud.google.com/kubernetes-engine/docs/how-to/api-server-authentication, read 2026-11-30.
    login = {
        "command": "gke-gcloud-auth-plugin",
        "args": ["--use_application_default_credentials"],
        "installHint": "gcloud components install gke-gcloud-auth-plugin",
        "provideClusterInfo": True,
        "interactiveMode": "Never",
    }
    return kubeconfigs.kubeconfig(cluster, f"https://{endpoint}", authority, login)
