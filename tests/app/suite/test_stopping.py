"""SIGTERM: what was accepted is finished, what comes is turned away, and the process ends with 0 in time."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

from tests.app.suite.conftest import Serve
from tests.app.suite.eventually import eventually
from tests.app.suite.place import KEEPING
from tests.app.suite.wire import Wire, ask
from tools.bench.load import NEVER_ACCEPTED, REFUSED, Load

GRACE = 10  # WEB_GRACEFUL_TIMEOUT of every service of the suite
MARGIN = 3


def test_sigterm_under_load_finishes_every_accepted_request(serve: Serve) -> None:
    served = serve("probe")
    with Load(served.web, "/slow?seconds=0.01", connections=32) as load:
        load.wait_for(500)
        served.sigterm()
        status = served.wait(GRACE + MARGIN)
        tally = load.stop()

    # After the listener is closed there is nobody to refuse politely: the two reasons of connections never accepted.
    assert (status, set(tally.failed) - {REFUSED, NEVER_ACCEPTED}) == (0, set()), f"{tally}\n{served.log()}"
    assert "Traceback" not in served.log()


def test_a_slow_request_is_finished_after_sigterm(serve: Serve) -> None:
    served = serve("probe")
    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(ask, served.web, "/slow?seconds=2.5")
        stream = pool.submit(ask, served.web, "/stream?chunks=25&size=1000&pause=0.1")
        time.sleep(0.5)
        served.sigterm()
        answers = [slow.result(), stream.result()]

    assert [answer.status for answer in answers] == [200, 200]
    assert answers[1].body == b"".join(bytes([n]) * 1000 for n in range(25))
    assert served.wait(GRACE) == 0


def test_a_body_on_its_way_at_sigterm_is_taken_and_answered(serve: Serve) -> None:
    served = serve("probe")
    with Wire(served.web) as wire:
        wire.send_request("POST", "/digest", {"Content-Length": "10"})
        wire.send(b"12345")
        time.sleep(0.3)
        served.sigterm()
        time.sleep(0.7)
        wire.send(b"67890")
        answer = wire.answer()

    assert (answer.status, answer.json()["length"]) == (200, 10)
    assert served.wait(GRACE) == 0


def test_a_request_that_outlasts_the_grace_does_not_keep_the_process(serve: Serve) -> None:
    served = serve("probe", WEB_GRACEFUL_TIMEOUT=1)
    with Wire(served.web) as wire:
        wire.send_request("GET", "/slow?seconds=25")
        time.sleep(0.3)
        served.sigterm()
        served.wait(1 + MARGIN + 1)


def test_idle_and_silent_connections_do_not_hold_up_the_end(serve: Serve) -> None:
    served = serve("probe")
    wires = [Wire(served.web) for _ in range(6)]
    try:
        for wire in wires[:3]:
            assert wire.request("GET", "/who").status == 200
        served.sigterm()

        assert served.wait(GRACE) == 0
    finally:
        for wire in wires:
            wire.close()


def test_a_draining_service_says_so_and_goes_on_serving(serve: Serve) -> None:
    served = serve("probe", WEB_DRAIN=2)
    with Load(served.web, "/who", connections=8) as load, Wire(served.web) as kept:
        kept.request("GET", "/readyz")
        load.wait_for(100)
        asked_at = time.monotonic()
        served.sigterm()
        eventually(lambda: ask(served.web, "/readyz").status == 503, 1.5)
        drained = ask(served.web, "/readyz")
        on_kept = kept.request("GET", "/readyz").status if served.server in KEEPING else 503
        beside = (ask(served.web, "/who").status, ask(served.web, "/healthz").status)
        failed_in_drain = load.tally.failed.total()
        status = served.wait(2 + GRACE + MARGIN)
        lasted = time.monotonic() - asked_at

    assert (drained.status, on_kept, beside, failed_in_drain, status) == (503, 503, (200, 200), 0, 0)
    assert 2 <= lasted < 2 + GRACE, lasted
    assert set(load.tally.failed) <= {REFUSED, NEVER_ACCEPTED}, f"{load.tally}\n{served.log()}"


def test_without_a_drain_time_the_service_stops_at_once(serve: Serve) -> None:
    served = serve("probe")
    asked_at = time.monotonic()
    served.sigterm()

    assert served.wait(MARGIN) == 0
    assert time.monotonic() - asked_at < MARGIN


def test_a_second_sigterm_ends_the_drain_at_once(serve: Serve) -> None:
    served = serve("probe", WEB_DRAIN=60)
    served.sigterm()
    eventually(lambda: ask(served.web, "/readyz").status == 503, 2)
    served.sigterm()

    assert served.wait(GRACE) == 0
