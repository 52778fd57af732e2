"""The Flask class of this service: Flask's behaviour, with less work done for each request.

Plain Flask spends more than half of a small request's time on what such a request does not use: a cookie signer, a
second look at the Host header, hooks that nobody registered, two copies of the headers. What is replaced here are
methods and classes that Flask lets be replaced; whatever is out of the ordinary goes Flask's own way.
"""

import json
import sys
from collections.abc import Callable, Iterable
from functools import cached_property, lru_cache
from typing import Any, cast
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask, Request, Response
from flask.globals import request_ctx
from flask.json.provider import DefaultJSONProvider
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask.signals import appcontext_tearing_down, request_finished, request_started, request_tearing_down
from werkzeug.datastructures import Headers
from werkzeug.routing import MapAdapter, Rule
from werkzeug.wsgi import get_host

from service.requests import SERVED, request_id
from service.security import HEADERS, STRICT_TRANSPORT_SECURITY

OK = "200 OK"
JSON = "application/json"


class ServiceRequest(Request):
    """Takes bodies up to the very limit, and does not look up again what it has looked up."""

    @property
    def max_content_length(self) -> int | None:
        limit = super().max_content_length
        if limit is None or (self.content_length or 0) > limit:
            return limit
        # Werkzeug refuses a stream as soon as it has given this much, not when there is more.
        return limit + 1

    @max_content_length.setter
    def max_content_length(self, value: int | None) -> None:
        Request.max_content_length.__set__(self, value)

    def close(self) -> None:
        if "files" in self.__dict__:
            super().close()

    @cached_property
    def blueprints(self) -> list[str]:  # pyright: ignore[reportIncompatibleMethodOverride]
        return super().blueprints


class ServiceResponse(Response):
    """Adds the headers that every response carries."""

    def get_wsgi_headers(self, environ: WSGIEnvironment) -> Headers:
        headers = super().get_wsgi_headers(environ)
        headers.extend(added_headers(environ))
        return headers


class JsonResponse(ServiceResponse):
    """A whole JSON body: what none of Werkzeug's care for ranges, redirects and streams is needed for."""

    @classmethod
    def of(cls, body: bytes) -> "JsonResponse":
        headers = Headers()
        headers.add("Content-Type", JSON)
        headers.add("Content-Length", str(len(body)))
        response = cls(headers=headers, status=OK)
        response.response = [body]
        return response

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if self.status != OK or environ["REQUEST_METHOD"] == "HEAD" or self._on_close:
            return super().__call__(environ, start_response)
        start_response(OK, [*self.headers, *added_headers(environ)])
        return cast("list[bytes]", self.response)


def added_headers(environ: WSGIEnvironment) -> list[tuple[str, str]]:
    """The security headers, and the request's id where no server returns it."""
    headers = [*HEADERS]
    if environ["wsgi.url_scheme"] == "https":
        headers.append(STRICT_TRANSPORT_SECURITY)
    if SERVED not in environ:
        headers.append(("X-Request-ID", request_id(environ)))
    return headers


class JsonProvider(DefaultJSONProvider):
    """Flask's JSON with one encoder that is made once."""

    _encode = json.JSONEncoder(separators=(",", ":"), default=DefaultJSONProvider.default).encode

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        return super().dumps(obj, **kwargs) if kwargs else self._encode(obj)

    def response(self, *args: Any, **kwargs: Any) -> Response:
        return JsonResponse.of(self._encode(self._prepare_response_obj(args, kwargs)).encode() + b"\n")


class CookieSessions(SecureCookieSessionInterface):
    """Flask's signed sessions, whose machinery starts when a request brings or leaves one."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if "HTTP_COOKIE" not in request.environ:
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if session or session.accessed or session.modified:
            super().save_session(app, session, response)


class RememberingAdapter(MapAdapter):
    """Matches a path without parameters once per method, and from then on knows it."""

    known: dict[tuple[str, str], Rule]

    def match(self, *args: Any, **kwargs: Any) -> Any:
        if args or kwargs != {"return_rule": True}:
            return super().match(*args, **kwargs)
        rule = self.known.get((self.path_info, self.default_method))
        if rule is not None:
            return rule, {}
        found = super().match(return_rule=True)
        rule = found[0]
        plain = not rule.arguments  # pyright: ignore[reportUnknownMemberType]
        if plain and not rule.defaults and not rule.websocket:
            self.known[self.path_info, self.default_method] = rule
        return found


class Service(Flask):
    """What create_app makes."""

    request_class = ServiceRequest
    response_class = ServiceResponse
    json_provider_class = JsonProvider
    session_interface = CookieSessions()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._known_paths: dict[tuple[str, str], Rule] = {}
        self._sync: set[Callable[..., Any]] = set()

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        if self.config["TRUSTED_HOSTS"] or self.config["SERVER_NAME"]:
            return super().create_url_adapter(request)
        if request is None:
            return None
        environ = request.environ
        scheme = environ["wsgi.url_scheme"]
        host = _checked_host(environ.get("HTTP_HOST"), scheme, environ["SERVER_NAME"], environ["SERVER_PORT"])
        request.host = host  # pyright: ignore[reportAttributeAccessIssue] - a cached property, set as Flask does
        adapter = RememberingAdapter(
            self.url_map,
            host.lower(),
            environ.get("SCRIPT_NAME") or "/",
            "",
            scheme,
            request.path,
            request.method,
            environ.get("QUERY_STRING", ""),
        )
        adapter.known = self._known_paths
        return adapter

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        if func not in self._sync:
            if (made := super().ensure_sync(func)) is not func:
                return made
            self._sync.add(func)
        return func

    def full_dispatch_request(self) -> Response:
        if not self._got_first_request or self._hooked():
            return super().full_dispatch_request()
        try:
            answer = self.dispatch_request()
        except Exception as error:  # noqa: BLE001 - Flask answers what can be answered and raises the rest again
            answer = self.handle_user_exception(error)
        response = (
            cast("Response", self.json.response(answer))
            if type(cast("object", answer)) is dict
            else self.make_response(answer)
        )
        return self.process_response(response) if self._awaited() else response

    def _awaited(self) -> bool:
        """Whether the view used the session, or asked to see its own response."""
        context = cast("Any", request_ctx)._get_current_object()  # noqa: SLF001
        session = context._session  # noqa: SLF001
        return bool(session or session.accessed or session.modified or context._after_request_functions)  # noqa: SLF001

    def _hooked(self) -> bool:
        """Whether anybody wants to know of requests as such."""
        return bool(
            self.before_request_funcs
            or self.after_request_funcs
            or self.url_value_preprocessors
            or request_started.receivers
            or request_finished.receivers
        )

    def do_teardown_request(self, exc: BaseException | None = None) -> None:
        if self.teardown_request_funcs or request_tearing_down.receivers:
            super().do_teardown_request(exc or sys.exc_info()[1])

    def do_teardown_appcontext(self, exc: BaseException | None = None) -> None:
        if self.teardown_appcontext_funcs or appcontext_tearing_down.receivers:
            super().do_teardown_appcontext(exc or sys.exc_info()[1])


@lru_cache(maxsize=256)
def _checked_host(host: str | None, scheme: str, name: str, port: str) -> str:
    """The request's host; a malformed one raises, and is not kept, so that the answer is 400 as in plain Flask."""
    environ = {"wsgi.url_scheme": scheme, "SERVER_NAME": name, "SERVER_PORT": port}
    if host is not None:
        environ["HTTP_HOST"] = host
    return get_host(environ)
