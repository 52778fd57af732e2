"""What of a stack is on ECS: its cluster, its services, their task definitions and their tasks."""

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

# On everything that a stack makes, so that it can be found without the stack's state.
SERVICE, STACK = "slipway:service", "slipway:stack"
PROCESS, REVISION, DEPLOYMENT = "slipway:process", "slipway:revision", "slipway:deployment"

# The name of every process's container, and the variable that tells it the deployment.
CONTAINER = "app"
DEPLOYMENT_VARIABLE = "SERVICE_DEPLOYMENT"

# What ECS says began a task, where a service did.
OF_SERVICE = "ecs-svc/"

# How many of them one call describes:
# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeClusters.html, _DescribeServices.html and
# _DescribeTasks.html, read 2026-11-23.
_CLUSTERS, _SERVICES, _TASKS = 100, 10, 100


@dataclass(frozen=True)
class Scope:
    """Whose services: those of a service's stack."""

    service: str
    stack: str


@dataclass(frozen=True)
class Definition:
    """A task definition: the deployment and the revision that it runs, and where its container's log goes.

    `process`: what the names of its log streams begin with. `log_group`: empty where its log goes elsewhere.
    """

    arn: str
    deployment: str
    revision: str
    process: str
    log_group: str
    registered: datetime

    def stream(self, task: str) -> str:
        """The log stream of a task, by its id."""
        return f"{self.process}/{CONTAINER}/{task}"


@dataclass(frozen=True)
class Deployment:
    """One of a service's deployments. `state` and `reason` are ECS's own: IN_PROGRESS, COMPLETED, FAILED."""

    id: str
    primary: bool
    definition: str
    desired: int
    running: int
    pending: int
    failed: int
    state: str
    reason: str
    created: datetime


@dataclass(frozen=True)
class Event:
    """What ECS says that it did."""

    at: datetime
    message: str


@dataclass(frozen=True)
class Service:
    """A process that ECS keeps running. `network` and `capacity` as `RunTask` takes them; the newest event is first."""

    arn: str
    cluster: str
    process: str
    created: datetime
    deployments: tuple[Deployment, ...]
    target_groups: tuple[str, ...]
    events: tuple[Event, ...]
    network: Mapping[str, Any]
    capacity: Mapping[str, Any]

    @property
    def name(self) -> str:
        """What ListTasks knows it by."""
        return self.arn.rpartition("/")[2]

    @property
    def primary(self) -> Deployment:
        """What ECS runs, or is about to."""
        return next(deployment for deployment in self.deployments if deployment.primary)


@dataclass(frozen=True)
class Task:
    """A task. What is not so yet, or never was, is None or empty."""

    arn: str
    definition: str
    started_by: str
    status: str
    created: datetime | None
    started: datetime | None
    stopped: datetime | None
    stop_code: str
    stop_reason: str
    exit_code: int | None
    container_reason: str

    @property
    def id(self) -> str:
        """As its log stream is named for it."""
        return self.arn.rpartition("/")[2]

    @property
    def ended(self) -> bool:
        return self.status == "STOPPED"


def services(ecs: Any, scope: Scope) -> list[Service]:
    """The services of a stack, in the order of their processes' names.

    While a service or its cluster is being replaced there are two of it, of which the newer one counts.
    """
    found: dict[str, Service] = {}
    for cluster in _clusters(ecs, {SERVICE: scope.service, STACK: scope.stack}):
        arns = _listed(ecs, "list_services", "serviceArns", cluster=cluster)
        for service in described(ecs, cluster, arns):
            if service.process not in found or found[service.process].created < service.created:
                found[service.process] = service
    return [found[process] for process in sorted(found)]


def described(ecs: Any, cluster: str, arns: Sequence[str]) -> list[Service]:
    """Those of the services that there still are, and that are some process's."""
    found: list[Service] = []
    for some in _parts(arns, _SERVICES):
        answer = ecs.describe_services(cluster=cluster, services=some, include=["TAGS"])
        found += [
            _service(each) for each in answer["services"] if each["status"] == "ACTIVE" and PROCESS in _tags(each)
        ]
    return found


# A task definition never changes.
@functools.cache
def definition(ecs: Any, arn: str) -> Definition:
    """A task definition; one that is no longer active too."""
    answer = ecs.describe_task_definition(taskDefinition=arn, include=["TAGS"])
    given, tags = answer["taskDefinition"], _tags(answer)
    container = _of_app(given["containerDefinitions"])
    variables = {each["name"]: each["value"] for each in container.get("environment", ())}
    log = container.get("logConfiguration", {}).get("options", {})
    return Definition(
        arn=given["taskDefinitionArn"],
        deployment=variables.get(DEPLOYMENT_VARIABLE, ""),
        revision=tags.get(REVISION, ""),
        process=log.get("awslogs-stream-prefix", ""),
        log_group=log.get("awslogs-group", ""),
        registered=given["registeredAt"],
    )


def tasks(ecs: Any, cluster: str, **of: str) -> list[Task]:
    """The tasks of a cluster, the newest first, those that stopped less than an hour ago too.

    `of` is what ListTasks can tell them apart by: `serviceName`, `family`.
    """
    running = _listed(ecs, "list_tasks", "taskArns", cluster=cluster, desiredStatus="RUNNING", **of)
    stopped = _listed(ecs, "list_tasks", "taskArns", cluster=cluster, desiredStatus="STOPPED", **of)
    found: list[Task] = []
    for some in _parts([*running, *stopped], _TASKS):
        found += _tasks_of(ecs.describe_tasks(cluster=cluster, tasks=some))
    return sorted(found, key=lambda task: task.created.timestamp() if task.created else 0, reverse=True)


def task(ecs: Any, cluster: str, arn: str) -> Task | None:
    """One task; nothing where ECS does not know it yet, or no longer."""
    return next(iter(_tasks_of(ecs.describe_tasks(cluster=cluster, tasks=[arn]))), None)


def _clusters(ecs: Any, tags: Mapping[str, str]) -> Iterator[str]:
    for some in _parts(_listed(ecs, "list_clusters", "clusterArns"), _CLUSTERS):
        for cluster in ecs.describe_clusters(clusters=some, include=["TAGS"])["clusters"]:
            if cluster["status"] == "ACTIVE" and tags.items() <= _tags(cluster).items():
                yield cluster["clusterArn"]


def _listed(ecs: Any, operation: str, key: str, **of: str) -> list[str]:
    return [arn for page in ecs.get_paginator(operation).paginate(**of) for arn in page[key]]


def _parts(arns: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for first in range(0, len(arns), size):
        yield arns[first : first + size]


def _tags(described: Mapping[str, Any]) -> dict[str, str]:
    return {tag["key"]: tag["value"] for tag in described.get("tags", ())}


def _of_app(containers: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    nothing: Mapping[str, Any] = {}
    return next((container for container in containers if container["name"] == CONTAINER), nothing)


def _service(given: Mapping[str, Any]) -> Service:
    strategy = given.get("capacityProviderStrategy")
    return Service(
        arn=given["serviceArn"],
        cluster=given["clusterArn"],
        process=_tags(given)[PROCESS],
        created=given["createdAt"],
        deployments=tuple(_deployment(each) for each in given["deployments"]),
        target_groups=tuple(each["targetGroupArn"] for each in given["loadBalancers"] if "targetGroupArn" in each),
        events=tuple(Event(each["createdAt"], each["message"]) for each in given.get("events", ())),
        network=given.get("networkConfiguration", {}),
        capacity={"capacityProviderStrategy": strategy}
        if strategy
        else {"launchType": given.get("launchType", "FARGATE")},
    )


def _deployment(given: Mapping[str, Any]) -> Deployment:
    return Deployment(
        id=given["id"],
        primary=given["status"] == "PRIMARY",
        definition=given["taskDefinition"],
        desired=given["desiredCount"],
        running=given["runningCount"],
        pending=given["pendingCount"],
        failed=given.get("failedTasks", 0),
        state=given.get("rolloutState", ""),
        reason=given.get("rolloutStateReason", ""),
        created=given["createdAt"],
    )


def _tasks_of(answer: Mapping[str, Any]) -> list[Task]:
    return [_task(given) for given in answer["tasks"]]


def _task(given: Mapping[str, Any]) -> Task:
    container = _of_app(given.get("containers", ()))
    return Task(
        arn=given["taskArn"],
        definition=given["taskDefinitionArn"],
        started_by=given.get("startedBy", ""),
        status=given["lastStatus"],
        created=given.get("createdAt"),
        started=given.get("startedAt"),
        stopped=given.get("stoppedAt"),
        stop_code=given.get("stopCode", ""),
        stop_reason=given.get("stoppedReason", ""),
        exit_code=container.get("exitCode"),
        container_reason=container.get("reason", ""),
    )
