"""A task that is run once, to its end."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infra.errors import DeploymentError
from infra.targets.aws import ecs
from infra.targets.aws.ecs import CONTAINER, Definition, Task
from infra.targets.aws.log_lines import Stream
from infra.targets.aws.session import Clients

# Seconds between two looks at a task: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html
# gives an account some twenty of them a second, for everyone.
POLL = 2.0

# ECS may know nothing of a task yet that it has just begun. Seconds.
UNKNOWN = 60


@dataclass(frozen=True)
class OneOff:
    """What is run: a task definition with another command. `network` and `capacity` as `RunTask` takes them.

    `token`: with the same one, and all else the same, ECS begins no second task within 24 hours.
    """

    cluster: str
    definition: str
    command: tuple[str, ...]
    network: Mapping[str, Any]
    capacity: Mapping[str, Any]
    started_by: str
    token: str = ""


def start(clients: Clients, wanted: OneOff) -> str:
    """Begin it; its ARN.

    Raises:
        DeploymentError: ECS cannot place it.
    """
    answer = _asked(
        clients,
        cluster=wanted.cluster,
        taskDefinition=wanted.definition,
        count=1,
        networkConfiguration=wanted.network,
        startedBy=wanted.started_by,
        overrides={"containerOverrides": [{"name": CONTAINER, "command": list(wanted.command)}]},
        **wanted.capacity,
        **({"clientToken": wanted.token} if wanted.token else {}),
    )
    if not answer["tasks"]:
        said = "; ".join(_failure(failure) for failure in answer["failures"]) or "ECS does not say why"
        raise DeploymentError(f"no task can be started in {clients.region}: {said}")
    return str(answer["tasks"][0]["taskArn"])


def _asked(clients: Clients, **wanted: Any) -> Any:
    """A role that was made a moment ago is not known everywhere yet, which ECS takes for one that it may not have."""
    # Only here: whoever speaks with AWS has it already.
    from botocore.exceptions import ClientError  # pyright: ignore[reportMissingTypeStubs]

    begun = time.monotonic()
    while True:
        try:
            return clients.ecs.run_task(**wanted)
        except ClientError as error:
            if "assume the role" not in str(error) or time.monotonic() - begun > UNKNOWN:
                raise
        time.sleep(POLL)


def looks(clients: Clients, cluster: str, arn: str) -> Iterator[Task]:
    """The task as it is, every now and then, the last time when it has ended.

    Raises:
        DeploymentError: ECS knows nothing of it.
    """
    begun, known = time.monotonic(), False
    while True:
        now = ecs.task(clients.ecs, cluster, arn)
        if now is not None:
            known = True
            yield now
            if now.ended:
                return
        elif known or time.monotonic() - begun > UNKNOWN:
            raise DeploymentError(f"ECS knows nothing of the task {arn}")
        time.sleep(POLL)


def stop(clients: Clients, cluster: str, arn: str, reason: str) -> None:
    """Ask it to end; what does not within its stop timeout is killed. `reason` is shown beside it, for an hour."""
    clients.ecs.stop_task(cluster=cluster, task=arn, reason=reason)


def stream(clients: Clients, definition: Definition, arn: str) -> Stream:
    """What a task writes."""
    return Stream(clients.logs, definition.log_group, definition.stream(arn.rpartition("/")[2]))


def _failure(failure: Mapping[str, Any]) -> str:
    told: Sequence[str] = [failure[key] for key in ("reason", "detail") if failure.get(key)]
    return ", ".join(told)
