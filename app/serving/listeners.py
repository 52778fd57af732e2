"""The sockets a web process answers on: inherited ones, or ones bound here, before any server is asked to run."""

import errno
import os
import socket
from dataclasses import dataclass

from serving.errors import ServingError
from serving.settings import Settings

FIRST_INHERITED = 3


@dataclass(frozen=True)
class Listeners:
    """`shared` says that other processes may accept from the same sockets, as on an update without downtime."""

    web: tuple[socket.socket, ...]
    admin: tuple[socket.socket, ...]
    shared: bool

    @property
    def all(self) -> tuple[socket.socket, ...]:
        return self.web + self.admin

    @property
    def admin_ports(self) -> frozenset[str]:
        """As SERVER_PORT has them: that is how a request is known to have come by the admin listener."""
        return frozenset(str(sock.getsockname()[1]) for sock in self.admin)

    def addresses(self) -> list[str]:
        return [_shown(sock) for sock in self.all]


def open_listeners(settings: Settings) -> Listeners:
    """Take the inherited sockets, or bind HOST:PORT and, if asked, ADMIN_HOST:ADMIN_PORT."""
    if settings.inherited:
        return _take(settings.inherited)
    problems: list[str] = []
    web = _bind(settings.host, settings.port, "PORT", settings.backlog, problems)
    admin = open_admin(settings, problems) if settings.admin_port is not None else None
    if web is None or problems:
        raise ServingError(problems)
    return Listeners(web=(web,), admin=(admin,) if admin else (), shared=False)


def open_admin(settings: Settings, problems: list[str]) -> socket.socket | None:
    """Bind ADMIN_HOST:ADMIN_PORT, or a port that is free where no port is asked for; None says there is a problem."""
    return _bind(settings.admin_host, settings.admin_port or 0, "ADMIN_PORT", settings.backlog, problems)


def _take(names: tuple[str, ...]) -> Listeners:
    web: list[socket.socket] = []
    admin: list[socket.socket] = []
    for offset, name in enumerate(names):
        try:
            sock = socket.socket(fileno=FIRST_INHERITED + offset)
            listening = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
        except OSError as error:
            problem = (
                f"LISTEN_FDS: descriptor {FIRST_INHERITED + offset} is no socket ({os.strerror(error.errno or 0)})"
            )
            raise ServingError([problem]) from None
        if not listening:
            raise ServingError([f"LISTEN_FDS: descriptor {FIRST_INHERITED + offset} does not listen"])
        (admin if name == "admin" else web).append(sock)
    if not web:
        raise ServingError(["LISTEN_FDNAMES: names no descriptor to serve the public on"])
    # Whatever this process starts later must not take them for its own.
    for name in ("LISTEN_FDS", "LISTEN_FDNAMES", "LISTEN_PID"):
        os.environ.pop(name, None)
    return Listeners(web=tuple(web), admin=tuple(admin), shared=True)


def _bind(host: str, port: int, variable: str, backlog: int, problems: list[str]) -> socket.socket | None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))
        sock.listen(backlog)
    except OSError as error:
        sock.close()
        reason = "another process listens there" if error.errno == errno.EADDRINUSE else str(error.strerror or error)
        problems.append(f"{variable}: cannot listen on {host}:{port}: {reason}")
        return None
    return sock


def _shown(sock: socket.socket) -> str:
    host, port = sock.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
