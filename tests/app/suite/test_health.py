"""What every app answers behind the wrapper: alive, ready, and what runs."""

from __future__ import annotations

import pytest

from serving.contract import load_contract
from tests.app.suite.conftest import Serve
from tests.app.suite.eventually import eventually
from tests.app.suite.place import ROOT, App, Served
from tests.app.suite.wire import ask

NAMES: dict[App, str] = {"bundled": load_contract(ROOT / "app" / "service.toml").name, "probe": "probe"}


@pytest.fixture(params=NAMES)
def either(request: pytest.FixtureRequest, bundled: Served, probe: Served) -> tuple[App, Served]:
    return ("bundled", bundled) if request.param == "bundled" else ("probe", probe)


@pytest.mark.parametrize(
    ("path", "content"), [("/healthz", {"status": "alive"}), ("/readyz", {"status": "ready"})], ids=["alive", "ready"]
)
def test_health_is_answered_with_what_runs_in_the_headers(
    either: tuple[App, Served], path: str, content: dict[str, str]
) -> None:
    _, served = either
    answer = ask(served.web, path)

    assert (answer.status, answer.header("Content-Type"), answer.json()) == (200, "application/json", content)
    assert (answer.header("X-Revision"), answer.header("X-Deployment")) == (served.revision, "suite-deployment")
    assert answer.header("Cache-Control") == "no-store"


def test_version_tells_exactly_what_runs(either: tuple[App, Served]) -> None:
    app, served = either
    answer = ask(served.web, "/version")

    assert (answer.status, answer.header("Content-Type")) == (200, "application/json")
    assert answer.json() == {
        "service": NAMES[app],
        "revision": served.revision,
        "deployment": "suite-deployment",
        "server": served.server,
        "target": "suite",
        "stack": "suite",
    }
    assert (answer.header("X-Revision"), answer.header("X-Deployment")) == (served.revision, "suite-deployment")


def test_other_routes_do_not_tell_what_runs(probe: Served) -> None:
    answer = ask(probe.web, "/who")

    assert (answer.status, answer.header("X-Revision"), answer.header("X-Deployment")) == (200, None, None)


def test_the_same_release_tells_each_deployment_it_is_started_as(serve: Serve) -> None:
    served = serve("probe", SERVICE_DEPLOYMENT="another-deployment")

    assert ask(served.web, "/version").json() == {
        "service": "probe",
        "revision": served.revision,
        "deployment": "another-deployment",
        "server": served.server,
        "target": "suite",
        "stack": "suite",
    }


def test_an_app_that_is_not_ready_says_why_in_its_own_words(serve: Serve) -> None:
    served = serve("probe", ready=False, PROBE_READY="/nowhere/at/all")
    wait_alive(served)
    answer = ask(served.web, "/readyz")

    assert (answer.status, answer.json()) == (503, {"status": "the probe is not ready yet"})
    assert ask(served.web, "/healthz").status == 200


def wait_alive(served: Served) -> None:
    def alive() -> bool:
        try:
            return ask(served.web, "/healthz").status == 200
        except OSError:
            return False

    eventually(alive, 15, served.log)
