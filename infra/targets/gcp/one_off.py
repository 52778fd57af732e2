"""A job that is made to be run once, to its end, and an execution that is watched."""

import time
from collections.abc import Iterator, Mapping
from typing import Any

from infra.errors import DeploymentError
from infra.targets.gcp import executions, limits
from infra.targets.gcp.executions import Execution
from infra.targets.gcp.run_api import CONTAINER, DEPLOYMENT, PROCESS, REVISION, Revision, Scope
from infra.targets.gcp.session import RUN, Refused, Session

# Seconds between two looks.
POLL = 2.0

# Cloud Run may know nothing of an execution yet that it has just begun. Seconds.
UNKNOWN = 60

# How long it may take until an operation of Cloud Run's is done, seconds.
DONE = 300

EXEC = "exec"
MIB = 1024 * 1024

# What a container of a job may have of what a service's has; it listens on nothing and is asked nothing:
# https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.jobs#Container, read 2026-11-29.
_OF_CONTAINER = ("name", "image", "command", "env", "volumeMounts", "workingDir")
_OF_TASK = ("serviceAccount", "vpcAccess", "volumes", "encryptionKey")
_UNITS = {"Ki": 1024, "Mi": MIB, "Gi": 1024 * MIB, "k": 1000, "M": 10**6, "G": 10**9}


def job_like(revision: Revision, scope: Scope, command: tuple[str, ...], timeout: int) -> dict[str, Any]:
    """A job that runs a command where a revision's containers run: files, environment, secrets, rights, network."""
    given = revision.template
    containers = [_container(each, command) for each in given["containers"] if each.get("name", CONTAINER) == CONTAINER]
    task = {
        **{key: given[key] for key in _OF_TASK if given.get(key)},
        "containers": containers,
        "maxRetries": 0,
        "timeout": f"{timeout}s",
        "executionEnvironment": "EXECUTION_ENVIRONMENT_GEN2",
    }
    labels = {PROCESS: EXEC, DEPLOYMENT: revision.deployment, REVISION: revision.release}
    return {"labels": scope.labels(), "template": {"labels": labels, "taskCount": 1, "template": task}}


def make(session: Session, name: str, job: Mapping[str, Any]) -> str:
    """Make a job; its whole name."""
    _finish(session, session.post(f"{RUN}/{session.place}/jobs", job, jobId=name), "the job cannot be made")
    return f"{session.place}/jobs/{name}"


def start(session: Session, job: str, variables: Mapping[str, str] | None = None, timeout: int | None = None) -> str:
    """Have a job run once more; the execution's whole name. `variables` are added to those that it has."""
    overrides: dict[str, Any] = {}
    if variables:
        env = [{"name": name, "value": value} for name, value in variables.items()]
        overrides["containerOverrides"] = [{"name": CONTAINER, "env": env}]
    if timeout:
        overrides["timeout"] = f"{timeout}s"
    answer = session.post(f"{RUN}/{job}:run", {"overrides": overrides} if overrides else {})
    _complain(answer, "it cannot be started")
    return str(answer["metadata"]["name"])


def looks(session: Session, execution: str) -> Iterator[Execution]:
    """The execution as it is, every now and then, the last time when it has ended.

    Raises:
        DeploymentError: Cloud Run knows nothing of it.
    """
    begun, known = time.monotonic(), False
    while True:
        now = executions.known(session, execution)
        if now is not None:
            known = True
            yield now
            if now.ended:
                return
        elif known or time.monotonic() - begun > UNKNOWN:
            raise DeploymentError(f"Cloud Run knows nothing of the execution {execution}")
        time.sleep(POLL)


def stop(session: Session, execution: str) -> None:
    """Ask it to end; what does not within ten seconds is killed."""
    try:
        session.post(f"{RUN}/{execution}:cancel", {}, again=True)
    except Refused as refused:
        # It is gone, or has ended meanwhile.
        if refused.status not in (400, 404, 409):
            raise


def remove(session: Session, job: str) -> None:
    """Remove a job with its executions, whether they run or not; no matter whether it is there."""
    try:
        session.delete(f"{RUN}/{job}")
    except Refused as refused:
        if not refused.missing:
            raise


def _finish(session: Session, operation: dict[str, Any], what: str) -> None:
    begun = time.monotonic()
    while not operation.get("done"):
        if time.monotonic() - begun > DONE:
            raise DeploymentError(f"{what}: Cloud Run is not done with it after {DONE} s")
        time.sleep(POLL)
        operation = session.get(f"{RUN}/{operation['name']}")
    _complain(operation, what)


def _complain(operation: Mapping[str, Any], what: str) -> None:
    if "error" in operation:
        raise DeploymentError(f"{what}: {operation['error'].get('message', 'Cloud Run does not say why')}")


def _container(given: Mapping[str, Any], command: tuple[str, ...]) -> dict[str, Any]:
    sizes: Mapping[str, str] = given.get("resources", {}).get("limits", {})
    cpu = max(_cpu(sizes.get("cpu", "1")), limits.LEAST_CPU_OF_A_TASK)
    memory = max(_bytes(sizes.get("memory", "512Mi")) // MIB, limits.LEAST_MEMORY_OF_A_TASK)
    return {
        **{key: given[key] for key in _OF_CONTAINER if given.get(key)},
        "args": list(command),
        "resources": {"limits": {"cpu": f"{cpu:g}", "memory": f"{memory}Mi"}},
    }


def _cpu(text: str) -> float:
    return float(text.removesuffix("m")) / 1000 if text.endswith("m") else float(text)


def _bytes(text: str) -> int:
    for unit, size in _UNITS.items():
        if text.endswith(unit):
            return int(float(text.removesuffix(unit)) * size)
    return int(text)
