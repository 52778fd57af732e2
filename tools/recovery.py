"""What a killed run left behind in the state inside the tree: a lock, half a file, operations that nobody ended."""

import json
import os
import shutil
import socket
import subprocess
from pathlib import Path
from typing import Any

from tools.errors import ToolError
from tools.project import STATE
from tools.saying import say


def release_dead_locks(stack: str, state: Path = STATE) -> None:
    """Take away the stack's locks whose process is gone; refuse, naming the process, while one is at work.

    A lock is a file of the engine's that holds the process id, user, host and time of who made it. It outlives its
    process when that is killed or the machine stops.
    """
    for lock in sorted((state / ".pulumi" / "locks").glob(f"*/*/{stack}/*.json")):
        holder = _holder(lock)
        pid, host = holder.get("pid"), holder.get("hostname")
        by = f"process {pid} of {holder.get('username')}, since {str(holder.get('timestamp'))[:19]}"
        if host not in (None, socket.gethostname()):
            raise ToolError(
                f"the stack {stack} is locked on another machine, {host} ({by})",
                f"if nothing runs there: {by_hand(stack, f'pulumi cancel --yes --stack {stack}')}",
            )
        if isinstance(pid, int) and _runs(pid):
            raise ToolError(
                f"the stack {stack} is being worked on by {by}", f"wait until it ends, or end it: kill {pid}"
            )
        lock.unlink(missing_ok=True)
        lock.with_name(f"{lock.name}.attrs").unlink(missing_ok=True)
        say(f"recovered: a lock on the stack {stack} was left behind by {by}, which is gone")


def restore_cut_state(stack: str, state: Path = STATE) -> bool:
    """Put the copy that the engine made before its last write in the place of a state whose writing was cut short.

    The engine writes the file where it stands, so that a kill in that moment leaves half of it; or of the file of its
    attributes beside it, without which the state can be read and with half of which it cannot.
    """
    restored = False
    for file in sorted((state / ".pulumi" / "stacks").glob(f"*/{stack}.json")):
        before = file.with_name(f"{file.name}.bak")
        for attributes in (file.with_name(f"{each.name}.attrs") for each in (file, before)):
            if not _whole(attributes):
                attributes.unlink(missing_ok=True)
        if not _whole(file) and _whole(before):
            fresh = file.with_name(f"{file.name}.restored")
            shutil.copyfile(before, fresh)
            fresh.replace(file)
            say(f"recovered: the state of the stack {stack} was cut short while it was written; the one before is back")
            restored = True
    return restored


def _whole(file: Path) -> bool:
    try:
        return isinstance(json.loads(file.read_text()), dict)
    except (OSError, ValueError):
        return False


def pending(deployment: dict[str, Any]) -> list[str]:
    """The operations that a killed run began and nobody saw the end of, each as `creating <type> <name>`."""
    found: list[str] = []
    for operation in deployment.get("pending_operations") or []:
        urn = str(operation.get("resource", {}).get("urn", "?"))
        kind, _, name = urn.rpartition("::")
        found.append(f"{operation.get('type', 'changing')} {kind.rpartition('::')[2]} {name}")
    return found


def by_hand(stack: str, command: str) -> str:
    """A plain Pulumi command as a person can paste it into a shell."""
    return f'eval "$(make -s env STACK={stack})" && {command}'


def _holder(lock: Path) -> dict[str, Any]:
    try:
        holder = json.loads(lock.read_text())
    except (OSError, ValueError):
        return {}
    return holder if isinstance(holder, dict) else {}


def _runs(pid: int) -> bool:
    """Whether the process is there and is an engine: after a restart its number may be another program's."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    stat = Path(f"/proc/{pid}/stat")
    if stat.exists():
        # `1234 (pulumi) S ...`; a Z is one that has ended and that its parent did not ask after.
        name, _, rest = stat.read_text().partition("(")[2].rpartition(")")
        return name == "pulumi" and rest.split()[0] not in ("Z", "X")
    said = subprocess.run(["ps", "-o", "comm=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return said.stdout.strip().rpartition("/")[2] == "pulumi"
