"""One request and its response, as the wrapper sees them pass."""

import logging
import re
import sys
from collections.abc import Callable, Iterable
from threading import get_ident
from time import perf_counter
from typing import TYPE_CHECKING, Any
from wsgiref.types import StartResponse, WSGIEnvironment

from serving.answers import error
from serving.body import BodyCut, BodyTooLarge
from serving.logs import access_log, current

if TYPE_CHECKING:
    from serving.wrapper import Wrapper

log = logging.getLogger("serving")

REQUEST_ID = "serving.request_id"
IDENTITY = "serving.identity"
TOO_LARGE = 413
CLIENT_GONE = (BodyCut, BrokenPipeError, ConnectionResetError, ConnectionAbortedError)
acceptable_request_id = re.compile(r"[A-Za-z0-9._:/+=-]{1,128}", re.ASCII).fullmatch

Headers = list[tuple[str, str]]


class Exchange:
    """Made for every request: what is done here is done thousands of times a second."""

    __slots__ = ("begun", "code", "environ", "request_id", "route", "start_response", "wrapper")

    def __init__(self, wrapper: "Wrapper", environ: WSGIEnvironment, start_response: StartResponse) -> None:
        self.begun = wrapper.running[get_ident()] = perf_counter()
        self.wrapper = wrapper
        self.environ = environ
        self.start_response = start_response
        self.route = ""
        self.code = ""
        request_id = environ.get("HTTP_X_REQUEST_ID")
        if request_id is None or acceptable_request_id(request_id) is None:
            request_id = wrapper.new_request_id()
        self.request_id = environ[REQUEST_ID] = current.request_id = request_id
        environ[IDENTITY] = wrapper.identity_fields

    def begin(self, status: str, headers: Headers, exc_info: Any = None) -> Callable[[bytes], object]:
        """The start_response that the app gets."""
        self.code = status
        headers.append(("X-Request-ID", self.request_id))
        if not self.route:
            # Werkzeug leaves the request there until the app has returned.
            rule = getattr(self.environ.get("werkzeug.request"), "url_rule", None)
            if rule is not None:
                self.route = rule.rule
        if exc_info is None:
            return self.start_response(status, headers)
        return self.start_response(status, headers, exc_info)

    def fail(self, failure: BaseException) -> Iterable[bytes]:
        """The answer to a request that the app left by an exception."""
        status = "500 Internal Server Error"
        if isinstance(failure, BodyTooLarge) or getattr(failure, "code", None) == TOO_LARGE:
            # Werkzeug's own, where the app is not Flask and did not answer it.
            status = "413 Request Entity Too Large"
        elif isinstance(failure, CLIENT_GONE):
            log.info("the client went away: %s", failure)
            status = "400 Bad Request"
        else:
            environ = self.environ
            log.error("the app failed on %s %s", environ["REQUEST_METHOD"], environ.get("PATH_INFO"), exc_info=failure)
        return error(self.environ, self.begin, status, sys.exc_info())

    def finish(self, sent: int, complete: bool) -> None:
        """Count and log it: called once, when all of the response is handed over or the client has gone."""
        wrapper = self.wrapper
        elapsed = perf_counter() - self.begun
        key = (self.environ["REQUEST_METHOD"], self.route, self.code)
        observe = wrapper.observers.get(key)
        if observe is None:
            observe = wrapper.observers[key] = wrapper.metrics.observer(*key)
        observe(elapsed)
        wrapper.running.pop(get_ident(), None)
        # What probes ask all day long is of interest when it goes wrong.
        if wrapper.logs_access and not (self.code[:1] == "2" and self.route in wrapper.own_paths):
            self._log(elapsed, sent, complete)
        current.request_id = None

    def _log(self, elapsed: float, sent: int, complete: bool) -> None:
        environ = self.environ
        fields: dict[str, object] = {
            "method": environ["REQUEST_METHOD"],
            # Without the query: that is where tokens are.
            "path": environ.get("PATH_INFO", ""),
            "status": int(self.code[:3] or 0),
            "duration_ms": round(elapsed * 1000, 2),
            "bytes": sent,
            "remote": environ.get("REMOTE_ADDR", ""),
            "agent": environ.get("HTTP_USER_AGENT", ""),
        }
        if not complete:
            fields["aborted"] = True
        access_log.info("request", extra={"fields": fields})
