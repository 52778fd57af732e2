"""The paths that the wrapper answers where the app does not: health, readiness, version; and the metrics."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any, Protocol
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from serving.answers import JSON, error, respond
from serving.contract import Contract
from serving.identity import Identity
from serving.rundir import RunDirectory
from serving.settings import Settings

NOT_FOUND = "404 Not Found"
UNAVAILABLE = "503 Service Unavailable"


class MetricsText(Protocol):
    """Where the metrics' text comes from."""

    def text(self) -> bytes: ...


class Own:
    """A WSGI app in front of `app`, called for its own paths and for all that comes by the admin listener."""

    def __init__(
        self,
        app: WSGIApplication,
        contract: Contract,
        settings: Settings,
        identity: Identity,
        metrics: MetricsText,
        admin_ports: frozenset[str],
        run_directory: RunDirectory | None,
    ) -> None:
        self.paths = frozenset({contract.alive, contract.ready, contract.version, contract.metrics})
        self._app = app
        self._ready = contract.ready
        self._metrics_path = contract.metrics
        self._metrics_public = settings.metrics_public
        self._metrics = metrics
        self._admin_ports = admin_ports
        self._run_directory = run_directory
        self._bodies = {
            contract.alive: b'{"status": "alive"}\n',
            contract.ready: b'{"status": "ready"}\n',
            contract.version: identity.body(),
        }
        self._identity = [("X-Revision", identity.revision), ("X-Deployment", identity.deployment)]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        by_admin = environ.get("SERVER_PORT") in self._admin_ports
        if path == self._metrics_path:
            if by_admin or self._metrics_public:
                from serving.metrics import CONTENT_TYPE

                return respond(environ, start_response, "200 OK", self._metrics.text(), CONTENT_TYPE)
            return error(environ, start_response, NOT_FOUND)
        if path not in self._bodies:
            return error(environ, start_response, NOT_FOUND)
        if path == self._ready and self._run_directory is not None and self._run_directory.draining:
            body = b'{"status": "draining"}\n'
            return respond(environ, start_response, UNAVAILABLE, body, JSON, self._identity)
        return self._ask_app(environ, start_response, path)

    def _ask_app(self, environ: WSGIEnvironment, start_response: StartResponse, path: str) -> Iterable[bytes]:
        """The app's own answer, unless that is 404."""
        begun: list[tuple[str, list[tuple[str, str]], Any]] = []

        def hold(status: str, headers: list[tuple[str, str]], exc_info: Any = None, /) -> Callable[[bytes], object]:
            # A response that has begun cannot be taken back, so it begins only once its status is known to be kept.
            begun[:] = [(status, headers, exc_info)]
            if status.startswith("404"):
                return len
            headers.extend(self._identity)
            return start_response(status, headers, exc_info) if exc_info else start_response(status, headers)

        result = self._app(environ, hold)
        if not begun:
            # A generator calls start_response when its first piece is asked for.
            pieces = iter(result)
            result = _Resumed(next(pieces, b""), pieces, result)
        if not begun[0][0].startswith("404"):
            return result
        close = getattr(result, "close", None)
        if close is not None:
            close()
        return respond(environ, start_response, "200 OK", self._bodies[path], JSON, self._identity)


class _Resumed:
    """An iterable whose first piece has been taken already."""

    def __init__(self, first: bytes, rest: Iterator[bytes], source: Iterable[bytes]) -> None:
        self._pieces = chain((first,), rest)
        self._source = source

    def __iter__(self) -> Iterator[bytes]:
        return self._pieces

    def close(self) -> None:
        close = getattr(self._source, "close", None)
        if close is not None:
            close()
