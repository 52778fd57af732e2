"""What a stack runs now and then on Cloud Run: its jobs and their executions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from infra.targets.gcp.run_api import (
    PROCESS,
    SERVICE,
    STACK,
    Condition,
    Scope,
    condition_of,
    got,
    is_of,
    labels_of,
    process_of,
    template_of,
)
from infra.targets.gcp.session import RUN, Refused, Session


@dataclass(frozen=True)
class Execution:
    """A job that was started. What is not so yet is empty. `variables` are those of its container."""

    name: str
    created: str
    started: str
    ended: str
    condition: Condition
    variables: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def id(self) -> str:
        """As its log is named for it."""
        return self.name.rpartition("/")[2]

    @property
    def job(self) -> str:
        """The whole name of its job."""
        return self.name.rpartition("/executions/")[0]

    @property
    def well(self) -> bool:
        """Whether it has ended, and well."""
        return bool(self.ended) and self.condition.done


@dataclass(frozen=True)
class Job:
    """A job. `name` is the whole one, `latest` that of what was started last."""

    name: str
    process: str
    created: str
    latest: str

    @property
    def id(self) -> str:
        return self.name.rpartition("/")[2]


def jobs(session: Session, scope: Scope) -> list[Job]:
    """The jobs of a stack."""
    listed = session.listed(f"{RUN}/{session.place}/jobs", "jobs")
    return sorted((_job(each) for each in listed if is_of(each, scope)), key=lambda job: (job.process, job.created))


def scope_of(session: Session, job: str) -> Scope | None:
    """Whose a job is; nothing where there is none, or nobody's."""
    labels = labels_of(got(session, job) or {})
    return Scope(labels[SERVICE], labels[STACK]) if labels.keys() >= {SERVICE, STACK} else None


def of_job(session: Session, job: str) -> list[Execution]:
    """Those of a job by its whole name, the newest first."""
    try:
        found = [_execution(each) for each in session.listed(f"{RUN}/{job}/executions", "executions")]
    except Refused as refused:
        if not refused.missing:
            raise
        return []
    return sorted(found, key=lambda execution: execution.created, reverse=True)


def known(session: Session, name: str) -> Execution | None:
    """One of them; nothing where Cloud Run does not know it yet, or no longer."""
    given = got(session, name)
    return _execution(given) if given else None


def attempt(session: Session, execution: str) -> Mapping[str, Any]:
    """How the last attempt at an execution's task ended: `exitCode`, `termSignal`, `status`; nothing before."""
    for task in session.listed(f"{RUN}/{execution}/tasks", "tasks"):
        if "lastAttemptResult" in task:
            return dict(task["lastAttemptResult"])
    return {}


def _job(given: Mapping[str, Any]) -> Job:
    return Job(
        name=given["name"],
        process=process_of(labels_of(template_of(given))[PROCESS]),
        created=given.get("createTime", ""),
        latest=given.get("latestCreatedExecution", {}).get("name", ""),
    )


def _execution(given: Mapping[str, Any]) -> Execution:
    completed = [each for each in given.get("conditions", ()) if each["type"] == "Completed"]
    containers: Sequence[Mapping[str, Any]] = given.get("template", {}).get("containers", ())
    return Execution(
        name=given["name"],
        created=given.get("createTime", ""),
        started=given.get("startTime", ""),
        ended=given.get("completionTime", ""),
        condition=condition_of(completed[0] if completed else {}),
        variables={each["name"]: each.get("value", "") for of in containers for each in of.get("env", ())},
    )
