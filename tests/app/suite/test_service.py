"""The bundled service as its users meet it: the page, the JSON routes, errors as they were asked for, headers."""

from __future__ import annotations

import hashlib

import pytest

from tests.app.suite.conftest import Serve
from tests.app.suite.place import MAX_BODY, Served
from tests.app.suite.wire import Answer, Wire, ask

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
SECURITY = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'none'; "
        "frame-ancestors 'none'; base-uri 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


def security_of(answer: Answer) -> dict[str, str | None]:
    return {name: answer.header(name) for name in SECURITY}


def test_the_page_shows_what_runs(bundled: Served) -> None:
    answer = ask(bundled.web, "/", BROWSER)

    assert (answer.status, answer.header("Content-Type")) == (200, "text/html; charset=utf-8")
    shown = {name for name in ("It floats.", bundled.revision, bundled.server, "suite") if name in answer.text}
    assert shown == {"It floats.", bundled.revision, bundled.server, "suite"}


def test_everything_the_page_refers_to_is_there(bundled: Served) -> None:
    page = ask(bundled.web, "/", BROWSER).text
    targets = [piece.split('"')[0] for name in ("href=", "src=") for piece in page.split(f'{name}"')[1:]]
    answers = {target: ask(bundled.web, target).status for target in targets if target.startswith("/")}

    assert len(answers) >= 5
    assert answers == dict.fromkeys(answers, 200)


def test_the_greeting_is_the_environments_and_is_escaped_in_the_page(serve: Serve) -> None:
    served = serve("bundled", GREETING="<b>Moin & hallo</b>")

    assert ask(served.web, "/api/hello").json() == {"greeting": "<b>Moin & hallo</b>", "name": "world"}
    page = ask(served.web, "/", BROWSER).text
    assert ("&lt;b&gt;Moin &amp; hallo&lt;/b&gt;" in page, "<b>Moin" in page) == (True, False)


def test_hello_greets_whom_it_is_told_to(bundled: Served) -> None:
    answers = [ask(bundled.web, target) for target in ("/api/hello", "/api/hello?name=J%C3%BCrgen")]

    assert [(answer.status, answer.header("Content-Type")) for answer in answers] == [(200, "application/json")] * 2
    assert [answer.json() for answer in answers] == [
        {"greeting": "It floats.", "name": "world"},
        {"greeting": "It floats.", "name": "Jürgen"},
    ]


@pytest.mark.parametrize("size", [0, 1, 70_000, MAX_BODY])
def test_echo_sends_back_what_it_got(bundled: Served, size: int) -> None:
    body = (hashlib.sha256(b"seed").digest() * (size // 32 + 1))[:size]
    headers = {"Content-Type": "image/x-test", "Content-Length": str(size)}
    with Wire(bundled.web) as wire:
        answer = wire.request("POST", "/api/echo", headers, body)

    assert (answer.status, answer.header("Content-Type"), answer.body == body) == (200, "image/x-test", True)
    assert answer.header("Content-Length") == str(size)


@pytest.mark.parametrize("chunked", [False, True])
def test_echo_refuses_a_body_above_the_limit_in_the_services_own_form(bundled: Served, chunked: bool) -> None:
    size = MAX_BODY + 1
    framing = {"Transfer-Encoding": "chunked"} if chunked else {"Content-Length": str(size)}
    body = b"%x\r\n%s\r\n0\r\n\r\n" % (size, bytes(size)) if chunked else bytes(size)
    with Wire(bundled.web) as wire:
        wire.send_request("POST", "/api/echo", framing | {"X-Request-ID": "too-large"})
        try:
            wire.send(body)
        except ConnectionError:
            pass
        answer = wire.answer()

    assert (answer.status, answer.header("Content-Type")) == (413, "application/json")
    error = answer.json()["error"]
    assert (error["status"], {"status", "message"} <= set(error)) == (413, True)


@pytest.mark.parametrize(
    ("method", "target", "status", "name"),
    [
        ("GET", "/no/such/page", 404, "Not Found"),
        ("DELETE", "/", 405, "Method Not Allowed"),
        ("GET", "/api/no-such-route", 404, "Not Found"),
        ("GET", "/api/echo", 405, "Method Not Allowed"),
    ],
)
def test_errors_come_in_the_form_that_was_asked_for(
    bundled: Served, method: str, target: str, status: int, name: str
) -> None:
    page = ask(bundled.web, target, {**BROWSER, "X-Request-ID": "shown-1"}, method=method)
    by_program = [
        ask(bundled.web, target, {"X-Request-ID": "shown-2", **accept}, method=method)
        for accept in ({}, {"Accept": "*/*"}, {"Accept": "application/json"})
    ]

    assert (page.status, page.header("Content-Type")) == (status, "text/html; charset=utf-8")
    assert (str(status) in page.text, name in page.text, "shown-1" in page.text) == (True, True, True)
    for answer in by_program:
        assert (answer.status, answer.header("Content-Type")) == (status, "application/json")
        error = answer.json()["error"]
        assert isinstance(error.pop("detail"), str)
        assert error == {"status": status, "message": name, "request_id": "shown-2"}


def test_a_wrong_method_is_told_the_right_ones(bundled: Served) -> None:
    allowed = ask(bundled.web, "/api/hello", method="DELETE").header("Allow")

    assert sorted((allowed or "").split(", ")) == ["GET", "HEAD", "OPTIONS"]


def test_every_kind_of_answer_carries_the_security_headers(bundled: Served) -> None:
    for target, headers in (
        ("/", BROWSER),
        ("/static/style.css", {}),
        ("/api/hello", {}),
        ("/no/such/page", BROWSER),
        ("/no/such/page", {}),
    ):
        assert security_of(ask(bundled.web, target, headers)) == SECURITY, (target, headers)


def test_strict_transport_is_demanded_only_of_clients_that_came_by_https(bundled: Served, serve: Serve) -> None:
    by_https = {"X-Forwarded-Proto": "https"}
    behind = serve("bundled", TRUSTED_PROXY_HOPS=1)

    assert ask(bundled.web, "/", by_https).header("Strict-Transport-Security") is None
    assert ask(behind.web, "/").header("Strict-Transport-Security") is None
    assert ask(behind.web, "/", by_https).header("Strict-Transport-Security") == "max-age=31536000"


def test_no_answer_sets_a_cookie_or_tells_a_version_of_the_software(bundled: Served) -> None:
    for target in ("/", "/api/hello", "/healthz", "/no/such/page"):
        answer = ask(bundled.web, target)
        assert answer.header("Set-Cookie") is None
        assert not any(digit in (answer.header("Server") or "") for digit in "0123456789"), answer.header("Server")


@pytest.mark.parametrize(
    "target", ["/static/../service/settings.py", "/static/%2e%2e/%2e%2e/service.toml", "/static//etc/passwd", "/%00"]
)
def test_paths_do_not_lead_out_of_the_static_files(bundled: Served, target: str) -> None:
    answer = ask(bundled.web, target)

    assert answer.status in (308, 400, 404)
    assert (b"root:" in answer.body, b"callable" in answer.body) == (False, False)
