"""The release task as an execution of its own job on Container Apps, run to its end before anything is switched."""

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass

from infra.errors import DeploymentError
from infra.targets.azure import arm, executions, log_lines
from infra.targets.azure.executions import Execution
from infra.targets.azure.log_lines import Source
from infra.targets.azure.session import Session, connected
from infra.targets.azure.stopped import why

# The variable of an execution that tells one release from another.
RELEASE = "SERVICE_RELEASE"
LOG_LINES = 20

# Seconds from asking for an execution until it runs: a place for it, the image, the secrets.
START = 600

# Seconds that Log Analytics may take until it has what the task wrote last.
LINES = 180


@dataclass(frozen=True)
class ReleaseTask:
    """What is run: a job, by its name. `timeout` in seconds, from when it runs.

    `before`: the execution of the release before this one. It makes going back to an earlier revision a release of its
    own.
    """

    subscription: str
    group: str
    job: str
    revision: str
    command: tuple[str, ...]
    timeout: int
    before: str

    @property
    def id(self) -> str:
        """The job's."""
        return _id(self.subscription, self.group, self.job)

    @property
    def release(self) -> str:
        """The same for the same release, by whichever `up`."""
        parts = (self.job, self.revision, self.command, self.before)
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def run_once(task: ReleaseTask, say: Callable[[str], None]) -> str:
    """Run it; the execution's name. One that a killed `up` began is waited for, and not run twice.

    Raises:
        DeploymentError: it failed, took too long or never started; its last lines are in the message.
    """
    told = " ".join(task.command)
    with connected(task.subscription, task.group) as session:
        id_ = _begun(session, task)
        if id_:
            say(f"an earlier run began the release task: {told}")
        else:
            say(f"running the release task: {told}")
            id_ = executions.start(session, task.id, {RELEASE: task.release})
        failure = _wait(session, task, id_)
        if failure:
            say(f"the release task {failure}; waiting for its last lines, which Log Analytics has a little later")
            lines = _last_lines(session, task, id_)
            raise DeploymentError(f"the release task {failure}; nothing was switched. {_told(lines)}")
    return id_.rpartition("/")[2]


def clear(subscription: str, group: str, job: str) -> None:
    """Stop what still runs of it."""
    with connected(subscription, group) as session:
        for execution in executions.of_job(session, _id(subscription, group, job)):
            if not execution.over:
                executions.stop(session, execution.id)


def _id(subscription: str, group: str, job: str) -> str:
    return f"/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.App/jobs/{job}"


def _begun(session: Session, task: ReleaseTask) -> str:
    """One of this release that runs or ended well; else nothing."""
    for execution in executions.of_job(session, task.id):
        if execution.variables.get(RELEASE) == task.release and (execution.well or not execution.over):
            return execution.id
    return ""


def _wait(session: Session, task: ReleaseTask, id_: str) -> str:
    """Why it failed; nothing when it did not."""
    failure, deadline = "", time.monotonic() + START + task.timeout
    for now in executions.looks(session, id_):
        if now.over:
            return failure or _failed(now)
        if not failure and time.monotonic() > deadline:
            failure = f"took more than {task.timeout} s"
            executions.stop(session, id_)
    return failure


def _failed(ended: Execution) -> str:
    return "" if ended.well else why(ended)


def _last_lines(session: Session, task: ReleaseTask, id_: str) -> list[str]:
    job = executions.job(session, task.id)
    place = arm.environment(session, job.environment).workspace if job else ""
    source = Source("release", job=task.job, execution=id_.rpartition("/")[2])
    begun = time.monotonic()
    while place:
        lines = log_lines.last(session, place, source, LOG_LINES)
        if lines or time.monotonic() - begun > LINES:
            return [line.text for line in lines]
        time.sleep(log_lines.POLL)
    return []


def _told(lines: list[str]) -> str:
    return "\n".join(["Its last lines:", *lines]) if lines else "Log Analytics has no line of it yet: make logs"
