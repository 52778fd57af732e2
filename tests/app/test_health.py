"""The image's health check, run as the image runs it, against a web process of this machine."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.app.conftest import APP, free_port

CHECK = APP / "serving" / "health.py"


class Told(HTTPServer):
    """Answers what a test says, and remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[str] = []
        self.says = (200, b'{"status": "ready"}\n')


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status, body = self.server.says
        self.server.asked.append(self.path)
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        return None


@pytest.fixture
def web() -> Iterator[Told]:
    server = Told()
    threading.Thread(target=server.serve_forever, args=(0.05,)).start()
    yield server
    server.shutdown()
    server.server_close()


def check(check: Path = CHECK, **variables: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(check)], env=variables, capture_output=True, text=True, timeout=20
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


def test_a_ready_service_is_healthy(web: Told) -> None:
    assert check(ADMIN_PORT=str(web.server_port), PORT="1") == (0, '{"status": "ready"}\n')
    assert web.asked == ["/readyz"]


def test_a_service_that_is_not_ready_is_unhealthy_and_says_why(web: Told) -> None:
    web.says = (503, b'{"status": "draining"}\n')

    assert check(ADMIN_PORT=str(web.server_port)) == (1, '{"status": "draining"}\n')


def test_without_an_admin_port_the_public_one_is_asked(web: Told) -> None:
    assert check(HOST="0.0.0.0", PORT=str(web.server_port))[0] == 0


def test_the_path_is_the_contracts(web: Told, tmp_path: Path) -> None:
    (tmp_path / "serving").mkdir()
    (tmp_path / "serving" / "health.py").write_bytes(CHECK.read_bytes())
    (tmp_path / "service.toml").write_text(f'[web]\nready = "/are/you"\nport = {web.server_port}\n')

    assert check(tmp_path / "serving" / "health.py")[0] == 0
    assert web.asked == ["/are/you"]


def test_a_service_that_does_not_answer_is_unhealthy() -> None:
    code, said = check(ADMIN_PORT=str(free_port()))

    assert (code, said.startswith("not ready: "), said.endswith("Connection refused\n")) == (1, True, True)
