"""uWSGI, from the wheel pyuwsgi or a package of its own, below a parent that drains it and reads its log.

Its HTTP/1.1 keep-alive (`http11-socket`) is not used: it holds a thread for every idle connection, so that with 2 x 4
threads a ninth client waits, and it does not honour `Connection: close` (2.0.30, proto/http.c). Each response says
`Connection: close` instead, and with that no request can be lost on a connection that is about to end.
"""

import ctypes
import importlib
import logging
import os
import re
import signal
import socket
import sys
from collections import deque
from pathlib import Path
from typing import Any
from wsgiref.types import WSGIApplication

from serving.application import load_or_explain
from serving.servers.run import Run
from serving.servers.uwsgi_wrapper import UwsgiWrapper
from serving.supervisor import Supervisor
from serving.watchdog import watch

log = logging.getLogger("uwsgi")

CONFIG = "uwsgi.ini"
PR_SET_PDEATHSIG = 1
# The limit on a whole body is the wrapper's: one chunk may be as long, and a little more, to be refused by it.
CHUNK_MARGIN = 64 * 1024
# Of a worker, and then of the master: UWSGI_FAILED_APP_CODE in uwsgi.h.
APP_FAILED = 22
alarming = re.compile(r"(?i)error|fail|unable|invalid|cannot|can't|traceback|killed|died").search


def run(run: Run) -> int:
    """Serve until told to stop."""
    fifo = str(run.directory.path / "uwsgi.fifo")
    reader, writer = os.pipe()
    relay = Relay()
    supervisor = Supervisor(
        start=lambda: _start(run, fifo, writer),
        stop=lambda child: _stop(child, fifo),
        count=1,
        directory=run.directory,
        drain=run.settings.drain,
        graceful_timeout=run.settings.graceful_timeout,
        boot_failed=APP_FAILED,
        # It ends with 1 when it does not like its options.
        has_booted=lambda: relay.started,
        log_pipe=reader,
        relay=relay,
    )
    code = supervisor.run()
    if code and not relay.started:
        for line in relay.early:
            log.error("%s", line)
    return code


def arguments(run: Run, fifo: str) -> list[str]:
    """What uWSGI is started with: uwsgi.ini beside service.toml, then what the environment says."""
    settings = run.settings
    options: dict[str, object] = {
        "master": True,
        "master-fifo": fifo,
        "processes": settings.workers,
        "threads": settings.threads,
        "enable-threads": True,
        # Each worker loads the app for itself, as with the other servers: nothing opened at import is shared.
        "lazy-apps": True,
        "single-interpreter": True,
        "need-app": True,
        "no-orphans": True,
        "module": "serving.servers.uwsgi:load()",
        "socket-timeout": settings.timeout,
        "chunked-input-timeout": settings.timeout,
        "chunked-input-limit": settings.max_body + CHUNK_MARGIN,
        "worker-reload-mercy": settings.graceful_timeout,
        "disable-logging": True,
        # A client that hangs up is no error.
        "ignore-sigpipe": True,
        "ignore-write-errors": True,
        "disable-write-exception": True,
    }
    made: list[str] = []
    if Path(CONFIG).exists():
        made += ["--ini", CONFIG]
    for name, value in options.items():
        made += [f"--{name}"] if value is True else [f"--{name}", str(value)]
    for sock in run.listeners.all:
        sock.set_inheritable(True)
        # The kernel keeps clients back until they have sent something: here each would hold a thread.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, settings.timeout)
        made += ["--http-socket", f"fd://{sock.fileno()}"]
    return made


class Relay:
    """uWSGI writes plain lines on stderr, and so does Python below it: they join the JSON log."""

    def __init__(self) -> None:
        self.started = False
        # What it says of itself at start is long, and of interest when it fails.
        self.early: deque[str] = deque(maxlen=10)
        self._rest = b""

    def __call__(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            text = line.decode(errors="replace").rstrip()
            self.started = self.started or text.startswith("spawned uWSGI worker")
            if not text:
                continue
            if not self.started:
                self.early.append(text)
                log.debug("%s", text)
            else:
                log.log(logging.WARNING if alarming(text) else logging.INFO, "%s", text)


def _start(run: Run, fifo: str, log_pipe: int) -> int:
    """In the child, which becomes uWSGI's master."""
    # Should the parent be killed, the master ends at once, and its workers with it.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    binary: Any = importlib.import_module("pyuwsgi")
    _running.append(run)
    sys.stdout.flush()
    os.dup2(log_pipe, 2)
    binary.run(arguments(run, fifo))
    return 1


def _stop(child: int, fifo: str) -> None:
    try:
        # `q`: stop gracefully. SIGTERM would be a reload.
        control = os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)
        os.write(control, b"q")
        os.close(control)
    except OSError:
        # Not listening yet, so not serving yet.
        os.kill(child, signal.SIGINT)


def load() -> WSGIApplication:
    """In a worker of uWSGI, which is a fork of the process that imported this module."""
    (run,) = _running
    wrapper = load_or_explain(run.contract, run.settings, run.listeners.admin_ports, UwsgiWrapper)
    if wrapper is None:
        sys.stdout.flush()
        os._exit(APP_FAILED)
    # SIGHUP is uWSGI's word for ending a worker gracefully.
    watch(wrapper, signal.SIGHUP, run.directory)
    return wrapper


_running: list[Run] = []
