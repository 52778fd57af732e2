"""The service's images: built by the engine with docker-build's own provider, as every stack builds them."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import docker
import yaml

from tests.engine.conftest import Checkout, copy_of_this
from tools.offline.server import serve

# The image alone, loaded into the Docker Engine.
PROGRAM = """
import pulumi

from infra.image import Engine, build_image
from infra.program import described

service, settings, release = described()
image = build_image(service, settings, release, Engine("{name}"))
pulumi.export("reference", image.reference)
pulumi.export("revision", image.revision)
"""


# Nothing is taken from an earlier build.
ANEW = """
import pulumi


def anew(asked):
    if asked.type_ == "docker-build:index:Image":
        return pulumi.ResourceTransformationResult({{**asked.props, "noCache": True}}, asked.opts)


pulumi.runtime.register_stack_transformation(anew)
"""


@dataclass(frozen=True)
class Built:
    """An image in the Docker Engine."""

    reference: str
    revision: str


class Images:
    """One for each WSGI server, built when first asked for."""

    def __init__(self, engine: docker.DockerClient, registry: str, builder: str) -> None:
        self._engine = engine
        self._settings = {"base": f"{registry}/library/python:3.13-slim", "builder": builder}
        self._folder = tempfile.TemporaryDirectory(prefix="images-")
        # A copy of the project without Docker has no such stand-in, and builds no image in its tests.
        from tests.docker_provider.backend import DockerBackend

        # The platform's other SDK wants its plugin, though nothing here is made by it.
        self._unused = serve([DockerBackend()])
        self._checkout: Checkout | None = None
        self._built: dict[str, Built] = {}
        # Each of the processes that run tests side by side has, and removes, names of its own.
        self._whose = f"-{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"

    def of(self, server: str) -> Built:
        """The image of the bundled service on this server."""
        if server not in self._built:
            self._built[server] = self._build(server, f"suite/{server}{self._whose}", PROGRAM)
        return self._built[server]

    def anew(self, server: str) -> Built:
        """The same, built once more from nothing."""
        name = f"suite/{server}-anew{self._whose}"
        self._built[name] = self._build(server, name, ANEW + PROGRAM)
        return self._built[name]

    def close(self) -> None:
        for built in self._built.values():
            self._engine.images.remove(built.reference, force=True)
        self._unused.close()
        self._folder.cleanup()

    def _build(self, server: str, name: str, program: str) -> Built:
        if self._checkout is None:
            self._checkout = copy_of_this(Path(self._folder.name) / "slipway")
            self._checkout.variables["PULUMI_DEBUG_PROVIDERS"] = self._unused.variable()
        root, stack = self._checkout.root, name.replace("/", "-")
        config = {"service:target": "docker", "service:server": server, "service:build": self._settings}
        (root / "__main__.py").write_text(program.format(name=name))
        (root / "stacks" / f"Pulumi.{stack}.yaml").write_text(yaml.safe_dump({"config": config}))
        done = self._checkout.make("up", STACK=stack, ARGS="--skip-preview --yes")
        assert done.returncode == 0, done.stdout + done.stderr
        told = self._checkout.pulumi("stack", "output", "--json", "--stack", stack)
        return Built(**json.loads(told.stdout))
