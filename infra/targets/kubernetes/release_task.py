"""The release task as a Job of its own, run to its end before anything moves."""

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from infra.errors import DeploymentError
from infra.targets.kubernetes import stopped
from infra.targets.kubernetes.names import Scope
from infra.targets.kubernetes.session import Cluster, Refused, Session, connected, of_namespace
from infra.targets.kubernetes.shape import each

PROCESS = "release"
LOG_LINES = 20
POLL = 1.0
# Seconds that a Job may take until its pod runs: a place for it, the image.
JOB_START = 300
# Seconds that a Job which was taken away may take to be gone.
GONE = 120


@dataclass(frozen=True)
class ReleaseTask:
    """What is run. `manifest`: a Job without its name. `timeout` in seconds, from when it runs."""

    scope: Scope
    revision: str
    command: tuple[str, ...]
    timeout: int
    manifest: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The Job's: the same for the same release, by whichever `up`."""
        release = hashlib.sha256(json.dumps([self.revision, self.command]).encode()).hexdigest()[:10]
        return self.scope.called(PROCESS, release)

    @property
    def jobs(self) -> str:
        """The path of Jobs."""
        return of_namespace("batch/v1", self.scope.namespace, "jobs")


def run_once(cluster: Cluster, task: ReleaseTask, say: Callable[[str], None]) -> None:
    """Run it. One that a killed `up` began is waited for, and not run twice.

    Raises:
        DeploymentError: it failed, took too long or never started; its last lines are in the message.
    """
    told = " ".join(task.command)
    with connected(cluster) as session:
        if _begun(session, task):
            say(f"an earlier run began the release task: {told}")
        else:
            say(f"running the release task: {told}")
            _start(session, task)
        failure = _wait(session, task)
        if failure:
            lines = _last_lines(session, task)
            session.delete(f"{task.jobs}/{task.name}")
            raise DeploymentError(
                "\n".join([f"the release task {failure}; nothing was switched. Its last lines:", *lines])
            )


def clear(cluster: Cluster, scope: Scope) -> None:
    """Remove the Jobs of a stack's release task."""
    with connected(cluster) as session:
        for job in session.every(of_namespace("batch/v1", scope.namespace, "jobs"), scope.of(PROCESS)):
            session.delete(of_namespace("batch/v1", scope.namespace, "jobs", job["metadata"]["name"]))


def _begun(session: Session, task: ReleaseTask) -> bool:
    """Whether an earlier run began this release. What it left of another one, or of one that failed, is removed."""
    taken = False
    for job in session.every(task.jobs, task.scope.of(PROCESS)):
        name = job["metadata"]["name"]
        if name == task.name and not _failed(job) and not stopped.going(job):
            taken = True
        else:
            session.delete(f"{task.jobs}/{name}")
            _until_gone(session, f"{task.jobs}/{name}")
    return taken


def _until_gone(session: Session, path: str) -> None:
    begun = time.monotonic()
    while session.find(path) is not None and time.monotonic() - begun < GONE:
        time.sleep(POLL)


def _start(session: Session, task: ReleaseTask) -> None:
    manifest = {**task.manifest, "metadata": {**task.manifest["metadata"], "name": task.name}}
    try:
        session.post(f"{task.jobs}?fieldValidation=Strict", manifest)
    except Refused as refused:
        raise DeploymentError(f"the release task cannot be started: {refused.said}") from refused


def _wait(session: Session, task: ReleaseTask) -> str:
    """Why it failed; nothing when it did not."""
    begun = time.monotonic()
    while True:
        job = session.find(f"{task.jobs}/{task.name}")
        if job is None:
            return "was removed while it ran"
        if stopped.is_so(job, "Complete"):
            return ""
        failure = _failure(session, task, job, time.monotonic() - begun)
        if failure:
            return failure
        time.sleep(POLL)


def _failure(session: Session, task: ReleaseTask, job: Mapping[str, Any], waited: float) -> str:
    pod = next(reversed(_pods(session, task)), None)
    ended = stopped.terminated(pod) if pod else None
    if ended and ended.get("exitCode"):
        return stopped.ending(ended)
    if _failed(job):
        told = [one for one in each(job, "status", "conditions") if one["type"] == "Failed"]
        return f"failed ({told[0].get('message') if told else 'its Job does not say why'})"
    since = stopped.running_since(pod) if pod else ""
    if since and (datetime.now(UTC) - datetime.fromisoformat(since)).total_seconds() > task.timeout:
        return f"took more than {task.timeout} s"
    hopeless = stopped.hopeless(pod) if pod else ""
    if hopeless:
        return f"was not started: {hopeless}"
    if not since and not ended and waited > JOB_START:
        why = stopped.waiting(pod) if pod else "; ".join(stopped.events(session, task.scope.namespace, task.name))
        return f"was not started in {JOB_START} s ({why or 'nothing says why'})"
    return ""


def _pods(session: Session, task: ReleaseTask) -> list[dict[str, Any]]:
    path = of_namespace("v1", task.scope.namespace, "pods")
    found = session.every(path, {"batch.kubernetes.io/job-name": task.name})
    return sorted(found, key=lambda pod: str(pod["metadata"]["creationTimestamp"]))


def _last_lines(session: Session, task: ReleaseTask) -> list[str]:
    for pod in reversed(_pods(session, task)):
        path = of_namespace("v1", task.scope.namespace, "pods", pod["metadata"]["name"], "log")
        try:
            return session.text(path, tailLines=str(LOG_LINES)).splitlines()
        except Refused:
            continue  # It never ran.
    return []


def _failed(job: Mapping[str, Any]) -> bool:
    return stopped.is_so(job, "Failed") or stopped.is_so(job, "FailureTarget")
