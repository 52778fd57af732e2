"""Gunicorn's threaded worker, kinder to silent clients and to those that come while it stops, and faster."""

import select
import selectors
import socket
import struct
import sys
import time
from functools import lru_cache, partial
from typing import Any

import gunicorn.http.wsgi
import gunicorn.workers.gthread
from gunicorn import util

from serving.dates import http_date

FIRST_BYTE_SECONDS = 5

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# The type stubs that are about describe an older Gunicorn.
wsgi: Any = gunicorn.http.wsgi
gthread: Any = gunicorn.workers.gthread
Response: Any = wsgi.Response
ThreadWorker: Any = gthread.ThreadWorker


@lru_cache(maxsize=1024)
def is_plain(name: str, value: str) -> bool:
    """Whether Gunicorn's checks let this header pass as it is, and it means nothing to Gunicorn itself."""
    return (
        wsgi.TOKEN_RE.fullmatch(name) is not None
        and wsgi.HEADER_VALUE_RE.fullmatch(value) is not None
        and value.strip(" \t") == value
        and name.lower() != "content-length"
        and not util.is_hoppish(name)
    )


class QuickResponse(Response):
    """Checks the same header only once, makes the date once a second, and sends head and body together."""

    def process_headers(self, headers: Any) -> None:
        for header in headers:
            if type(header[0]) is str and type(header[1]) is str and is_plain(*header):
                self.headers.append(header)
            else:
                super().process_headers((header,))

    def default_headers(self) -> list[str]:
        if self.upgrade or self.chunked:
            return super().default_headers()
        version = self.req.version
        connection = "close" if self.should_close() else "keep-alive"
        return [
            f"HTTP/{version[0]}.{version[1]} {self.status}\r\nServer: {self.version}\r\n"
            f"Date: {http_date()}\r\nConnection: {connection}\r\n"
        ]

    def write(self, arg: bytes) -> None:
        if self.headers_sent or self._omits_body or self.response_length != len(arg):
            super().write(arg)
            return
        head = self.default_headers()
        head += [f"{name}: {value}\r\n" for name, value in self.headers]
        head.append("\r\n")
        self.headers_sent = True
        self.sent = len(arg)
        self.sock.sendall("".join(head).encode("latin-1") + arg)


class Worker(ThreadWorker):
    """Gives a thread only to clients that have sent something, and leaves nobody in a queue that dies with it."""

    shared = False

    def accept(self, listener: Any) -> None:
        try:
            client, address = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        # A client that falls silent in the middle of a request would keep its thread for ever.
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", self.cfg.timeout, 0))
        connection = gthread.TConn(self.cfg, client, address, listener.getsockname())
        connection.timeout = time.monotonic() + max(self.cfg.keepalive, FIRST_BYTE_SECONDS)
        self.nr_conns += 1
        self.pending_conns.append(connection)
        self.poller.register(client, selectors.EVENT_READ, partial(self.on_pending_socket_readable, connection))

    def set_accept_enabled(self, enabled: bool) -> None:
        super().set_accept_enabled(enabled)
        if not enabled and not self.alive and not self.shared:
            # Nobody else accepts from these sockets: what waits there is taken in, later clients are refused at once
            # instead of being reset when the process ends.
            for listener in self.sockets:
                while select.select([listener], [], [], 0)[0]:
                    self.accept(listener)
                listener.close()

    def _cap_keepalive(self, deadline: float) -> None:
        super()._cap_keepalive(deadline)
        for connection in self.pending_conns:
            connection.timeout = min(connection.timeout, deadline)

    def handle_request(self, req: Any, conn: Any) -> bool:
        """One request. As in ThreadWorker, less what the wrapper does: errors of the app, logging, whole files."""
        response, environ = wsgi.create(
            req, conn.sock, conn.client, conn.server, self.cfg, response_class=QuickResponse
        )
        environ["wsgi.multithread"] = True
        self.nr += 1
        if self.nr >= self.max_requests and self.alive:
            self.log.info("This worker has answered %d requests and is replaced", self.nr)
            self.alive = False
        if not self.alive or not self.cfg.keepalive or len(self.keepalived_conns) >= self.max_keepalived:
            response.force_close()
        result = self.wsgi(environ, response.start_response)
        try:
            for piece in result:
                response.write(piece)
            response.close()
        except Exception:
            # The response has begun: all that can be said about it is that it did not end well.
            if not isinstance(sys.exc_info()[1], OSError):
                self.log.exception("a response broke off")
            util.close_graceful(conn.sock)
            return False
        finally:
            if hasattr(result, "close"):
                result.close()
        return not response.should_close()
