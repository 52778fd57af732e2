"""The sides of the comparisons over HTTP, as processes: the service as it is shipped, and what it is held against."""

from __future__ import annotations

import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType

from infra.revision import load_release
from infra.service import SERVERS, Server, load_service
from infra.wsgi import Plan, plan

CPU = 2.0
MEMORY = 512 * 2**20
"""What the stack `local` asks for, and so what the servers are sized for."""

BARE = '''"""The least that a WSGI server can be asked to run."""


def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "5")])
    return [b"hello"]
'''

CLASSIC = '''"""One route, as in a tutorial."""

from flask import Flask

app = Flask(__name__)


@app.get("/")
def hello():
    return {"hello": "world"}
'''


class Process(AbstractContextManager["Process"]):
    """A server in a session of its own, stopped at the end."""

    def __init__(self, name: str, command: Sequence[str], cwd: Path, environment: Mapping[str, str], url: str) -> None:
        self.name = name
        self.url = url
        self._command = command
        self._cwd = cwd
        self._environment = environment
        self._log = cwd.parent / f"{name.replace(' ', '-')}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Process:
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=self._cwd,
                env={"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", **self._environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        process = self._process
        if process is None:
            return
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self._process = None

    def wait_for_200(self, path: str = "", within: float = 30.0) -> None:
        """Until the first 200. Raises RuntimeError with the log when it does not come or the server has ended."""
        address = self.url.removeprefix("http://").split("/")[0]
        path = path or "/" + self.url.removeprefix("http://").partition("/")[2]
        deadline = time.monotonic() + within
        while time.monotonic() < deadline and self._process is not None and self._process.poll() is None:
            if answers_200(address, path):
                return
            time.sleep(0.002)
        raise RuntimeError(f"{self.name} does not answer:\n{self._log.read_text(encoding='utf-8', errors='replace')}")


class Sides:
    """Makes the servers, their files below `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._contract = load_service()
        for name, source in (("bare", BARE), ("classic", CLASSIC)):
            (folder / name).mkdir()
            (folder / name / f"{name}.py").write_text(source, encoding="utf-8")
        for server in SERVERS:
            load_release(self._contract, server, {}).write(folder / "releases" / server)
        self._secret = folder / "secret"
        self._secret.write_text(secrets.token_hex(16), encoding="utf-8")

    def service(self, server: Server) -> Process:
        """The bundled service at the table's settings: metrics on, access log off."""
        port = free_port()
        environment = {
            **plan(server, CPU, MEMORY).environment(),
            "PORT": str(port),
            "ADMIN_PORT": str(free_port()),
            "ACCESS_LOG": "false",
            "SERVICE_TARGET": "bench",
            "SERVICE_STACK": "bench",
            "SERVICE_DEPLOYMENT": "bench",
            **{f"{name}_FILE": str(self._secret) for name in self._contract.secrets},
        }
        command = [sys.executable, "-m", "serving"]
        return Process(
            f"service {server}",
            command,
            self._folder / "releases" / server,
            environment,
            f"http://127.0.0.1:{port}/api/hello",
        )

    def bare(self, server: Server) -> Process:
        """The three-line callable on the same server and settings, by the server's own command."""
        port = free_port()
        command = bare_command(plan(server, CPU, MEMORY), f"127.0.0.1:{port}")
        return Process(f"bare {server}", command, self._folder / "bare", {}, f"http://127.0.0.1:{port}/")

    def classic(self) -> Process:
        """`gunicorn app:app --workers 3` on a one-route Flask app."""
        port = free_port()
        command = [program("gunicorn"), "classic:app", "--workers", "3", "--bind", f"127.0.0.1:{port}"]
        return Process("classic", command, self._folder / "classic", {}, f"http://127.0.0.1:{port}/")


def bare_command(plan: Plan, address: str) -> list[str]:
    """The command that serves bare:app on `address` as the plan has it."""
    workers, threads, keepalive = str(plan.workers), str(plan.threads), str(plan.keepalive)
    match plan.server:
        case "gunicorn":
            return [
                program("gunicorn"), "bare:app", "--bind", address, "--worker-class", "gthread", "--workers", workers,
                "--threads", threads, "--keep-alive", keepalive, "--timeout", str(plan.timeout),
                "--backlog", str(plan.backlog), "--no-control-socket",
            ]  # fmt: skip
        case "uwsgi":
            return [
                program("uwsgi"), "--http-socket", address, "--master", "--processes", workers, "--threads", threads,
                "--listen", str(plan.backlog), "--socket-timeout", str(plan.timeout), "--module", "bare:app",
                "--pythonpath", ".", "--need-app", "--die-on-term", "--disable-logging", "--lazy-apps",
                "--single-interpreter", "--ignore-sigpipe", "--virtualenv", sys.prefix,
                # As the service does: a client that is not told takes the end of a connection for a failure.
                "--add-header", "Connection: close",
            ]  # fmt: skip
        case "waitress":
            return [
                program("waitress-serve"), "--listen", address, "--threads", threads, "--backlog", str(plan.backlog),
                "--channel-timeout", keepalive, "--connection-limit", "1000", "bare:app",
            ]  # fmt: skip


def answers_200(address: str, path: str) -> bool:
    """Whether it does so now."""
    connection = http.client.HTTPConnection(address, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def program(name: str) -> str:
    """A program of this environment."""
    return str(Path(sys.executable).parent / name)


def free_port() -> int:
    """A port of the loopback address that nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])
