"""Whether the world sees a TXT record: what the name servers of a zone say, the one question of DNS that is asked here.

The message is that of https://www.rfc-editor.org/rfc/rfc1035#section-4, read 2026-11-30.
"""

import secrets
import socket
import struct
import time
from collections.abc import Iterator, Sequence

PORT, TXT, INTERNET = 53, 16, 1
# Seconds that an answer may take, and bytes that it may have.
LONGEST_ANSWER, LARGEST_ANSWER = 2.0, 4096
# Seconds until all servers of a zone of Azure DNS have a record: https://learn.microsoft.com/azure/dns/dns-faq, read
# 2026-11-30; and between two looks.
LONGEST_SPREAD, PAUSE = 60, 2


def wait(name: str, value: str, servers: Sequence[str], port: int = PORT) -> None:
    """Wait until all of a zone's servers have the record; but no longer than it takes, nor for who cannot be asked."""
    last = time.monotonic() + LONGEST_SPREAD
    for server in servers:
        try:
            while value not in texts(name, server, port) and time.monotonic() < last:
                time.sleep(PAUSE)
        except OSError:
            return


def texts(name: str, server: str, port: int = PORT) -> list[str]:
    """The TXT records of a name.

    Raises:
        OSError: the server does not answer, or not for this name.
    """
    number = secrets.token_bytes(2)
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    question = labels + b"\0" + struct.pack(">HH", TXT, INTERNET)
    family, kind, protocol, _, address = socket.getaddrinfo(server, port, type=socket.SOCK_DGRAM)[0]
    with socket.socket(family, kind, protocol) as asking:
        asking.settimeout(LONGEST_ANSWER)
        asking.connect(address)
        asking.send(number + struct.pack(">HHHHH", 0, 1, 0, 0, 0) + question)
        told = asking.recv(LARGEST_ANSWER)
    code, answers = told[3] & 0x0F, struct.unpack(">H", told[6:8])[0]
    # 3: there is no such name.
    if told[:2] != number or code not in (0, 3):
        raise OSError(f"{server} does not answer for {name} ({code})")
    return list(_found(told, 12 + len(question), answers))


def _found(told: bytes, at: int, answers: int) -> Iterator[str]:
    for _ in range(answers):
        # A name ends with nothing, or with a place where it goes on.
        while told[at] and told[at] < 0xC0:
            at += told[at] + 1
        at += 2 if told[at] else 1
        type_, _, _, length = struct.unpack(">HHIH", told[at : at + 10])
        at += 10
        if type_ == TXT:
            yield b"".join(_strings(told[at : at + length])).decode(errors="replace")
        at += length


def _strings(told: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(told):
        yield told[at + 1 : at + 1 + told[at]]
        at += told[at] + 1
