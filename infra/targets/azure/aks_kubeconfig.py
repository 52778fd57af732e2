"""The kubeconfig of a cluster of AKS: whoever uses it logs in by Microsoft's own program, as the Azure CLI did."""

import base64
from collections.abc import Mapping
from typing import Any

from infra.targets.azure.names import stack_name
from infra.targets.kubernetes import kubeconfig as kubeconfigs

# AKS' own application, for which a token is: https://azure.github.io/kubelogin/concepts/aks.html, read 2026-11-30.
SERVER = "6dae42f8-4368-4678-94ff-3960e28e3630"


def called(service: str, stack: str) -> str:
    """What a stack's own cluster is called: it is fixed, so that it is found without the stack's state."""
    return stack_name(service, stack)


def told(cluster: str, answer: Mapping[str, Any]) -> str:
    """The kubeconfig of a cluster, by what Azure answers to whoever asks for his credentials.

    Azure's own leaves the way to log in to whoever takes it.
    """
    # Only here: no module of Azure's else reads YAML.
    import yaml

    text = base64.b64decode(answer["kubeconfigs"][0]["value"]).decode()
    server: Mapping[str, str] = yaml.safe_load(text)["clusters"][0]["cluster"]
    return kubeconfig(cluster, server["server"], server["certificate-authority-data"])


def kubeconfig(cluster: str, server: str, authority: str) -> str:
    """Its content.

    Args:
        cluster: by its name.
        server: the address of the API server.
        authority: the certificate of whoever signed the API server's, in base64.
    """
    # AAD_LOGIN_METHOD says otherwise for a machine without the Azure CLI:
    # https://azure.github.io/kubelogin/concepts/login-modes/azurecli.html, read 2026-11-30.
    login = {
        "command": "kubelogin",
        "args": ["get-token", "--server-id", SERVER, "--login", "azurecli"],
        "installHint": "az aks install-cli",
        "provideClusterInfo": False,
        "interactiveMode": "IfAvailable",
    }
    return kubeconfigs.kubeconfig(cluster, server, authority, login)
