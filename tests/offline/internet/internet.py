"""The internet of a test: an HTTPS proxy on loopback that leads every host to a site that is played here, or to none."""

from __future__ import annotations

import re
import selectors
import socket
import ssl
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any, cast

import trustme
from werkzeug.serving import WSGIRequestHandler, make_server

Site = Callable[[dict[str, Any], Any], Iterable[bytes]]
"""A WSGI application that plays a host."""

_NOT_PROXIED = "127.0.0.1,localhost"


class Internet:
    """Hosts and who plays them. `strangers`: the hosts that were asked for and are played by nobody."""

    def __init__(self, folder: Path) -> None:
        self._authority = trustme.CA()
        self._certificates: dict[str, ssl.SSLContext] = {}
        self._sites: list[tuple[re.Pattern[str], Site]] = []
        self.strangers: list[str] = []
        self._bundle = folder / "authority.pem"
        self._authority.cert_pem.write_to_path(str(self._bundle))
        context = self._certificate("localhost")
        context.sni_callback = self._choose
        self._inside = make_server(
            "127.0.0.1", 0, self._dispatch, threaded=True, ssl_context=context, request_handler=_Quiet
        )
        self._plain = make_server("127.0.0.1", 0, self._dispatch, threaded=True, request_handler=_Quiet)
        self._proxy = _Proxy(self, self._inside.server_port, self._plain.server_port)
        for server in (self._inside, self._plain, self._proxy):
            threading.Thread(target=server.serve_forever, daemon=True).start()

    def play(self, hosts: str, site: Site) -> None:
        """Let a site play every host whose whole name the pattern matches."""
        self._sites.append((re.compile(hosts), site))

    def played(self, host: str) -> Site | None:
        """Who plays a host; a stranger is written down."""
        for pattern, site in self._sites:
            if pattern.fullmatch(host):
                return site
        self.strangers.append(host)
        return None

    def variables(self) -> dict[str, str]:
        """The environment of a process for which this is all that there is of the internet."""
        proxy = f"http://127.0.0.1:{self._proxy.server_address[1]}"
        return {
            **dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), proxy),
            **dict.fromkeys(("NO_PROXY", "no_proxy"), _NOT_PROXIED),
            **dict.fromkeys(("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "AWS_CA_BUNDLE"), str(self._bundle)),
        }

    def close(self) -> None:
        """No host answers any more."""
        for server in (self._proxy, self._inside, self._plain):
            server.shutdown()
            server.server_close()

    def _certificate(self, host: str) -> ssl.SSLContext:
        if host not in self._certificates:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._authority.issue_cert(host).configure_cert(context)
            self._certificates[host] = context
        return self._certificates[host]

    def _choose(self, connection: ssl.SSLObject | ssl.SSLSocket, host: str | None, _context: ssl.SSLContext) -> None:
        connection.context = self._certificate(host or "localhost")

    def _dispatch(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        site = self.played(str(environ["HTTP_HOST"]).partition(":")[0])
        if site is None:
            start("502 Bad Gateway", [])
            return [b"nobody plays this host"]
        return site(environ, start)


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - named so by werkzeug
        """Nothing: a test shows what went wrong by itself."""


class _Proxy(ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, internet: Internet, inside: int, plain: int) -> None:
        super().__init__(("127.0.0.1", 0), _Tunnel)
        self.internet, self.inside, self.plain = internet, inside, plain


class _Tunnel(StreamRequestHandler):
    """One connection through the proxy, HTTPS or a single GET, to a host that is played; none goes anywhere else."""

    server: _Proxy
    rbufsize = 0

    def handle(self) -> None:
        method, target, *_ = [*self.rfile.readline().decode().split(), "", ""]
        while self.rfile.readline().strip():
            pass
        host = re.sub(r"^http://|[:/].*$", "", target.removeprefix("http://"))
        if method not in ("CONNECT", "GET") or self.server.internet.played(host) is None:
            self.wfile.write(b"HTTP/1.1 403 Nobody plays this host\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return
        if method == "GET":
            with socket.create_connection(("127.0.0.1", self.server.plain)) as inner:
                path = target.removeprefix(f"http://{host}")
                inner.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
                _carry(self.connection, inner)
            return
        with socket.create_connection(("127.0.0.1", self.server.inside)) as inner:
            self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            _carry(self.connection, inner)


def _carry(one: socket.socket, other: socket.socket) -> None:
    """Carry bytes both ways until either side is done."""
    # No plain select(): a process of many tests may have more than the 1024 files that it can count to.
    with selectors.DefaultSelector() as both:
        both.register(one, selectors.EVENT_READ, other)
        both.register(other, selectors.EVENT_READ, one)
        while True:
            for ready, _ in both.select():
                try:
                    data = cast("socket.socket", ready.fileobj).recv(65536)
                    ready.data.sendall(data)
                except OSError:
                    return
                if not data:
                    return
