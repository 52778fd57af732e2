"""Processes that die, code that fails: the service goes on and tells what happened."""

from __future__ import annotations

import time

import pytest

from tests.app.suite.conftest import Serve
from tests.app.suite.eventually import eventually
from tests.app.suite.place import Served
from tests.app.suite.wire import ServerClosed, Wire, ask
from tools.bench.load import Load


def _all_answer(served: Served) -> bool:
    return len(served.workers()) == served.size and served.ready()


def test_a_killed_worker_is_replaced_and_the_service_goes_on(serve: Serve) -> None:
    served = serve("probe")
    before = served.workers()
    victim = served.crash_worker()
    eventually(lambda: victim not in served.workers() and _all_answer(served), 10, served.log)

    assert (victim in before, len(served.workers())) == (True, len(before))
    tally = Load(served.web, "/who", connections=8, requests=400).run()
    assert (tally.ok, dict(tally.failed)) == (400, {})


def test_a_worker_that_crashes_under_load_costs_only_the_requests_it_had(serve: Serve) -> None:
    served = serve("probe", WEB_CONCURRENCY=2, WEB_THREADS=4)
    with Load(served.web, "/slow?seconds=0.01", connections=16) as load:
        load.wait_for(200)
        served.crash_worker()
        load.wait_for(load.tally.ok + 600)
        tally = load.stop()

    assert 0 <= tally.failed.total() <= 16, str(tally)
    eventually(lambda: len(served.workers()) == 2, 5, served.log)


def test_a_request_that_kills_its_worker_is_the_only_one_lost(serve: Serve) -> None:
    served = serve("probe")
    before = served.workers()
    try:
        answer = ask(served.web, "/crash")
    except ConnectionError:
        pass
    else:
        assert answer.status in (500, 502, 503)
    eventually(lambda: served.workers() != before and _all_answer(served), 10, served.log)

    assert [ask(served.web, "/who").status for _ in range(20)] == [200] * 20


def test_an_exception_of_the_app_is_a_500_with_its_traceback_in_the_log_only(probe: Served) -> None:
    workers, before = probe.workers(), probe.log()
    with Wire(probe.web) as wire:
        answer = wire.request("GET", "/fail")

    assert (answer.status, b"asked to fail" in answer.body, b"Traceback" in answer.body) == (500, False, False)
    eventually(lambda: "the probe was asked to fail" in probe.log()[len(before) :])
    assert (probe.workers(), ask(probe.web, "/who").status) == (workers, 200)


def test_an_exception_in_the_middle_of_an_answer_ends_the_connection(probe: Served) -> None:
    workers = probe.workers()
    with Wire(probe.web) as wire:
        wire.send_request("GET", "/fail-late")
        # A client must be able to tell a cut answer from a whole one.
        with pytest.raises(ServerClosed, match="200 OK"):
            wire.answer()

    assert (probe.workers(), ask(probe.web, "/who").status) == (workers, 200)


def test_an_app_that_calls_exit_does_not_end_the_service(serve: Serve) -> None:
    served = serve("probe")
    for _ in range(12):
        try:
            assert ask(served.web, "/leave", timeout=5).status == 500
        except ConnectionError:
            pass
    eventually(lambda: _all_answer(served), 10, served.log)

    tally = Load(served.web, "/who", connections=16, requests=200).run()
    assert (tally.ok, dict(tally.failed)) == (200, {})


def test_a_request_that_outlasts_its_time_is_ended_and_others_go_on(serve: Serve) -> None:
    served = serve("probe", WEB_TIMEOUT=2, WEB_GRACEFUL_TIMEOUT=2)
    with Wire(served.web) as wire:
        began = time.monotonic()
        wire.send_request("GET", "/slow?seconds=25")
        with Load(served.web, "/who", connections=4, pause=0.01) as load:
            try:
                status = wire.answer().status
            except ConnectionError:
                status = 0
            lasted = time.monotonic() - began
            load.wait_for(load.tally.ok + 100)

    assert status in (0, 500, 503, 504), status
    assert 1.5 < lasted < 8, lasted
    assert dict(load.tally.failed) == {}
    eventually(lambda: _all_answer(served), 5, served.log)
    assert "longer than 2 s" in served.log()


def test_nothing_outlives_the_first_process(serve: Serve) -> None:
    served = serve("probe")
    assert len(served.workers()) == served.size
    served.crash()
    eventually(lambda: not served.workers(), 5, lambda: f"{served.workers()} live on:\n{served.log()}")

    with pytest.raises(ConnectionRefusedError):
        ask(served.web, "/who")
