"""The release task in a container of its own, run to its end before anything is switched."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import requests
from docker.errors import APIError, NotFound

from infra.errors import DeploymentError
from infra.targets.docker.engine import DEPLOYMENT, PROCESS, REVISION, Scope, attributes, connected, containers, label

if TYPE_CHECKING:
    import docker
    from docker.models.containers import Container

PROCESS_NAME = "release"
LOG_LINES = 20


@dataclass(frozen=True)
class ReleaseTask:
    """What is run. `create`: the rest of a container, as Docker's SDK takes it. `timeout` in seconds."""

    revision: str
    command: tuple[str, ...]
    timeout: int
    image: str
    create: Mapping[str, Any]


def run_once(scope: Scope, task: ReleaseTask, say: Callable[[str], None]) -> None:
    """Run it. One that a killed `up` began is waited for, and not run twice.

    Raises:
        DeploymentError: it failed or took too long; its last lines are in the message.
    """
    with connected(scope.engine) as client:
        container = _begun(client, scope, task)
        if container is None:
            say(f"running the release task: {' '.join(task.command)}")
            container = _start(client, task)
        failure = _wait(container, task.timeout)
        lines = container.logs(tail=LOG_LINES).decode(errors="replace").splitlines()
        container.remove(force=True)
    if failure:
        raise DeploymentError("\n".join([f"the release task {failure}; nothing was switched. Its last lines:", *lines]))


def clear(scope: Scope) -> None:
    """Remove the containers of a stack's release task."""
    with connected(scope.engine) as client:
        for container in containers(client, scope, PROCESS_NAME):
            container.remove(force=True)


def _begun(client: "docker.DockerClient", scope: Scope, task: ReleaseTask) -> "Container | None":
    """What an earlier run left: one of this revision and command is taken over, any other is removed."""
    taken: Container | None = None
    for container in containers(client, scope, PROCESS_NAME):
        asked = (label(container, REVISION), attributes(container)["Config"]["Cmd"])
        same = asked == (task.revision, list(task.command)) and container.status in ("running", "exited")
        if same and taken is None:
            taken = container
        else:
            container.remove(force=True)
    if taken is not None and taken.status == "exited" and taken.attrs["State"]["ExitCode"] != 0:
        taken.remove(force=True)
        return None
    return taken


def _start(client: "docker.DockerClient", task: ReleaseTask) -> "Container":
    create = dict(task.create)
    create["labels"] = {**create.get("labels", {}), PROCESS: PROCESS_NAME, REVISION: task.revision}
    create["labels"].pop(DEPLOYMENT, None)
    return client.containers.run(task.image, list(task.command), detach=True, **create)


def _wait(container: "Container", timeout: int) -> str:
    """Why it failed; nothing when it did not."""
    try:
        code = container.wait(timeout=timeout)["StatusCode"]
    except requests.ReadTimeout:
        with suppress(APIError):
            container.kill()
        return f"took more than {timeout} s"
    except NotFound:
        return "was removed while it ran"
    return f"ended with exit code {code}" if code else ""
