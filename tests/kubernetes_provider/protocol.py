"""The stand-in's side of the engine's protocol, where Kubernetes is unlike other packages."""

from typing import Any, cast

import grpc
from pulumi.runtime.proto import provider_pb2, status_pb2

from tests.kubernetes_provider.backend import KubernetesBackend, KubernetesSession
from tools.offline.backend import Resource
from tools.offline.protocol import Provider
from tools.offline.server import Serving
from tools.offline.server import serve as serve_backends
from tools.offline.values import decode, reveal


class KubernetesProvider(Provider):
    """An object may be there and not work, and one that must keep its name goes before its replacement comes."""

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

    def Read(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802 - the protocol's name
        answer = super().Read(request, context)
        imported = not request.HasField("inputs") or not request.inputs.fields
        if not answer.id or imported:
            return answer
        resource = Resource(request.urn, request.urn.split("::")[2].rpartition("$")[2], request.id)
        session = cast("KubernetesSession", self._session(context))
        trouble = session.trouble(resource, reveal(decode(answer.properties)))
        if trouble is None:
            return answer
        detail = provider_pb2.ErrorResourceInitFailed(
            id=answer.id, properties=answer.properties, inputs=answer.inputs, reasons=[trouble]
        )
        status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=trouble)
        status.details.add().Pack(detail)
        context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
        context.abort(grpc.StatusCode.UNKNOWN, trouble)
        return answer


def serve(kubeconfig: str | None = None) -> Serving:
    """Serve it on a free loopback port, for the cluster of this kubeconfig, or of KUBECONFIG."""
    return serve_backends([KubernetesBackend(kubeconfig)], provider=KubernetesProvider)
