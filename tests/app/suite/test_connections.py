"""Connections as clients really use them: kept, closed, pipelined, left idle."""

from __future__ import annotations

import pytest

from tests.app.suite.conftest import Serve
from tests.app.suite.place import KEEPING, SERVERS, SHAPES, Served
from tests.app.suite.wire import Wire, ask, head


def on(servers: list[str]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("server", servers, indirect=True, scope="session")


where_connections_are_kept = on([server for server in SERVERS if server in KEEPING])
where_they_are_not = on([server for server in SERVERS if server not in KEEPING])


@where_connections_are_kept
def test_many_requests_go_over_one_connection(probe: Served) -> None:
    with Wire(probe.web) as wire:
        answers = [wire.request("GET", "/who") for _ in range(200)]

    assert [(answer.status, answer.keeps) for answer in answers] == [(200, True)] * 200


@where_they_are_not
def test_every_answer_announces_the_end_of_its_connection(probe: Served) -> None:
    for target in ("/who", "/healthz", "/stream?chunks=2", "/fail", "/no-such-route"):
        with Wire(probe.web) as wire:
            answer = wire.request("GET", target, {"Connection": "keep-alive"})

            assert (answer.header("Connection"), answer.keeps) == ("close", False), target
            assert wire.closed_within(2) is not None, target


@where_they_are_not
def test_of_pipelined_requests_the_first_is_answered_and_no_other(probe: Served) -> None:
    with Wire(probe.web) as wire:
        wire.send(b"".join(head("GET", f"/big?bytes={size}", probe.web) for size in (5, 7)))
        answer = wire.answer()

        assert (answer.status, answer.body, answer.keeps) == (200, b"xxxxx", False)
        assert wire.closed_within(3) is not None
        assert wire.unread == b""


@where_connections_are_kept
def test_an_idle_connection_is_closed_after_the_keepalive_time(serve: Serve) -> None:
    served = serve("probe", WEB_KEEPALIVE=1)
    with Wire(served.web) as wire:
        assert wire.request("GET", "/who").status == 200
        closed_after = wire.closed_within(5)

        assert wire.unread == b""
    assert closed_after is not None
    assert 0.5 < closed_after < 4


@where_connections_are_kept
def test_a_connection_idle_for_less_than_the_keepalive_time_stays_open(probe: Served) -> None:
    with Wire(probe.web) as wire:
        assert wire.request("GET", "/who").status == 200
        assert wire.closed_within(2.5) is None  # WEB_KEEPALIVE is 5
        wire.socket.settimeout(5)

        assert wire.request("GET", "/who").status == 200


def test_a_client_that_asks_for_close_is_closed_after_its_answer(probe: Served) -> None:
    with Wire(probe.web) as wire:
        answer = wire.request("GET", "/who", {"Connection": "close"})

        assert (answer.status, answer.keeps) == (200, False)
        assert wire.closed_within(2) is not None


def test_an_http_1_0_client_gets_its_answer_and_the_end_of_the_connection(probe: Served) -> None:
    with Wire(probe.web) as wire:
        wire.send(b"GET /stream?chunks=3&size=5 HTTP/1.0\r\n\r\n")
        answer = wire.answer()

        # No chunked coding, which such a client does not know: the end of the connection ends the body.
        assert (answer.status, answer.header("Transfer-Encoding"), answer.body) == (
            200,
            None,
            b"\0" * 5 + b"\1" * 5 + b"\2" * 5,
        )
        assert wire.closed_within(2) is not None


@where_connections_are_kept
def test_pipelined_requests_are_answered_in_their_order(probe: Served) -> None:
    sizes = (5, 70_000, 1, 300)
    with Wire(probe.web) as wire:
        wire.send(b"".join(head("GET", f"/big?bytes={size}", probe.web) for size in sizes))

        assert [len(wire.answer().body) for _ in sizes] == list(sizes)


def test_head_answers_with_the_headers_of_get_and_no_body(probe: Served, bundled: Served) -> None:
    for served, target in ((probe, "/big?bytes=1000"), (bundled, "/"), (bundled, "/version"), (bundled, "/healthz")):
        got = ask(served.web, target)
        with Wire(served.web) as wire:
            headed = wire.request("HEAD", target)
            if headed.keeps:
                # A body that came nevertheless would be read as the beginning of the next answer.
                assert wire.request("GET", target).body == got.body
            else:
                assert (wire.closed_within(2) is not None, wire.unread) == (True, b"")

        assert (headed.status, headed.header("Content-Type"), headed.body) == (200, got.header("Content-Type"), b"")
        assert headed.header("Content-Length") in (got.header("Content-Length"), None)


@where_connections_are_kept
def test_more_kept_connections_than_threads_are_all_served(probe: Served) -> None:
    workers, threads = SHAPES[probe.server]
    wires = [Wire(probe.web) for _ in range(5 * workers * threads)]
    try:
        rounds = [[wire.request("GET", "/who").status for wire in wires] for _ in range(3)]
    finally:
        for wire in wires:
            wire.close()

    assert rounds == [[200] * len(wires)] * 3


def test_an_answer_of_unknown_length_arrives_whole_and_the_connection_goes_on(probe: Served) -> None:
    with Wire(probe.web) as wire:
        streamed = wire.request("GET", "/stream?chunks=20&size=1000")
        assert (streamed.status, streamed.body) == (200, b"".join(bytes([n]) * 1000 for n in range(20)))
        if streamed.keeps:
            assert wire.request("GET", "/who").status == 200
        else:
            assert wire.closed_within(2) is not None


def test_a_stream_reaches_the_client_while_it_is_made(probe: Served) -> None:
    with Wire(probe.web) as wire:
        wire.send_request("GET", "/stream?chunks=4&size=3000&pause=1")
        wire.socket.settimeout(0.9)  # the fourth piece is made 3 s after the first
        first = wire.receive_some(500)

    assert first.startswith(b"HTTP/1.1 200 ")
