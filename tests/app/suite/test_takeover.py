"""One server takes over the listening sockets of another, and no request is refused or lost."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from tests.app.suite.conftest import Serve, wait_ready, where_sockets_are_handed_over
from tests.app.suite.eventually import eventually
from tests.app.suite.place import Listening, Served
from tests.app.suite.wire import ask
from tools.bench.load import Load, Tally

pytestmark = where_sockets_are_handed_over

GRACE = 10


def _deployments(tally: Tally) -> dict[str, int]:
    return {json.loads(body)["deployment"]: count for body, count in tally.bodies.items()}


def _serves(served: Served, deployment: str) -> bool:
    """Whether any of some answers is of this deployment, when two share the sockets."""
    return any(ask(served.web, "/version").json()["deployment"] == deployment for _ in range(5))


def test_a_new_server_takes_over_under_load_without_a_failed_request(serve: Serve, listening: Listening) -> None:
    first = serve("probe", listening=listening, SERVICE_DEPLOYMENT="first")
    with Load(first.web, "/version", connections=32, keep_bodies=True) as load:
        load.wait_for(300)
        second = serve("probe", listening=listening, SERVICE_DEPLOYMENT="second")
        eventually(lambda: _serves(second, "second"), 10, second.log)
        first.sigterm()
        statuses = [first.wait(GRACE + 3)]
        load.wait_for(load.tally.ok + 300)
        third = serve("probe", listening=listening, SERVICE_DEPLOYMENT="third")
        eventually(lambda: _serves(third, "third"), 10, third.log)
        second.sigterm()
        statuses.append(second.wait(GRACE + 3))
        load.wait_for(load.tally.ok + 300)
        tally = load.stop()

    assert (dict(tally.failed), statuses) == ({}, [0, 0]), f"{tally}\n{first.log()}\n{second.log()}"
    assert set(_deployments(tally)) == {"first", "second", "third"}
    assert {ask(third.web, "/version").json()["deployment"] for _ in range(20)} == {"third"}


def test_a_kept_connection_that_rests_between_requests_survives_a_takeover(serve: Serve, listening: Listening) -> None:
    """Clients think between requests: what is sent on a connection is answered, or its end was told before."""
    first = serve("probe", listening=listening, SERVICE_DEPLOYMENT="first")
    with Load(first.web, "/version", connections=32, pause=0.05) as load:
        load.wait_for(100)
        serve("probe", listening=listening, SERVICE_DEPLOYMENT="second")
        first.sigterm()
        status = first.wait(GRACE + 3)
        load.wait_for(load.tally.ok + 200)
        tally = load.stop()

    assert (dict(tally.failed), status) == ({}, 0), f"{tally}\n{first.log()}"


def test_the_sockets_outlive_a_server_and_hold_requests_until_the_next(serve: Serve, listening: Listening) -> None:
    first = serve("probe", listening=listening)
    first.sigterm()
    assert first.wait(GRACE) == 0
    with Load(first.web, "/who", connections=4, requests=4, timeout=15) as load:
        time.sleep(0.3)
        assert load.tally.sent == 0
        serve("probe", listening=listening)
        load.wait_for(4)

    assert dict(load.tally.failed) == {}


@pytest.fixture
def gated(tmp_path: Path) -> Path:
    gate = tmp_path / "gate"
    gate.touch()
    return gate


def test_a_gated_server_that_never_gets_ready_never_takes_a_request(
    serve: Serve, listening: Listening, gated: Path, tmp_path: Path
) -> None:
    old = serve("probe", listening=listening, SERVICE_DEPLOYMENT="old")
    with Load(old.web, "/version", connections=8, keep_bodies=True) as load:
        new = serve(
            "probe",
            listening=listening,
            ready=False,
            WEB_GATE=gated,
            PROBE_READY=tmp_path / "ready",
            SERVICE_DEPLOYMENT="new",
        )
        eventually(lambda: "not ready yet" in new.log(), 10, new.log)
        load.wait_for(load.tally.ok + 500)
        new.sigterm()
        new.wait(GRACE)
        load.wait_for(load.tally.ok + 100)

    assert (dict(load.tally.failed), set(_deployments(load.tally))) == ({}, {"old"})


def test_a_gated_server_serves_once_its_app_is_ready(
    serve: Serve, listening: Listening, gated: Path, tmp_path: Path
) -> None:
    old = serve("probe", listening=listening, SERVICE_DEPLOYMENT="old")
    new = serve(
        "probe",
        listening=listening,
        ready=False,
        WEB_GATE=gated,
        PROBE_READY=tmp_path / "ready",
        SERVICE_DEPLOYMENT="new",
    )
    eventually(lambda: "not ready yet" in new.log(), 10, new.log)
    assert {ask(old.web, "/version").json()["deployment"] for _ in range(20)} == {"old"}
    (tmp_path / "ready").touch()
    eventually(lambda: _serves(new, "new"), 10, new.log)
    old.sigterm()

    assert old.wait(GRACE) == 0
    assert {ask(new.web, "/version").json()["deployment"] for _ in range(20)} == {"new"}


def test_a_server_whose_gate_is_gone_does_not_wait_at_it(serve: Serve, listening: Listening, tmp_path: Path) -> None:
    served = serve("probe", listening=listening, WEB_GATE=tmp_path / "none")

    assert wait_ready(served).ready()
