"""Whether the port to publish can be had, told before anything is created."""

import errno
import socket

from infra.commands import key_of, set_command
from infra.errors import DeploymentError
from infra.provider_process import say
from infra.targets.docker.engine import Scope, connected, containers, host_of, published


def problem(scope: Scope, host: str, port: int) -> str | None:
    """Why the port cannot be had, and the command that mends it; nothing when it can, or when the stack has it.

    Another machine's ports cannot be tried from here: there the Engine itself refuses.
    """
    if host_of(scope.engine) or _own(scope, port):
        return None
    try:
        socket.create_server((host, port)).close()
    except OSError as error:
        if error.errno == errno.EACCES:
            return None  # The Engine may listen where this user may not.
        if error.errno == errno.EADDRNOTAVAIL:
            fix = set_command("options.host", "127.0.0.1", scope.stack)
            return f"{key_of('options.host')}: {host} is no address of this machine. Fix: {fix}"
        fix = set_command("options.port", 8001 if port != 8001 else 8002, scope.stack)
        taken = "is taken" if error.errno == errno.EADDRINUSE else f"cannot be listened on ({error.strerror})"
        return f"{key_of('options.port')}: {port} {taken} on {host}. Fix: {fix}"
    return None


def _own(scope: Scope, port: int) -> bool:
    """Whether a container of the stack publishes it."""
    try:
        with connected(scope.engine) as client:
            running = [
                c for c in containers(client, scope, "listener") if c.status not in ("created", "exited", "dead")
            ]
            return any(binding["HostPort"] == str(port) for c in running for binding in published(c))
    except DeploymentError as error:
        say(f"not checked: whether the port {port} can be had ({error})")
        return True
