"""A command that is run in a replica, by the platform's own console, and what it ended with."""

# websocket-client has types for some of it alone.
# pyright: basic

import codecs
import re
import secrets
import shlex
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from infra.errors import DeploymentError
from infra.targets.azure.arm import Replica
from infra.targets.azure.session import TIMEOUT

# What comes and goes is told by its first two bytes, as https://github.com/Azure/azure-cli (containerapp) has it, read
# 2026-11-30: of whom it is, the proxy or the container; then to whom, or from where.
_INPUT, _SIZE = b"\x00\x00", b"\x00\x04"
_FORWARD, _ERROR = 0, 2
_INTERRUPT = _INPUT + b"\x03"

# Wide enough that nothing that a command writes is broken.
_WINDOW = b'{"Width": 1000, "Height": 50}'

# Characters that a terminal takes in one line: https://man7.org/linux/man-pages/man3/termios.3.html, read 2026-11-30.
LONGEST = 4000


def run(replica: Replica, token: str, command: Sequence[str], write: Callable[[str], None]) -> int:
    """Run a command in a replica; its exit code.

    The console says nothing of how a command ended. So a shell is started, which is told to run it, and to say that.

    Raises:
        DeploymentError: there is no console, or it went away before the command had ended.
    """
    import websocket

    mark = secrets.token_hex(8)
    line = _line(command, mark)
    if len(line) > LONGEST:
        raise DeploymentError(f"the command has {len(line)} characters, and a console takes {LONGEST}")
    url = f"{replica.stream.replace('https://', 'wss://')}/exec?command=sh"
    try:
        socket = websocket.create_connection(url, header=[f"Authorization: Bearer {token}"], timeout=TIMEOUT)
    except websocket.WebSocketBadStatusException as error:
        raise DeploymentError(f"{replica.name} has no console (status {error.status_code})") from error
    except (websocket.WebSocketException, OSError) as error:
        raise DeploymentError(f"{replica.name} has no console ({error})") from error
    try:
        # A command may say nothing for as long as it runs.
        socket.settimeout(None)
        socket.send_binary(_SIZE + _WINDOW)
        socket.send_binary(_INPUT + line.encode())
        return _read(_received(socket, replica), mark, replica, write)
    except KeyboardInterrupt:
        socket.send_binary(_INTERRUPT)
        raise
    except (websocket.WebSocketException, OSError) as error:
        raise DeploymentError(f"the console of {replica.name} went away ({error})") from error
    finally:
        socket.shutdown()


def _line(command: Sequence[str], mark: str) -> str:
    """What is written to the shell. A terminal shows it again, so no mark stands in it as it is looked for."""
    begin, end = (f"printf '\\n%s-%s:%s\\n' {word} {mark}" for word in ("begin", "end"))
    return f"{begin} 0; {shlex.join(command)}; {end} $?; exit\n"


def _read(received: Iterator[str], mark: str, replica: Replica, write: Callable[[str], None]) -> int:
    kept, begun = "", False
    for text in received:
        kept = (kept + text).replace("\r\n", "\n")
        if not begun:
            _, found, rest = kept.partition(f"\nbegin-{mark}:0\n")
            begun, kept = bool(found), rest if found else kept
        if not begun:
            continue
        ended = re.search(rf"(^|\n)end-{mark}:(\d+)\n", kept)
        if ended:
            write(kept[: ended.start()])
            return int(ended[2])
        # The last line may be the beginning of that.
        last = kept.rfind("\n")
        if last > 0:
            write(kept[:last])
            kept = kept[last:]
    raise DeploymentError(f"the console of {replica.name} was closed before the command had ended")


def _received(socket: Any, replica: Replica) -> Iterator[str]:
    """What the container writes, as it comes. A character may come in parts."""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    while True:
        frame = socket.recv()
        if not frame:
            return
        data = frame.encode() if isinstance(frame, str) else frame
        if data[0] == _ERROR:
            raise DeploymentError(f"the console of {replica.name} says: {data[1:].decode(errors='replace').strip()}")
        if data[0] == _FORWARD and len(data) > 1:
            yield decoder.decode(data[2:])
