"""A closed-loop HTTP load of many kept connections that accounts for every request it sent.

Each connection sends its next request when the last one is answered. Nothing is retried: a request either got the whole
answer it should, or it is counted as failed with the reason, so that "0 failed of N" means just that.

By hand: `python -m tools.bench.load http://127.0.0.1:8000/api/hello --connections 32 --seconds 5`
"""

from __future__ import annotations

import argparse
import errno
import json
import selectors
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tools.bench.http1 import Answer, Malformed, read_answer

REFUSED = "connection refused"
NEVER_ACCEPTED = "closed without an answer on a new connection"
DROPPED = "closed without an answer on a kept connection"
CUT = "closed in the middle of an answer"
UNANSWERED = "no answer in time"
MALFORMED = "not HTTP"
UNEXPECTED = "unexpected answer"

# IP_BIND_ADDRESS_NO_PORT of linux/in.h, which Python's socket has not.
_BIND_ADDRESS_NO_PORT = 24

PAUSE_AFTER_FAILURE = 0.05
"""Seconds a connection rests after a failure, so that a dead server is not counted as millions of failures."""


@dataclass
class Tally:
    """What became of every request of one load."""

    ok: int = 0
    failed: Counter[str] = field(default_factory=Counter[str])
    statuses: Counter[int] = field(default_factory=Counter[int])
    bodies: Counter[bytes] = field(default_factory=Counter[bytes])
    """Distinct bodies and their number, when the load was asked to keep them."""
    latencies: list[float] = field(default_factory=list[float])
    """Seconds from the request's first byte sent to its answer's last byte read, of the answered ones."""
    connections: int = 0
    """Connections that were opened."""
    seconds: float = 0.0

    @property
    def sent(self) -> int:
        return self.ok + self.failed.total()

    @property
    def rate(self) -> float:
        """Good answers a second."""
        return self.ok / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """The latency in seconds that `share` (0 to 1) of the answered requests did not exceed; 0 without any."""
        if not self.latencies:
            return 0.0
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    def __str__(self) -> str:
        reasons = ", ".join(f"{reason}: {count}" for reason, count in self.failed.most_common()) or "none"
        return (
            f"{self.ok} of {self.sent} requests answered in {self.seconds:.1f} s over {self.connections} connections "
            f"({self.rate:.0f}/s, p50 {self.percentile(0.5) * 1000:.1f} ms, p99 {self.percentile(0.99) * 1000:.1f} ms)"
            f"; failed: {reasons}"
        )


class _Connection:
    __slots__ = ("answered", "buffer", "connected", "sent_at", "socket", "source", "wakes_at")

    def __init__(self, source: str | None) -> None:
        self.source = source
        self.socket: socket.socket | None = None
        self.connected = False
        self.buffer = bytearray()
        self.sent_at = 0.0
        self.answered = 0
        self.wakes_at = 0.0


class Load:
    """A load on `address`, run for a time, for a number of requests, or until it is stopped.

    `expected` says whether an answer is the right one; 200 by default. `timeout` is in seconds, for one request.
    `pause` is in seconds, between an answer and the connection's next request. `requests` ends the load after exactly
    that many. A load that is stopped waits for the answers of the requests it has sent. `sources` are addresses of this
    machine that the connections come from, in turn, as clients have theirs: behind a NAT that remembers a connection
    for two minutes, one address that opens hundreds a second comes again with a port that leads to who served it then.
    """

    def __init__(
        self,
        address: tuple[str, int],
        target: str = "/",
        *,
        connections: int = 32,
        headers: Mapping[str, str] | None = None,
        timeout: float = 10.0,
        pause: float = 0.0,
        requests: int | None = None,
        expected: Callable[[Answer], bool] = lambda answer: answer.status == 200,
        keep_bodies: bool = False,
        sources: Sequence[str] = (),
    ) -> None:
        self.tally = Tally()
        self._address = address
        lines = {"Host": f"{address[0]}:{address[1]}", **(headers or {})}
        self._request = "".join(
            [f"GET {target} HTTP/1.1\r\n", *(f"{name}: {value}\r\n" for name, value in lines.items()), "\r\n"]
        ).encode()
        self._timeout = timeout
        self._pause = pause
        self._left = requests
        self._expected = expected
        self._keep_bodies = keep_bodies
        self._connections = [
            _Connection(sources[number % len(sources)] if sources else None) for number in range(connections)
        ]
        self._selector = selectors.DefaultSelector()
        self._busy = 0
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._error: Exception | None = None

    def run(self, seconds: float | None = None) -> Tally:
        """Runs the load here, for `seconds` or until its number of requests is reached."""
        self._loop(seconds)
        return self.tally

    def __enter__(self) -> Load:
        self._thread = threading.Thread(target=self._guarded_loop, name="load", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> Tally:
        """Sends no more requests, waits for the answers of those sent, and gives the final tally."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(self._timeout + 10)
            if self._thread.is_alive():
                raise RuntimeError("the load did not stop")
            self._thread = None
        if self._error is not None:
            raise self._error
        return self.tally

    def wait_for(self, answered: int, within: float = 30.0) -> None:
        """Waits until so many requests were answered well. Raises TimeoutError when they were not `within` seconds."""
        deadline = time.monotonic() + within
        while self.tally.ok < answered:
            if time.monotonic() > deadline or (self._thread is not None and not self._thread.is_alive()):
                raise TimeoutError(f"{answered} answers were waited for; {self.tally}")
            time.sleep(0.01)

    def _guarded_loop(self) -> None:
        try:
            self._loop(None)
        except Exception as error:  # noqa: BLE001 - told to whoever stops the load
            self._error = error

    def _loop(self, seconds: float | None) -> None:
        started = time.monotonic()
        swept = started
        for connection in self._connections:
            self._next(connection, started)
        try:
            while True:
                now = time.monotonic()
                if seconds is not None and now - started >= seconds:
                    self._stopping.set()
                resting = any(connection.wakes_at for connection in self._connections)
                if not self._busy and not (resting and self._may_send()):
                    break
                for key, _ in self._selector.select(0.005 if resting else 0.05):
                    self._ready(key.data)
                if resting or now - swept > 0.2:
                    swept = now
                    self._sweep(time.monotonic())
        finally:
            self.tally.seconds += time.monotonic() - started
            for connection in self._connections:
                self._close(connection)
            self._selector.close()

    def _may_send(self) -> bool:
        return not self._stopping.is_set() and (self._left is None or self._left > 0)

    def _sweep(self, now: float) -> None:
        for connection in self._connections:
            if connection.sent_at and now - connection.sent_at > self._timeout:
                self._fail(connection, UNANSWERED)
            elif connection.wakes_at and now >= connection.wakes_at:
                connection.wakes_at = 0.0
                self._next(connection, now)

    def _next(self, connection: _Connection, now: float) -> None:
        if not self._may_send():
            return
        if self._left is not None:
            self._left -= 1
        self._busy += 1
        connection.sent_at = now
        if connection.socket is not None and self._closed_while_idle(connection.socket):
            # A connection that the server closed before this request was sent is a fact of keep-alive, not a failure.
            self._close(connection)
        try:
            if connection.socket is None:
                self._open(connection)
            else:
                connection.socket.sendall(self._request)
        except OSError as error:
            self._fail(connection, self._reason(connection, error))

    @staticmethod
    def _closed_while_idle(sock: socket.socket) -> bool:
        try:
            return sock.recv(1, socket.MSG_PEEK) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True

    def _open(self, connection: _Connection) -> None:
        family = socket.AF_INET6 if ":" in self._address[0] else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_STREAM)
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if connection.source is not None:
            # Its port is chosen when it is known where it leads to: the same one may lead elsewhere too.
            sock.setsockopt(socket.IPPROTO_IP, _BIND_ADDRESS_NO_PORT, 1)
            sock.bind((connection.source, 0))
        connection.socket = sock
        connection.connected = False
        connection.answered = 0
        connection.buffer.clear()
        self.tally.connections += 1
        result = sock.connect_ex(self._address)
        if result not in (0, errno.EINPROGRESS):
            raise OSError(result, "connect")
        self._selector.register(sock, selectors.EVENT_WRITE, connection)

    def _ready(self, connection: _Connection) -> None:
        sock = connection.socket
        if sock is None:
            return
        try:
            if not connection.connected:
                result = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                if result:
                    raise OSError(result, "connect")
                connection.connected = True
                self._selector.modify(sock, selectors.EVENT_READ, connection)
                sock.sendall(self._request)
                return
            data = sock.recv(65536)
        except BlockingIOError:
            return
        except OSError as error:
            if connection.sent_at:
                self._fail(connection, self._reason(connection, error))
            else:
                self._close(connection)
            return
        if connection.sent_at:
            self._received(connection, data)
        else:
            # Between requests: the server ends a connection that rests, which costs no request.
            self._close(connection)

    def _received(self, connection: _Connection, data: bytes) -> None:
        connection.buffer += data
        try:
            found = read_answer(connection.buffer, ended=not data)
        except Malformed:
            self._fail(connection, MALFORMED)
            return
        if found is None:
            if not data:
                self._fail(connection, self._reason(connection, None))
            return
        answer, taken = found
        del connection.buffer[:taken]
        if connection.buffer:
            self._fail(connection, MALFORMED)
            return
        self._answered(connection, answer)

    def _answered(self, connection: _Connection, answer: Answer) -> None:
        now = time.monotonic()
        self.tally.latencies.append(now - connection.sent_at)
        self.tally.statuses[answer.status] += 1
        if self._keep_bodies:
            self.tally.bodies[answer.body] += 1
        if self._expected(answer):
            self.tally.ok += 1
        else:
            self.tally.failed[f"{UNEXPECTED} {answer.status}"] += 1
        connection.answered += 1
        connection.sent_at = 0.0
        self._busy -= 1
        if not answer.keeps:
            self._close(connection)
        if self._pause:
            connection.wakes_at = now + self._pause
        else:
            self._next(connection, now)

    def _reason(self, connection: _Connection, error: OSError | None) -> str:
        if connection.buffer:
            return CUT
        if error is None or error.errno in (errno.ECONNRESET, errno.EPIPE):
            return DROPPED if connection.answered else NEVER_ACCEPTED
        return REFUSED if error.errno == errno.ECONNREFUSED else errno.errorcode.get(error.errno or 0, str(error))

    def _fail(self, connection: _Connection, reason: str) -> None:
        self.tally.failed[reason] += 1
        connection.sent_at = 0.0
        self._busy -= 1
        self._close(connection)
        connection.wakes_at = time.monotonic() + PAUSE_AFTER_FAILURE

    def _close(self, connection: _Connection) -> None:
        if connection.socket is not None:
            try:
                self._selector.unregister(connection.socket)
            except (KeyError, ValueError):
                pass
            connection.socket.close()
            connection.socket = None
            connection.buffer.clear()


def main() -> None:
    """Run one load and tell its tally; the exit status is 1 when a request failed."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench.load", description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--json", action="store_true", help="one line of JSON instead of a sentence")
    asked = parser.parse_args()
    url = urlsplit(asked.url)
    load = Load((url.hostname or "127.0.0.1", url.port or 80), url.path or "/", connections=asked.connections)
    tally = load.run(asked.seconds)
    if asked.json:
        figures = {
            "ok": tally.ok,
            "failed": dict(tally.failed),
            "rate": tally.rate,
            "p99": tally.percentile(0.99),
            "seconds": tally.seconds,
        }
        print(json.dumps(figures))
    else:
        print(tally)
    raise SystemExit(1 if tally.failed else 0)


if __name__ == "__main__":
    main()
