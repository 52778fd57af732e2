"""Each server in turn (SUITE_SERVERS=a,b: only these), with the bundled app and the probe, where SUITE_PLACE says."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.app.suite.eventually import eventually
from tests.app.suite.place import SERVERS, Ability, App, Listening, Place, Served

START_WITHIN = 20.0


@pytest.fixture(scope="session")
def place() -> Iterator[Place]:
    module, _, name = os.environ.get("SUITE_PLACE", "tests.app.suite.local:LocalPlace").partition(":")
    made = getattr(importlib.import_module(module), name)()
    yield made
    made.close()


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
    if Ability.SOCKETS not in place.abilities:
        pytest.skip(f"this place has not what the test needs: {Ability.SOCKETS.value}")
    sockets = place.listen()
    yield sockets
    sockets.close()
