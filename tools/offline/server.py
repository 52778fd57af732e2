"""Serves backends to engines, each package on a port of its own.

An engine attaches to them by PULUMI_DEBUG_PROVIDERS="<package>:<port>,..." and looks for no plugin then.
"""

from collections.abc import Iterable
from concurrent import futures
from dataclasses import dataclass

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from tools.offline.backend import Backend
from tools.offline.protocol import Provider

# A container that is waited for holds its thread; more than the engine ever asks for at once would.
THREADS = 64
_LARGEST = 400 * 2**20  # what the engine allows a message to be
_OPTIONS = [("grpc.max_receive_message_length", _LARGEST), ("grpc.max_send_message_length", _LARGEST)]


@dataclass
class Serving:
    """Packages that are served, each on a port of its own. `close` ends it."""

    ports: dict[str, int]
    servers: list[grpc.Server]

    def variable(self) -> str:
        """The value of PULUMI_DEBUG_PROVIDERS that attaches an engine to it."""
        return ",".join(f"{package}:{port}" for package, port in self.ports.items())

    def close(self) -> None:
        """End it; acts that go on are cut off."""
        for stopped in [server.stop(grace=None) for server in self.servers]:
            stopped.wait()


def serve(backends: Iterable[Backend], strict: bool = True, provider: type[Provider] = Provider) -> Serving:
    """Serve these packages on free loopback ports. Not `strict` is for the bench alone, which asks what checks cost."""
    threads = futures.ThreadPoolExecutor(THREADS)
    serving = Serving({}, [])
    for backend in backends:
        server = grpc.server(threads, options=_OPTIONS)
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider(backend, strict), server)
        serving.ports[backend.package] = server.add_insecure_port("127.0.0.1:0")
        server.start()
        serving.servers.append(server)
    return serving
