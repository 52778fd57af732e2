"""How a stack reaches its cluster, whichever it is and whoever made it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pulumi
from pulumi import ResourceOptions

from infra.targets.kubernetes import raw
from infra.targets.kubernetes.names import Scope


@dataclass(frozen=True)
class Reached:
    """A cluster that is reached.

    Attributes:
        provider: by which the engine makes objects in it.
        told: how what is no provider's reaches it: `kubeconfig`, a file's name or its content, and `context`.
    """

    provider: pulumi.ProviderResource
    told: Mapping[str, pulumi.Input[str | None]]


def reached(
    scope: Scope,
    kubeconfig: str | pulumi.Output[str] | None,
    context: str | None = None,
    opts: ResourceOptions | None = None,
) -> Reached:
    """A cluster by its kubeconfig.

    Args:
        scope: what the stack makes there.
        kubeconfig: a file's name, as a person writes it; or the content of one that was made: a secret, and the
            stack's output.
        context: of the kubeconfig; without it, its current one.
    """
    if isinstance(kubeconfig, pulumi.Output):
        kubeconfig = pulumi.Output.secret(kubeconfig)
        pulumi.export("kubeconfig", kubeconfig)
    elif kubeconfig:
        kubeconfig = str(Path(kubeconfig).expanduser())
    told = {"kubeconfig": kubeconfig, "context": context}
    return Reached(raw.provider("cluster", {**told, "namespace": scope.namespace}, opts), told)
