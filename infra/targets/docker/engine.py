"""The Docker Engine, reached by Docker's own SDK: for what no provider declares, and for looking at what runs."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlparse

import docker
import requests
from docker.context import Context, ContextAPI
from docker.errors import DockerException
from docker.utils import kwargs_from_env

from infra.errors import DeploymentError
from infra.oci import is_loopback
from infra.probe import ANY_ADDRESS, reachable

if TYPE_CHECKING:
    from docker.models.containers import Container
    from docker.tls import TLSConfig

# On everything that a stack makes in an Engine, so that it can be found without the stack's state.
STACK, SERVICE, PROCESS = "slipway.stack", "slipway.service", "slipway.process"
DEPLOYMENT, REVISION = "slipway.deployment", "slipway.revision"

_TIMEOUT = 120


# Where it is unless anybody says otherwise.
_DEFAULT = "unix:///var/run/docker.sock"


@dataclass(frozen=True)
class Scope:
    """Whose containers: those of a service's stack on an Engine."""

    service: str
    stack: str
    engine: str | None = None

    @property
    def labels(self) -> dict[str, str]:
        """What they are found by."""
        return {SERVICE: self.service, STACK: self.stack}


def address(engine: str | None) -> str:
    """Where the Engine is: as the stack says, or DOCKER_HOST, or the Docker context of DOCKER_CONTEXT or in use."""
    if engine or os.environ.get("DOCKER_HOST"):
        return engine or os.environ["DOCKER_HOST"]
    context = _context()
    return (context.Host if context else None) or _DEFAULT


def declared_address(engine: str | None) -> str | None:
    """The address for a provider, which must reach the same Engine; nothing where it is the usual socket."""
    found = address(engine)
    return None if found == _DEFAULT else found


def host_of(engine: str | None) -> str | None:
    """The machine that a remote Engine is on; nothing where it is this one."""
    found = urlparse(address(engine))
    remote = found.scheme in ("ssh", "tcp") and not is_loopback(found.hostname or "")
    return found.hostname if remote else None


def url(engine: str | None, host: str, port: int | str) -> str:
    """Where what an Engine publishes at `host` is asked from here."""
    elsewhere = host_of(engine)
    return f"http://{elsewhere if elsewhere and host == ANY_ADDRESS else reachable(host)}:{port}"


@contextmanager
def connected(engine: str | None) -> Generator[docker.DockerClient]:
    """A client of the Engine.

    Raises:
        DeploymentError: there is none, or it refuses what is asked of it.
    """
    where = address(engine)
    try:
        client = docker.DockerClient(
            base_url=where, timeout=_TIMEOUT, use_ssh_client=where.startswith("ssh:"), tls=_tls(engine)
        )
    except (DockerException, OSError) as error:
        fix = "start Docker, or set service:options.engine or DOCKER_HOST"
        raise DeploymentError(f"no Docker Engine answers at {where} ({error}). Fix: {fix}") from error
    try:
        yield client
    except (DockerException, requests.RequestException) as error:
        raise DeploymentError(f"the Docker Engine at {where}: {error}") from error
    finally:
        client.close()


def _context() -> Context | None:
    named = os.environ.get("DOCKER_CONTEXT")
    return ContextAPI.get_context(named) if named else ContextAPI.get_current_context()


def _tls(engine: str | None) -> "TLSConfig | bool":
    """The certificates that belong to the address: those of the environment's or of the context."""
    if engine or os.environ.get("DOCKER_HOST"):
        return kwargs_from_env().get("tls", False)
    context = _context()
    return (context.TLSConfig if context else None) or False


def containers(client: docker.DockerClient, scope: Scope, process: str | None = None) -> "list[Container]":
    """The containers of a stack's processes, the newest first, dead ones included."""
    labels = {**scope.labels, **({PROCESS: process} if process else {})}
    found = client.containers.list(all=True, filters={"label": [f"{name}={value}" for name, value in labels.items()]})
    return sorted(found, key=lambda container: str(attributes(container)["Created"]), reverse=True)


def attributes(container: "Container") -> dict[str, Any]:
    """What the Engine knows of a container, as `docker inspect` shows it."""
    return container.attrs


def published(container: "Container") -> list[dict[str, str]]:
    """The addresses that a container publishes: `HostIp` and `HostPort` of each."""
    bindings: dict[str, list[dict[str, str]]] = attributes(container)["HostConfig"].get("PortBindings") or {}
    return [binding for several in bindings.values() for binding in several or ()]


def label(container: "Container", name: str) -> str:
    """A label, empty where it has none."""
    return str(attributes(container)["Config"]["Labels"].get(name, ""))
