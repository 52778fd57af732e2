"""The WSGI wrapper around any app: revision, health, readiness, request ids, metrics and the access log."""

import os
from collections.abc import Callable, Iterable
from dataclasses import asdict
from functools import partial
from itertools import count
from typing import Any, cast
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from serving.answers import error
from serving.body import Body
from serving.contract import Contract
from serving.exchange import Exchange
from serving.identity import Identity
from serving.own import Own
from serving.rundir import RunDirectory
from serving.settings import Settings
from serving.stream import Stream, without_body


class Wrapper:
    """Adds to `app` what it may lack. It is made once per worker process."""

    exchange_class = Exchange

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

        self.settings = settings
        self.metrics = Metrics(identity)
        # When each thread began the request it is answering: what the watchdog looks at.
        self.running: dict[int, float] = {}
        self.identity_fields = asdict(identity)
        self.logs_access = settings.access_log
        self.observers: dict[tuple[str, str, str], Callable[[float], None]] = {}
        self._app = app
        self._own = Own(app, contract, settings, identity, self.metrics, admin_ports, run_directory)
        self.own_paths = self._own.paths
        self._admin_ports = admin_ports
        prefix = os.urandom(6).hex()
        # Unique among workers by its beginning, within one by its end.
        self.new_request_id: Callable[[], str] = map(f"{prefix}%08x".__mod__, count(1)).__next__

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        exchange = self.exchange_class(self, environ, start_response)
        answer = self._app
        path = environ.get("PATH_INFO", "")
        if path in self.own_paths:
            answer, exchange.route = self._own, path
        elif self._admin_ports and environ["SERVER_PORT"] in self._admin_ports:
            answer = self._own
        if environ.get("CONTENT_LENGTH") or "HTTP_TRANSFER_ENCODING" in environ:
            answer = self.guard_body(environ, answer)
        try:
            result = answer(environ, exchange.begin)
            if environ["REQUEST_METHOD"] == "HEAD":
                result = without_body(result, exchange)
        except (Exception, SystemExit) as failure:  # noqa: BLE001 - the client gets an answer, the log the rest
            result = exchange.fail(failure)
        if type(result) is list:
            pieces = cast("list[bytes]", result)
            exchange.finish(sum(map(len, pieces)), True)
            return pieces
        return Stream(result, exchange.finish)

    def guard_body(self, environ: WSGIEnvironment, answer: WSGIApplication) -> WSGIApplication:
        """What is to answer a request with a body, whose size and troubles are watched from now on."""
        announced = environ.get("CONTENT_LENGTH")
        length = None
        if announced:
            if not announced.isdecimal():
                return partial(error, status="400 Bad Request")
            length = int(announced)
            if length > self.settings.max_body:
                answer = partial(error, status="413 Request Entity Too Large")
        environ["wsgi.input"] = Body(self.open_body(environ), length, self.settings.max_body)
        return answer

    def open_body(self, environ: WSGIEnvironment) -> Any:
        """The server's own stream."""
        return environ["wsgi.input"]
