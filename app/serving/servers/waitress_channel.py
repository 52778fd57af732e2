"""One client's connection to Waitress: what Waitress leaves open about stopping, slowness and refused bodies."""

import socket
import time
from functools import lru_cache
from typing import Any

import waitress.channel
import waitress.task

from serving.answers import error_body
from serving.dates import http_date

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# The type stubs that are about leave most of it out.
HTTPChannel: Any = waitress.channel.HTTPChannel
ErrorTask: Any = waitress.task.ErrorTask
WSGITask: Any = waitress.task.WSGITask

SPECIAL = frozenset({"connection", "content-length", "date", "server", "transfer-encoding"})
# How long a refused client may go on sending before it is cut off.
REFUSED_SECONDS = 3.0


@lru_cache(maxsize=1024)
def plain_line(name: str, value: str) -> bytes | None:
    """The header as it is sent; None for those that mean something to Waitress itself."""
    if name.lower() in SPECIAL:
        return None
    return f"{name}: {value}\r\n".encode("latin-1")


class Task(WSGITask):
    """Sends head and body together, and tells the client to come back on another connection when the process stops."""

    def build_response_header(self) -> bytes:
        if self.channel.server.stopping:
            self.set_close_on_finish()
        # Waitress takes each header apart to name it as it likes.
        plain: list[bytes] = []
        special: list[tuple[str, str]] = [("Date", http_date())]
        for header in self.response_headers:
            line = plain_line(*header)
            if line is None:
                special.append(header)
            else:
                plain.append(line)
        self.response_headers = special
        head = super().build_response_header()
        return head[:-2] + b"".join(plain) + b"\r\n"

    def write(self, data: bytes) -> None:
        if self.wrote_header or not data or not self.complete or not self.has_body or self.content_length != len(data):
            super().write(data)
            return
        head = self.build_response_header()
        self.wrote_header = True
        self.content_bytes_written = len(data)
        self.channel.write_soon(head + data)


class RefusalTask(ErrorTask):
    """What Waitress refuses before the app sees it, in the form that the app's own errors have."""

    def execute(self) -> None:
        refused = self.request.error
        status = f"{refused.code} {refused.reason}"
        self.status = status
        content_type, body = error_body(self.request.headers.get("ACCEPT", ""), status, "")
        self.response_headers.append(("Content-Type", content_type))
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class Channel(HTTPChannel):
    """A connection with its timeouts told apart, which lets a refused client read the answer before it ends."""

    task_class = Task
    error_task_class = RefusalTask
    refused_until: float | None = None

    @property
    def idle(self) -> bool:
        """Whether nothing has begun that should be finished."""
        return not self.requests and self.request is None and not self.total_outbufs_len

    def expired(self, now: float, keepalive: float, timeout: float) -> bool:
        if self.refused_until is not None:
            return now > self.refused_until
        return now - self.last_activity > (keepalive if self.idle else timeout)

    def received(self, data: bytes) -> bool:
        taken = super().received(data)
        # Refused, most likely with a part of the body still to come.
        self.refused = bool(self.requests) and self.requests[-1].error is not None
        return taken

    refused = False

    def readable(self) -> bool:
        return self.refused_until is not None or super().readable()

    def writable(self) -> Any:
        if self.refused_until is not None:
            return self.will_close
        return super().writable()

    def handle_write(self) -> None:
        if self.refused_until is not None:
            super().handle_close()
        else:
            super().handle_write()

    def handle_read(self) -> None:
        if self.refused_until is None:
            super().handle_read()
            return
        try:
            # At the client's end this calls handle_close by itself.
            self.recv(self.adj.recv_bytes)
        except OSError:
            super().handle_close()

    def handle_close(self) -> None:
        if self.refused and self.refused_until is None and self.connected:
            # Closing a socket with unread data resets the connection and takes the answer with it.
            self.will_close = False
            self.refused_until = time.time() + REFUSED_SECONDS
            try:
                self.socket.shutdown(socket.SHUT_WR)
                return
            except OSError:
                pass
        super().handle_close()
