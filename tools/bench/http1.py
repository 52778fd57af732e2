"""Reads HTTP/1.1 answers from bytes, strictly: what the load generator and the suite's raw clients share.

No library stands between the wire and the count: a client that retries, pools or forgives would hide exactly what is
being counted.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


class Malformed(Exception):
    """The bytes are not an HTTP/1.1 answer."""


@dataclass(frozen=True)
class Answer:
    """One answer, whole. Header names are in lower case, in the order they came."""

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    keeps: bool
    """Whether the connection may carry another request."""

    def header(self, name: str) -> str | None:
        """The value of the header, values joined by a comma when it came more than once, None when it did not."""
        values = [value for key, value in self.headers if key == name.lower()]
        return ", ".join(values) if values else None

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass(frozen=True)
class _Head:
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    length: int | None
    chunked: bool
    keeps: bool


def read_answer(buffer: bytes | bytearray, *, head: bool = False, ended: bool = False) -> tuple[Answer, int] | None:
    """The first answer in `buffer` and the number of bytes it takes, or None while it is incomplete.

    `head`: the request was a HEAD, so no body follows whatever the headers say.
    `ended`: the server has closed the connection, which is how a body of unknown length ends.
    Raises Malformed when the bytes cannot become an answer.
    """
    end = buffer.find(b"\r\n\r\n")
    if end < 0:
        return None
    start = end + 4
    found = _read_head(bytes(buffer[:end]).decode("latin-1").split("\r\n"))
    keeps = found.keeps
    body, stop = b"", start
    if head or found.status < 200 or found.status in (204, 304):
        pass
    elif found.chunked:
        whole = _read_chunks(buffer, start)
        if whole is None:
            return None
        body, stop = whole
    elif found.length is not None:
        stop = start + found.length
        if len(buffer) < stop:
            return None
        body = bytes(buffer[start:stop])
    else:
        if not ended:
            return None
        keeps, stop = False, len(buffer)
        body = bytes(buffer[start:stop])
    return Answer(found.status, found.reason, found.headers, body, keeps), stop


def _read_head(lines: list[str]) -> _Head:
    version, _, rest = lines[0].partition(" ")
    code, _, reason = rest.partition(" ")
    if version not in ("HTTP/1.1", "HTTP/1.0") or not (len(code) == 3 and code.isdigit()):
        raise Malformed(f"status line {lines[0]!r}")
    headers: list[tuple[str, str]] = []
    length: int | None = None
    chunked = False
    keeps = version == "HTTP/1.1"
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if not colon or name != name.strip():
            raise Malformed(f"header line {line!r}")
        name, value = name.lower(), value.strip()
        headers.append((name, value))
        if name == "content-length":
            if not value.isdigit() or length not in (None, int(value)):
                raise Malformed(f"header line {line!r}")
            length = int(value)
        elif name == "transfer-encoding":
            chunked = value.lower() == "chunked"
        elif name == "connection":
            tokens = {token.strip() for token in value.lower().split(",")}
            keeps = "close" not in tokens and (keeps or "keep-alive" in tokens)
    return _Head(int(code), reason, tuple(headers), length, chunked, keeps)


def _read_chunks(buffer: bytes | bytearray, start: int) -> tuple[bytes, int] | None:
    parts: list[bytes] = []
    while True:
        line_end = buffer.find(b"\r\n", start)
        if line_end < 0:
            return None
        size_text = bytes(buffer[start:line_end]).split(b";")[0].strip()
        try:
            size = int(size_text, 16)
        except ValueError:
            raise Malformed(f"chunk size {size_text!r}") from None
        start = line_end + 2
        if size == 0:
            # Trailers are not expected from any of the servers: the empty line must follow.
            if len(buffer) < start + 2:
                return None
            if buffer[start : start + 2] != b"\r\n":
                raise Malformed("trailers after the last chunk")
            return b"".join(parts), start + 2
        if len(buffer) < start + size + 2:
            return None
        parts.append(bytes(buffer[start : start + size]))
        if buffer[start + size : start + size + 2] != b"\r\n":
            raise Malformed("a chunk longer than its size")
        start += size + 2
