"""A raw client: sends the bytes a test says and reads answers one by one, with nothing forgiven in between."""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping
from types import TracebackType

from tools.bench.http1 import Answer, read_answer

Address = tuple[str, int]


class ServerClosed(ConnectionError):
    """The connection ended before a whole answer."""


class Wire:
    """One TCP connection to `address`. `timeout` is in seconds, for any single wait."""

    def __init__(self, address: Address, timeout: float = 15.0) -> None:
        self.address = address
        self.socket = socket.create_connection(address, timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = bytearray()

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self.socket.close()

    def reset(self) -> None:
        """Ends the connection with a reset instead of a polite end, as a client that is killed may."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def send_request(
        self, method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> None:
        self.send(head(method, target, self.address, headers, len(body) if body else None) + body)

    def request(self, method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Answer:
        self.send_request(method, target, headers, body)
        return self.answer(method)

    def answer(self, method: str = "GET") -> Answer:
        """The next answer. Raises ServerClosed when the connection ends first, TimeoutError when nothing comes."""
        ended = False
        while True:
            found = read_answer(self._buffer, head=method == "HEAD", ended=ended)
            if found is not None:
                del self._buffer[: found[1]]
                return found[0]
            if ended:
                raise ServerClosed(f"the connection ended after {bytes(self._buffer[:300])!r}")
            ended = not self._receive()

    def _receive(self) -> bool:
        try:
            data = self.socket.recv(65536)
        except ConnectionError:
            return False
        self._buffer += data
        return bool(data)

    def receive_some(self, count: int) -> bytes:
        """At least `count` raw bytes, or those that came before the connection ended; they are consumed."""
        while len(self._buffer) < count and self._receive():
            pass
        data = bytes(self._buffer)
        self._buffer.clear()
        return data

    def closed_within(self, seconds: float) -> float | None:
        """The seconds until the server closed the connection, None if it still stands. Bytes that come are kept."""
        started = time.monotonic()
        until = started + seconds
        while (left := until - time.monotonic()) > 0:
            self.socket.settimeout(left)
            try:
                if not self._receive():
                    return time.monotonic() - started
            except TimeoutError:
                break
        return None

    @property
    def unread(self) -> bytes:
        return bytes(self._buffer)


def head(
    method: str, target: str, address: Address, headers: Mapping[str, str] | None = None, length: int | None = None
) -> bytes:
    """The bytes of a request's head, with Host, and Content-Length when a length is given."""
    lines = {"Host": f"{address[0]}:{address[1]}", **(headers or {})}
    if length is not None:
        lines.setdefault("Content-Length", str(length))
    return "".join(
        [f"{method} {target} HTTP/1.1\r\n", *(f"{name}: {value}\r\n" for name, value in lines.items()), "\r\n"]
    ).encode()


def ask(
    address: Address,
    target: str = "/",
    headers: Mapping[str, str] | None = None,
    *,
    method: str = "GET",
    body: bytes = b"",
    timeout: float = 15.0,
) -> Answer:
    """One request on a connection of its own."""
    with Wire(address, timeout) as wire:
        return wire.request(method, target, headers, body)
