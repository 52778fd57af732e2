"""The stand-in of every package, served once, and small programs of each cloud that the engine runs against it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.engine.conftest import checkout  # noqa: F401 - a fixture
from tests.offline.client import Client
from tests.offline.program import Program
from tools.offline.packages import installed, simulations
from tools.offline.server import Serving, serve
from tools.offline.world import World

PROGRAMS = Path(__file__).parent / "programs"


@pytest.fixture(scope="session")
def world() -> World:
    return World()


@pytest.fixture(scope="session")
def serving(world: World) -> Iterator[Serving]:
    serving = serve(simulations(installed(), world))
    yield serving
    serving.close()


@pytest.fixture(scope="session")
def client(serving: Serving, world: World) -> Callable[[str], Client]:
    """A provider's client by the package's name."""
    made: dict[str, Client] = {}

    def get(package: str) -> Client:
        if package not in made:
            made[package] = Client(package, serving.ports[package], world)
        return made[package]

    return get


@pytest.fixture
def program(serving: Serving, world: World, tmp_path: Path) -> Iterator[Callable[[str], Program]]:
    """A program of a platform: that of the folder `programs`, until it is written anew."""
    made: list[Program] = []

    def make(platform: str) -> Program:
        named = Program(tmp_path / platform, platform, {"PULUMI_DEBUG_PROVIDERS": serving.variable()})
        named.write((PROGRAMS / f"{platform}.py").read_text(encoding="utf-8"))
        made.append(named)
        return named

    yield make
    world.faults.clear()
    for each in made:
        each.run("destroy", "--yes", "--skip-preview")
