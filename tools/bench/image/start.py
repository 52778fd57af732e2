"""How long a container takes from its making to its first 200, against a bare Python in the same kind of container."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any

import docker

from infra.service import SERVERS, Server, load_service
from infra.settings import Size
from infra.targets.docker.shape import Shape
from infra.wsgi import MIB, plan
from tools.bench.ratios import Ratio, in_turn
from tools.bench.servers import answers_200, free_port

ROUNDS = 7

# The least that answers: a socket, no HTTP library and no framework.
BARE = """
import socket
listener = socket.create_server(("", {port}))
while True:
    connection, _ = listener.accept()
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\nConnection: close\\r\\n\\r\\n")
    connection.close()
"""


class Containers:
    """Runs containers as the target `docker` does with a stack that says nothing of its size."""

    def __init__(self) -> None:
        self._engine = docker.from_env()
        self._contract = load_service()
        self._size = Size.model_validate({})
        self._shape = Shape(self._size.memory // MIB, self._size.cpu, "10m", 3)
        self._pulled: list[str] = []
        self.version = str(self._engine.version()["Version"])

    def pull(self, reference: str) -> str:
        """Have an image in the Engine, by its digest or tag; the answer is its id."""
        name, _, digest = reference.partition("@")
        host, _, path = name.partition("/")
        path, _, tag = path.partition(":")
        image = self._engine.images.pull(f"{host}/{path}", tag=digest or tag)
        if digest:
            self._pulled.append(f"{host}/{path}@{digest}")
        return str(image.id)

    def service(self, image: str, server: Server) -> float:
        """Seconds to the service's first 200, run as the image says."""
        variables = {
            **plan(server, self._size.cpu, self._size.memory).environment(),
            **{name: secrets.token_hex(16) for name in self._contract.secrets},
            "SERVICE_TARGET": "bench",
            "SERVICE_STACK": "bench",
            "SERVICE_DEPLOYMENT": "bench",
        }
        return self._first_200(image, None, variables, self._contract.web.ready)

    def bare(self, image: str) -> float:
        """Seconds to the first 200 of a Python that answers every connection with it."""
        return self._first_200(image, ["python", "-c", BARE.format(port=self._contract.web.port)], {}, "/")

    def close(self) -> None:
        """The images that were pulled by digest are taken out of the Engine again."""
        for reference in self._pulled:
            self._engine.images.remove(reference, force=True)
        self._engine.close()

    def _first_200(self, image: str, command: list[str] | None, variables: Mapping[str, str], path: str) -> float:
        port = free_port()
        ports: dict[str, Any] = {f"{self._contract.web.port}/tcp": ("127.0.0.1", port)}
        started = time.monotonic()
        container = self._engine.containers.run(
            image, command, detach=True, ports=ports, environment=dict(variables), **self._shape.run()
        )
        try:
            while not answers_200(f"127.0.0.1:{port}", path):
                if time.monotonic() - started > 60:
                    raise RuntimeError(f"{image} does not answer:\n{container.logs().decode(errors='replace')}")
                time.sleep(0.002)
            return time.monotonic() - started
        finally:
            container.remove(force=True)


def start(images: Mapping[Server, str], base: str, containers: Containers, tell: Callable[[str], None]) -> list[Ratio]:
    """One ratio for each server's image."""
    ids = {server: containers.pull(reference) for server, reference in images.items()}
    bare = containers.pull(base)

    def ours(server: Server) -> float:
        tell(f"start in a container: {server}")
        return containers.service(ids[server], server)

    def floor() -> float:
        tell("start in a container: bare Python")
        return containers.bare(bare)

    # The first container of an image waits for what the Engine has not read yet.
    floor()
    for server in SERVERS:
        ours(server)
    *taken, theirs = in_turn(ROUNDS, [*(lambda server=server: ours(server) for server in SERVERS), floor])
    return [
        Ratio("container", f"{server}: first 200 ÷ bare Python's", "s", seconds, theirs)
        for server, seconds in zip(SERVERS, taken, strict=True)
    ]
