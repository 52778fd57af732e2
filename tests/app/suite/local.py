"""The first place: `python -m serving` as a process of this machine."""

from __future__ import annotations

import fcntl
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from tests.app.suite.place import App, Listening, Place, Served, copy_release, default_environment
from tests.app.suite.wire import Address

# What becomes the server first sees to two things that Popen cannot: it is told to end when the tests are killed, and
# inherited sockets stand at the descriptors from 3 upwards.
BECOME = """
import ctypes, os, signal, sys
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)
for place, descriptor in enumerate(map(int, sys.argv[1:]), 3):
    os.dup2(descriptor, place)
os.execv(sys.executable, [sys.executable, "-m", "serving"])
"""


class LocalPlace(Place):
    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="suite-"))
        self._revisions: dict[App, str] = {}
        self._started = 0

    def start(
        self,
        app: App,
        server: str,
        environment: Mapping[str, str],
        *,
        listening: Listening | None = None,
    ) -> LocalServed:
        root = self._folder / app
        if app not in self._revisions:
            self._revisions[app] = copy_release(app, root)
        self._started += 1
        folder = self._folder / f"{self._started}-{app}-{server}"
        folder.mkdir()
        served = LocalServed(root, folder, server, environment, listening)
        served.revision = self._revisions[app]
        return served

    def close(self) -> None:
        shutil.rmtree(self._folder)

    def listen(self) -> Listening:
        return Listening(_listener(), _listener())


class LocalServed(Served):
    def __init__(
        self, root: Path, folder: Path, server: str, environment: Mapping[str, str], listening: Listening | None
    ) -> None:
        self.server = server
        self.client = "127.0.0.1"
        self._log = folder / "log"
        secret = folder / "secret"
        secret.write_text("a secret of the suite", encoding="utf-8")
        variables = {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "TMPDIR": str(folder),
            "SECRET_KEY_FILE": str(secret),
            **default_environment(server),
        }
        descriptors: list[int] = []
        if listening is None:
            self.web, self.admin = free_address(), free_address()
            variables |= {"HOST": self.web[0], "PORT": str(self.web[1]), "ADMIN_PORT": str(self.admin[1])}
        else:
            self.web, self.admin = listening.web.getsockname(), listening.admin.getsockname()
            # Above 9, so that moving one to its place never runs over another.
            descriptors = [_duplicate(listening.web), _duplicate(listening.admin)]
            variables |= {"LISTEN_FDS": "2", "LISTEN_FDNAMES": "web:admin"}
        variables |= environment
        self.size = int(variables["WEB_CONCURRENCY"])
        if "PORT" in environment:
            self.web = (self.web[0], int(environment["PORT"]))
        try:
            with self._log.open("wb") as log:
                self._process = subprocess.Popen(
                    [sys.executable, "-S", "-c", BECOME, *map(str, descriptors)],
                    cwd=root,
                    env=variables,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    pass_fds=descriptors,
                    start_new_session=True,
                )
        finally:
            for descriptor in descriptors:
                os.close(descriptor)

    def sigterm(self) -> None:
        self._process.send_signal(signal.SIGTERM)

    def wait(self, seconds: float) -> int:
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise TimeoutError(f"{self.server} still runs {seconds} s after it was asked to stop") from None

    def kill(self, pid: int) -> None:
        os.kill(pid, signal.SIGKILL)

    def crash(self) -> None:
        self._process.kill()
        self._process.wait(5)

    def workers(self) -> frozenset[int]:
        parents = dict(_session(self._process.pid))
        return frozenset(parents) - frozenset(parents.values()) - {self._process.pid}

    def log(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")

    def stop(self) -> None:
        """SIGTERM, then SIGKILL to whatever is left of the session; raises when a polite end left processes behind."""
        if self._process.poll() is None:
            self.sigterm()
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._kill_session()
                self._process.wait(10)
                raise
        deadline = time.monotonic() + 3
        while left := [pid for pid, _ in _session(self._process.pid)]:
            if time.monotonic() > deadline:
                self._kill_session()
                raise RuntimeError(f"{self.server} ended and left the processes {left} behind")
            time.sleep(0.05)

    def _kill_session(self) -> None:
        for pid, _ in _session(self._process.pid):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass


def _session(leader: int) -> list[tuple[int, int]]:
    """The process and parent ids of the living processes of a session."""
    found: list[tuple[int, int]] = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        state, parent, session = fields[0], int(fields[1]), int(fields[3])
        if session == leader and state != "Z":
            found.append((int(entry.name), parent))
    return found


def _listener() -> socket.socket:
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(("127.0.0.1", 0))
    sock.listen(512)
    return sock


def _duplicate(sock: socket.socket) -> int:
    return fcntl.fcntl(sock.fileno(), fcntl.F_DUPFD, 10)


def free_address() -> Address:
    """Of loopback, with a port that nobody listens on."""
    # Below the range from which the kernel takes the ports of outgoing connections: a load could take it meanwhile.
    while True:
        with socket.socket() as sock:
            try:
                sock.bind(("127.0.0.1", random.randrange(20000, 32000)))
                return sock.getsockname()
            except OSError:
                continue
