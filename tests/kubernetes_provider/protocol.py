"""The stand-in's side of the engine's protocol, where Kubernetes is unlike other packages."""

from typing import Any

import grpc

from tests.kubernetes_provider.backend import KubernetesBackend
from tools.offline.protocol import Provider
from tools.offline.server import Serving
from tools.offline.server import serve as serve_backends
from tools.offline.values import decode, reveal


class KubernetesProvider(Provider):
    """An object that must keep its name goes before the one that replaces it comes."""

    def Diff(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802 - the protocol's name
        answer = super().Diff(request, context)
        if answer.replaces:
            old, new = reveal(decode(request.old_inputs)), reveal(decode(request.news))
            given = "metadata.name" not in new.get("__defaults", ())
            names = [
                (each["metadata"].get("namespace") or "default", each["metadata"].get("name")) for each in (old, new)
            ]
            answer.deleteBeforeReplace = given and names[0] == names[1]
        return answer


def serve(kubeconfig: str | None = None) -> Serving:
    """Serve it on a free loopback port, for the cluster of this kubeconfig, or of KUBECONFIG."""
    return serve_backends([KubernetesBackend(kubeconfig)], provider=KubernetesProvider)
