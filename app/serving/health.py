"""Asks the readiness path of the web process on this machine: the image's health check, and what a replica waits for.

Run by its path every few seconds, so that it imports next to nothing: `python -I -S serving/health.py`. It looks for
service.toml beside the package, and for the ports where the web process has them from, in the environment.
"""

import os
import socket
import sys
import tomllib
from pathlib import Path

# A little less than the Dockerfile's, so that it is told here what took too long.
TIMEOUT = 2.5
# A body may follow, of which the beginning says why the service is not ready.
READ_BYTES = 2048


def ask(host: str, port: int, path: str, timeout: float = TIMEOUT) -> tuple[int, bytes]:
    """The status that a GET of `path` is answered with, and the beginning of the answer.

    Raises:
        OSError: nobody answers within `timeout` seconds, or not in HTTP.
    """
    request = f"GET {path} HTTP/1.0\r\nHost: localhost\r\nAccept: application/json\r\n\r\n"
    with socket.create_connection((host, port), timeout) as connection:
        connection.sendall(request.encode())
        answer = b""
        while len(answer) < READ_BYTES and (piece := connection.recv(READ_BYTES)):
            answer += piece
    status = answer[9:12]
    if not answer.startswith(b"HTTP/1.") or not status.isdigit():
        raise OSError(f"{host}:{port} answers {answer[:40]!r}")
    return int(status), answer


def main() -> int:
    """0 when the web process is ready; otherwise 1, and why not on stdout, where `docker inspect` finds it."""
    contract = tomllib.loads((Path(__file__).parent.parent / "service.toml").read_text("utf-8"))
    web = contract["web"]
    try:
        status, answer = ask(*_address(int(web.get("port", 8000))), web.get("ready", "/readyz"))
    except OSError as error:
        print(f"not ready: {error}")
        return 1
    print(answer.partition(b"\r\n\r\n")[2].decode(errors="replace").strip() or status)
    return 0 if status == 200 else 1


def _address(port: int) -> tuple[str, int]:
    admin = os.environ.get("ADMIN_PORT", "").strip()
    if admin:
        return reachable(os.environ.get("ADMIN_HOST", "")), int(admin)
    return reachable(os.environ.get("HOST", "")), int(os.environ.get("PORT", "").strip() or port)


def reachable(host: str) -> str:
    """A process that listens on every address is asked on this one."""
    return {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}.get(host.strip(), host.strip())  # noqa: S104


if __name__ == "__main__":
    sys.exit(main())
