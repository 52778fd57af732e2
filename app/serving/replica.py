"""`python -m serving.replica`: runs the web process on the socket of `python -m serving.listener`.

It asks the listener for the socket, starts `python -m serving` on it and tells the listener when that is ready. Told to
yield, it ends the web process, which finishes what it has accepted, and rests: if it ended too, whoever restarts what
ends would start it anew. It ends when the web process ends by itself, with its exit code; and with 1 when the listener
has gone, as a socket is worth nothing without the network that it belongs to.
"""

import fcntl
import logging
import os
import select
import signal
import socket
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

from serving.contract import Contract, load_contract
from serving.errors import ServingError, run_or_explain
from serving.handover import DEFAULT_SOCKET, READY, RELIEVE, SOCKET_VARIABLE, YIELD, Peer
from serving.health import ask, reachable
from serving.identity import denial, read_revision
from serving.listeners import FIRST_INHERITED, open_admin
from serving.settings import Settings, load_settings

log = logging.getLogger("serving.replica")

LISTENER_GONE = 1
RETRY_SECONDS = 0.2
POLL_SECONDS = 0.1
# Longer than the health check's: a slow answer is no reason not to begin.
READY_TIMEOUT = 10.0
# Where sockets are put aside before each gets the number that it is known by.
ABOVE_INHERITED = 10


class Web:
    """A web process. At its gate, if it has one, it is held back until the app is ready."""

    def __init__(self, public: socket.socket, settings: Settings, *, gated: bool) -> None:
        problems: list[str] = []
        admin = open_admin(settings, problems)
        if admin is None:
            raise ServingError(problems)
        self._admin: tuple[str, int] = admin.getsockname()[:2]
        self._gate = _new_file() if gated else None
        with public, admin:
            self._pid = _spawn([public, admin], {"WEB_GATE": str(self._gate or "")})

    def ask(self, path: str) -> tuple[int, str]:
        """The status and the body that it answers on its admin port; raises OSError."""
        status, answer = ask(reachable(self._admin[0]), self._admin[1], path, READY_TIMEOUT)
        return status, answer.partition(b"\r\n\r\n")[2].decode(errors="replace")

    def open_gate(self) -> None:
        """It has passed, or nobody is to."""
        if self._gate:
            self._gate.unlink(missing_ok=True)

    def stop(self, number: int = signal.SIGTERM) -> None:
        """Tell it to end."""
        os.kill(self._pid, number)

    def ended(self) -> int | None:
        """Its exit code, as a shell would have it, once it has ended."""
        pid, status = os.waitpid(self._pid, os.WNOHANG)
        if not pid:
            return None
        self.open_gate()
        code = os.waitstatus_to_exitcode(status)
        return code if code >= 0 else 128 - code


class Replica:
    """Runs at most one web process at a time, when the listener says so."""

    def __init__(self, contract: Contract, settings: Settings, revision: str) -> None:
        self._contract = contract
        self._settings = settings
        self._revision = revision
        self._web: Web | None = None
        # What the next web process is to be started with.
        self._public: socket.socket | None = None
        self._gated = False
        self._yields = False
        self._ends = False
        self._code = 0
        self._received: list[int] = []
        self._wake, self._woken = socket.socketpair()
        self._woken.setblocking(False)

    def run(self, path: Path, name: str) -> int:
        """Until told to stop, the web process has ended by itself, or the listener has gone; the exit code."""
        signal.set_wakeup_fd(self._woken.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
            signal.signal(number, lambda number, _: self._received.append(number))
        listener = self._find(path, name)
        if listener is None:
            return 0
        watched = [self._wake, listener.connection]
        while True:
            ready = select.select(watched, [], [])[0]
            if self._wake in ready:
                self._wake.recv(4096)
                self._obey_signals()
            if listener.connection in ready and not self._obey(listener):
                watched.remove(listener.connection)
            code = self._proceed(listener)
            if code is not None:
                return code

    def _find(self, path: Path, name: str) -> Peer | None:
        """The listener, as soon as there is one; None when told to stop before."""
        said = ""
        while True:
            connection = socket.socket(socket.AF_UNIX)
            try:
                connection.connect(str(path))
                listener = Peer(connection)
                listener.tell(name)
                return listener
            except OSError as error:
                connection.close()
                if said != (said := str(error.strerror)):
                    log.info("waiting for the listener at %s: %s", path, said)
            if select.select([self._wake], [], [], RETRY_SECONDS)[0]:
                return None

    def _obey_signals(self) -> None:
        while self._received:
            number = self._received.pop(0)
            if number == signal.SIGCHLD:
                continue
            log.info("told to stop by %s", signal.Signals(number).name)
            self._ends, self._code = True, 0
            if self._web:
                self._web.stop(number)

    def _obey(self, listener: Peer) -> bool:
        """Whether the listener is still there."""
        heard = listener.hear()
        if heard is None:
            log.warning("the listener has gone")
            if not self._ends:
                self._ends, self._code = True, LISTENER_GONE
                if self._web:
                    self._web.stop()
            return False
        words, public = heard
        for word in words:
            if word == YIELD:
                self._yields, self._public = True, None
                log.info("another replica serves")
                if self._web:
                    self._web.stop()
            else:
                self._public, self._gated = public, word == RELIEVE
        return True

    def _proceed(self, listener: Peer) -> int | None:
        """Look after the web process and start the next; the exit code when there is nothing left to do."""
        if self._web:
            code = self._web.ended()
            if code is None:
                return None
            self._web = None
            if not self._ends and not self._yields:
                log.error("the web process ended with exit code %d", code)
                return code
            self._code = self._code or (code if self._ends else 0)
        if self._ends:
            return self._code
        if self._public:
            self._yields = False
            self._web = web = Web(self._public, self._settings, gated=self._gated)
            self._public = None
            threading.Thread(target=self._announce, args=(web, listener), daemon=True).start()
        return None

    def _announce(self, web: Web, listener: Peer) -> None:
        """In a thread of its own, as an app may take its time to answer."""
        reason = ""
        while self._web is web:
            # Nobody answers yet, or the listener has gone, which shows where it is listened to.
            with suppress(OSError):
                wrong = self._doubt(web)
                if not wrong:
                    web.open_gate()
                    listener.tell(READY)
                    return
                if reason != (reason := wrong):
                    log.warning("the web process is not ready: %s", reason)
            time.sleep(POLL_SECONDS)

    def _doubt(self, web: Web) -> str:
        """Why it may not take over; empty when it may."""
        status, body = web.ask(self._contract.ready)
        if status != 200:
            return f"{status} {body.strip()}"
        deployment = self._settings.deployment
        return denial(web.ask(self._contract.version)[1], self._revision, deployment) if deployment else ""


def _new_file() -> Path:
    descriptor, path = tempfile.mkstemp(prefix="gate-")
    os.close(descriptor)
    return Path(path)


def _spawn(sockets: list[socket.socket], more: dict[str, str]) -> int:
    """Start `python -m serving` with `sockets` as its descriptors from 3 on, the public one first; its process id."""
    # Put aside first: one may have the number that another one is to get.
    aside = [fcntl.fcntl(sock.fileno(), fcntl.F_DUPFD_CLOEXEC, ABOVE_INHERITED) for sock in sockets]
    try:
        return os.posix_spawn(
            sys.executable,
            [sys.executable, "-m", "serving"],
            {**os.environ, **more, "LISTEN_FDS": str(len(aside)), "LISTEN_FDNAMES": "web:admin", "LISTEN_PID": ""},
            file_actions=[
                (os.POSIX_SPAWN_DUP2, descriptor, FIRST_INHERITED + place) for place, descriptor in enumerate(aside)
            ],
        )
    finally:
        for descriptor in aside:
            os.close(descriptor)


def serve(root: Path) -> int:
    """Run the service in `root` when the listener at LISTENER_SOCKET says so; the exit code."""
    contract = load_contract(root / "service.toml")
    settings = load_settings(os.environ, contract, os.getpid())
    path = Path(os.environ.get(SOCKET_VARIABLE) or DEFAULT_SOCKET)
    # A container that is started anew keeps its host name, another one of the same deployment has one of its own.
    name = f"{settings.deployment}@{os.environ.get('HOSTNAME') or socket.gethostname()}"
    return Replica(contract, settings, read_revision(root)).run(path, name)


if __name__ == "__main__":
    sys.exit(run_or_explain(serve))
