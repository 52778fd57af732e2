"""Stacks of the target `docker`: real builds into a real registry, run by a real Docker Engine.

pulumi-docker's own plugin cannot be had everywhere: a stand-in takes its place that makes each resource for real, by the
Engine's API (tests/docker_provider).
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker
import pytest
from docker.models.containers import Container

from tests.docker_provider.backend import DockerBackend
from tests.engine.conftest import Checkout, Stack, copy_of_this, free_port
from tools.offline.server import serve


@dataclass
class DockerStack(Stack):
    """A stack on a Docker Engine, with a repository of its own in the registry."""

    engine: docker.DockerClient = None  # type: ignore[assignment]
    repository: str = ""

    def containers(self, process: str | None = None) -> list[Container]:
        """Its containers, the newest first."""
        labels = [f"slipway.stack={self.name}"] + ([f"slipway.process={process}"] if process else [])
        found = self.engine.containers.list(all=True, filters={"label": labels})
        return sorted(found, key=lambda container: str(container.attrs["Created"]), reverse=True)

    def web(self) -> Container:
        """The newest web container."""
        return self.containers("web")[0]

    def output(self, name: str) -> str:
        """An output of the stack."""
        done = self.checkout.pulumi("stack", "output", name, "--stack", self.name)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def left(self) -> list[str]:
        """The names of everything in the Engine that has the stack's label."""
        by = {"filters": {"label": f"slipway.stack={self.name}"}}
        found = [*self.containers(), *self.engine.volumes.list(**by), *self.engine.networks.list(**by)]
        return [str(thing.name) for thing in found]


@pytest.fixture(scope="session")
def docker_checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    checkout = copy_of_this(tmp_path_factory.mktemp("docker") / "slipway")
    serving = serve([DockerBackend()])
    checkout.variables["PULUMI_DEBUG_PROVIDERS"] = serving.variable()
    yield checkout
    serving.close()


@dataclass
class Lab:
    """What the stacks are made of."""

    checkout: Checkout
    engine: docker.DockerClient
    registry: str
    builder: str

    @property
    def build(self) -> dict[str, Any]:
        """The settings of a build here, where no scanner can be pulled."""
        return {"base": f"{self.registry}/library/python:3.13-slim", "builder": self.builder, "sbom": False}

    def stack(self, name: str, **values: Any) -> DockerStack:
        """A stack's file; the repository is the stack's own unless `values` say otherwise."""
        made = DockerStack(self.checkout, name, free_port(), {}, self.engine, f"{self.registry}/{name}/slipway")
        made.set(
            target="docker",
            size={"cpu": 1, "memory": "256MiB"},
            options={"port": made.port},
            build=self.build,
            registry={"repository": made.repository},
            rollout_timeout=40,
            timeout=10,
            **{"server": "gunicorn", **values},
        )
        return made


@pytest.fixture(scope="session")
def lab(docker_checkout: Checkout, docker_engine: docker.DockerClient, registry: str, builder: str) -> Lab:
    return Lab(docker_checkout, docker_engine, registry, builder)


@pytest.fixture
def stacks(lab: Lab) -> Iterator["Stacks"]:
    made = Stacks(lab)
    yield made
    made.end()


class Stacks:
    """Makes stacks for a test, and takes them down after it."""

    count = 0

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self._made: list[DockerStack] = []

    def __call__(self, **values: Any) -> DockerStack:
        Stacks.count += 1
        made = self.lab.stack(f"d{os.getpid()}-{Stacks.count}", **values)
        self._made.append(made)
        return made

    def end(self) -> None:
        """Destroy what is left. What `destroy` leaves behind fails the test."""
        left: list[str] = []
        for made in reversed(self._made):
            made.make("destroy", YES="1")
            left += made.left()
            for container in made.containers():
                container.remove(force=True)
            made.file.unlink(missing_ok=True)
        assert left == []


@pytest.fixture(scope="module")
def shared(lab: Lab) -> Iterator[DockerStack]:
    """One stack that serves, for the tests that only look."""
    made = Stacks(lab)
    stack = made()
    stack.up()
    yield stack
    made.end()


def files_in(root: Path) -> list[Path]:
    """Every file below a folder."""
    return [path for path in root.rglob("*") if path.is_file()]
