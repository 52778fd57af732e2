"""The WSGI wrapper around any app: revision, health, readiness, request ids, metrics and the access log."""

import itertools
import logging
import os
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict
from functools import partial
from threading import get_ident
from time import perf_counter
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from serving.answers import error
from serving.body import Body, BodyCut, BodyTooLarge, ChunkedInput, Readable, discard
from serving.contract import Contract
from serving.identity import Identity
from serving.logs import access_log, current
from serving.own import Own
from serving.rundir import RunDirectory
from serving.settings import Settings
from serving.stream import Stream, without_body

log = logging.getLogger("serving")

REQUEST_ID = "serving.request_id"
IDENTITY = "serving.identity"
acceptable_request_id = re.compile(r"[A-Za-z0-9._:/+=-]{1,128}", re.ASCII).fullmatch
DISCARD_LIMIT = 16 * 1024 * 1024
CLIENT_GONE = (BodyCut, BrokenPipeError, ConnectionResetError, ConnectionAbortedError)

Headers = list[tuple[str, str]]


class Wrapper:
    """Adds to `app` what it may lack. It is made once per worker process."""

    def __init__(
        self,
        app: WSGIApplication,
        contract: Contract,
        settings: Settings,
        identity: Identity,
        admin_ports: frozenset[str] = frozenset(),
        run_directory: RunDirectory | None = None,
    ) -> None:
        # prometheus_client reads the environment when it is imported: not before the launcher has set it.
        from serving.metrics import Metrics

        self.app = app
        self.settings = settings
        self.identity = identity
        self.metrics = Metrics(identity)
        # When each thread began the request it is answering: what the watchdog looks at.
        self.running: dict[int, float] = {}
        self._identity = asdict(identity)
        self._own = Own(app, contract, settings, identity, self.metrics, admin_ports, run_directory)
        self._own_paths = self._own.paths
        self._admin_ports = admin_ports
        self._observers: dict[tuple[str, str, str], Callable[[float], None]] = {}
        self._max_body = settings.max_body
        self._uwsgi = settings.server == "uwsgi"
        self._log_access = settings.access_log
        self._id_prefix = os.urandom(6).hex()
        self._id_count = itertools.count(1)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        begun = perf_counter()
        self.running[get_ident()] = begun
        request_id = environ.get("HTTP_X_REQUEST_ID")
        if request_id is None or acceptable_request_id(request_id) is None:
            request_id = f"{self._id_prefix}{next(self._id_count):08x}"
        environ[REQUEST_ID] = current.request_id = request_id
        environ[IDENTITY] = self._identity
        route = ""
        code = ""

        def begin(status: str, headers: Headers, exc_info: Any = None) -> Callable[[bytes], object]:
            nonlocal route, code
            code = status
            headers.append(("X-Request-ID", request_id))
            if self._uwsgi:
                # Its keep-alive pins a thread to each idle connection, so that there is none: clients must know.
                headers.append(("Connection", "close"))
            if not route:
                # Werkzeug leaves the request there until the app has returned.
                rule = getattr(environ.get("werkzeug.request"), "url_rule", None)
                if rule is not None:
                    route = rule.rule
            return start_response(status, headers, exc_info) if exc_info else start_response(status, headers)

        path = environ.get("PATH_INFO", "")
        if path in self._own_paths or (self._admin_ports and environ["SERVER_PORT"] in self._admin_ports):
            route = path if path in self._own_paths else ""
            answer = self._own
        else:
            answer = self.app
        if environ.get("CONTENT_LENGTH") or "HTTP_TRANSFER_ENCODING" in environ:
            answer = self._guard_body(environ, answer)
        try:
            result = answer(environ, begin)
        except BodyTooLarge:
            result = error(environ, begin, "413 Request Entity Too Large", sys.exc_info())
        except CLIENT_GONE as gone:
            log.info("the client went away: %s", gone)
            result = error(environ, begin, "400 Bad Request", sys.exc_info())
        except (Exception, SystemExit):
            log.exception("the app failed on %s %s", environ["REQUEST_METHOD"], path)
            result = error(environ, begin, "500 Internal Server Error", sys.exc_info())

        def finish(sent: int, complete: bool) -> None:
            elapsed = perf_counter() - begun
            key = (environ["REQUEST_METHOD"], route, code)
            observe = self._observers.get(key)
            if observe is None:
                observe = self._observers[key] = self.metrics.observer(*key)
            observe(elapsed)
            self.running.pop(get_ident(), None)
            if self._log_access and not (route in self._own_paths and code[:1] == "2"):
                self._write_access(environ, code, elapsed, sent, complete)
            current.request_id = None

        if environ["REQUEST_METHOD"] == "HEAD":
            result = without_body(result, lambda: bool(code))
        if type(result) is list:
            finish(sum(map(len, result)), True)
            return result
        return Stream(result, finish)

    def _guard_body(self, environ: WSGIEnvironment, answer: WSGIApplication) -> WSGIApplication:
        """The same app, with the limit on its body kept and, where the server wants that, the rest read away."""
        announced = environ.get("CONTENT_LENGTH")
        body = environ["wsgi.input"]
        length = None
        if announced:
            length = int(announced) if announced.isdecimal() else -1
            if length < 0:
                return partial(error, status="400 Bad Request")
            if length > self._max_body:
                answer = partial(error, status="413 Request Entity Too Large")
        elif self._uwsgi:
            import uwsgi  # pyright: ignore[reportMissingModuleSource]

            body = ChunkedInput(uwsgi.chunked_read)
            environ["wsgi.input_terminated"] = True
        environ["wsgi.input"] = Body(body, length, self._max_body)
        return partial(self._answer_and_discard, answer, body) if self._uwsgi else answer

    def _answer_and_discard(
        self, answer: WSGIApplication, body: Readable, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        result = answer(environ, start_response)
        discard(body, DISCARD_LIMIT)
        return result

    def _write_access(self, environ: WSGIEnvironment, code: str, elapsed: float, sent: int, complete: bool) -> None:
        fields: dict[str, object] = {
            "method": environ["REQUEST_METHOD"],
            # Without the query: that is where tokens are.
            "path": environ.get("PATH_INFO", ""),
            "status": int(code[:3] or 0),
            "duration_ms": round(elapsed * 1000, 2),
            "bytes": sent,
            "remote": environ.get("REMOTE_ADDR", ""),
            "agent": environ.get("HTTP_USER_AGENT", ""),
        }
        if not complete:
            fields["aborted"] = True
        access_log.info("request", extra={"fields": fields})
