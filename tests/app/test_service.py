"""The Flask app by itself: what it answers, in which form, with which headers, and that it is still Flask."""

import io
import json
import logging
from typing import Any

import pytest
from flask import Flask, abort, after_this_request, redirect, request, session
from werkzeug.test import TestResponse

from service import create_app
from service.http import Service
from service.logs import JsonFormatter
from service.security import HEADERS
from service.settings import Settings, SettingsError

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def test_the_app_is_made_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "k")
    monkeypatch.setenv("GREETING", "Ahoy")

    assert create_app().test_client().get("/api/hello").json == {"greeting": "Ahoy", "name": "world"}


def test_the_app_is_not_made_without_its_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.delenv("SECRET_KEY_FILE", raising=False)
    with pytest.raises(SettingsError, match="SECRET_KEY is required"):
        create_app()


def test_the_page_shows_the_greeting_and_what_the_server_says_runs(service: Service) -> None:
    identity = {
        "service": "slipway",
        "revision": "0123456789ab",
        "deployment": "d1",
        "server": "uwsgi",
        "target": "local",
    }
    page = service.test_client().get("/", environ_overrides={"serving.identity": identity | {"stack": ""}}).text

    for name, value in identity.items():
        assert f"<dt>{name}</dt><dd>{value}</dd>" in page
    assert ("It floats." in page, "<dt>stack</dt>" in page, "<script" in page) == (True, False, False)


def test_the_page_works_without_the_server(service: Service) -> None:
    page = service.test_client().get("/", environ_overrides={"SERVER_SOFTWARE": "Werkzeug/3.1"}).text

    assert "<dt>revision</dt><dd>unreleased</dd>" in page
    assert "<dt>server</dt><dd>werkzeug</dd>" in page


def test_what_the_page_links_to_is_there(service: Service) -> None:
    client = service.test_client()

    for path, mimetype in (("/static/style.css", "text/css"), ("/static/mark.svg", "image/svg+xml")):
        with client.get(path) as answer:
            assert (answer.status_code, answer.mimetype) == (200, mimetype)


@pytest.mark.parametrize("body", [b"", b"x", b"x" * 1000])
def test_echo_sends_back_what_it_got(service: Service, body: bytes) -> None:
    answer = service.test_client().post("/api/echo", data=body, content_type="image/x-test")

    assert (answer.status_code, answer.data, answer.mimetype) == (200, body, "image/x-test")


@pytest.mark.parametrize(("size", "status"), [(1000, 200), (1001, 413)])
@pytest.mark.parametrize("announced", [True, False])
def test_echo_takes_bodies_up_to_the_limit_and_no_longer_ones(
    service: Service, size: int, status: int, announced: bool
) -> None:
    stream = io.BytesIO(b"x" * size)
    length = {"CONTENT_LENGTH": str(size)} if announced else {"wsgi.input_terminated": True}
    with service.test_client().post("/api/echo", environ_overrides={"wsgi.input": stream, **length}) as answer:
        assert answer.status_code == status


@pytest.mark.parametrize(
    ("accept", "mimetype"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        ("application/json, text/html", "application/json"),
        ("text/html;q=0.5, application/json", "application/json"),
        ("image/png", "application/json"),
        (BROWSER, "text/html"),
        ("text/html", "text/html"),
        ("application/json;q=0.5, text/html", "text/html"),
    ],
)
def test_an_error_comes_in_the_form_that_is_preferred(service: Service, accept: str | None, mimetype: str) -> None:
    headers = {"Accept": accept} if accept else {}
    answer = service.test_client().get("/nowhere", headers=headers | {"X-Request-ID": "id-7"})

    assert (answer.status_code, answer.mimetype) == (404, mimetype)
    assert ("id-7" in answer.text, "Not Found" in answer.text) == (True, True)
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_json_error_says_what_and_which_request(service: Service) -> None:
    answer = service.test_client().delete("/api/hello", headers={"X-Request-ID": "id-8"})

    assert (answer.status_code, answer.json) == (
        405,
        {
            "error": {
                "status": 405,
                "message": "Method Not Allowed",
                "detail": "The method is not allowed for the requested URL.",
                "request_id": "id-8",
            }
        },
    )
    assert sorted(answer.headers["Allow"].split(", ")) == ["GET", "HEAD", "OPTIONS"]


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_an_unexpected_exception_is_a_500_that_tells_nothing(
    service: Service, accept: str, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> str:
        raise RuntimeError("the password is swordfish")

    service.add_url_rule("/fail", view_func=fail)
    answer = service.test_client().get("/fail", headers={"Accept": accept, "X-Request-ID": "id-9"})

    assert (answer.status_code, answer.mimetype, "swordfish" in answer.text) == (500, accept, False)
    assert "id-9" in answer.text
    (record,) = caplog.records
    assert record.exc_info is not None


def test_what_is_no_error_is_left_alone(service: Service) -> None:
    service.add_url_rule("/moved", view_func=lambda: redirect("/api/hello"))
    service.add_url_rule("/stop", endpoint="stop", view_func=lambda: abort(service.response_class("enough", 418)))
    client = service.test_client()

    assert client.get("/moved", follow_redirects=True).status_code == 200
    assert (client.get("/stop").status_code, client.get("/stop").text) == (418, "enough")


@pytest.mark.parametrize("path", ["/", "/api/hello", "/static/style.css", "/nowhere"])
def test_every_answer_has_each_security_header_once(service: Service, path: str) -> None:
    with service.test_client().get(path) as answer:
        headers = answer.headers

    assert {name: headers.getlist(name) for name, _ in HEADERS} == {name: [value] for name, value in HEADERS}
    assert "Strict-Transport-Security" not in headers


@pytest.mark.parametrize("path", ["/", "/api/hello"])
def test_strict_transport_is_for_those_who_came_by_https(service: Service, path: str) -> None:
    headers = service.test_client().get(path, base_url="https://shop.example").headers

    assert headers.getlist("Strict-Transport-Security") == ["max-age=31536000"]


@pytest.mark.parametrize("path", ["/", "/api/hello", "/nowhere"])
@pytest.mark.parametrize(("asked", "kept"), [("id-1", True), ("two words", False), ("x" * 129, False), (None, False)])
def test_without_a_server_the_app_returns_the_id_itself(
    service: Service, path: str, asked: str | None, kept: bool
) -> None:
    answer = service.test_client().get(path, headers={"X-Request-ID": asked} if asked else {})
    (given,) = answer.headers.getlist("X-Request-ID")

    assert (given == asked, bool(given)) == (kept, True)


def test_below_a_server_the_id_is_the_servers_to_return(service: Service) -> None:
    told = {"serving.identity": {"service": "s"}, "serving.request_id": "id-3"}
    answer = service.test_client().get("/api/hello", environ_overrides=told)
    error = service.test_client().get("/nowhere", environ_overrides=told)

    assert ("X-Request-ID" in answer.headers, "X-Request-ID" in error.headers) == (False, False)
    assert error.json is not None
    assert error.json["error"]["request_id"] == "id-3"


def test_a_log_line_inside_a_request_carries_its_id(service: Service) -> None:
    formatter = JsonFormatter()
    record = logging.LogRecord("boats", logging.WARNING, __file__, 1, "adrift: %s", ("Ada",), None)
    record.fields = {"knots": 3}
    with service.test_request_context(headers={"X-Request-ID": "id-4"}):
        inside = json.loads(formatter.format(record))
    outside = json.loads(formatter.format(record))

    assert {key: inside[key] for key in ("level", "logger", "message", "knots", "request_id")} == {
        "level": "WARNING",
        "logger": "boats",
        "message": "adrift: Ada",
        "knots": 3,
        "request_id": "id-4",
    }
    assert "request_id" not in outside


class Plain(Flask):
    """What the service is compared with."""


def routes(app: Flask) -> Flask:
    """One of each kind of thing that views do."""

    def count() -> dict[str, int]:
        session["visits"] = session.get("visits", 0) + 1
        return {"visits": session["visits"]}

    def marked() -> dict[str, str]:
        after_this_request(lambda response: response.headers.add("X-Mark", "1") or response)
        return {"marked": "yes"}

    views: dict[str, Any] = {
        "/dict": lambda: {"b": 1, "a": [True, None, 1.5, "é"]},
        "/list": lambda: [1, 2],
        "/text": lambda: "text",
        "/created": lambda: ({"made": True}, 201),
        "/tagged": lambda: ({"made": True}, 200, {"X-Tag": "t", "Content-Type": "application/problem+json"}),
        "/stream": lambda: iter(["a", "b"]),
        "/empty": lambda: ("", 204),
        "/away": lambda: redirect("/text"),
        "/args": lambda: request.args,
        "/count": count,
        "/marked": marked,
        "/host": lambda: request.host_url,
        "/with/<int:number>": lambda number: {"number": number},
        "/slash/": lambda: "slash",
    }
    for path, view in views.items():
        app.add_url_rule(path, endpoint=path, view_func=view)
    app.json.sort_keys = False
    app.secret_key = "k"
    return app


def essence(answer: TestResponse) -> tuple[Any, ...]:
    added = {name.lower() for name, _ in HEADERS} | {"x-request-id", "content-length", "strict-transport-security"}
    headers = sorted((name.lower(), value) for name, value in answer.headers if name.lower() not in added)
    body = answer.json if answer.is_json and answer.data else answer.text
    return answer.status_code, headers, body


@pytest.mark.parametrize(
    ("path", "how"),
    [
        ("/dict", {}),
        ("/list", {}),
        ("/text", {}),
        ("/created", {}),
        ("/tagged", {}),
        ("/stream", {}),
        ("/empty", {}),
        ("/away", {}),
        ("/args?a=1&b=2", {}),
        ("/count", {}),
        ("/marked", {}),
        ("/host", {"base_url": "https://SHOP.example:8443"}),
        ("/host", {"headers": {"Host": "bad host"}}),
        ("/dict", {"headers": {"Host": "a/b"}}),
        ("/with/7", {}),
        ("/with/x", {}),
        ("/slash", {}),
        ("/dict", {"method": "HEAD"}),
        ("/dict", {"method": "OPTIONS"}),
        ("/dict", {"method": "POST"}),
        ("/nowhere", {}),
    ],
)
def test_it_answers_as_plain_flask_does(path: str, how: dict[str, Any]) -> None:
    ours, theirs = routes(Service("a")).test_client(), routes(Plain("a")).test_client()
    # The second time it may answer from what it remembers.
    for _ in range(2):
        assert essence(ours.open(path, **how)) == essence(theirs.open(path, **how))


def test_a_session_lasts_over_requests(service: Service) -> None:
    client = routes(Service("a")).test_client()

    assert [client.get("/count").json for _ in range(3)] == [{"visits": 1}, {"visits": 2}, {"visits": 3}]


def test_a_request_without_a_session_neither_sets_a_cookie_nor_varies_by_it(service: Service) -> None:
    headers = service.test_client().get("/api/hello").headers

    assert ("Set-Cookie" in headers, "Vary" in headers) == (False, False)


def test_hooks_are_called_once_each_in_flasks_order() -> None:
    app = routes(Service("a"))
    called: list[str] = []
    app.before_request(lambda: called.append("before"))
    app.after_request(lambda response: called.append("after") or response)
    app.teardown_request(lambda error: called.append(f"teardown {type(error).__name__}"))
    app.teardown_appcontext(lambda error: called.append("context"))

    assert app.test_client().get("/dict").status_code == 200
    assert called == ["before", "after", "teardown NoneType", "context"]


def test_signals_reach_who_listens() -> None:
    from flask import request_finished, request_started, request_tearing_down

    app = routes(Service("a"))
    app.test_client().get("/dict")
    heard: list[str] = []
    for signal in (request_started, request_finished, request_tearing_down):
        signal.connect(lambda sender, name=signal.name, **_: heard.append(name), app, weak=False)
    try:
        app.test_client().get("/dict")
    finally:
        for signal in (request_started, request_finished, request_tearing_down):
            signal.receivers.clear()

    assert heard == ["request-started", "request-finished", "request-tearing-down"]


def test_two_apps_do_not_share_what_they_remember() -> None:
    first, second = Service("a"), Service("b")
    first.add_url_rule("/x", view_func=lambda: {"app": "first"})
    second.add_url_rule("/x", view_func=lambda: {"app": "second"})

    assert [app.test_client().get("/x").json for app in (first, second, first)] == [
        {"app": "first"},
        {"app": "second"},
        {"app": "first"},
    ]


def test_the_settings_of_two_apps_do_not_mix() -> None:
    apps = [create_app(Settings(secret_key="k", greeting=greeting)) for greeting in ("Ahoy", "Moin")]

    assert [(app.test_client().get("/api/hello").json or {})["greeting"] for app in apps] == ["Ahoy", "Moin"]
