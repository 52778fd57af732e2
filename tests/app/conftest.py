"""What the app's unit tests share: a service without a server, a wrapper without a socket, a web process for real."""

import io
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import docker
import pytest

from service import create_app
from service.http import Service
from service.settings import Settings as ServiceSettings
from serving.contract import Contract
from serving.identity import Identity
from serving.rundir import RunDirectory
from serving.settings import Settings
from serving.wrapper import Wrapper
from tests.app.images import Images

APP = Path(__file__).resolve().parents[2] / "app"
CONTRACT = Contract(name="shop", callable="shop:app")
IDENTITY = Identity("shop", "0123456789ab", "fedcba987654", "gunicorn", "local", "dev")


@pytest.fixture
def service() -> Service:
    return create_app(ServiceSettings(secret_key="k" * 20, max_body=1000))


@dataclass
class Answer:
    """A whole response."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes = b""
    calls: int = 0

    def header(self, name: str) -> str | None:
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        assert len(values) <= 1, values
        return values[0] if values else None


def environ_of(path: str = "/", method: str = "GET", body: bytes | None = None, **more: Any) -> dict[str, Any]:
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "192.0.2.7",
        "HTTP_HOST": "127.0.0.1:8000",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body or b""),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    if body is not None:
        environ["CONTENT_LENGTH"] = str(len(body))
    return environ | more


def call(app: Any, environ: dict[str, Any]) -> Answer:
    """As a server does it."""
    answer = Answer("", [])

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
        assert not answer.status or exc_info
        answer.status, answer.headers = status, list(headers)
        answer.calls += 1
        return lambda data: None

    result = app(environ, start_response)
    try:
        answer.body = b"".join(result)
    finally:
        if hasattr(result, "close"):
            result.close()
    return answer


def hello(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """An app with one path."""
    found = environ["PATH_INFO"] == "/"
    body = b"hello" if found else b"none"
    headers = [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))]
    start_response("200 OK" if found else "404 Not Found", headers)
    return [body]


@pytest.fixture(scope="session")
def images(docker_engine: docker.DockerClient, registry: str, builder: str) -> Iterator[Images]:
    """The service's images in the Docker Engine."""
    made = Images(docker_engine, registry, builder)
    yield made
    made.close()


Wrap = Callable[..., Wrapper]


@pytest.fixture
def run_directory(tmp_path: Path) -> RunDirectory:
    return RunDirectory(tmp_path)


@pytest.fixture
def wrap(run_directory: RunDirectory) -> Wrap:
    def make(app: Any = hello, **settings: Any) -> Wrapper:
        made = replace(Settings(server="gunicorn", access_log=False), **settings)
        return Wrapper(app, CONTRACT, made, IDENTITY, frozenset({"9000"}), run_directory)

    return make


@dataclass
class Web:
    """A web process, started as every target starts it."""

    process: subprocess.Popen[str]
    port: int
    admin_port: int
    logged: Path = field(repr=False)

    def log(self) -> str:
        return self.logged.read_text("utf-8")


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def environment(**more: str) -> dict[str, str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {"PATH": path, "PYTHONPATH": str(APP), "LANG": "C.UTF-8", **more}


Start = Callable[..., Web]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts `python -m serving` in a folder; at the end whatever still runs is stopped."""
    running: list[Web] = []

    def begin(folder: Path, **variables: str) -> Web:
        port, admin_port = free_port(), free_port()
        logged = tmp_path / f"web-{len(running)}.log"
        with logged.open("w") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "serving"],
                cwd=folder,
                env=environment(**{"PORT": str(port), "ADMIN_PORT": str(admin_port)} | variables),
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
            )
        running.append(Web(process, port, admin_port, logged))
        return running[-1]

    yield begin
    for web in running:
        web.process.kill()
        web.process.wait()


def eventually(condition: Callable[[], bool], tell: Callable[[], str], within: float = 20.0) -> None:
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, tell()
        time.sleep(0.05)
