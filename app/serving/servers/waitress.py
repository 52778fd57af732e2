"""Waitress: worker processes that share the sockets, each of which ends its connections before it ends itself."""

import logging
import os
import select
import signal
import socket
import sys
import time
from types import FrameType
from typing import Any

import waitress.server
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.task import ThreadedTaskDispatcher

from serving.application import load_or_explain
from serving.servers.run import Run
from serving.servers.waitress_channel import Channel
from serving.supervisor import BOOT_FAILED, Supervisor
from serving.watchdog import watch

# As long as Gunicorn's threaded worker waits for a request that may be on its way on a kept-alive connection.
LINGER_SECONDS = 2.0
CONNECTIONS = 1000

# The type stubs that are about leave most of it out.
TcpWSGIServer: Any = waitress.server.TcpWSGIServer


def run(run: Run) -> int:
    """Serve until told to stop."""
    settings = run.settings
    supervisor = Supervisor(
        start=lambda: _work(run),
        stop=lambda child: os.kill(child, signal.SIGTERM),
        count=settings.workers,
        directory=run.directory,
        drain=settings.drain,
        graceful_timeout=settings.graceful_timeout,
    )
    return supervisor.run()


class Server(TcpWSGIServer):
    """One listening socket of a worker."""

    channel_class = Channel
    stopping = False
    request_timeout = 0.0

    def maintenance(self, now: float) -> None:
        """Between two requests a connection may be idle for WEB_KEEPALIVE; within one, a pause is a slow client."""
        for channel in list(self.active_channels.values()):
            if not channel.requests and channel.expired(now, self.adj.channel_timeout, self.request_timeout):
                channel.will_close = True


class Worker:
    """Polls the sockets of one process until it is told to stop and every connection has ended."""

    def __init__(self, app: Any, run: Run) -> None:
        settings = run.settings
        self._parent = os.getppid()
        self._shared = run.listeners.shared
        self._graceful_timeout = settings.graceful_timeout
        self._told_at: float | None = None
        self._map: dict[int, Any] = {}
        adjustments = Adjustments(
            threads=settings.threads,
            backlog=settings.backlog,
            channel_timeout=settings.keepalive,
            cleanup_interval=1,
            connection_limit=CONNECTIONS,
            # Waitress refuses what reaches its limit; ours may be reached.
            max_request_body_size=settings.max_body + 1,
            # Proxies are trusted by TRUSTED_PROXY_HOPS alone.
            clear_untrusted_proxy_headers=False,
            log_socket_errors=False,
        )
        dispatcher = ThreadedTaskDispatcher()
        dispatcher.set_thread_count(settings.threads)
        self._servers = [
            self._listen(app, sock, dispatcher, adjustments, settings.timeout) for sock in run.listeners.all
        ]

    def _listen(
        self,
        app: Any,
        sock: socket.socket,
        dispatcher: ThreadedTaskDispatcher,
        adjustments: Adjustments,
        timeout: float,
    ) -> Server:
        info = (sock.family, sock.type, sock.proto, sock.getsockname())
        server = Server(app, self._map, True, sock, dispatcher, adjustments, info, bind_socket=False)
        server.request_timeout = timeout
        return server

    def tell_to_stop(self, number: int, frame: FrameType | None) -> None:
        """The handler of SIGTERM."""
        if self._told_at is None:
            self._told_at = time.monotonic()
            self._servers[0].pull_trigger()

    def run(self) -> None:
        while self._told_at is None and os.getppid() == self._parent:
            wasyncore.poll2(1.0, self._map)
        told_at = self._told_at or time.monotonic()
        self._stop_accepting()
        while True:
            now = time.monotonic()
            channels = [channel for server in self._servers for channel in server.active_channels.values()]
            if not channels or now - told_at > self._graceful_timeout:
                return
            if now - told_at > LINGER_SECONDS:
                for channel in channels:
                    if channel.idle:
                        channel.handle_close()
            wasyncore.poll2(0.1, self._map)

    def _stop_accepting(self) -> None:
        for server in self._servers:
            server.stopping = True
            if not self._shared:
                # Nobody else accepts from this socket: what waits there is taken in, later clients are refused at
                # once instead of being reset when the process ends.
                while select.select([server.socket], [], [], 0)[0]:
                    server.handle_accept()
            server.accepting = False
            server.del_channel(self._map)
            server.socket.close()


def _work(run: Run) -> int:
    """In the child."""
    wrapper = load_or_explain(run.contract, run.settings, run.listeners.admin_ports)
    if wrapper is None:
        return BOOT_FAILED
    # It warns whenever all threads are busy.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    worker = Worker(wrapper, run)
    signal.signal(signal.SIGTERM, worker.tell_to_stop)
    watch(wrapper)
    worker.run()
    sys.stdout.flush()
    return 0
