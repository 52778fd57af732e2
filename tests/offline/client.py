"""What the engine asks of a provider, asked without an engine: for tests of many inputs."""

from typing import Any

import grpc
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from tools.offline.values import encode
from tools.offline.world import World


class Client:
    """One configured provider on a port."""

    def __init__(self, package: str, port: int, world: World | None = None) -> None:
        self.stub = provider_pb2_grpc.ResourceProviderStub(grpc.insecure_channel(f"127.0.0.1:{port}"))
        self.stub.Configure(provider_pb2.ConfigureRequest(args=encode({})))
        self.package = package
        self.world = world

    def problems(self, type_: str, inputs: dict[str, Any]) -> list[str]:
        """Why the inputs of a resource `it` are refused, or the plan that it is in."""
        urn = f"urn:pulumi:dev::program::{type_}::it"
        checked = self.stub.Check(provider_pb2.CheckRequest(urn=urn, news=encode(inputs)))
        if checked.failures or self.world is None:
            return [failure.reason for failure in checked.failures]
        try:
            planned = self.stub.Create(provider_pb2.CreateRequest(urn=urn, properties=checked.inputs, preview=True))
        except grpc.RpcError as error:
            return [str(error.details())]
        said = [said for said in self.world.unresolved() if said.startswith(f"{type_} resource 'it' ")]
        # With other inputs it may have another id, and must not stand beside itself.
        self.world.removed(type_, planned.id or urn)
        return said

    def create(self, type_: str, inputs: dict[str, Any]) -> str:
        """Make a resource `made`; its id."""
        urn = f"urn:pulumi:dev::program::{type_}::made"
        checked = self.stub.Check(provider_pb2.CheckRequest(urn=urn, news=encode(inputs)))
        assert list(checked.failures) == []
        return str(self.stub.Create(provider_pb2.CreateRequest(urn=urn, properties=checked.inputs)).id)
