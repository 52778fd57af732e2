"""A real ACME server of a test's own, and the names that it finds: what a host's certbot asks for certificates."""

import json
import shutil
import socket
import ssl
import subprocess
import threading
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme

from tests.hosts.role.rig import until

PINS = Path(__file__).with_name("pebble")
PROGRAM = "github.com/letsencrypt/pebble/v2/cmd/pebble"
# Certificates that are due at once: certbot renews what is over in thirty days.
DAY = 86_400


@dataclass(frozen=True)
class Authority:
    """`port` is that of its directory on loopback, `ca` vouches for its own HTTPS, and `root` for what it issues."""

    port: int
    ca: str
    root: str

    @property
    def directory(self) -> str:
        return f"https://127.0.0.1:{self.port}/dir"


def pebble(folder: Path) -> Path:
    """The server, built from its pinned Go module; Go keeps what it has built."""
    if not shutil.which("go"):
        pytest.skip("no Go, which builds the ACME server")
    program = folder / "pebble"
    done = subprocess.run(["go", "build", "-o", program, PROGRAM], cwd=PINS, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return program


@contextmanager
def authority(folder: Path, names: Mapping[str, str]) -> Iterator[Authority]:
    """It runs, and finds these names at these addresses and no others."""
    program, own = pebble(folder), trustme.CA()
    issued = own.issue_cert("127.0.0.1")
    issued.cert_chain_pems[0].write_to_path(folder / "certificate.pem")
    issued.private_key_pem.write_to_path(folder / "key.pem")
    port, management, unused = free_ports(3)
    config = {
        "listenAddress": f"127.0.0.1:{port}",
        "managementListenAddress": f"127.0.0.1:{management}",
        "certificate": str(folder / "certificate.pem"),
        "privateKey": str(folder / "key.pem"),
        "httpPort": 80,
        "tlsPort": unused,
        "profiles": {"default": {"description": "short", "validityPeriod": DAY}},
    }
    (folder / "pebble.json").write_text(json.dumps({"pebble": config}), encoding="utf-8")
    ca = own.cert_pem.bytes().decode()
    with resolver(names) as server, (folder / "pebble.log").open("w") as log:
        process = subprocess.Popen(
            [program, "-config", folder / "pebble.json", "-dnsserver", server],
            env={"PEBBLE_VA_NOSLEEP": "1", "PEBBLE_WFE_NONCEREJECT": "0"},
            stdout=log,
            stderr=log,
        )
        try:
            until(lambda: listens(management), within=60)
            context = ssl.create_default_context(cadata=ca)
            with urllib.request.urlopen(f"https://127.0.0.1:{management}/roots/0", context=context) as answer:
                yield Authority(port, ca, answer.read().decode())
        finally:
            process.terminate()
            process.wait()


def free_ports(count: int) -> list[int]:
    """Of loopback, all different."""
    made = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in made]
    for each in made:
        each.close()
    return ports


def listens(port: int) -> bool:
    """Whether somebody takes a connection there."""
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def resolver(names: Mapping[str, str]) -> Iterator[str]:
    """A DNS server that knows the IPv4 addresses of these names: where it listens."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        door.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=_resolve, args=(door, names))
        thread.start()
        try:
            yield "{}:{}".format(*door.getsockname())
        finally:
            door.sendto(b"", door.getsockname())
            thread.join()


def _resolve(door: socket.socket, names: Mapping[str, str]) -> None:
    """Answer until an empty packet comes (RFC 1035, section 4.1)."""
    while True:
        asked, who = door.recvfrom(512)
        if not asked:
            return
        labels, at = list[str](), 12
        while asked[at]:
            labels.append(asked[at + 1 : at + 1 + asked[at]].decode())
            at += 1 + asked[at]
        question = asked[12 : at + 5]
        address = names.get(".".join(labels).lower()) if question[-4:-2] == b"\0\1" else None
        # A pointer to the question's name, of type A and class IN, for a minute.
        found = b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4" + socket.inet_aton(address) if address else b""
        counts = b"\0\1" + (b"\0\1" if found else b"\0\0") + b"\0\0\0\0"
        door.sendto(asked[:2] + b"\x84\0" + counts + question + found, who)
