"""What of a stack is on Cloud Run: its services and worker pools, their revisions, its jobs and their executions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from infra.targets.gcp.session import RUN, Refused, Session

# Labels on everything that a stack makes, so that it can be found without the stack's state.
SERVICE, STACK = "slipway-service", "slipway-stack"
# Labels of templates, which Cloud Run hands on to revisions and executions.
PROCESS, REVISION, DEPLOYMENT = "slipway-process", "slipway-revision", "slipway-deployment"

# The name of every process's container.
CONTAINER = "app"

# The tag of a new revision that gets a part of the requests, by which it can be asked alone.
CANARY = "canary"

BY_REVISION = "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION"

Kind = Literal["services", "workerPools"]


def label(text: str) -> str:
    """Words as the value of a label: https://cloud.google.com/run/docs/configuring/services/labels, read 2026-11-29."""
    return "".join(each if each.isalnum() or each in "-_" else "-" for each in text.lower())[:63]


def process_of(value: str) -> str:
    """The process that a label stands for: `worker-mail` is `worker.mail`."""
    kind, _, name = value.partition("-")
    return f"{kind}.{name}" if kind in ("worker", "job") and name else value


@dataclass(frozen=True)
class Scope:
    """Whose: those of a service's stack."""

    service: str
    stack: str

    def labels(self) -> dict[str, str]:
        return {SERVICE: label(self.service), STACK: label(self.stack)}


@dataclass(frozen=True)
class Condition:
    """How something is. `failed` and `done` as Cloud Run sees it; neither, as long as it is not over."""

    state: str = ""
    message: str = ""
    reason: str = ""

    @property
    def failed(self) -> bool:
        return self.state == "CONDITION_FAILED"

    @property
    def done(self) -> bool:
        return self.state == "CONDITION_SUCCEEDED"


@dataclass(frozen=True)
class Share:
    """How much of the requests a revision gets. `url`: where it alone is asked, if it has a tag."""

    revision: str
    percent: int
    tag: str = ""
    url: str = ""

    def as_input(self) -> dict[str, Any]:
        """As Pulumi's provider takes it."""
        tag = {"tag": self.tag} if self.tag else {}
        return {"type": BY_REVISION, "revision": self.revision, "percent": self.percent, **tag}


@dataclass(frozen=True)
class Revision:
    """A revision: the deployment and the project's own revision that it runs. `template` as Cloud Run has it."""

    name: str
    deployment: str
    release: str
    created: str
    condition: Condition
    template: Mapping[str, Any] = field(default_factory=dict[str, Any], compare=False)


@dataclass(frozen=True)
class Service:
    """A process that Cloud Run keeps running: a service or a worker pool. `name` is the whole one.

    `settled`: Cloud Run is done with it, well or not. `shares`: what is so now, not what was asked for. `url`: empty
    where nobody can ask it. `anyone`: whether everybody may, as far as IAM goes.
    """

    name: str
    kind: Kind
    process: str
    created: str
    latest: str
    ready: str
    settled: bool
    condition: Condition
    shares: tuple[Share, ...]
    url: str = ""
    ingress: str = ""
    anyone: bool = False

    @property
    def id(self) -> str:
        """The last word of its name."""
        return self.name.rpartition("/")[2]


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


def services(session: Session, scope: Scope) -> list[Service]:
    """The services and worker pools of a stack, in the order of their processes' names."""
    found: list[Service] = []
    kinds: tuple[Kind, ...] = ("services", "workerPools")
    for kind in kinds:
        listed = session.listed(f"{RUN}/{session.place}/{kind}", kind)
        found += [_service(each, kind) for each in listed if _is_of(each, scope)]
    return sorted(found, key=lambda service: service.process)


def service(session: Session, name: str) -> Service | None:
    """A service by its whole name; nothing where there is none."""
    given = _got(session, name)
    return _service(given, "services") if given else None


def revisions(session: Session, name: str) -> list[Revision]:
    """Those of a service or a worker pool by its whole name, the newest first."""
    found = [_revision(each) for each in session.listed(f"{RUN}/{name}/revisions", "revisions")]
    return sorted(found, key=lambda revision: revision.created, reverse=True)


def revision(session: Session, name: str, of: str) -> Revision | None:
    """A revision of a service by its whole name; nothing where there is none."""
    given = _got(session, f"{of}/revisions/{name}")
    return _revision(given) if given else None


def jobs(session: Session, scope: Scope) -> list[Job]:
    """The jobs of a stack."""
    listed = session.listed(f"{RUN}/{session.place}/jobs", "jobs")
    return sorted((_job(each) for each in listed if _is_of(each, scope)), key=lambda job: (job.process, job.created))


def scope_of(session: Session, job: str) -> Scope | None:
    """Whose a job is; nothing where there is none, or nobody's."""
    labels = _labels(_got(session, job) or {})
    return Scope(labels[SERVICE], labels[STACK]) if labels.keys() >= {SERVICE, STACK} else None


def executions(session: Session, job: str) -> list[Execution]:
    """Those of a job by its whole name, the newest first."""
    try:
        found = [_execution(each) for each in session.listed(f"{RUN}/{job}/executions", "executions")]
    except Refused as refused:
        if not refused.missing:
            raise
        return []
    return sorted(found, key=lambda execution: execution.created, reverse=True)


def execution(session: Session, name: str) -> Execution | None:
    """One of them; nothing where Cloud Run does not know it yet, or no longer."""
    given = _got(session, name)
    return _execution(given) if given else None


def attempt(session: Session, execution: str) -> Mapping[str, Any]:
    """How the last attempt at an execution's task ended: `exitCode`, `termSignal`, `status`; nothing before."""
    for task in session.listed(f"{RUN}/{execution}/tasks", "tasks"):
        if "lastAttemptResult" in task:
            return dict(task["lastAttemptResult"])
    return {}


def moment(text: str) -> datetime | None:
    """A time as Google writes it."""
    return datetime.fromisoformat(text) if text else None


def _got(session: Session, name: str) -> dict[str, Any] | None:
    try:
        return session.get(f"{RUN}/{name}")
    except Refused as refused:
        if refused.missing:
            return None
        raise


def _labels(given: Mapping[str, Any]) -> Mapping[str, str]:
    return given.get("labels", {})


def _is_of(given: Mapping[str, Any], scope: Scope) -> bool:
    return scope.labels().items() <= _labels(given).items() and PROCESS in _labels(_template(given))


def _template(given: Mapping[str, Any]) -> Mapping[str, Any]:
    return given.get("template", {})


def _service(given: Mapping[str, Any], kind: Kind) -> Service:
    return Service(
        name=given["name"],
        kind=kind,
        process=process_of(_labels(_template(given))[PROCESS]),
        created=given.get("createTime", ""),
        latest=_last(given.get("latestCreatedRevision", "")),
        ready=_last(given.get("latestReadyRevision", "")),
        settled=not given.get("reconciling"),
        condition=_condition(given.get("terminalCondition", {})),
        shares=tuple(_shares(given)),
        url=given.get("uri", ""),
        ingress=given.get("ingress", ""),
        anyone=given.get("invokerIamDisabled", False),
    )


def _shares(given: Mapping[str, Any]) -> Iterator[Share]:
    statuses: Sequence[Mapping[str, Any]] = given.get("trafficStatuses") or given.get("instanceSplitStatuses") or ()
    for each in statuses:
        # Without a revision it is the newest that is ready.
        name = _last(each.get("revision") or given.get("latestReadyRevision", ""))
        yield Share(name, each.get("percent", 0), each.get("tag", ""), each.get("uri", ""))


def _revision(given: Mapping[str, Any]) -> Revision:
    labels = _labels(given)
    ready = [each for each in given.get("conditions", ()) if each["type"] == "Ready"]
    return Revision(
        name=_last(given["name"]),
        deployment=labels.get(DEPLOYMENT, ""),
        release=labels.get(REVISION, ""),
        created=given.get("createTime", ""),
        condition=_condition(ready[0] if ready else {}),
        template=given,
    )


def _job(given: Mapping[str, Any]) -> Job:
    return Job(
        name=given["name"],
        process=process_of(_labels(_template(given))[PROCESS]),
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
        condition=_condition(completed[0] if completed else {}),
        variables={each["name"]: each.get("value", "") for of in containers for each in of.get("env", ())},
    )


def _condition(given: Mapping[str, Any]) -> Condition:
    reasons: list[str] = [given[key] for key in ("reason", "revisionReason", "executionReason") if given.get(key)]
    message = " ".join(str(given.get("message", "")).split())
    return Condition(given.get("state", ""), message, reasons[0] if reasons else "")


def _last(name: str) -> str:
    return name.rpartition("/")[2]
