"""Clients that are slow, leave or talk nonsense harm nobody but themselves."""

from __future__ import annotations

import time

import pytest

from tests.app.suite.place import SHAPES, Served
from tests.app.suite.test_concurrency import assert_every_thread_works
from tests.app.suite.wire import Wire, ask, head
from tools.bench.http1 import read_answer


def _assert_unharmed(served: Served, log_before: str) -> None:
    """Every thread still works, and the log tells of no fault of the service."""
    assert_every_thread_works(served)
    assert "Traceback" not in served.log()[len(log_before) :]


def test_clients_that_drip_their_headers_do_not_stop_others(probe: Served) -> None:
    slow = [Wire(probe.web) for _ in range(3)]
    try:
        for wire in slow:
            wire.send(b"GET /who HTTP/1.1\r\nHost: slow\r\n")
        for number in range(20):
            for wire in slow:
                wire.send(f"X-Drip-{number}: drip\r\n".encode())
            assert ask(probe.web, "/who", timeout=1).status == 200
            time.sleep(0.05)
        for wire in slow:
            wire.send(b"\r\n")

        assert [wire.answer().status for wire in slow] == [200] * 3
    finally:
        for wire in slow:
            wire.close()


def test_connections_that_never_say_a_word_do_not_stop_others(probe: Served) -> None:
    workers, threads = SHAPES[probe.server]
    silent = [Wire(probe.web) for _ in range(4 * workers * threads)]
    try:
        time.sleep(0.2)
        assert [ask(probe.web, "/who", timeout=8).status for _ in range(10)] == [200] * 10
    finally:
        for wire in silent:
            wire.close()


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET /wh",
        b"GET /who HTTP/1.1\r\nHost: x\r\nX-Half",
        b"POST /digest HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\nonly this",
        b"POST /digest HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
    ],
    ids=["before a byte", "in the request line", "in a header", "in the body", "in a chunk"],
)
@pytest.mark.parametrize("manner", ["close", "reset"])
def test_a_client_that_leaves_in_its_request_leaves_no_trace(probe: Served, sent: bytes, manner: str) -> None:
    before = probe.log()
    for _ in range(4):
        wire = Wire(probe.web)
        wire.send(sent)
        time.sleep(0.02)
        getattr(wire, manner)()

    _assert_unharmed(probe, before)


@pytest.mark.parametrize(
    "target", ["/big?bytes=20000000", "/stream?chunks=40&size=100000&pause=0.02", "/slow?seconds=0.3"]
)
@pytest.mark.parametrize("manner", ["close", "reset"])
def test_a_client_that_leaves_in_its_answer_leaves_no_trace(probe: Served, target: str, manner: str) -> None:
    before = probe.log()
    for _ in range(3):
        wire = Wire(probe.web)
        wire.send_request("GET", target)
        if target != "/slow?seconds=0.3":
            wire.receive_some(1000)
        getattr(wire, manner)()
    time.sleep(0.5)

    _assert_unharmed(probe, before)


def test_a_client_that_reads_slowly_gets_everything_while_others_are_served(probe: Served) -> None:
    size = 4_000_000
    received = bytearray()
    with Wire(probe.web) as wire:
        wire.send_request("GET", f"/big?bytes={size}")
        for _ in range(10):
            received += wire.socket.recv(1)
            assert ask(probe.web, "/who", timeout=1).status == 200
            time.sleep(0.05)
        while (found := read_answer(received)) is None:
            piece = wire.socket.recv(65536)
            assert piece, f"the connection ended after {len(received)} bytes"
            received += piece

    assert found[0].body == b"x" * size


MALFORMED = {
    "no request": b"NONSENSE\r\n\r\n",
    "an unknown protocol": b"GET / GOPHER/1.0\r\nHost: x\r\n\r\n",
    "a header without a colon": b"GET /who HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n",
    "a space before the colon": b"GET /who HTTP/1.1\r\nHost: x\r\nContent-Length : 3\r\n\r\nabc",
    "a length that is no number": b"POST /digest HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\nabc",
    "a negative length": b"POST /digest HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\nabc",
    "two lengths": b"POST /digest HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
    "a chunk size that is no number": (
        b"POST /digest HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n"
    ),
    "a TLS greeting": b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03" + bytes(range(100)) + b"\r\n\r\n",
    "endless headers": b"GET /who HTTP/1.1\r\nHost: x\r\n" + b"X-More: " + b"m" * 300_000 + b"\r\n\r\n",
}


# uWSGI's parser takes these for requests; what it answers them does no harm, since it ends the connection after it.
TAKEN_BY_UWSGI = (
    "an unknown protocol",
    "a space before the colon",
    "a TLS greeting",
    "a chunk size that is no number",
)


@pytest.mark.parametrize("kind", MALFORMED)
def test_a_malformed_request_is_refused_and_nothing_crashes(probe: Served, kind: str) -> None:
    before, workers = probe.log(), probe.workers()
    with Wire(probe.web, timeout=5) as wire:
        try:
            wire.send(MALFORMED[kind])
        except ConnectionError:
            pass
        said = wire.receive_some(12)
        ended = wire.closed_within(3) is not None

    refusals = {b"400", b"413", b"431", b"501", b"505"}
    if probe.server == "uwsgi":
        # It may end the connection without a word.
        assert kind in TAKEN_BY_UWSGI or said[9:12] in refusals | {b""}, said
    else:
        assert said[9:12] in refusals, said
    assert (ended, probe.workers(), ask(probe.web, "/who").status) == (True, workers, 200)
    assert "Traceback" not in probe.log()[len(before) :]


def test_a_request_after_a_malformed_one_on_the_same_connection_is_not_answered(probe: Served) -> None:
    with Wire(probe.web, timeout=5) as wire:
        wire.send(b"GET /who HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n" + head("GET", "/big?bytes=7", probe.web))
        said = wire.receive_some(1)
        assert wire.closed_within(3) is not None

        assert b"xxxxxxx" not in said + wire.unread
