"""The console of a replica, played: a shell in a terminal, which shows again what is written to it, and runs it."""

import base64
import hashlib
import os
import pty
import re
import shlex
import socket
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

from flask import Response
from websocket import ABNF
from websocket._abnf import frame_buffer

# What https://www.rfc-editor.org/rfc/rfc6455 has servers say.
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

Said = Callable[[str], tuple[str, int]]


def serve(environ: dict[str, Any], said: Said | None) -> Response:
    """Speak with whoever asked, until the command has ended, which a real shell runs if nobody says what it says."""
    wire: socket.socket = environ["werkzeug.socket"]
    accept = base64.b64encode(hashlib.sha1(environ["HTTP_SEC_WEBSOCKET_KEY"].encode() + _GUID).digest()).decode()
    wire.sendall(
        f"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Accept: {accept}\r\n\r\n".encode()
    )
    frames = frame_buffer(wire.recv, skip_utf8_validation=True)
    assert frames.recv_frame().data.startswith(b"\x00\x04{"), "first of all a terminal is told its size"
    written = frames.recv_frame().data
    assert written[:2] == b"\x00\x00"
    _send(wire, b"\x01Connecting to the container 'app'...")
    for part in _told(written[2:].decode(), said) if said else _ran(written[2:]):
        _send(wire, b"\x00\x01" + part)
    _send(wire, b"", ABNF.OPCODE_CLOSE)
    return Response(status=200)


def _ran(line: bytes) -> Iterator[bytes]:
    """A character, and what a terminal has for the end of a line, may come in parts."""
    master, slave = pty.openpty()
    ends = {"stdin": slave, "stdout": slave, "stderr": slave}
    shell = subprocess.Popen(["/bin/sh", "-i"], env={"PATH": os.defpath}, start_new_session=True, **ends)
    os.close(slave)
    try:
        os.write(master, line)
        while True:
            try:
                yield os.read(master, 7)
            except OSError:
                return
    finally:
        shell.kill()
        shell.wait()
        os.close(master)


def _told(line: str, said: Said) -> Iterator[bytes]:
    form = r"printf '[^']+' begin (\w+) 0; (.*); printf '[^']+' end \1 \$\?; exit\n"
    read = re.fullmatch(form, line, re.DOTALL)
    assert read, line
    text, code = said(" ".join(shlex.split(read[2])))
    yield f"# {line}\nbegin-{read[1]}:0\n{text}\nend-{read[1]}:{code}\n".replace("\n", "\r\n").encode()


def _send(wire: socket.socket, data: bytes, opcode: int = ABNF.OPCODE_BINARY) -> None:
    frame = ABNF.create_frame(data, opcode)
    # A server does not mask what it sends.
    frame.mask_value = 0
    wire.sendall(frame.format())
