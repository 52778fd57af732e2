"""The reader of answers: whole ones are read exactly, incomplete ones waited for, broken ones refused."""

from __future__ import annotations

import pytest

from tools.bench.http1 import Answer, Malformed, read_answer

WITH_LENGTH = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n"


def test_an_answer_with_a_length_is_read_and_the_rest_left() -> None:
    assert read_answer(WITH_LENGTH + b"HTTP/1.1") == (
        Answer(200, "OK", (("content-type", "text/plain"), ("content-length", "5")), b"hello", keeps=True),
        len(WITH_LENGTH),
    )


def test_a_chunked_answer_is_put_together() -> None:
    assert read_answer(CHUNKED + b"more") == (
        Answer(200, "OK", (("transfer-encoding", "chunked"),), b"hello", keeps=True),
        len(CHUNKED),
    )


@pytest.mark.parametrize("whole", [WITH_LENGTH, CHUNKED], ids=["length", "chunked"])
def test_every_incomplete_answer_is_waited_for(whole: bytes) -> None:
    assert [read_answer(whole[:size]) for size in range(len(whole))] == [None] * len(whole)


def test_an_answer_of_unknown_length_ends_with_the_connection() -> None:
    data = b"HTTP/1.1 200 OK\r\n\r\nuntil the end"

    assert read_answer(data) is None
    assert read_answer(data, ended=True) == (Answer(200, "OK", (), b"until the end", keeps=False), len(data))


def test_an_answer_cut_short_of_its_length_is_never_whole() -> None:
    assert read_answer(WITH_LENGTH[:-1], ended=True) is None
    assert read_answer(CHUNKED[:-2], ended=True) is None


@pytest.mark.parametrize(
    ("head", "keeps"),
    [
        (b"HTTP/1.1 200 OK\r\n", True),
        (b"HTTP/1.1 200 OK\r\nConnection: Close\r\n", False),
        (b"HTTP/1.1 200 OK\r\nConnection: x, close\r\n", False),
        (b"HTTP/1.0 200 OK\r\n", False),
        (b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n", True),
    ],
)
def test_whether_the_connection_goes_on_is_read_from_version_and_header(head: bytes, keeps: bool) -> None:
    found = read_answer(head + b"Content-Length: 0\r\n\r\n")

    assert found is not None
    assert found[0].keeps is keeps


def test_answers_that_have_no_body_are_whole_with_their_head() -> None:
    assert read_answer(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1") == (Answer(100, "Continue", (), b"", True), 25)
    assert read_answer(WITH_LENGTH[:-5], head=True) == (
        Answer(200, "OK", (("content-type", "text/plain"), ("content-length", "5")), b"", True),
        len(WITH_LENGTH) - 5,
    )


@pytest.mark.parametrize(
    "data",
    [
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n",
    ],
)
def test_what_is_not_http_is_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        read_answer(data)
