"""What the listener and its replicas say to each other on a Unix socket: one word a line, a socket along with some.

A replica first says its name, and later READY, when it may be the one that serves. Its name is its own for as long as
whoever starts it anew takes it for the same: what it is started as, and where.
"""

import socket

SOCKET_VARIABLE = "LISTENER_SOCKET"
DEFAULT_SOCKET = "/run/listener/socket"

# To a replica, with the public socket: start, as nobody serves; or start, but accept nothing before you are ready.
SERVE = "serve"
RELIEVE = "relieve"
# Another one serves: finish what you have accepted, and rest.
YIELD = "yield"
# To the listener.
READY = "ready"


class Peer:
    """The other end of a connection."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self._rest = b""

    def tell(self, word: str, public: socket.socket | None = None) -> None:
        """Raises OSError when it cannot be told."""
        descriptors = [public.fileno()] if public else []
        socket.send_fds(self.connection, [f"{word}\n".encode()], descriptors)

    def hear(self) -> tuple[list[str], socket.socket | None] | None:
        """The words that came, and the socket that came with them; None when there is nobody any more."""
        try:
            data, descriptors, _, _ = socket.recv_fds(self.connection, 4096, 1)
        except (BlockingIOError, TimeoutError):
            return [], None
        except OSError:
            return None
        public = socket.socket(fileno=descriptors[0]) if descriptors else None
        if not data:
            return None
        *words, self._rest = (self._rest + data).split(b"\n")
        return [word.decode(errors="replace") for word in words], public
