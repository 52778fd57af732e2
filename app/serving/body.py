"""Request bodies: the limit on their size, and one way of failing whatever the server."""

import sys
from collections.abc import Iterator
from typing import Any, NoReturn, Protocol


class BodyTooLarge(Exception):
    """More came than WEB_MAX_BODY allows."""


class BodyCut(OSError):
    """The client left, or sent what is no body; Werkzeug takes an OSError here for a client that has gone."""


class Readable(Protocol):
    """As much of a stream as a WSGI input must have."""

    def read(self, size: int = -1, /) -> bytes: ...


class Body:
    """A request's body, however the server names its troubles: `length` bytes, or if None at most `limit`."""

    ended = False

    def __init__(self, stream: Readable, length: int | None, limit: int) -> None:
        self._stream = stream
        self._length = length
        self._left = limit if length is None else length

    def read(self, size: int = -1) -> bytes:
        # One byte more than is left shows whether the limit is passed; of an announced length no more is there.
        room = self._left + 1 if self._length is None else self._left
        wanted = room if size < 0 else min(size, room)
        if wanted == 0:
            self.ended = self.ended or self._left == 0
            return b""
        try:
            data = self._stream.read(wanted)
        except Exception as error:  # noqa: BLE001 - each server has errors of its own
            raise BodyCut(f"the body cannot be read: {error!r}") from None
        self._left -= len(data)
        if self._left < 0:
            _refuse()
        self.ended = not data or (self._length is not None and self._left == 0)
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


def _refuse() -> NoReturn:
    # Werkzeug's own error lets a Flask app answer 413 in its own way.
    werkzeug: Any = sys.modules.get("werkzeug.exceptions")
    raise werkzeug.RequestEntityTooLarge() if werkzeug else BodyTooLarge()
