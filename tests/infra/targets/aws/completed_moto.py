"""moto, completed by what AWS documents of ECS and CloudWatch and moto leaves out.

ECS: when things were made; a task's way from PROVISIONING to STOPPED, its exit code and reasons; `clientToken`; the
tasks of a service; how many of a thing one call takes and gives. CloudWatch: `logStreamNamePrefix` and `startFromHead`
of FilterLogEvents.
"""

import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult
from moto.ecs.models import EC2ContainerServiceBackend, Service, Task, TaskDefinition
from moto.ecs.responses import EC2ContainerServiceResponse
from moto.logs.models import LogsBackend
from moto.logs.responses import LogsResponse
from moto.moto_api import state_manager

# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html, without what ends soon.
STARTS, ENDS = [("PROVISIONING", "PENDING"), ("PENDING", "RUNNING")], [("DEPROVISIONING", "STOPPED")]
WAY = [*STARTS, ("RUNNING", "DEPROVISIONING"), *ENDS]
NEVER_STARTED = [STARTS[0], ("PENDING", "DEPROVISIONING"), *ENDS]


@dataclass
class Fate:
    """What becomes of the next task: what it writes when it runs, and how it ends."""

    exit_code: int | None = 0
    lines: Sequence[str] = ()
    stop_code: str = "EssentialContainerExited"
    stop_reason: str = "Essential container in task exited"
    container_reason: str | None = None
    runs_on: bool = False
    unknown_for: int = 0


@dataclass
class Completed:
    """What is completed, and what the tests set and see of it.

    `write` puts lines into a log; `refused` is what RunTask answers instead of tasks.
    """

    write: Callable[[str, str, Sequence[str]], None]
    fates: list[Fate] = field(default_factory=list[Fate])
    begun: list[Task] = field(default_factory=list[Task])
    stopped_for: list[str] = field(default_factory=list[str])
    refused: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    tokens: dict[str, tuple[str, ActionResult]] = field(default_factory=dict[str, tuple[str, ActionResult]])


@contextmanager
def completed(monkeypatch: pytest.MonkeyPatch, write: Callable[[str, str, Sequence[str]], None]) -> Iterator[Completed]:
    """moto, completed; within `mock_aws`."""
    known = Completed(write)
    clock = _clock()
    _made_at(monkeypatch, clock)
    _run(monkeypatch, known, clock)
    _live(monkeypatch, known)
    _bounded(monkeypatch)
    monkeypatch.setattr(LogsResponse, "filter_log_events", _filter_log_events)
    state_manager.set_transition("ecs::task", {"progression": "manual", "times": 1})
    yield known
    state_manager.unset_transition("ecs::task")


def _clock() -> Iterator[datetime]:
    """Moments of the last hour, each after the one before."""
    begin = datetime.now(UTC) - timedelta(minutes=30)
    return (begin + timedelta(seconds=number) for number in itertools.count())


def _made_at(monkeypatch: pytest.MonkeyPatch, clock: Iterator[datetime]) -> None:
    create, register = EC2ContainerServiceBackend.create_service, EC2ContainerServiceBackend.register_task_definition

    def create_service(self: EC2ContainerServiceBackend, *given: Any, **more: Any) -> Service:
        service = create(self, *given, **more)
        service.created_at = next(clock)
        return service

    def register_task_definition(self: EC2ContainerServiceBackend, *given: Any, **more: Any) -> TaskDefinition:
        definition = register(self, *given, **more)
        definition.registered_at = next(clock)
        return definition

    monkeypatch.setattr(EC2ContainerServiceBackend, "create_service", create_service)
    monkeypatch.setattr(EC2ContainerServiceBackend, "register_task_definition", register_task_definition)


def _run(monkeypatch: pytest.MonkeyPatch, known: Completed, clock: Iterator[datetime]) -> None:
    # It adds up the containers' memory, which on Fargate they need not say, and uses the sum on EC2 alone.
    monkeypatch.setattr(EC2ContainerServiceBackend, "_calculate_task_resource_requirements", lambda *_: {})
    run, answer = EC2ContainerServiceBackend.run_task, EC2ContainerServiceResponse.run_task

    def run_task(self: EC2ContainerServiceBackend, *given: Any, **more: Any) -> list[Task]:
        tasks = run(self, *given, **more)
        for task in tasks:
            task.fate = known.fates.pop(0) if known.fates else Fate()
            task.created_at = next(clock)
            task._transitions = _way(task.fate)
            task._status = "PROVISIONING"
            task.containers[0].exitCode = None
            known.begun.append(task)
        return tasks

    def responded(self: EC2ContainerServiceResponse) -> ActionResult:
        if known.refused:
            return ActionResult({"tasks": [], "failures": known.refused})
        asked = json.dumps({key: value for key, value in self._get_params().items() if key != "clientToken"})
        token = self._get_param("clientToken")
        assert token, "boto3 gives one where nobody else does"
        if token not in known.tokens:
            known.tokens[token] = (asked, answer(self))
        before, answered = known.tokens[token]
        if before != asked:
            raise JsonRESTError("ConflictException", "The clientToken is in use with a different RunTask request.")
        return answered

    monkeypatch.setattr(EC2ContainerServiceBackend, "run_task", run_task)
    monkeypatch.setattr(EC2ContainerServiceResponse, "run_task", responded)


def _way(fate: Fate) -> list[tuple[str, str]]:
    if fate.runs_on:
        return STARTS
    return NEVER_STARTED if fate.exit_code is None else WAY


def _live(monkeypatch: pytest.MonkeyPatch, known: Completed) -> None:
    describe, list_, stop = (
        EC2ContainerServiceBackend.describe_tasks,
        EC2ContainerServiceBackend.list_tasks,
        EC2ContainerServiceBackend.stop_task,
    )

    def describe_tasks(self: EC2ContainerServiceBackend, cluster: str, arns: list[str]) -> list[Task]:
        tasks = describe(self, cluster, arns)
        for task in tasks:
            _advance(task, task.status, known)
        unknown = [task for task in tasks if task.fate.unknown_for > 0]
        for task in unknown:
            task.fate.unknown_for -= 1
        return [task for task in tasks if task not in unknown]

    def list_tasks(self: EC2ContainerServiceBackend, *given: Any, **more: Any) -> list[Task]:
        service = given[4]
        return [
            task
            for task in list_(self, *given, **more)
            if service is None or task.group == f"service:{service}"
            if task.fate.unknown_for == 0
        ]

    def stop_task(self: EC2ContainerServiceBackend, cluster: str, arn: str, reason: str) -> Task:
        task = stop(self, cluster, arn, reason)
        known.stopped_for.append(reason)
        code = None if task.fate.exit_code is None else 143
        task.fate = Fate(code, stop_code="UserInitiated", stop_reason=reason)
        return task

    monkeypatch.setattr(EC2ContainerServiceBackend, "describe_tasks", describe_tasks)
    monkeypatch.setattr(EC2ContainerServiceBackend, "list_tasks", list_tasks)
    monkeypatch.setattr(EC2ContainerServiceBackend, "stop_task", stop_task)


def _bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists come in pages, and no call describes more than it may."""
    pages = {
        "list_clusters": ("clusterArns", 100),
        "list_services": ("serviceArns", 10),
        "list_tasks": ("taskArns", 100),
    }
    most = {
        "describe_clusters": ("clusters", 100),
        "describe_services": ("services", 10),
        "describe_tasks": ("tasks", 100),
    }
    for name, (key, size) in pages.items():
        monkeypatch.setattr(EC2ContainerServiceResponse, name, _paged(name, key, size))
    for name, (key, size) in most.items():
        monkeypatch.setattr(EC2ContainerServiceResponse, name, _at_most(name, key, size))


def _paged(name: str, key: str, size: int) -> Callable[[EC2ContainerServiceResponse], ActionResult]:
    answer = getattr(EC2ContainerServiceResponse, name)

    def responded(self: EC2ContainerServiceResponse) -> ActionResult:
        listed = answer(self).result[key]
        first = int(self._get_param("nextToken") or 0)
        more = {"nextToken": str(first + size)} if first + size < len(listed) else {}
        return ActionResult({key: listed[first : first + size], **more})

    return responded


def _at_most(name: str, key: str, size: int) -> Callable[[EC2ContainerServiceResponse], ActionResult]:
    answer = getattr(EC2ContainerServiceResponse, name)

    def responded(self: EC2ContainerServiceResponse) -> ActionResult:
        if not 1 <= len(self._get_param(key)) <= size:
            raise JsonRESTError("InvalidParameterException", f"{key}: 1 to {size} of them")
        return answer(self)

    return responded


def _advance(task: Task, status: str, known: Completed) -> None:
    """What is so of a task at a point of its way."""
    fate: Fate = task.fate
    definition = task._backend.describe_task_definition(task.task_definition_arn)
    if status in ("RUNNING", "DEPROVISIONING") and fate.exit_code is not None and not hasattr(task, "started_at"):
        task.started_at = datetime.now(UTC)
        log = definition.container_definitions[0]["logConfiguration"]["options"]
        known.write(log["awslogs-group"], f"{log['awslogs-stream-prefix']}/app/{task.id}", fate.lines)
    if status == "STOPPED" and not hasattr(task, "stopped_at"):
        task.desired_status = "STOPPED"
        task.stopped_at = datetime.now(UTC)
        task.stop_code, task.stopped_reason = fate.stop_code, fate.stop_reason
        task.containers[0].exitCode, task.containers[0].reason = fate.exit_code, fate.container_reason


def _filter_log_events(self: LogsResponse) -> str:
    """FilterLogEvents as it is documented: streams by prefix, the newest first where asked, always interleaved."""
    group, names = self._get_param("logGroupName"), self._get_param("logStreamNames")
    prefix, from_head = self._get_param("logStreamNamePrefix"), self._get_param("startFromHead", True)
    start, limit = self._get_param("startTime"), self._get_param("limit", 10_000)
    if names and prefix:
        raise JsonRESTError("InvalidParameterException", "Both logStreamNames and logStreamNamePrefix")
    if not 1 <= limit <= 10_000:
        raise JsonRESTError("InvalidParameterException", "limit")
    if not from_head and (start is None or start < datetime(2024, 1, 1, tzinfo=UTC).timestamp() * 1000):
        raise JsonRESTError("InvalidParameterException", "startFromHead wants a startTime in 2024 or later")
    backend: LogsBackend = self.logs_backend
    events, _, searched = backend.filter_log_events(group, [], start, self._get_param("endTime"), None, None, "", True)
    chosen = [
        event
        for event in events
        if (not names or event["logStreamName"] in names) and event["logStreamName"].startswith(prefix or "")
    ]
    ordered = chosen if from_head else chosen[::-1]
    first = int(self._get_param("nextToken") or 0)
    page = {"events": ordered[first : first + limit], "searchedLogStreams": searched}
    if first + limit < len(ordered):
        page["nextToken"] = str(first + limit)
    return json.dumps(page)
