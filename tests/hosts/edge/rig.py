"""One of the lab's hosts, seen from outside: over HTTP and HTTPS, by clients that count every request."""

import json
import socket
import ssl
import subprocess
import threading
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import trustme

from tests.hosts.role.rig import NAME, Deployment, Hosts, Ran, answered
from tools.bench.http1 import Answer, read_answer

DOMAIN = "api.example.test"
CLIENTS = 8


class Host:
    """The first of the hosts alone."""

    def __init__(self, hosts: Hosts) -> None:
        self._hosts = hosts
        self.folder = hosts.folder
        self.ssh_config = hosts.ssh_config
        self.address = hosts.addresses["h1"]

    def site(self, deployment: Deployment, *arguments: str) -> Ran:
        return self._hosts.site(deployment, "--limit", "h1", *arguments)

    def changed(self, deployment: Deployment) -> int:
        """How many tasks change something when it is shipped, which must succeed."""
        ran = self.site(deployment)
        assert ran.code == 0, ran.said
        return ran.changed["h1"]

    def destroy(self) -> Ran:
        return self._hosts.play("destroy.yml", {"slipway_name": NAME}, "--limit", "h1")

    def shell(self, line: str) -> str:
        return self._hosts.shell("h1", line)

    def serving(self) -> str:
        """The deployment that answers from outside; empty when none does."""
        return answered(self.address)

    def roll_back(self) -> Ran:
        return self._hosts.play("rollback.yml", {"slipway_name": NAME}, "--limit", "h1")

    def has(self, line: str) -> bool:
        """Whether a command of root's succeeds there."""
        return self.shell(f"({line}) >/dev/null 2>&1 && echo yes || echo no") == "yes"

    def lets_in(self) -> bool:
        """Whether a new connection of SSH's comes through."""
        command = ["ssh", "-F", self.ssh_config, self.address, "true"]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    def listens(self, port: int) -> bool:
        """Whether a connection from outside is taken."""
        try:
            # What stands between may take the connection and find nobody behind it.
            with socket.create_connection((self.address, port), 10) as made:
                made.sendall(b"GET / HTTP/1.0\r\n\r\n")
                return bool(made.recv(1))
        except OSError:
            return False


@dataclass
class Pair:
    """A certificate of the domain and its key, as PEM texts, and the authority that vouches for it."""

    certificate: str
    key: str
    ca: str

    @classmethod
    def made(cls) -> "Pair":
        authority = trustme.CA()
        issued = authority.issue_cert(DOMAIN)
        chain = "".join(pem.bytes().decode() for pem in issued.cert_chain_pems)
        return cls(chain, issued.private_key_pem.bytes().decode(), authority.cert_pem.bytes().decode())

    def of(self, deployment: Deployment) -> Deployment:
        return deployment.but(domain=DOMAIN, certificate=self.certificate, certificate_key=self.key)


def asked(address: str, secure: ssl.SSLContext | None = None, path: str = "/version") -> Answer:
    """What is answered on a connection of its own."""
    connection = Connection(address, secure)
    try:
        return connection.ask(path)
    finally:
        connection.close()


def shown(address: str, secure: ssl.SSLContext) -> str:
    """The serial number of the certificate that is shown."""
    plain = socket.create_connection((address, 443), 10)
    with plain, secure.wrap_socket(plain, server_hostname=DOMAIN) as made:
        certificate = made.getpeercert()
    assert certificate
    return str(certificate["serialNumber"])


def trusting(*authorities: str) -> ssl.SSLContext:
    """A client that believes these authorities and no other."""
    return ssl.create_default_context(cadata="".join(authorities))


class Connection:
    """A kept connection to the service, which counts what becomes of each request and tries none again."""

    def __init__(self, address: str, secure: ssl.SSLContext | None) -> None:
        self._address, self._secure = address, secure
        self._socket: socket.socket | None = None

    def ask(self, path: str = "/version") -> Answer:
        """The answer; raises OSError or EOFError where there is none."""
        if self._socket is None:
            plain = socket.create_connection((self._address, 443 if self._secure else 80), 10)
            try:
                self._socket = self._secure.wrap_socket(plain, server_hostname=DOMAIN) if self._secure else plain
            except BaseException:
                plain.close()
                raise
        try:
            self._socket.sendall(f"GET {path} HTTP/1.1\r\nHost: {DOMAIN}\r\n\r\n".encode())
            read = bytearray()
            while True:
                more = self._socket.recv(65536)
                read += more
                found = read_answer(read, ended=not more)
                if found:
                    break
                if not more:
                    raise EOFError("closed without an answer")
        except BaseException:
            self.close()
            raise
        if not found[0].keeps:
            self.close()
        return found[0]

    def close(self) -> None:
        if self._socket:
            self._socket.close()
            self._socket = None


@dataclass
class Seen:
    """What became of the requests of a load: answers by status, and failures by what they were."""

    statuses: Counter[int] = field(default_factory=Counter[int])
    failed: Counter[str] = field(default_factory=Counter[str])
    deployments: Counter[str] = field(default_factory=Counter[str])


@contextmanager
def load(address: str, secure: ssl.SSLContext | None = None) -> Generator[Seen]:
    """Eight clients that ask without a pause, each on a connection that it keeps; nothing is tried again."""
    seen, ended = Seen(), threading.Event()

    def run() -> None:
        connection = Connection(address, secure)
        while not ended.is_set():
            try:
                answer = connection.ask()
            except (OSError, EOFError) as error:
                seen.failed[repr(error)] += 1
                ended.wait(0.05)
            else:
                seen.statuses[answer.status] += 1
                said: Any = json.loads(answer.body) if answer.status == 200 else {}
                seen.deployments[str(said.get("deployment"))] += 1
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    try:
        yield seen
    finally:
        ended.set()
        for thread in threads:
            thread.join()
