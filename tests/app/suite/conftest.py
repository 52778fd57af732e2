"""Each server (SUITE_SERVERS=a,b: only these) in each place (SUITE_PLACES=a,b), with the bundled app and the probe."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.app.suite.eventually import eventually
from tests.app.suite.local import LocalPlace
from tests.app.suite.place import PLACES, SERVERS, App, Listening, Place, Served

START_WITHIN = 20.0


@pytest.fixture(scope="session", params=PLACES)
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    made = _container_place(request) if request.param == "container" else LocalPlace()
    yield made
    made.close()


def _container_place(request: pytest.FixtureRequest) -> Place:
    # Asked for only here: without Docker the other places still have their tests.
    engine, images = request.getfixturevalue("docker_engine"), request.getfixturevalue("images")
    from tests.app.suite.container import ContainerPlace

    return ContainerPlace(images, engine)


_on_this_machine = pytest.mark.parametrize(
    "place", [name for name in PLACES if name == "local"], indirect=True, scope="session"
)
where_sockets_are_handed_over = _on_this_machine
where_the_ports_are_this_machines = _on_this_machine


@pytest.fixture(scope="session", params=SERVERS)
def server(request: pytest.FixtureRequest) -> str:
    return request.param


def wait_ready(served: Served) -> Served:
    def ready_or_dead() -> bool:
        if served.ready() and len(served.workers()) == served.size:
            return True
        try:
            status = served.wait(0)
        except TimeoutError:
            return False
        pytest.fail(f"{served.server} ended with {status} before it was ready:\n{served.log()}")

    eventually(ready_or_dead, START_WITHIN, lambda: f"{served.server} is not ready:\n{served.log()}")
    return served


def _shared(place: Place, app: App, server: str) -> Iterator[Served]:
    served = place.start(app, server, {})
    try:
        yield wait_ready(served)
    finally:
        served.stop()


@pytest.fixture(scope="session")
def bundled(place: Place, server: str) -> Iterator[Served]:
    """The bundled service, shared by the tests that leave it as it was."""
    yield from _shared(place, "bundled", server)


@pytest.fixture(scope="session")
def probe(place: Place, server: str) -> Iterator[Served]:
    """The probe app, shared by the tests that leave it as it was."""
    yield from _shared(place, "probe", server)


Serve = Callable[..., Served]


@pytest.fixture
def serve(place: Place, server: str) -> Iterator[Serve]:
    """Starts services for one test: `serve("probe", WEB_DRAIN="2")`; ready when it returns unless `ready=False`."""
    running: list[Served] = []

    def start(app: App, *, ready: bool = True, listening: Listening | None = None, **environment: Any) -> Served:
        served = place.start(app, server, {key: str(value) for key, value in environment.items()}, listening=listening)
        running.append(served)
        return wait_ready(served) if ready else served

    yield start
    errors: list[Exception] = []
    for served in running:
        try:
            served.stop()
        except Exception as error:  # noqa: BLE001 - the others are stopped first
            errors.append(error)
    if errors:
        raise ExceptionGroup("services that did not end well", errors)


@pytest.fixture
def listening(place: Place) -> Iterator[Listening]:
    """Listening sockets that outlive the servers started on them."""
    sockets = place.listen()
    yield sockets
    sockets.close()
