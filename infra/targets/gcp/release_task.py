"""The release task as an execution of its own job on Cloud Run, run to its end before anything is switched.

Not by the job's `run_execution_token`: after a failure the provider would keep the token that it was given, and run
nothing at the next `up`; nor would it wait no longer than the task may take, or tell what the task wrote.
"""

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass

from infra.errors import DeploymentError
from infra.targets.gcp import executions, log_lines, one_off
from infra.targets.gcp.executions import Execution
from infra.targets.gcp.session import Session, connected
from infra.targets.gcp.stopped import why

# The variable of an execution that tells one release from another.
RELEASE = "SERVICE_RELEASE"
LOG_LINES = 20

# Seconds from asking for an execution until it runs: a place for it, the image, the secrets.
START = 600

# Lines may come a little later than the task's end.
_LOOKS_FOR_LINES = 5


@dataclass(frozen=True)
class ReleaseTask:
    """What is run: a job, by its whole name. `timeout` in seconds, from when it runs.

    `before`: the execution of the release before this one. It makes going back to an earlier revision a release of its
    own.
    """

    project: str
    region: str
    job: str
    revision: str
    command: tuple[str, ...]
    timeout: int
    before: str

    @property
    def release(self) -> str:
        """The same for the same release, by whichever `up`."""
        parts = (self.job, self.revision, self.command, self.before)
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def run_once(task: ReleaseTask, say: Callable[[str], None]) -> str:
    """Run it; the execution's whole name. One that a killed `up` began is waited for, and not run twice.

    Raises:
        DeploymentError: it failed, took too long or never started; its last lines are in the message.
    """
    told = " ".join(task.command)
    with connected(task.project, task.region) as session:
        name = _begun(session, task)
        if name:
            say(f"an earlier run began the release task: {told}")
        else:
            say(f"running the release task: {told}")
            name = one_off.start(session, task.job, {RELEASE: task.release}, task.timeout)
        failure = _wait(session, task, name)
        if failure:
            lines = _last_lines(session, task.job, name)
            raise DeploymentError(
                "\n".join([f"the release task {failure}; nothing was switched. Its last lines:", *lines])
            )
    return name


def clear(project: str, region: str, job: str) -> None:
    """Stop what still runs of it, and remove the jobs that commands of the same stack left."""
    with connected(project, region) as session:
        for execution in executions.of_job(session, job):
            if not execution.ended:
                one_off.stop(session, execution.name)
        scope = executions.scope_of(session, job)
        for left in executions.jobs(session, scope) if scope else ():
            if left.process == one_off.EXEC:
                one_off.remove(session, left.name)


def _begun(session: Session, task: ReleaseTask) -> str:
    """One of this release that runs or ended well; else nothing."""
    for execution in executions.of_job(session, task.job):
        if execution.variables.get(RELEASE) == task.release and (execution.well or not execution.ended):
            return execution.name
    return ""


def _wait(session: Session, task: ReleaseTask, name: str) -> str:
    """Why it failed; nothing when it did not."""
    failure, runs = "", False
    deadline = time.monotonic() + START
    for now in one_off.looks(session, name):
        if now.ended:
            return failure or _failed(session, now)
        if now.started and not runs:
            runs, deadline = True, time.monotonic() + task.timeout
        if not failure and time.monotonic() > deadline:
            failure = f"took more than {task.timeout} s" if runs else f"did not start within {START} s"
            one_off.stop(session, name)
    return failure


def _failed(session: Session, ended: Execution) -> str:
    return "" if ended.well else why(ended, executions.attempt(session, ended.name))


def _last_lines(session: Session, job: str, name: str) -> list[str]:
    source = log_lines.of_execution("release", job.rpartition("/")[2], name.rpartition("/")[2])
    for look in range(_LOOKS_FOR_LINES):
        if look:
            time.sleep(one_off.POLL)
        lines = log_lines.last(session, [source], LOG_LINES)
        if lines:
            return [line.text for line in lines]
    return []
