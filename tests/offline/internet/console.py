"""The console of a replica, played: a shell that shows again what is written to it, as a terminal does, and runs it."""

import base64
import hashlib
import re
import shlex
import socket
from collections.abc import Callable
from typing import Any

from flask import Response
from websocket import ABNF
from websocket._abnf import frame_buffer

# What https://www.rfc-editor.org/rfc/rfc6455 has servers say.
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def serve(environ: dict[str, Any], said: Callable[[str], tuple[str, int | None]]) -> Response:
    """Speak with whoever asked, until the command has ended. Without an exit code the console goes away."""
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
    line = written[2:].decode()
    read = re.fullmatch(
        r"printf '(?P<form>[^']+)' begin (?P<mark>\w+) 0; (?P<command>.*); printf '(?P=form)' end (?P=mark) \$\?; exit\n",
        line,
        re.DOTALL,
    )
    assert read, line
    text, code = said(" ".join(shlex.split(read["command"])))
    ended = "" if code is None else f"\nend-{read['mark']}:{code}\n"
    output = f"# {line}\nbegin-{read['mark']}:0\n{text}{ended}".replace("\n", "\r\n").encode()
    _send(wire, b"\x01Connecting to the container 'app'...")
    # A character, and what a terminal has for the end of a line, may come in parts.
    for first in range(0, len(output), 7):
        _send(wire, b"\x00\x01" + output[first : first + 7])
    _send(wire, b"", ABNF.OPCODE_CLOSE)
    return Response(status=200)


def _send(wire: socket.socket, data: bytes, opcode: int = ABNF.OPCODE_BINARY) -> None:
    frame = ABNF.create_frame(data, opcode)
    # A server does not mask what it sends.
    frame.mask_value = 0
    wire.sendall(frame.format())
