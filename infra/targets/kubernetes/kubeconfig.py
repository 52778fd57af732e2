"""The kubeconfig of a cluster that a cloud makes: whoever uses it logs in by the cloud's own program."""

import json
from collections.abc import Mapping
from typing import Any

# What the clients of Kubernetes and of Pulumi's provider both know.
CREDENTIALS = "client.authentication.k8s.io/v1beta1"


def kubeconfig(cluster: str, server: str, authority: str, login: Mapping[str, Any]) -> str:
    """Its content, without a credential.

    Args:
        cluster: by its name.
        server: the address of the API server.
        authority: the certificate of whoever signed the API server's, in base64.
        login: the program that is run for a token, in a kubeconfig's words.
    """
    told = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": cluster, "cluster": {"server": server, "certificate-authority-data": authority}}],
        "users": [{"name": cluster, "user": {"exec": {"apiVersion": CREDENTIALS, **login}}}],
        "contexts": [{"name": cluster, "context": {"cluster": cluster, "user": cluster}}],
        "current-context": cluster,
    }
    return json.dumps(told, indent=2)
