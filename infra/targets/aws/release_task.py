"""The release task as a task of its own on Fargate, run to its end before anything is switched."""

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from infra.errors import DeploymentError
from infra.targets.aws import ecs, log_lines, one_off
from infra.targets.aws.ecs import OF_SERVICE, Definition
from infra.targets.aws.session import Clients, connected
from infra.targets.aws.stopped import why

# What ECS says began it: this, and what tells one release from another.
STARTED_BY = "slipway-release/"
LOG_LINES = 20

# Seconds from asking for a task until it runs: a network interface, the image, the secrets.
START = 600

# On demand, whatever the service runs on: a migration is not to be interrupted.
CAPACITY = {"capacityProviderStrategy": [{"capacityProvider": "FARGATE", "weight": 1}]}

# Lines may come a little later than the task's end.
_LOOKS_FOR_LINES = 3


@dataclass(frozen=True)
class ReleaseTask:
    """What is run. `timeout` in seconds, from when it runs; `network` as `RunTask` takes it.

    `before`: the task of the release before this one. It makes going back to an earlier revision a release of its own.
    """

    region: str
    cluster: str
    definition: str
    network: Mapping[str, Any]
    revision: str
    command: tuple[str, ...]
    timeout: int
    before: str

    @property
    def started_by(self) -> str:
        """The same for the same release, by whichever `up`."""
        return STARTED_BY + _digest(self.cluster, self.revision, self.command, self.before)[:32]


def run_once(task: ReleaseTask, say: Callable[[str], None]) -> str:
    """Run it; its ARN. One that a killed `up` began is waited for, and not run twice.

    Raises:
        DeploymentError: it failed, took too long or never started; its last lines are in the message.
    """
    with connected(task.region) as clients:
        definition = ecs.definition(clients.ecs, task.definition)
        arn, failed = _begun(clients, definition, task)
        if arn:
            say(f"an earlier run began the release task: {_told(task)}")
        else:
            say(f"running the release task: {_told(task)}")
            arn = one_off.start(clients, _wanted(task, failed))
        failure = _wait(clients, task, arn)
        if failure:
            lines = _last_lines(clients, definition, arn)
            raise DeploymentError(
                "\n".join([f"the release task {failure}; nothing was switched. Its last lines:", *lines])
            )
    return arn


def clear(region: str, cluster: str) -> None:
    """Stop those that still run in a cluster, and whatever else no service of it keeps."""
    with connected(region) as clients:
        try:
            running = [task for task in ecs.tasks(clients.ecs, cluster) if not task.ended]
        except clients.ecs.exceptions.ClusterNotFoundException:
            return
        for task in running:
            # A job's or a command's too: a cluster in which something runs cannot be deleted.
            if not task.started_by.startswith(OF_SERVICE):
                one_off.stop(clients, cluster, task.arn, "its stack is destroyed")


def _begun(clients: Clients, definition: Definition, task: ReleaseTask) -> tuple[str, list[str]]:
    """One of this release that runs or ended well, else nothing; and those that failed."""
    family = definition.arn.rpartition("/")[2].partition(":")[0]
    failed: list[str] = []
    for known in ecs.tasks(clients.ecs, task.cluster, family=family):
        if known.started_by != task.started_by:
            continue
        if not known.ended or known.exit_code == 0:
            return known.arn, []
        failed.append(known.arn)
    return "", failed


def _wanted(task: ReleaseTask, failed: list[str]) -> one_off.OneOff:
    # A token answers for 24 hours with the task that it began, and ECS tells of failed ones for an hour: by both that
    # hour and the failed ones it is another token, and another task, after a failure.
    hour = int(time.time() // 3600)
    return one_off.OneOff(
        cluster=task.cluster,
        definition=task.definition,
        command=task.command,
        network=task.network,
        capacity=CAPACITY,
        started_by=task.started_by,
        token=_digest(asdict(task), sorted(failed), hour),
    )


def _wait(clients: Clients, task: ReleaseTask, arn: str) -> str:
    """Why it failed; nothing when it did not."""
    failure, runs = "", False
    deadline = time.monotonic() + START
    for now in one_off.looks(clients, task.cluster, arn):
        if now.ended:
            return failure or ("" if now.exit_code == 0 else why(now))
        if now.started and not runs:
            runs, deadline = True, time.monotonic() + task.timeout
        if not failure and time.monotonic() > deadline:
            failure = f"took more than {task.timeout} s" if runs else f"did not start within {START} s"
            one_off.stop(clients, task.cluster, arn, f"the release task {failure}")
    return failure


def _last_lines(clients: Clients, definition: Definition, arn: str) -> list[str]:
    if not definition.log_group:
        return []
    stream = definition.stream(arn.rpartition("/")[2])
    for look in range(_LOOKS_FOR_LINES):
        if look:
            time.sleep(one_off.POLL)
        lines = log_lines.last(clients.logs, definition.log_group, LOG_LINES, logStreamNames=[stream])
        if lines:
            return [line.text for line in lines]
    return []


def _told(task: ReleaseTask) -> str:
    return " ".join(task.command)


def _digest(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
