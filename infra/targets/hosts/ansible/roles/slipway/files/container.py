"""Run by systemd on a host: becomes the engine's client that runs a container, and hands that the unit's sockets.

    container.py <unit> <user> <gate> podman run ... --user=@ ... <image> python <this file> --take ...

The engines are told of sockets in different ways, Docker in none. So a process beside the client waits at a Unix socket
in /run/<unit>, which is a folder of the container too; this same file, run in there, asks for them and becomes the
command. systemd sends its signals to the client, which passes them on. `@` is the user's number, as the image has no
name of it.
"""

import os
import pwd
import socket
import sys
from pathlib import Path

FIRST = 3
DOOR = "sockets"
GATE = "gate"
# Where the folder of the unit is in the container.
INSIDE = Path("/run/handover")


def give(folder: Path, uid: int, names: str, count: int) -> None:
    """In a process of its own: hand the sockets to the first that asks, who can only be the container's."""
    door = socket.socket(socket.AF_UNIX)
    door.bind(str(folder / DOOR))
    os.chown(folder / DOOR, uid, -1)
    (folder / DOOR).chmod(0o600)
    door.listen(1)
    if os.fork():
        door.close()
        return
    asker, _ = door.accept()
    (folder / DOOR).unlink()
    socket.send_fds(asker, [names.encode()], range(FIRST, FIRST + count))
    os._exit(0)


def take(command: list[str]) -> None:
    """In the container: become the command, with the sockets as systemd gives them."""
    asker = socket.socket(socket.AF_UNIX)
    asker.connect(str(INSIDE / DOOR))
    names, received, _, _ = socket.recv_fds(asker, 4096, 16)
    asker.close()
    # Put aside first: one may have the number that another one is to get.
    aside = [os.dup2(each, 64 + place) for place, each in enumerate(received)]
    for place, each in enumerate(aside):
        os.dup2(each, FIRST + place, inheritable=True)
        os.close(each)
    told = {"LISTEN_FDS": str(len(aside)), "LISTEN_FDNAMES": names.decode(), "LISTEN_PID": str(os.getpid())}
    if (INSIDE / GATE).exists():
        told["WEB_GATE"] = str(INSIDE / GATE)
    os.execvpe(command[0], command, {**os.environ, **told})  # noqa: S606 -- it is no shell's line


def run(unit: str, user: str, gate: str, command: list[str]) -> None:
    """On the host: become the client."""
    known = pwd.getpwnam(user)
    own = f"--user={known.pw_uid}:{known.pw_gid}"
    count = int(os.environ.get("LISTEN_FDS") or 0)
    if count:
        folder = Path("/run") / unit
        for name in (DOOR, GATE):
            (folder / name).unlink(missing_ok=True)
        if Path(gate).exists():
            (folder / GATE).touch()
        give(folder, known.pw_uid, os.environ.get("LISTEN_FDNAMES", ""), count)
        for each in range(FIRST, FIRST + count):
            os.close(each)
    mine = {name: value for name, value in os.environ.items() if not name.startswith("LISTEN_")}
    os.execvpe(command[0], [own if word == "--user=@" else word for word in command], mine)  # noqa: S606


if __name__ == "__main__":
    if sys.argv[1] == "--take":
        take(sys.argv[2:])
    else:
        run(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:])
