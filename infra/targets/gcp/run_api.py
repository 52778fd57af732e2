"""What of a stack is on Cloud Run: its services and worker pools, and their revisions."""

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

    @property
    def image(self) -> str:
        """By its digest."""
        return next((str(each["image"]) for each in self.template.get("containers", ())), "")


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


def services(session: Session, scope: Scope) -> list[Service]:
    """The services and worker pools of a stack, in the order of their processes' names."""
    found: list[Service] = []
    kinds: tuple[Kind, ...] = ("services", "workerPools")
    for kind in kinds:
        listed = session.listed(f"{RUN}/{session.place}/{kind}", kind)
        found += [_service(each, kind) for each in listed if is_of(each, scope)]
    return sorted(found, key=lambda service: service.process)


def service(session: Session, name: str) -> Service | None:
    """A service by its whole name; nothing where there is none."""
    given = got(session, name)
    return _service(given, "services") if given else None


def revisions(session: Session, name: str) -> list[Revision]:
    """Those of a service or a worker pool by its whole name, the newest first."""
    found = [_revision(each) for each in session.listed(f"{RUN}/{name}/revisions", "revisions")]
    return sorted(found, key=lambda revision: revision.created, reverse=True)


def revision(session: Session, name: str, of: str) -> Revision | None:
    """A revision of a service by its whole name; nothing where there is none."""
    given = got(session, f"{of}/revisions/{name}")
    return _revision(given) if given else None


def moment(text: str) -> datetime | None:
    """A time as Google writes it."""
    return datetime.fromisoformat(text) if text else None


def got(session: Session, name: str) -> dict[str, Any] | None:
    """What is there by a whole name, as Cloud Run has it; nothing where there is none."""
    try:
        return session.get(f"{RUN}/{name}")
    except Refused as refused:
        if refused.missing:
            return None
        raise


def labels_of(given: Mapping[str, Any]) -> Mapping[str, str]:
    """Its labels."""
    return given.get("labels", {})


def is_of(given: Mapping[str, Any], scope: Scope) -> bool:
    """Whether something that runs a process is a stack's."""
    return scope.labels().items() <= labels_of(given).items() and PROCESS in labels_of(template_of(given))


def template_of(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """What its revisions or executions are made by."""
    return given.get("template", {})


def _service(given: Mapping[str, Any], kind: Kind) -> Service:
    return Service(
        name=given["name"],
        kind=kind,
        process=process_of(labels_of(template_of(given))[PROCESS]),
        created=given.get("createTime", ""),
        latest=_last(given.get("latestCreatedRevision", "")),
        ready=_last(given.get("latestReadyRevision", "")),
        settled=not given.get("reconciling"),
        condition=condition_of(given.get("terminalCondition", {})),
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
    labels = labels_of(given)
    ready = [each for each in given.get("conditions", ()) if each["type"] == "Ready"]
    return Revision(
        name=_last(given["name"]),
        deployment=labels.get(DEPLOYMENT, ""),
        release=labels.get(REVISION, ""),
        created=given.get("createTime", ""),
        condition=condition_of(ready[0] if ready else {}),
        template=given,
    )


def condition_of(given: Mapping[str, Any]) -> Condition:
    """One of its conditions."""
    reasons: list[str] = [given[key] for key in ("reason", "revisionReason", "executionReason") if given.get(key)]
    message = " ".join(str(given.get("message", "")).split())
    return Condition(given.get("state", ""), message, reasons[0] if reasons else "")


def _last(name: str) -> str:
    return name.rpartition("/")[2]
