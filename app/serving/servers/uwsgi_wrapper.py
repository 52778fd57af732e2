"""What the wrapper does otherwise because the server is uWSGI."""

import os
import select
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from serving.body import Body
from serving.exchange import Exchange, Headers
from serving.wrapper import Wrapper

LINGER_SECONDS = 3.0


class UwsgiExchange(Exchange):
    """uWSGI leaves the connection header, and the rules of start_response, to the app."""

    __slots__ = ()

    def begin(self, status: str, headers: Headers, exc_info: Any = None) -> Callable[[bytes], object]:
        if exc_info is not None and self.code:
            raise exc_info[1]
        # No connection is kept (see serving.servers.uwsgi), and clients must know. The exception stays here: it is
        # logged already, and uWSGI would print it and lose the body.
        headers.append(("Connection", "close"))
        return super().begin(status, headers)


class UwsgiWrapper(Wrapper):
    """Made in each of uWSGI's workers."""

    exchange_class = UwsgiExchange

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("SERVER_PROTOCOL") not in ("HTTP/1.1", "HTTP/1.0") or "PATH_INFO" not in environ:
            # It hands over whatever came, and the app would find no method and no path in it.
            start_response("400 Bad Request", [("Content-Length", "0"), ("Connection", "close")])
            return []
        # uWSGI believes X-Forwarded-Proto of anybody; TRUSTED_PROXY_HOPS says who is believed.
        environ["wsgi.url_scheme"] = "http"
        return super().__call__(environ, start_response)

    def guard_body(self, environ: WSGIEnvironment, answer: WSGIApplication) -> WSGIApplication:
        answer = super().guard_body(environ, answer)
        body = environ["wsgi.input"]
        return partial(_answer_and_linger, answer, body) if isinstance(body, Body) else answer

    def open_body(self, environ: WSGIEnvironment) -> Any:
        if environ.get("CONTENT_LENGTH"):
            return environ["wsgi.input"]
        import uwsgi  # pyright: ignore[reportMissingModuleSource]

        environ["wsgi.input_terminated"] = True
        return ChunkedInput(uwsgi.chunked_read)


class ChunkedInput:
    """uWSGI hands over a chunked body by calls of its own: this makes a stream of them."""

    def __init__(self, read_chunk: Callable[[], bytes]) -> None:
        self._read_chunk = read_chunk
        self._buffer = b""
        self._ended = False

    def read(self, size: int = -1) -> bytes:
        parts = [self._buffer]
        held = len(self._buffer)
        while not self._ended and (size < 0 or held < size):
            chunk = self._read_chunk()
            self._ended = not chunk
            parts.append(chunk)
            held += len(chunk)
        data = b"".join(parts)
        if size < 0:
            size = len(data)
        self._buffer = data[size:]
        return data[:size]


def _answer_and_linger(
    answer: WSGIApplication, body: Body, environ: WSGIEnvironment, start_response: StartResponse
) -> Iterable[bytes]:
    result = answer(environ, start_response)
    return result if body.ended else Lingering(result)


class Lingering:
    """`result`, after which the connection is read until the client ends it, or for LINGER_SECONDS.

    Closing a connection while a body still comes resets it, and the client may lose the answer that it has not read.
    """

    def __init__(self, result: Iterable[bytes]) -> None:
        self._result = result

    def __iter__(self) -> Iterator[bytes]:
        yield from self._result
        # By now the server has sent every piece.
        import uwsgi  # pyright: ignore[reportMissingModuleSource]

        descriptor = uwsgi.connection_fd()
        deadline = time.monotonic() + LINGER_SECONDS
        try:
            while (left := deadline - time.monotonic()) > 0 and select.select([descriptor], [], [], left)[0]:
                if not os.read(descriptor, 65536):
                    return
        except OSError:
            return

    def close(self) -> None:
        close = getattr(self._result, "close", None)
        if close is not None:
            close()
