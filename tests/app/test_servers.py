"""What the servers' own classes are replaced by does what they do, faster, or more of it."""

import re
from email.utils import parsedate_to_datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from gunicorn.http.wsgi import Response

from serving.dates import http_date
from serving.listeners import Listeners
from serving.rundir import RunDirectory
from serving.servers.gunicorn_worker import QuickResponse
from serving.servers.run import Run
from serving.servers.uwsgi import arguments
from serving.servers.uwsgi_wrapper import ChunkedInput, UwsgiWrapper
from serving.settings import Settings
from tests.app.conftest import CONTRACT, IDENTITY, call, environ_of, hello


class Wire:
    """A socket that keeps what is sent."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []

    def sendall(self, data: bytes) -> None:
        self.sent.append(data)


def send(kind: Any, status: str, headers: list[tuple[str, str]], pieces: list[bytes], **request: Any) -> bytes:
    wire = Wire()
    asked = {"version": (1, 1), "method": "GET", "should_close": lambda: False} | request
    response = kind(SimpleNamespace(**asked), wire, SimpleNamespace(protocol="http"))
    response.start_response(status, headers)
    for piece in pieces:
        response.write(piece)
    response.close()
    return re.sub(rb"Date: [^\r]+", b"Date: now", b"".join(wire.sent))


PLAIN = [
    ("Content-Type", "text/plain"),
    ("X-Spaced", "  a  "),
    ("Content-Length", "5"),
    ("X-Content-Type-Options", "nosniff"),
]


@pytest.mark.parametrize(
    ("status", "headers", "pieces", "request_"),
    [
        ("200 OK", PLAIN, [b"hello"], {}),
        ("200 OK", PLAIN, [b"he", b"llo"], {}),
        ("200 OK", PLAIN, [b"hello world"], {}),
        ("200 OK", PLAIN[:2], [b"of unknown ", b"length"], {}),
        ("200 OK", PLAIN, [b"hello"], {"version": (1, 0)}),
        ("200 OK", PLAIN, [b"hello"], {"should_close": lambda: True}),
        ("200 OK", PLAIN, [], {"method": "HEAD"}),
        ("204 No Content", [("X-A", "b")], [], {}),
        ("304 Not Modified", [("Content-Length", "5")], [], {}),
        (
            "200 OK",
            [*PLAIN, ("Connection", "close"), ("Keep-Alive", "1"), ("Transfer-Encoding", "chunked")],
            [b"hello"],
            {},
        ),
        ("101 Switching Protocols", [("Connection", "upgrade"), ("Upgrade", "websocket")], [], {}),
    ],
)
def test_gunicorns_responses_are_byte_for_byte_what_they_were(
    status: str, headers: list[tuple[str, str]], pieces: list[bytes], request_: dict[str, Any]
) -> None:
    expected = send(Response, status, headers, pieces, **request_)

    for _ in range(2):
        assert send(QuickResponse, status, headers, pieces, **request_) == expected


@pytest.mark.parametrize(
    "header", [("Bad Name", "x"), ("X-A", "line\r\nX-B: smuggled"), ("X-A", "\x00"), (b"X-A", "x"), ("X-A", 1)]
)
def test_gunicorns_checks_of_headers_are_kept(header: tuple[Any, Any]) -> None:
    with pytest.raises(Exception) as expected:  # noqa: PT011 - of each kind that Gunicorn has
        send(Response, "200 OK", [header], [])
    for _ in range(2):
        with pytest.raises(expected.type):
            send(QuickResponse, "200 OK", [header], [])


def test_the_date_is_now_as_http_has_it() -> None:
    from datetime import UTC, datetime

    text = http_date()

    assert re.fullmatch(r"[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT", text)
    assert abs((datetime.now(UTC) - parsedate_to_datetime(text)).total_seconds()) < 2


@pytest.fixture
def run(tmp_path: Path) -> Run:
    settings = Settings(server="uwsgi", workers=3, threads=5, timeout=40, max_body=1000)
    return Run(CONTRACT, settings, Listeners((), (), shared=False), RunDirectory(tmp_path))


def test_uwsgi_is_told_what_the_environment_says(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    made = arguments(run, "/run/fifo")
    pairs = {name: made[made.index(f"--{name}") + 1] for name in ("processes", "threads", "socket-timeout")}

    assert pairs == {"processes": "3", "threads": "5", "socket-timeout": "40"}
    assert "--ini" not in made
    (tmp_path / "uwsgi.ini").write_text("[uwsgi]\n")
    # First, so that what the environment says comes after it and wins.
    assert arguments(run, "/run/fifo")[:2] == ["--ini", "uwsgi.ini"]


@pytest.fixture
def uwsgi() -> UwsgiWrapper:
    return UwsgiWrapper(hello, CONTRACT, Settings(server="uwsgi", access_log=False), IDENTITY)


def test_below_uwsgi_every_answer_tells_that_the_connection_ends(uwsgi: UwsgiWrapper) -> None:
    for path in ("/", "/no", "/healthz", "/metrics"):
        assert call(uwsgi, environ_of(path)).header("Connection") == "close"


def test_below_uwsgi_nobody_becomes_https_by_saying_so(uwsgi: UwsgiWrapper) -> None:
    environ = environ_of("/") | {"wsgi.url_scheme": "https"}
    call(uwsgi, environ)

    assert environ["wsgi.url_scheme"] == "http"


@pytest.mark.parametrize("broken", [{"SERVER_PROTOCOL": "GOPHER/1.0"}, {"SERVER_PROTOCOL": None}])
def test_below_uwsgi_what_is_no_request_does_not_reach_the_app(uwsgi: UwsgiWrapper, broken: dict[str, Any]) -> None:
    assert call(uwsgi, environ_of("/") | broken).status == "400 Bad Request"


@pytest.mark.parametrize("size", [1, 2, 3, 100, -1])
def test_uwsgis_chunks_are_read_as_one_stream(size: int) -> None:
    chunks = iter([b"ab", b"cde", b"f", b""])
    stream = ChunkedInput(lambda: next(chunks))
    pieces: list[bytes] = []
    while piece := stream.read(size):
        pieces.append(piece)

    assert b"".join(pieces) == b"abcdef"
    assert all(len(piece) <= size for piece in pieces) or size < 0
