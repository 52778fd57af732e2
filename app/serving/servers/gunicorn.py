"""Gunicorn's threaded worker, with its settings from the environment, draining, and JSON logs."""

import logging
import os
import sys
import time
from pathlib import Path
from typing import Any
from wsgiref.types import WSGIApplication

import gunicorn.app.base
import gunicorn.arbiter
import gunicorn.glogging
from gunicorn.errors import HaltServer

from serving.application import load_or_explain
from serving.servers.gunicorn_worker import Worker
from serving.servers.run import Run
from serving.supervisor import BOOT_FAILED
from serving.watchdog import watch

CONFIG = "gunicorn.conf.py"

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# The type stubs that are about describe an older Gunicorn.
Application: Any = gunicorn.app.base.Application
Arbiter: Any = gunicorn.arbiter.Arbiter
Logger: Any = gunicorn.glogging.Logger


class JsonLogger(Logger):
    """Gunicorn's messages go where everything goes; requests are logged by the wrapper."""

    def setup(self, cfg: Any) -> None:
        self.loglevel = logging.getLogger().level
        self.error_log.setLevel(logging.NOTSET)
        self.error_log.handlers.clear()
        self.error_log.propagate = True

    def exception(self, msg: object, *args: object, **kwargs: Any) -> None:
        # A client that fell silent for WEB_TIMEOUT (see Worker.accept) is no fault of ours.
        level = logging.DEBUG if isinstance(sys.exc_info()[1], BlockingIOError) else logging.ERROR
        self.error_log.log(level, msg, *args, exc_info=True)

    def access(self, resp: Any, req: Any, environ: Any, request_time: Any) -> None:
        return None


class DrainingArbiter(Arbiter):
    """Keeps serving for WEB_DRAIN seconds after SIGTERM, with readiness refused; a second SIGTERM stops at once."""

    def __init__(self, app: "Server") -> None:
        self.run_settings = app.run_settings
        self.stop_at: float | None = None
        self.halting = False
        super().__init__(app)

    def handle_term(self) -> None:
        self.run_settings.directory.begin_drain()
        drain = self.run_settings.settings.drain
        if self.stop_at is not None or drain <= 0:
            raise StopIteration
        self.stop_at = time.monotonic() + drain

    def wait_for_signals(self, timeout: float = 1.0) -> list[int]:
        if self.stop_at is None:
            return super().wait_for_signals(timeout)
        left = self.stop_at - time.monotonic()
        if left <= 0:
            raise StopIteration
        return super().wait_for_signals(min(timeout, left))

    def stop(self, graceful: bool = True) -> None:
        self.halting = True
        self.run_settings.directory.begin_drain()
        super().stop(graceful)

    def reap_workers(self) -> None:
        try:
            super().reap_workers()
        except HaltServer:
            # When one worker cannot boot, the others cannot either: the first has said it.
            if not self.halting:
                raise


class Server(Application):
    """Gunicorn without its command line: gunicorn.conf.py beside service.toml, then what the environment says."""

    def __init__(self, run: Run) -> None:
        self.run_settings = run
        self.admin_ports = run.listeners.admin_ports
        super().__init__()

    def load_config(self) -> None:
        if Path(CONFIG).exists():
            self.load_config_from_file(CONFIG)
        settings = self.run_settings.settings
        listeners = self.run_settings.listeners
        for key, value in {
            # Detached: Gunicorn makes sockets of its own of the descriptors and closes these.
            "bind": [f"fd://{sock.detach()}" for sock in listeners.all],
            "worker_class": type("Worker", (Worker,), {"shared": listeners.shared}),
            "logger_class": JsonLogger,
            "workers": settings.workers,
            "threads": settings.threads,
            "timeout": settings.timeout,
            "graceful_timeout": settings.graceful_timeout,
            "keepalive": settings.keepalive,
            "backlog": settings.backlog,
            "worker_tmp_dir": str(self.run_settings.directory.path),
            # Proxies are trusted by TRUSTED_PROXY_HOPS alone.
            "forwarded_allow_ips": "",
            # Gunicorn's own default is a path below $HOME, which need not be writable.
            "control_socket_disable": settings.control_socket is None,
            **({"control_socket": settings.control_socket} if settings.control_socket else {}),
        }.items():
            self.cfg.set(key, value)

    def load(self) -> WSGIApplication:
        run = self.run_settings
        wrapper = load_or_explain(run.contract, run.settings, self.admin_ports)
        if wrapper is None:
            # Gunicorn's own way of saying that another try would end the same way.
            sys.exit(Arbiter.APP_LOAD_ERROR)
        watch(wrapper)
        return wrapper

    def run(self) -> None:
        DrainingArbiter(self).run()


def run(run: Run) -> int:
    """Serve until told to stop."""
    starter = os.getpid()
    try:
        Server(run).run()
    except SystemExit as stopped:
        code = stopped.code if isinstance(stopped.code, int) else 1
        # A worker leaves by this way too, and its code is Gunicorn's to read.
        return BOOT_FAILED if code == Arbiter.APP_LOAD_ERROR and os.getpid() == starter else code
    return 0
