"""A plan in which this project's own resources are made up too, so that nothing that follows from them is unknown.

A preview asks their own code, which makes nothing before its time: the image's reference, the deployment's identity and
the secrets are unknown then, and with them every container, which is what a judge should look at first.
"""

import hashlib
import shlex
import tempfile
from collections.abc import Iterator
from concurrent import futures
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import ResourceProviderServicer, plugin_pb2, provider_pb2, provider_pb2_grpc

from tools.offline.values import Secret, Values, decode, encode
from tools.workbench import Workbench

# What the engine calls the package of all dynamic resources.
PACKAGE = "pulumi-python"


@contextmanager
def everything_known(bench: Workbench) -> Iterator[Workbench]:
    """The bench with an engine that has the project's own resources made up, for previews alone."""
    server = grpc.server(futures.ThreadPoolExecutor())
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(_Own(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        with tempfile.TemporaryDirectory(prefix="slipway-") as folder:
            # A preview says itself which packages are played; this adds one to them.
            pulumi = Path(folder) / "pulumi"
            attached = f'export PULUMI_DEBUG_PROVIDERS="$PULUMI_DEBUG_PROVIDERS,{PACKAGE}:{port}"'
            engine = shlex.quote(str(bench.engine.pulumi))
            pulumi.write_text(f'#!/bin/sh\n{attached}\nexec {engine} "$@"\n', encoding="utf-8")
            pulumi.chmod(0o700)
            yield replace(bench, engine=replace(bench.engine, pulumi=pulumi))
    finally:
        server.stop(grace=None).wait()


class _Own(ResourceProviderServicer):
    """The provider of the dynamic resources: it takes whatever it is given, and makes nothing."""

    def Handshake(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802 - the protocol's names
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True)

    def Attach(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        return plugin_pb2.PluginInfo(version="0.0.0")

    def CheckConfig(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        return provider_pb2.CheckResponse(inputs=request.news)

    def Configure(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    def Check(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        return provider_pb2.CheckResponse(inputs=request.news)

    def Create(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        inputs = decode(request.properties)
        outputs = {**inputs, **_made(request.urn, inputs)}
        return provider_pb2.CreateResponse(id=_chance(request.urn), properties=encode(outputs))


def _made(urn: str, inputs: Values) -> Values:
    """What its code would add, of that on which anything else depends."""
    match urn.split("::")[2].rpartition(":")[2]:
        case "GeneratedSecret":
            return {"value": Secret(_chance(urn))}
        case "Publication":
            digest = f"sha256:{_chance(urn)}"
            repository = inputs.get("repository") or str(inputs["source"]).partition("@")[0]
            return {"tag": _chance(urn)[:12], "digest": digest, "reference": f"{repository}@{digest}"}
        case "Revision" if "app" in inputs:
            return {
                "suffix": f"r{inputs['base']}",
                "traffics": [{"latestRevision": True, "weight": 100}],
                "mode": "Single",
            }
        case "Revision":
            name = inputs["back_to"] or inputs["base"]
            share = {"type": "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION", "revision": name, "percent": 100}
            return {"name": name, "traffics": [share]}
        case _:
            return {}


def _chance(urn: str) -> str:
    return hashlib.sha256(urn.encode()).hexdigest()
