"""The sockets of a web process."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from serving.errors import ServingError
from serving.listeners import open_listeners
from serving.settings import Settings
from tests.app.conftest import environment


def test_the_public_and_the_admin_address_are_bound() -> None:
    listeners = open_listeners(Settings(server="gunicorn", port=0, admin_port=0))
    try:
        public, admin = (sock.getsockname() for sock in listeners.all)
        assert (public[0], admin[0], listeners.shared) == ("127.0.0.1", "127.0.0.1", False)
        assert listeners.admin_ports == {str(admin[1])}
        assert listeners.addresses() == [f"http://127.0.0.1:{public[1]}", f"http://127.0.0.1:{admin[1]}"]
        for address in (public, admin):
            socket.create_connection(address, timeout=5).close()
    finally:
        for sock in listeners.all:
            sock.close()


def test_without_an_admin_port_there_is_none() -> None:
    listeners = open_listeners(Settings(server="gunicorn", port=0))
    listeners.web[0].close()

    assert (listeners.admin, listeners.admin_ports) == ((), frozenset())


def test_a_taken_port_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ServingError) as caught:
            open_listeners(Settings(server="gunicorn", port=port))

    assert caught.value.problems == (f"PORT: cannot listen on 127.0.0.1:{port}: another process listens there",)


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(ServingError, match=r"PORT: cannot listen on 192\.0\.2\.1:0: Cannot assign requested address"):
        open_listeners(Settings(server="gunicorn", host="192.0.2.1", port=0))


INHERIT = """
import os
from serving.errors import ServingError
from serving.listeners import open_listeners
from serving.settings import Settings

os.environ.update(LISTEN_FDS="2", LISTEN_FDNAMES="web:admin", LISTEN_PID="1")
try:
    listeners = open_listeners(Settings(server="gunicorn", inherited=("web", "admin")))
except ServingError as error:
    print(error.problems)
else:
    print(listeners.shared, *(sock.getsockname()[1] for sock in listeners.all), listeners.admin_ports)
    print([name for name in os.environ if name.startswith("LISTEN_")])
"""


def inherit(third: int, fourth: int) -> str:
    """What a process says that is started with these two as its descriptors 3 and 4."""
    shell = f"exec 3<&{third} 4<&{fourth}; exec {sys.executable} -c '{INHERIT.replace(chr(39), chr(34))}'"
    done = subprocess.run(
        ["bash", "-c", shell], env=environment(), pass_fds=(third, fourth), capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.fixture
def pair() -> tuple[socket.socket, socket.socket]:
    return socket.create_server(("127.0.0.1", 0)), socket.create_server(("127.0.0.1", 0))


def high(sock: socket.socket | int) -> int:
    """A copy of a descriptor that is in nobody's way."""
    import fcntl

    return fcntl.fcntl(sock, fcntl.F_DUPFD, 50)


def test_inherited_sockets_are_taken_and_not_offered_on(pair: tuple[socket.socket, socket.socket]) -> None:
    web, admin = pair
    with web, admin:
        ports = [sock.getsockname()[1] for sock in pair]
        copies = [high(sock) for sock in pair]
        said = inherit(*copies)
        for copy in copies:
            os.close(copy)

    assert said == f"True {ports[0]} {ports[1]} frozenset({{'{ports[1]}'}})\n[]\n"


def test_a_descriptor_that_is_no_listening_socket_is_named(pair: tuple[socket.socket, socket.socket]) -> None:
    web, other = pair
    with web, other, socket.socket() as silent, Path(os.devnull).open() as file:
        copies = [high(descriptor) for descriptor in (web, silent, file.fileno())]
        said = inherit(copies[0], copies[1]), inherit(copies[0], copies[2])
        for copy in copies:
            os.close(copy)

    assert said == (
        "('LISTEN_FDS: descriptor 4 does not listen',)\n",
        "('LISTEN_FDS: descriptor 4 is no socket (Socket operation on non-socket)',)\n",
    )
