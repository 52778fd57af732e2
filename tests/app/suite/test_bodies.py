"""Request bodies: large, too large, chunked, slow, and not read by the app."""

from __future__ import annotations

import hashlib
import time

import pytest

from tests.app.suite.place import MAX_BODY, Served
from tests.app.suite.wire import Wire, ask, head


def _digest_of(body: bytes) -> dict[str, object]:
    return {"length": len(body), "sha256": hashlib.sha256(body).hexdigest()}


def _chunked(body: bytes, size: int = 10_000) -> bytes:
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


BODY = bytes(range(256)) * (MAX_BODY // 256)


def test_a_body_of_exactly_the_limit_is_accepted_whole(probe: Served) -> None:
    answer = ask(probe.web, "/digest", method="POST", body=BODY)

    assert (answer.status, answer.json()) == (200, _digest_of(BODY))


def test_one_byte_above_the_limit_is_413_and_the_app_does_not_see_it(probe: Served) -> None:
    answer = ask(probe.web, "/digest", method="POST", body=BODY + b"x")

    assert answer.status == 413


def test_a_chunked_body_is_accepted_whole(probe: Served) -> None:
    body = BODY[:200_000]
    with Wire(probe.web) as wire:
        wire.send(head("POST", "/digest", probe.web, {"Transfer-Encoding": "chunked"}) + _chunked(body))
        answer = wire.answer()

    assert (answer.status, answer.json()) == (200, _digest_of(body))


def test_a_chunked_body_above_the_limit_is_413(probe: Served) -> None:
    with Wire(probe.web) as wire:
        wire.send(head("POST", "/digest", probe.web, {"Transfer-Encoding": "chunked"}))
        try:
            wire.send(_chunked(BODY + b"x"))
        except ConnectionError:
            pass  # a server may hang up on the rest once it has answered

        assert wire.answer().status == 413


def test_an_announced_body_above_the_limit_is_413_before_it_is_sent(probe: Served) -> None:
    with Wire(probe.web, timeout=3) as wire:
        wire.send(head("POST", "/digest", probe.web, length=50 * MAX_BODY))

        assert wire.answer().status == 413


def test_a_dripping_body_is_taken_whole_while_others_are_served(probe: Served) -> None:
    body = b"drip" * 5
    drips = [Wire(probe.web) for _ in range(3)]
    try:
        for wire in drips:
            wire.send(head("POST", "/digest", probe.web, length=len(body)))
        for byte in body:
            for wire in drips:
                wire.send(bytes([byte]))
            assert ask(probe.web, "/who", timeout=1).status == 200
            time.sleep(0.07)
        answers = [wire.answer() for wire in drips]
    finally:
        for wire in drips:
            wire.close()

    assert [(answer.status, answer.json()) for answer in answers] == [(200, _digest_of(body))] * 3


@pytest.mark.parametrize("size", [50, 200_000])
def test_a_body_that_the_app_ignores_is_never_taken_for_a_request(probe: Served, size: int) -> None:
    smuggled = head("GET", "/big?bytes=7", probe.web)
    body = (smuggled * (size // len(smuggled) + 1))[:size]
    with Wire(probe.web) as wire:
        first = wire.request("POST", "/deaf", body=body)
        assert (first.status, first.json()) == (200, {"read": 0})
        try:
            second = wire.request("GET", "/big?bytes=3")
        except ConnectionError:
            # A server may end the connection rather than read the rest.
            assert wire.unread == b""
        else:
            assert (second.status, second.body) == (200, b"xxx")


def test_a_client_that_waits_for_100_continue_gets_it(probe: Served) -> None:
    body = b"waited for"
    with Wire(probe.web) as wire:
        wire.send(head("POST", "/digest", probe.web, {"Expect": "100-continue"}, len(body)))
        if probe.server == "uwsgi":
            # It says nothing; a client must not wait for ever (RFC 9110, 10.1.1), and curl does so for a second.
            time.sleep(1)
        else:
            assert wire.answer().status == 100
        wire.send(body)
        answer = wire.answer()

    assert (answer.status, answer.json()) == (200, _digest_of(body))
