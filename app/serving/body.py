"""Request bodies: the size limit, and what a server leaves to its applications."""

import sys
from collections.abc import Callable, Iterator
from typing import Any, NoReturn, Protocol

CHUNK = 64 * 1024


class BodyTooLarge(Exception):
    """More came than WEB_MAX_BODY allows."""


class BodyCut(OSError):
    """The client left, or sent what is no body; Werkzeug takes an OSError here for a client that has gone."""


class Readable(Protocol):
    """As much of a stream as a WSGI input must have."""

    def read(self, size: int = -1, /) -> bytes: ...


class Body:
    """A request's body, however the server names its troubles: `length` bytes, or if None at most `limit`."""

    def __init__(self, stream: Readable, length: int | None, limit: int) -> None:
        self._stream = stream
        self._length = length
        self._left = limit if length is None else length

    def read(self, size: int = -1) -> bytes:
        # One byte more than is left shows whether the limit is passed; of an announced length no more is there.
        room = self._left + 1 if self._length is None else self._left
        wanted = room if size < 0 else min(size, room)
        if wanted == 0:
            return b""
        try:
            data = self._stream.read(wanted)
        except Exception as error:
            raise BodyCut(f"the body cannot be read: {error!r}") from None
        self._left -= len(data)
        if self._left < 0:
            _refuse()
        if not data and self._length is not None:
            raise BodyCut(f"the body ended {self._left} bytes early")
        return data

    def readline(self, size: int = -1) -> bytes:
        line = bytearray()
        while size < 0 or len(line) < size:
            byte = self.read(1)
            line += byte
            if byte in (b"", b"\n"):
                break
        return bytes(line)

    def readlines(self, hint: int = -1) -> list[bytes]:
        return list(self)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")


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


def discard(stream: Readable, limit: int) -> None:
    """Read away what the app left of a body, so that closing the connection does not destroy the answer."""
    try:
        while limit > 0 and (data := stream.read(min(limit, CHUNK))):
            limit -= len(data)
    except (OSError, ValueError):
        return


def _refuse() -> NoReturn:
    # Werkzeug's own error lets a Flask app answer 413 in its own way.
    werkzeug: Any = sys.modules.get("werkzeug.exceptions")
    raise werkzeug.RequestEntityTooLarge() if werkzeug else BodyTooLarge()
