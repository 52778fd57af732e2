"""Whether the world sees a record: what the name servers of its zone say, the one question of DNS that is asked here.

The messages are those of https://www.rfc-editor.org/rfc/rfc1035#section-4.
"""

import secrets
import socket
import struct
import time
from collections.abc import Callable, Iterator, Mapping, Sequence

PORT, INTERNET = 53, 1
# Seconds that an answer may take, and bytes that it may have.
LONGEST_ANSWER, LARGEST_ANSWER = 2.0, 4096
# Seconds until all servers of a zone of Azure DNS have a record: https://learn.microsoft.com/azure/dns/dns-faq, read
# 2026-11-30; and between two looks.
LONGEST_SPREAD, PAUSE = 60, 2


def wait(kind: str, name: str, value: str, servers: Sequence[str], port: int = PORT) -> None:
    """Wait until all of a zone's servers have the record; but no longer than it takes, nor for who cannot be asked."""
    last = time.monotonic() + LONGEST_SPREAD
    for server in servers:
        try:
            while value not in records(kind, name, server, port) and time.monotonic() < last:
                time.sleep(PAUSE)
        except (OSError, IndexError, RecursionError, struct.error):
            # It does not answer, or nothing that makes sense.
            return


def records(kind: str, name: str, server: str, port: int = PORT) -> list[str]:
    """The values of a name's records of a kind: A, CNAME or TXT.

    Raises:
        OSError: the server does not answer, or not for this name.
    """
    type_, read = KINDS[kind]
    number = secrets.token_bytes(2)
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    question = labels + b"\0" + struct.pack(">HH", type_, INTERNET)
    family, sort, protocol, _, address = socket.getaddrinfo(server, port, type=socket.SOCK_DGRAM)[0]
    with socket.socket(family, sort, protocol) as asking:
        asking.settimeout(LONGEST_ANSWER)
        asking.connect(address)
        asking.send(number + struct.pack(">HHHHH", 0, 1, 0, 0, 0) + question)
        told = asking.recv(LARGEST_ANSWER)
    code, answers = told[3] & 0x0F, struct.unpack(">H", told[6:8])[0]
    # 3: there is no such name.
    if told[:2] != number or code not in (0, 3):
        raise OSError(f"{server} does not answer for {name} ({code})")
    return [
        read(told, at, length) for found, at, length in _answers(told, 12 + len(question), answers) if found == type_
    ]


def _answers(told: bytes, at: int, answers: int) -> Iterator[tuple[int, int, int]]:
    """The type of each answer, where what it says begins, and its length."""
    for _ in range(answers):
        _, at = _name(told, at)
        type_, _, _, length = struct.unpack(">HHIH", told[at : at + 10])
        yield type_, at + 10, length
        at += 10 + length


def _name(told: bytes, at: int) -> tuple[str, int]:
    """A name, and where it ends. It may go on elsewhere in the message, and then ends here."""
    labels: list[str] = []
    while length := told[at]:
        if length >= 0xC0:
            elsewhere = struct.unpack(">H", told[at : at + 2])[0] & 0x3FFF
            return ".".join([*labels, _name(told, elsewhere)[0]]), at + 2
        labels.append(told[at + 1 : at + 1 + length].decode(errors="replace").lower())
        at += length + 1
    return ".".join(labels), at + 1


def _text(told: bytes, at: int, length: int) -> str:
    """A text of as many strings as it takes."""
    end, parts = at + length, list[bytes]()
    while at < end:
        parts.append(told[at + 1 : at + 1 + told[at]])
        at += told[at] + 1
    return b"".join(parts).decode(errors="replace")


KINDS: Mapping[str, tuple[int, Callable[[bytes, int, int], str]]] = {
    "A": (1, lambda told, at, length: socket.inet_ntoa(told[at : at + length])),
    "CNAME": (5, lambda told, at, _: _name(told, at)[0]),
    "TXT": (16, _text),
}
