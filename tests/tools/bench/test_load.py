"""The load generator against servers that misbehave in one known way each: every request is accounted for."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tools.bench.load import CUT, DROPPED, NEVER_ACCEPTED, REFUSED, UNANSWERED, Load, Tally

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
LAST = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"
Script = Callable[[socket.socket], None]


@contextmanager
def serving(script: Script) -> Iterator[tuple[str, int]]:
    """A server that plays `script` on every connection, each in a thread, and closes it when the script ends."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def play(connection: socket.socket) -> None:
            with connection:
                try:
                    script(connection)
                except OSError:
                    pass

        def accept() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=play, args=(connection,), daemon=True).start()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield listener.getsockname()
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(5)


def next_request(connection: socket.socket) -> bool:
    data = b""
    while not data.endswith(b"\r\n\r\n"):
        piece = connection.recv(4096)
        if not piece:
            return False
        data += piece
    return True


def forever(connection: socket.socket) -> None:
    while next_request(connection):
        connection.sendall(OK)


def run(script: Script, *, requests: int, connections: int = 1, timeout: float = 5.0) -> Tally:
    with serving(script) as address:
        return Load(address, requests=requests, connections=connections, timeout=timeout).run()


def test_exactly_the_asked_number_of_requests_is_sent() -> None:
    tally = run(forever, requests=997, connections=32)

    assert (tally.ok, dict(tally.failed), dict(tally.statuses), tally.connections, len(tally.latencies)) == (
        997,
        {},
        {200: 997},
        32,
        997,
    )


def test_connections_come_from_the_addresses_that_they_are_given_in_turn() -> None:
    came: list[str] = []

    def once(connection: socket.socket) -> None:
        came.append(connection.getpeername()[0])
        next_request(connection)
        connection.sendall(LAST)

    sources = ["127.0.0.2", "127.0.0.3"]
    with serving(once) as address:
        tally = Load(address, requests=9, connections=3, sources=sources).run()

    assert (tally.ok, dict(tally.failed), set(came)) == (9, {}, set(sources))
    assert came[:3].count("127.0.0.2") == 2


def test_a_connection_that_is_told_to_close_is_opened_anew_without_a_failure() -> None:
    def two_at_a_time(connection: socket.socket) -> None:
        next_request(connection)
        connection.sendall(OK)
        next_request(connection)
        connection.sendall(LAST)

    tally = run(two_at_a_time, requests=10)

    assert (tally.ok, dict(tally.failed), tally.connections) == (10, {}, 5)


def test_a_kept_connection_that_is_dropped_under_a_request_is_a_failure() -> None:
    def one_then_drop(connection: socket.socket) -> None:
        next_request(connection)
        connection.sendall(OK)
        next_request(connection)

    tally = run(one_then_drop, requests=10)

    assert (tally.ok, dict(tally.failed)) == (5, {DROPPED: 5})


def test_a_connection_that_was_closed_while_idle_is_not_a_failure() -> None:
    def one(connection: socket.socket) -> None:
        next_request(connection)
        connection.sendall(OK)

    with serving(one) as address:
        tally = Load(address, requests=5, connections=1, pause=0.1).run()

    assert (tally.ok, dict(tally.failed), tally.connections) == (5, {}, 5)


def test_a_connection_that_is_never_answered_is_a_failure() -> None:
    def drop(connection: socket.socket) -> None:
        next_request(connection)

    tally = run(drop, requests=3)

    assert (tally.ok, dict(tally.failed)) == (0, {NEVER_ACCEPTED: 3})


def test_an_answer_that_is_cut_is_a_failure() -> None:
    def cut(connection: socket.socket) -> None:
        next_request(connection)
        connection.sendall(OK[:-1])

    tally = run(cut, requests=3)

    assert (tally.ok, dict(tally.failed)) == (0, {CUT: 3})


def test_a_request_that_is_not_answered_in_time_is_a_failure() -> None:
    def wait(connection: socket.socket) -> None:
        while next_request(connection):
            pass

    tally = run(wait, requests=2, connections=2, timeout=0.3)

    assert (tally.ok, dict(tally.failed)) == (0, {UNANSWERED: 2})


def test_another_status_than_the_expected_is_a_failure() -> None:
    def refuse(connection: socket.socket) -> None:
        while next_request(connection):
            connection.sendall(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")

    tally = run(refuse, requests=4)

    assert (tally.ok, dict(tally.failed), dict(tally.statuses)) == (0, {"unexpected answer 503": 4}, {503: 4})


def test_a_refused_connection_is_a_failure() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
    tally = Load(address, requests=3, connections=3).run()

    assert (tally.ok, dict(tally.failed)) == (0, {REFUSED: 3})


def test_a_stopped_load_waits_for_the_answers_of_what_it_sent() -> None:
    release = threading.Event()
    arrived = threading.Semaphore(0)

    def held(connection: socket.socket) -> None:
        while next_request(connection):
            arrived.release()
            release.wait(10)
            connection.sendall(OK)

    with serving(held) as address, Load(address, connections=8) as load:
        for _ in range(8):
            assert arrived.acquire(timeout=5)
        threading.Timer(0.2, release.set).start()
        tally = load.stop()

    assert (tally.ok, dict(tally.failed)) == (8, {})


def test_waiting_for_answers_that_do_not_come_ends_with_the_tally() -> None:
    def drop(connection: socket.socket) -> None:
        next_request(connection)

    waited = pytest.raises(TimeoutError, match=NEVER_ACCEPTED)
    with serving(drop) as address, Load(address, connections=1) as load, waited:
        load.wait_for(1, within=0.3)


def test_percentiles_are_taken_from_the_sorted_latencies() -> None:
    tally = Tally(latencies=[0.004, 0.001, 0.003, 0.002])

    assert [tally.percentile(share) for share in (0.0, 0.5, 0.99, 1.0)] == [0.001, 0.003, 0.004, 0.004]
    assert Tally().percentile(0.99) == 0.0
