"""JSON lines, one per request, tied together by the request's id."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.app.suite.conftest import Serve
from tests.app.suite.eventually import eventually
from tests.app.suite.place import Served
from tests.app.suite.wire import ask


def lines_with(served: Served, request_id: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in served.log().splitlines() if request_id in line]


def test_a_request_id_is_accepted_returned_and_logged(bundled: Served) -> None:
    answer = ask(
        bundled.web, "/api/hello?token=secret-in-the-query", {"X-Request-ID": "abc-123.DEF", "User-Agent": "suite"}
    )
    assert (answer.status, answer.header("X-Request-ID")) == (200, "abc-123.DEF")
    eventually(lambda: bool(lines_with(bundled, "abc-123.DEF")))
    (line,) = lines_with(bundled, "abc-123.DEF")
    varying = {key: line.pop(key) for key in ("time", "pid", "duration_ms", "bytes")}

    assert line == {
        "level": "INFO",
        "logger": "serving.access",
        "message": "request",
        "method": "GET",
        "path": "/api/hello",
        "status": 200,
        "remote": bundled.client,
        "agent": "suite",
        "request_id": "abc-123.DEF",
    }
    assert (varying["bytes"], varying["duration_ms"] >= 0) == (len(answer.body), True)
    assert "secret-in-the-query" not in bundled.log()


@pytest.mark.parametrize(
    "sent", ["two words", "<script>alert(1)</script>", "a" * 129, '","level":"ERROR', "caf\xe9", "new\tline"]
)
def test_a_request_id_that_is_no_identifier_is_replaced(bundled: Served, sent: str) -> None:
    answer = ask(bundled.web, "/healthz", {"X-Request-ID": sent})
    given = answer.header("X-Request-ID")

    assert answer.status == 200
    assert given is not None
    assert (given != sent, given.isalnum()) == (True, True), given
    assert sent not in bundled.log()


def test_requests_without_an_id_get_one_each(bundled: Served) -> None:
    given = {ask(bundled.web, "/healthz").header("X-Request-ID") for _ in range(50)}

    assert (len(given), None in given) == (50, False)


def test_every_line_of_the_log_is_a_json_object(bundled: Served, probe: Served) -> None:
    ask(probe.web, "/fail")
    for served in (bundled, probe):
        broken: list[str] = []
        for line in served.log().splitlines():
            try:
                assert isinstance(json.loads(line), dict)
            except ValueError:
                broken.append(line)
        assert broken == []


def test_an_exception_is_logged_once_with_the_id_the_client_was_told(probe: Served) -> None:
    answer = ask(probe.web, "/fail", {"X-Request-ID": "the-failing-one", "Accept": "application/json"})
    assert (answer.status, answer.json()) == (
        500,
        {"error": {"status": 500, "message": "Internal Server Error", "request_id": "the-failing-one"}},
    )
    eventually(lambda: len(lines_with(probe, "the-failing-one")) >= 2)
    lines = lines_with(probe, "the-failing-one")

    assert sorted((line["level"], "exception" in line, line.get("status")) for line in lines) == [
        ("ERROR", True, None),
        ("INFO", False, 500),
    ]
    (failure,) = [line for line in lines if "exception" in line]
    assert failure["exception"].endswith("RuntimeError: the probe was asked to fail")


def test_requests_are_not_logged_where_that_is_not_wanted_but_failures_are(serve: Serve) -> None:
    served = serve("probe", ACCESS_LOG="false")
    ask(served.web, "/who", {"X-Request-ID": "went-well"})
    ask(served.web, "/fail", {"X-Request-ID": "went-wrong"})
    eventually(lambda: "went-wrong" in served.log())

    assert lines_with(served, "went-well") == []
    assert [line["level"] for line in lines_with(served, "went-wrong")] == ["ERROR"]
