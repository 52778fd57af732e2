"""How a stack reaches its cluster, whichever it is and whoever made it."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions

from infra.targets.kubernetes import raw
from infra.targets.kubernetes.names import scope_of


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
    service: str,
    namespace: str | None,
    kubeconfig: str | pulumi.Output[str] | None,
    context: str | None = None,
    opts: ResourceOptions | None = None,
) -> Reached:
    """A cluster by its kubeconfig.

    Args:
        service: by its name.
        namespace: that the stack names.
        kubeconfig: a file's name; or the content of one that was made: a secret, and the stack's output.
        context: of the kubeconfig; without it, its current one.
    """
    if isinstance(kubeconfig, pulumi.Output):
        kubeconfig = pulumi.Output.secret(kubeconfig)
        pulumi.export("kubeconfig", kubeconfig)
    told = {"kubeconfig": kubeconfig, "context": context}
    scope = scope_of(service, pulumi.get_stack(), namespace)
    return Reached(raw.provider("cluster", {**told, "namespace": scope.namespace}, opts), told)
