"""The wrapper around an app that knows nothing of it."""

import io
import json
import logging
import threading
from typing import Any

import pytest

from serving.rundir import RunDirectory
from tests.app.conftest import IDENTITY, Wrap, call, environ_of, hello


def body_of(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Tells how many bytes it read."""
    data = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(len(data)).encode()]


def test_the_apps_own_answer_passes_with_an_id(wrap: Wrap) -> None:
    answer = call(wrap(), environ_of("/"))

    assert (answer.status, answer.body, answer.header("Content-Type")) == ("200 OK", b"hello", "text/plain")
    assert answer.header("X-Request-ID") is not None


@pytest.mark.parametrize("given", ["abc", "A.b_c:d/e+f=g-1", "x" * 128])
def test_an_id_of_the_client_is_taken(wrap: Wrap, given: str) -> None:
    assert call(wrap(), environ_of(HTTP_X_REQUEST_ID=given)).header("X-Request-ID") == given


@pytest.mark.parametrize("given", ["", "two words", "x" * 129, "a\nb", '"', "é", "<b>"])
def test_an_id_that_could_do_harm_is_replaced(wrap: Wrap, given: str) -> None:
    made = call(wrap(), environ_of(HTTP_X_REQUEST_ID=given)).header("X-Request-ID")

    assert made is not None
    assert (made != given, made.isalnum()) == (True, True)


def test_made_ids_differ_within_and_among_workers(wrap: Wrap) -> None:
    first, second = wrap(), wrap()

    assert (
        len({call(wrapper, environ_of()).header("X-Request-ID") for wrapper in (first, second) for _ in range(50)})
        == 100
    )


def test_the_app_is_told_what_runs_and_the_id(wrap: Wrap) -> None:
    seen: dict[str, Any] = {}

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        seen.update(environ)
        return hello(environ, start_response)

    answer = call(wrap(app), environ_of())
    assert seen["serving.identity"] == {
        "service": "shop",
        "revision": "0123456789ab",
        "deployment": "fedcba987654",
        "server": "gunicorn",
        "target": "local",
        "stack": "dev",
    }
    assert seen["serving.request_id"] == answer.header("X-Request-ID")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/healthz", {"status": "alive"}),
        ("/readyz", {"status": "ready"}),
        (
            "/version",
            {
                "service": "shop",
                "revision": "0123456789ab",
                "deployment": "fedcba987654",
                "server": "gunicorn",
                "target": "local",
                "stack": "dev",
            },
        ),
    ],
)
def test_what_the_app_lacks_is_answered_for_it(wrap: Wrap, path: str, body: dict[str, str]) -> None:
    answer = call(wrap(), environ_of(path))

    assert (answer.status, answer.header("Content-Type"), json.loads(answer.body)) == (
        "200 OK",
        "application/json",
        body,
    )
    assert (answer.header("X-Revision"), answer.header("X-Deployment")) == (IDENTITY.revision, IDENTITY.deployment)
    assert (answer.header("Cache-Control"), answer.calls) == ("no-store", 1)


def test_what_the_app_answers_itself_is_its_own(wrap: Wrap) -> None:
    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("503 Service Unavailable", [("Content-Type", "text/plain")])
        return [b"the database sleeps"]

    answer = call(wrap(app), environ_of("/readyz"))
    assert (answer.status, answer.body) == ("503 Service Unavailable", b"the database sleeps")
    assert answer.header("X-Revision") == IDENTITY.revision


@pytest.mark.parametrize(("status", "expected"), [("404 Not Found", b'{"status": "alive"}\n'), ("200 OK", b"mine")])
def test_an_app_that_begins_its_response_late_is_understood(wrap: Wrap, status: str, expected: bytes) -> None:
    closed: list[bool] = []

    def app(environ: dict[str, Any], start_response: Any) -> Any:
        try:
            start_response(status, [])
            yield b"mi"
            yield b"ne"
        finally:
            closed.append(True)

    assert call(wrap(app), environ_of("/healthz")).body == expected
    assert closed == [True]


def test_draining_wins_over_an_app_that_is_ready(wrap: Wrap, run_directory: RunDirectory) -> None:
    def always(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        return [b"ready"]

    wrapper = wrap(always)
    before = call(wrapper, environ_of("/readyz"))
    run_directory.begin_drain()
    after = call(wrapper, environ_of("/readyz"))

    assert (before.status, after.status) == ("200 OK", "503 Service Unavailable")
    assert (after.body, call(wrapper, environ_of("/healthz")).status) == (b'{"status": "draining"}\n', "200 OK")


def test_metrics_are_for_the_admin_port_which_has_nothing_else(wrap: Wrap) -> None:
    wrapper = wrap()
    public = call(wrapper, environ_of("/metrics", HTTP_HOST="127.0.0.1:9000"))
    admin = call(wrapper, environ_of("/metrics", SERVER_PORT="9000"))

    assert (public.status, admin.status) == ("404 Not Found", "200 OK")
    assert b'http_request_duration_seconds_count{method="GET",route="/metrics",status="404"} 1.0' in admin.body
    assert call(wrapper, environ_of("/", SERVER_PORT="9000")).status == "404 Not Found"
    assert call(wrapper, environ_of("/version", SERVER_PORT="9000")).status == "200 OK"


def test_metrics_can_be_made_public(wrap: Wrap) -> None:
    assert call(wrap(metrics_public=True), environ_of("/metrics")).status == "200 OK"


def test_an_exception_is_a_500_with_the_id_and_is_logged_once(wrap: Wrap, caplog: pytest.LogCaptureFixture) -> None:
    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        raise RuntimeError("out of paint")

    wrapper = wrap(app)
    answer = call(wrapper, environ_of("/paint", HTTP_X_REQUEST_ID="id-1"))
    assert (answer.status, json.loads(answer.body)) == (
        "500 Internal Server Error",
        {"error": {"status": 500, "message": "Internal Server Error", "request_id": "id-1"}},
    )
    (record,) = caplog.records
    assert (record.getMessage(), record.exc_info is not None) == ("the app failed on GET /paint", True)
    assert b"Internal Server Error</h1>" in call(wrapper, environ_of(HTTP_ACCEPT="text/html")).body


def test_an_exception_after_the_response_began_replaces_it_if_the_server_can(wrap: Wrap) -> None:
    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        raise RuntimeError("too late")

    answer = call(wrap(app), environ_of())
    assert (answer.status, answer.calls) == ("500 Internal Server Error", 2)


def test_an_app_that_calls_exit_costs_only_its_request(wrap: Wrap) -> None:
    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        raise SystemExit(3)

    assert call(wrap(app), environ_of()).status == "500 Internal Server Error"


def test_head_has_no_body_whatever_the_app_sends(wrap: Wrap) -> None:
    closed: list[bool] = []

    def app(environ: dict[str, Any], start_response: Any) -> Any:
        try:
            start_response("200 OK", [("Content-Length", "6")])
            yield b"abc"
            yield b"def"
        finally:
            closed.append(True)

    answer = call(wrap(app), environ_of(method="HEAD"))
    assert (answer.status, answer.body, answer.header("Content-Length"), closed) == ("200 OK", b"", "6", [True])


def test_a_body_up_to_the_limit_passes(wrap: Wrap) -> None:
    assert call(wrap(body_of, max_body=10), environ_of(method="POST", body=b"x" * 10)).body == b"10"


def test_a_longer_body_is_refused_unread(wrap: Wrap) -> None:
    environ = environ_of(method="POST", body=b"x" * 11)
    answer = call(wrap(body_of, max_body=10), environ)

    assert (answer.status, environ["wsgi.input"].read(1)) == ("413 Request Entity Too Large", b"x")


@pytest.mark.parametrize(("size", "status"), [(10, "200 OK"), (11, "413 Request Entity Too Large")])
def test_a_body_of_unknown_length_is_cut_off_at_the_limit(wrap: Wrap, size: int, status: str) -> None:
    environ = environ_of(method="POST", HTTP_TRANSFER_ENCODING="chunked")
    environ["wsgi.input"] = io.BytesIO(b"x" * size)

    assert call(wrap(body_of, max_body=10), environ).status == status


@pytest.mark.parametrize("length", ["ten", "-1", "1_0"])
def test_a_length_that_is_none_is_a_bad_request(wrap: Wrap, length: str) -> None:
    assert call(wrap(body_of), environ_of(method="POST", CONTENT_LENGTH=length)).status == "400 Bad Request"


@pytest.mark.parametrize("trouble", [OSError("reset"), ValueError("bad chunk"), EOFError()])
def test_a_client_that_leaves_is_no_fault_of_ours(
    wrap: Wrap, trouble: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken:
        def read(self, size: int = -1) -> bytes:
            raise trouble

    caplog.set_level(logging.INFO)
    environ = environ_of(method="POST", CONTENT_LENGTH="5") | {"wsgi.input": Broken()}

    assert call(wrap(body_of), environ).status == "400 Bad Request"
    assert [(record.levelname, record.exc_info) for record in caplog.records] == [("INFO", None)]


def test_a_body_that_ends_early_is_not_taken_for_a_whole_one(wrap: Wrap) -> None:
    environ = environ_of(method="POST", body=b"half") | {"CONTENT_LENGTH": "8"}

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        while environ["wsgi.input"].read(3):
            pass
        return hello(environ, start_response)

    assert call(wrap(app), environ).status == "400 Bad Request"


def test_lines_of_a_body_can_be_read(wrap: Wrap) -> None:
    lines: list[bytes] = []

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        lines.append(environ["wsgi.input"].readline())
        lines.extend(environ["wsgi.input"])
        return hello(environ, start_response)

    call(wrap(app), environ_of(method="POST", body=b"one\ntwo\nthree"))
    assert lines == [b"one\n", b"two\n", b"three"]


def test_a_stream_is_passed_on_piece_by_piece_and_closed(wrap: Wrap) -> None:
    events: list[str] = []

    def app(environ: dict[str, Any], start_response: Any) -> Any:
        start_response("200 OK", [])
        try:
            events.append("first")
            yield b"a"
            events.append("second")
            yield b"b"
        finally:
            events.append("closed")

    result = wrap(app)(environ_of(), lambda status, headers, exc_info=None: lambda data: None)
    assert (next(iter(result)), events) == (b"a", ["first"])
    result.close()
    assert events == ["first", "closed"]


def logged(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    lines = [record.__dict__["fields"] for record in caplog.records if record.name == "serving.access"]
    for line in lines:
        assert line.pop("duration_ms") >= 0
    return lines


def test_each_request_is_a_line_without_its_query(wrap: Wrap, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    call(wrap(access_log=True), environ_of("/", QUERY_STRING="token=1", HTTP_USER_AGENT="tester"))

    assert logged(caplog) == [
        {"method": "GET", "path": "/", "status": 200, "bytes": 5, "remote": "192.0.2.7", "agent": "tester"}
    ]


def test_a_response_that_was_cut_is_marked(wrap: Wrap, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)

    def app(environ: dict[str, Any], start_response: Any) -> Any:
        start_response("200 OK", [])
        yield b"abc"
        yield b"def"

    result = wrap(app, access_log=True)(environ_of(), lambda status, headers, exc_info=None: lambda data: None)
    next(iter(result))
    result.close()

    (line,) = logged(caplog)
    assert (line["bytes"], line["aborted"]) == (3, True)


def test_probes_are_only_logged_when_they_fail(
    wrap: Wrap, caplog: pytest.LogCaptureFixture, run_directory: RunDirectory
) -> None:
    caplog.set_level(logging.INFO)
    wrapper = wrap(access_log=True)
    call(wrapper, environ_of("/readyz"))
    run_directory.begin_drain()
    call(wrapper, environ_of("/readyz"))

    assert [(line["path"], line["status"]) for line in logged(caplog)] == [("/readyz", 503)]


def test_running_requests_are_known_while_they_run(wrap: Wrap) -> None:
    seen: list[int] = []

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        seen.extend(wrapper.running)
        return hello(environ, start_response)

    wrapper = wrap(app)
    call(wrapper, environ_of())
    assert (seen, wrapper.running) == ([threading.get_ident()], {})
