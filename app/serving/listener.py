"""`python -m serving.listener`: holds the public socket while the processes that answer on it come and go.

Where nobody else can, as with Docker, whose containers cannot share a published port: this one publishes it, and each
container that runs `python -m serving.replica` asks here for the socket. One of them at a time is the current one. Who
gets ready takes over from it, and the one before is told to yield. No connection is lost on the way, since the socket
that clients connect to stays. Who took over when is kept in a file, for when all are started anew in any order.
"""

import logging
import os
import selectors
import signal
import socket
import sys
from pathlib import Path
from types import FrameType

from serving.contract import load_contract
from serving.errors import ServingError, run_or_explain
from serving.handover import DEFAULT_SOCKET, READY, RELIEVE, SERVE, SOCKET_VARIABLE, YIELD, Peer
from serving.listeners import open_listeners
from serving.settings import load_settings

log = logging.getLogger("serving.listener")


# Of containers that are long gone nobody needs to know.
REMEMBERED = 50


class Replica(Peer):
    """One that is connected. Its name is empty until it has introduced itself."""

    name = ""
    rests = False


class Takeovers:
    """The names of replicas in the order in which they first took over: to serve again for another makes none newer."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._names = path.read_text("utf-8").splitlines()
        except OSError:
            self._names = []

    def add(self, name: str) -> None:
        """It has taken over."""
        if name in self._names:
            return
        self._names = [*self._names, name][-REMEMBERED:]
        fresh = self._path.with_suffix(".new")
        try:
            fresh.write_text("".join(f"{name}\n" for name in self._names), "utf-8")
            fresh.replace(self._path)
        except OSError as error:
            # It is missed only if this listener is started anew before another takes over.
            log.warning("cannot write %s: %s", self._path, error.strerror)

    def is_before(self, name: str, other: str) -> bool:
        """Whether `name` took over before `other`. Who never did is new, and comes after all of them."""
        return name in self._names and self._names.index(name) < self._names.index(other)


class Listener:
    """The public socket, and who may accept from it."""

    def __init__(self, public: socket.socket, door: socket.socket, takeovers: Takeovers) -> None:
        self._public = public
        self._door = door
        self._takeovers = takeovers
        self._selector = selectors.DefaultSelector()
        self._replicas: list[Replica] = []
        self._current: Replica | None = None

    def run(self) -> None:
        """Until told to stop."""
        wake, woken = socket.socketpair()
        woken.setblocking(False)
        signal.set_wakeup_fd(woken.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT):
            # Python sends signals that have a handler to the wakeup descriptor.
            signal.signal(number, _ignore)
        self._selector.register(wake, selectors.EVENT_READ)
        self._selector.register(self._door, selectors.EVENT_READ)
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is wake:
                    return
                if key.fileobj is self._door:
                    self._let_in()
                else:
                    self._hear(key.data)

    def _let_in(self) -> None:
        connection, _ = self._door.accept()
        connection.setblocking(False)
        replica = Replica(connection)
        self._replicas.append(replica)
        self._selector.register(connection, selectors.EVENT_READ, replica)

    def _hear(self, replica: Replica) -> None:
        heard = replica.hear()
        if heard is None:
            self._let_go(replica)
            return
        for word in heard[0]:
            if not replica.name:
                replica.name = word
                self._greet(replica)
            elif word == READY:
                self._switch(replica)

    def _greet(self, replica: Replica) -> None:
        if self._current is None:
            self._tell(replica, SERVE)
        elif self._takeovers.is_before(replica.name, self._current.name):
            self._tell(replica, YIELD)
        else:
            self._tell(replica, RELIEVE)

    def _switch(self, replica: Replica) -> None:
        before = self._current
        if before is not None and self._takeovers.is_before(replica.name, before.name):
            # They were started together, as after a reboot, and the newer one was quicker.
            self._tell(replica, YIELD)
            return
        self._current = replica
        self._takeovers.add(replica.name)
        log.info("replica %s serves", replica.name)
        for other in self._replicas:
            # One that is not ready yet has the socket too, and would answer from it.
            older = other is before or (other.name and self._takeovers.is_before(other.name, replica.name))
            if older and other is not replica and not other.rests:
                self._tell(other, YIELD)

    def _let_go(self, replica: Replica) -> None:
        self._selector.unregister(replica.connection)
        self._replicas.remove(replica)
        replica.connection.close()
        if replica is not self._current:
            return
        self._current = None
        log.warning("replica %s has gone while it served", replica.name)
        for other in [other for other in self._replicas if other.rests]:
            self._tell(other, SERVE)

    def _tell(self, replica: Replica, word: str) -> None:
        replica.rests = word == YIELD
        log.info("replica %s is told to %s", replica.name, word)
        try:
            replica.tell(word, None if word == YIELD else self._public)
        except OSError as error:
            # It is just going, which shows when its connection is next looked at.
            log.warning("replica %s cannot be told to %s: %s", replica.name, word, error.strerror)


def _ignore(number: int, frame: FrameType | None) -> None:
    """What wakes the listener is enough."""


def open_door(path: Path) -> socket.socket:
    """The Unix socket at `path`, in place of the one that a killed listener left there; raises ServingError."""
    door = socket.socket(socket.AF_UNIX)
    try:
        path.unlink(missing_ok=True)
        door.bind(str(path))
        path.chmod(0o600)
        door.listen(16)
    except OSError as error:
        door.close()
        problem = f"{SOCKET_VARIABLE}: cannot listen at {path}: {error.strerror or error}"
        raise ServingError([problem]) from None
    return door


def listen(root: Path) -> int:
    """Listen as HOST, PORT and WEB_BACKLOG say, and hand the socket out at LISTENER_SOCKET, until told to stop."""
    contract = load_contract(root / "service.toml")
    # The admin port is each web process's own.
    settings = load_settings({**os.environ, "ADMIN_PORT": ""}, contract, os.getpid())
    listeners = open_listeners(settings)
    path = Path(os.environ.get(SOCKET_VARIABLE) or DEFAULT_SOCKET)
    door = open_door(path)
    log.info("listening at %s", ", ".join(listeners.addresses()))
    Listener(listeners.web[0], door, Takeovers(path.with_name("takeovers"))).run()
    return 0


if __name__ == "__main__":
    sys.exit(run_or_explain(listen))
