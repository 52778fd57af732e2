"""The Docker Engine, reached by Docker's own SDK: for what no provider declares, and for looking at what runs."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlparse

import docker
from docker.context import ContextAPI
from docker.errors import DockerException

from infra.errors import DeploymentError

if TYPE_CHECKING:
    from docker.models.containers import Container

# On everything that a stack makes in an Engine, so that it can be found without the stack's state.
STACK, SERVICE, PROCESS = "slipway.stack", "slipway.service", "slipway.process"
DEPLOYMENT, REVISION = "slipway.deployment", "slipway.revision"

_TIMEOUT = 120


def address(engine: str | None) -> str | None:
    """Where the Engine is: as the stack says, or DOCKER_HOST, or the current Docker context; None is the default."""
    if engine or os.environ.get("DOCKER_HOST"):
        return engine or os.environ["DOCKER_HOST"]
    context = ContextAPI.get_current_context()
    return context.Host if context else None


def host_of(engine: str | None) -> str | None:
    """The machine that a remote Engine is on; nothing where it is this one."""
    found = urlparse(address(engine) or "")
    return found.hostname if found.scheme in ("ssh", "tcp") else None


@contextmanager
def connected(engine: str | None) -> Generator[docker.DockerClient]:
    """A client of the Engine.

    Raises:
        DeploymentError: there is none, or it refuses what is asked of it.
    """
    where = address(engine)
    shown = where or "the default socket"
    try:
        if where is None:
            client = docker.DockerClient.from_env(timeout=_TIMEOUT)
        else:
            client = docker.DockerClient(base_url=where, timeout=_TIMEOUT, use_ssh_client=where.startswith("ssh:"))
    except DockerException as error:
        fix = "start Docker, or set service:options.engine or DOCKER_HOST"
        raise DeploymentError(f"no Docker Engine answers at {shown} ({error}). Fix: {fix}") from error
    try:
        yield client
    except DockerException as error:
        raise DeploymentError(f"the Docker Engine: {error}") from error
    finally:
        client.close()


def containers(client: docker.DockerClient, stack: str, process: str | None = None) -> "list[Container]":
    """The containers of a stack's processes, the newest first, dead ones included."""
    labels = [f"{STACK}={stack}"] + ([f"{PROCESS}={process}"] if process else [])
    found = client.containers.list(all=True, filters={"label": labels})
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
