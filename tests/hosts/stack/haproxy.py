"""A real HAProxy in front of hosts, on this machine, and the commands that a stack has for it.

`python haproxy.py <folder> out | back <host>` gives a host no more requests, or some again, and writes down how many it
had by then.
"""

import csv
import json
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# What may be slow here is the machine, which is to cost no host its place.
CONFIGURATION = """
global
    nbthread 1
    stats socket {door} mode 600 level admin
defaults
    mode http
    retries 0
    timeout connect 60s
    timeout client 120s
    timeout server 120s
    timeout check 60s
frontend front
    bind 127.0.0.1:{port}
    default_backend hosts
backend hosts
    option httpchk GET /readyz
    default-server check inter 300ms fall 1 rise 1
"""


def program() -> str | None:
    """Where it is; distributions have it where only root looks."""
    return shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin:/usr/local/sbin")


@dataclass(frozen=True)
class Balancer:
    """One that runs, with its files in `folder`."""

    folder: Path

    def ask(self, words: str) -> str:
        """What it answers to a command of its own."""
        with socket.socket(socket.AF_UNIX) as door:
            door.connect(str(self.folder / "door"))
            door.sendall(f"{words}\n".encode())
            return b"".join(iter(lambda: door.recv(65536), b"")).decode()

    def counted(self, what: str) -> dict[str, str]:
        """A figure of each host: `stot`, the requests that it had; `chkdown`, how often it was not ready."""
        rows = csv.DictReader(self.ask("show stat").removeprefix("# ").splitlines())
        return {row["svname"]: row[what] for row in rows if row["svname"] not in ("FRONTEND", "BACKEND")}

    def tell(self, what: str, host: str) -> None:
        """The commands of a stack."""
        before = self.counted("stot")[host]
        refused = self.ask(f"set weight hosts/{host} {'0%' if what == 'out' else '100%'}").strip()
        requests = self.counted("stot")[host] if what == "out" else before
        with (self.folder / "told").open("a", encoding="utf-8") as file:
            file.write(json.dumps([what, host, int(requests)]) + "\n")
        sys.exit(refused or 0)

    def told(self) -> list[tuple[str, str, int]]:
        """What it was told so far: `out` or `back`, the host, and how many requests that had had."""
        file = self.folder / "told"
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        return [(what, host, requests) for what, host, requests in map(json.loads, lines)]

    def commands(self, wait: int) -> dict[str, object]:
        """The option of a stack."""
        told = {what: [sys.executable, __file__, str(self.folder), what, "{host}"] for what in ("out", "back")}
        return {**told, "wait": wait}


@contextmanager
def balancing(haproxy: str, folder: Path, port: int, hosts: Sequence[str]) -> Iterator[Balancer]:
    """It listens at a port of 127.0.0.1, in front of port 80 of the hosts."""
    configuration = folder / "haproxy.cfg"
    servers = "".join(f"    server {host} {host}:80\n" for host in hosts)
    configuration.write_text(CONFIGURATION.format(door=folder / "door", port=port) + servers, encoding="utf-8")
    process = subprocess.Popen([haproxy, "-db", "-f", configuration])
    try:
        yield Balancer(folder)
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    Balancer(Path(sys.argv[1])).tell(sys.argv[2], sys.argv[3])
