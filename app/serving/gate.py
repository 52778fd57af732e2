"""The proof, before a server takes its sockets, that the app gets ready and is what it is taken for."""

import io
import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from wsgiref.types import WSGIApplication

from serving.application import explain
from serving.contract import Contract
from serving.identity import Identity, denial

log = logging.getLogger("serving.gate")

POLL_SECONDS = 0.2

# As `signal.signal` returns and takes them.
Handlers = dict[signal.Signals, Any]


def pass_gate(path: Path, load: Callable[[], WSGIApplication], contract: Contract, identity: Identity) -> bool:
    """Hold this process back, while the file at `path` exists, until a child of it found the app ready.

    The child loads the app and asks it without a socket whether it is ready, and as what. False when it ended without
    getting there.
    """
    if not path.exists():
        return True
    log.info("waiting for the app to get ready before it is given the sockets")
    stopped: list[int] = []
    # Before there is a child, which would outlive a process that a signal ends.
    previous = {
        number: signal.signal(number, lambda n, _: stopped.append(n)) for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        child = os.fork()
        if child == 0:
            _prove(load, contract, identity, previous)
        while True:
            pid, status = os.waitpid(child, os.WNOHANG)
            if pid:
                return os.waitstatus_to_exitcode(status) == 0 and not stopped
            if stopped or not path.exists():
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
                return not stopped
            time.sleep(POLL_SECONDS / 4)
    finally:
        _handle(previous)


def _handle(handlers: Handlers) -> None:
    for number, handler in handlers.items():
        signal.signal(number, handler)


def _prove(load: Callable[[], WSGIApplication], contract: Contract, identity: Identity, handlers: Handlers) -> None:
    """In the child, which never returns."""
    code = 1
    try:
        _handle(handlers)
        app = load()
        reason = ""
        while True:
            wrong = _doubt(app, contract, identity)
            if not wrong:
                log.info("the app is ready")
                code = 0
                break
            if reason != (reason := wrong):
                log.warning("the app is not ready: %s", reason)
            time.sleep(POLL_SECONDS)
    except BaseException as error:  # noqa: BLE001 - the child ends here whatever happened
        explain(error)
    finally:
        sys.stdout.flush()
        os._exit(code)


def _doubt(app: WSGIApplication, contract: Contract, identity: Identity) -> str:
    """Why the app may not serve; empty when it may."""
    status, body = ask(app, contract.ready)
    if not status.startswith("200"):
        return f"{status} {body}"
    # Whoever gave no name to what runs cannot be answered another.
    return denial(ask(app, contract.version)[1], identity.revision, identity.deployment) if identity.deployment else ""


def ask(app: WSGIApplication, path: str) -> tuple[str, str]:
    """The status and the beginning of the body of a GET, without a server."""
    answered: list[str] = []

    def start_response(status: str, *_: object) -> Callable[[bytes], object]:
        answered[:] = [status]
        return len

    environ: dict[str, Any] = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "0",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "localhost",
        "HTTP_ACCEPT": "application/json",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": True,
    }
    result = app(environ, start_response)
    try:
        body = b"".join(result)
    finally:
        close = getattr(result, "close", None)
        if close is not None:
            close()
    return answered[0], body.decode(errors="replace").strip()[:500]
