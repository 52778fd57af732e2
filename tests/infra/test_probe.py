"""A server that lies, lags or flaps does not pass for one that serves what was asked for."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from infra.errors import DeploymentError
from infra.probe import STEADY_ANSWERS, Expected, ask, told, verify

Answer = tuple[int, str]
GOOD = (200, json.dumps({"revision": "aaa", "deployment": "bbb"}))
OLD = (200, json.dumps({"revision": "000", "deployment": "bbb"}))


@contextmanager
def serving(answer: Callable[[int], Answer]) -> Iterator[tuple[str, list[int]]]:
    """A server whose answer to its n-th request (from 0) is `answer(n)`; its address, and how often it was asked."""
    asked = [0]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = answer(asked[0])
            asked[0] += 1
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Location", "/elsewhere")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def expected(url: str, timeout: float = 1.0) -> Expected:
    return Expected(url, "/version", revision="aaa", deployment="bbb", timeout=timeout)


def no_sleep(_seconds: float) -> None:
    threading.Event().wait(0.005)


def test_a_steady_server_passes() -> None:
    with serving(lambda _: GOOD) as (url, asked):
        verify(expected(url), sleep=no_sleep)
    assert asked == [STEADY_ANSWERS]


def test_a_server_that_lags_less_than_the_timeout_passes() -> None:
    with serving(lambda n: OLD if n < 20 else GOOD) as (url, asked):
        verify(expected(url, timeout=10), sleep=no_sleep)
    assert asked == [20 + STEADY_ANSWERS]


@pytest.mark.parametrize(
    ("answer", "seen"),
    [
        (OLD, "revision 000, deployment bbb"),
        ((200, json.dumps({"revision": "aaa", "deployment": "old"})), "revision aaa, deployment old"),
        ((200, json.dumps({"revision": "aaa-modified", "deployment": "bbb"})), "revision aaa-modified, deployment bbb"),
        ((200, "<h1>It works</h1>"), "an answer that is not the service's"),
        ((200, "[]"), "an answer that is not the service's"),
        ((200, "{}"), "an answer that is not the service's"),
        ((503, GOOD[1]), "status 503"),
        ((404, ""), "status 404"),
        ((302, ""), "status 302"),
    ],
    ids=[
        "old revision",
        "old deployment",
        "edited files",
        "another page",
        "list",
        "no fields",
        "unready",
        "not found",
        "sends elsewhere",
    ],
)
def test_a_server_that_lies_fails_and_is_quoted(answer: Answer, seen: str) -> None:
    with serving(lambda _: answer) as (url, _), pytest.raises(DeploymentError) as failed:
        verify(expected(url, timeout=0.3), sleep=no_sleep)
    first, second = str(failed.value).splitlines()
    assert first == f"{url} does not serve what was asked for, revision aaa, deployment bbb. In 0.3 s it answered:"
    assert second.endswith(f" x {seen}")


def test_a_server_that_lags_for_too_long_fails() -> None:
    with (
        serving(lambda n: OLD if n < 10_000 else GOOD) as (url, _),
        pytest.raises(DeploymentError, match="does not serve"),
    ):
        verify(expected(url, timeout=0.3), sleep=no_sleep)


def test_a_server_that_flaps_fails() -> None:
    def flapping(n: int) -> Answer:
        return OLD if n % STEADY_ANSWERS == STEADY_ANSWERS - 1 else GOOD

    with serving(flapping) as (url, _), pytest.raises(DeploymentError, match="does not steadily serve") as failed:
        verify(expected(url, timeout=0.5), sleep=no_sleep)
    assert "x revision aaa, deployment bbb" in str(failed.value)
    assert "x revision 000, deployment bbb" in str(failed.value)


def test_an_address_where_nobody_answers_fails() -> None:
    with serving(lambda _: GOOD) as (url, _):
        pass
    with pytest.raises(DeploymentError, match=r"x no answer \(.*refused.*\)"):
        verify(expected(url, timeout=0.2), sleep=no_sleep)


def test_the_world_is_asked_through_the_environments_proxy_and_this_machine_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with serving(lambda _: GOOD) as (proxy, through), serving(lambda _: OLD) as (near, _):
        monkeypatch.setenv("http_proxy", proxy)
        monkeypatch.delenv("no_proxy", raising=False)
        assert ask("http://service.example.com/version") == told("aaa", "bbb")
        assert through == [1]
        assert ask(f"{near}/version") == told("000", "bbb")
        assert through == [1]
