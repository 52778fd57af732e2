"""A WSGI app whose routes let a test see what the server in front of it does: wait, stream, read, crash, tell."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

Environ = dict[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], object]


def app(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    route = ROUTES.get(environ["PATH_INFO"])
    if route is None:
        return answer(start_response, "404 Not Found", {"error": "no such route"})
    return route(environ, start_response)


def answer(start_response: StartResponse, status: str, content: dict[str, Any]) -> list[bytes]:
    body = json.dumps(content).encode()
    start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


def asked(environ: Environ) -> dict[str, str]:
    return dict(parse_qsl(environ.get("QUERY_STRING", "")))


def who(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Which process answers, and what it was told of the request."""
    names = ("REMOTE_ADDR", "HTTP_HOST", "SERVER_PORT", "SCRIPT_NAME", "SERVER_PROTOCOL")
    seen = {name: environ.get(name) for name in names}
    return answer(start_response, "200 OK", {"pid": os.getpid(), **seen, "scheme": environ["wsgi.url_scheme"]})


def slow(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Takes `seconds`, and tells when it began and ended on the machine's monotonic clock."""
    began = time.monotonic()
    time.sleep(float(asked(environ)["seconds"]))
    return answer(
        start_response,
        "200 OK",
        {"pid": os.getpid(), "thread": threading.get_ident(), "began": began, "ended": time.monotonic()},
    )


def stream(environ: Environ, start_response: StartResponse) -> Iterator[bytes]:
    """Sends `chunks` pieces of `size` bytes, `pause` seconds apart, of no announced length."""
    query = asked(environ)
    start_response("200 OK", [("Content-Type", "application/octet-stream")])
    for number in range(int(query["chunks"])):
        if number:
            time.sleep(float(query.get("pause", "0")))
        yield bytes([number % 256]) * int(query.get("size", "1"))


def big(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """`bytes` bytes of announced length, in pieces of 64 KiB."""
    left = int(asked(environ)["bytes"])
    start_response("200 OK", [("Content-Type", "application/octet-stream"), ("Content-Length", str(left))])
    return (b"x" * min(65536, left - sent) for sent in range(0, left, 65536))


def digest(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Reads the whole body and tells its length and hash."""
    hashed, length = hashlib.sha256(), 0
    while piece := environ["wsgi.input"].read(65536):
        hashed.update(piece)
        length += len(piece)
    return answer(start_response, "200 OK", {"length": length, "sha256": hashed.hexdigest()})


def deaf(_: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Answers without reading the body."""
    return answer(start_response, "200 OK", {"read": 0})


def fail(_: Environ, __: StartResponse) -> Iterable[bytes]:
    raise RuntimeError("the probe was asked to fail")


def fail_late(_: Environ, start_response: StartResponse) -> Iterator[bytes]:
    """Fails when part of the announced answer has left."""
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "200000")])
    yield b"x" * 100000
    raise RuntimeError("the probe was asked to fail late")


def crash(_: Environ, __: StartResponse) -> Iterable[bytes]:
    """The worker process dies in the middle of the request, as when the kernel is out of memory."""
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(60)
    return []


def eat(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Takes so many MiB of memory, and keeps them until it is answered."""
    eaten = b"x" * (int(asked(environ)["mebibytes"]) * 1024 * 1024)
    return answer(start_response, "200 OK", {"eaten": len(eaten)})


def store(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Takes so many MiB of the folder for temporary files, and keeps them until it is answered."""
    with tempfile.TemporaryFile() as file:
        for _ in range(int(asked(environ)["mebibytes"])):
            file.write(b"x" * 1024 * 1024)
    return answer(start_response, "200 OK", {"stored": True})


def leave(_: Environ, __: StartResponse) -> Iterable[bytes]:
    """The app calls sys.exit, as a careless library may."""
    sys.exit(3)


def ready(_: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """503 while the file named by PROBE_READY is missing; without such a name the app has no /readyz of its own."""
    named = os.environ.get("PROBE_READY")
    if not named:
        return answer(start_response, "404 Not Found", {"error": "no such route"})
    if not Path(named).exists():
        return answer(start_response, "503 Service Unavailable", {"status": "the probe is not ready yet"})
    return answer(start_response, "200 OK", {"status": "ready"})


ROUTES: dict[str, Callable[[Environ, StartResponse], Iterable[bytes]]] = {
    "/who": who,
    "/slow": slow,
    "/stream": stream,
    "/big": big,
    "/digest": digest,
    "/deaf": deaf,
    "/fail": fail,
    "/fail-late": fail_late,
    "/crash": crash,
    "/eat": eat,
    "/store": store,
    "/leave": leave,
    "/readyz": ready,
}
