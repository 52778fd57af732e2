"""Containers of the image that a test may treat as badly as it likes."""

from collections.abc import Callable, Iterator
from typing import Any

import docker
import pytest

from tests.app.images import Images
from tests.app.suite.conftest import wait_ready
from tests.app.suite.container import ContainerPlace, ContainerServed
from tests.app.suite.place import App

Run = Callable[..., ContainerServed]


@pytest.fixture(scope="session")
def container_place(images: Images, docker_engine: docker.DockerClient) -> Iterator[ContainerPlace]:
    made = ContainerPlace(images, docker_engine)
    yield made
    made.close()


@pytest.fixture
def run(container_place: ContainerPlace) -> Iterator[Run]:
    """Runs containers for one test: `run("probe", "uwsgi", PORT=5000, options={"mem_limit": "96m"})`."""
    running: list[ContainerServed] = []

    def start(
        app: App,
        server: str = "gunicorn",
        *,
        ready: bool = True,
        options: dict[str, Any] | None = None,
        **environment: Any,
    ) -> ContainerServed:
        variables = {name: str(value) for name, value in environment.items()}
        served = container_place.run(app, server, variables, **(options or {}))
        running.append(served)
        return wait_ready(served) if ready else served

    yield start
    for served in running:
        served.stop()
