"""What of a stack is on Azure Container Apps: its apps and their revisions, as Azure Resource Manager has them."""

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from infra.targets.azure.session import Refused, Session

# Tags on everything that a stack makes, so that it can be found without the stack's state.
SERVICE, STACK = "slipway-service", "slipway-stack"
# The tag of an app or a job that says which process it runs: `web`, `worker.mail`, `job.tidy`, `release`.
PROCESS = "slipway-process"
# Variables of every container, as revisions have no tags: what a revision or an execution runs.
DEPLOYMENT, REVISION = "SERVICE_DEPLOYMENT", "SERVICE_REVISION"

# The name of every process's container.
CONTAINER = "app"

# The label of a new revision that gets a part of the requests, by which it can be asked alone.
CANARY = "canary"

Mode = Literal["Single", "Multiple"]

# Words that the API's own description lacks are of https://github.com/Azure/azure-rest-api-specs/issues/29102, and of
# https://learn.microsoft.com/azure/container-apps/revisions#running-status, read 2026-11-30.
_FAILED = ("Failed", "ActivationFailed")
_RUNNING = ("Running", "RunningAtMaxScale", "ScaledToZero")


@dataclass(frozen=True)
class Scope:
    """Whose: those of a service's stack."""

    service: str
    stack: str

    def tags(self) -> dict[str, str]:
        return {SERVICE: self.service, STACK: self.stack}


@dataclass(frozen=True)
class Share:
    """How much of the requests a revision gets. Without its name it is the newest that is ready."""

    revision: str
    percent: int
    label: str = ""

    def as_input(self) -> dict[str, Any]:
        """As Azure takes it."""
        which: dict[str, Any] = {"revisionName": self.revision} if self.revision else {"latestRevision": True}
        return {**which, "weight": self.percent, **({"label": self.label} if self.label else {})}


@dataclass(frozen=True)
class Revision:
    """A revision: the deployment and the project's own revision that it runs. `name` is `<app>--<suffix>`.

    `active`: it runs, or would if it were asked. `provisioning`, `running`, `health`: the words of Azure's for how it
    is; `error`: why it is not. `template` as Azure has it.
    """

    name: str
    deployment: str
    release: str
    created: str
    active: bool
    provisioning: str = ""
    running: str = ""
    health: str = ""
    error: str = ""
    template: Mapping[str, Any] = field(default_factory=dict[str, Any], compare=False)

    @property
    def suffix(self) -> str:
        return self.name.rpartition("--")[2]

    @property
    def image(self) -> str:
        """By its digest."""
        return next((str(each["image"]) for each in parts(self.template, "containers")), "")

    @property
    def failed(self) -> bool:
        """Whether it cannot come to serve, as far as Azure says so."""
        return self.provisioning == "Failed" or self.running in _FAILED

    @property
    def unwell(self) -> bool:
        """Whether it does not serve as it should, for good or for now."""
        return self.failed or self.running == "Degraded" or self.health == "Unhealthy"

    @property
    def well(self) -> bool:
        """Whether it would answer: it runs, or has come to rest for want of requests."""
        good = self.health == "Healthy" or self.running in _RUNNING
        return self.active and self.provisioning == "Provisioned" and not self.unwell and good


@dataclass(frozen=True)
class App:
    """A process that Container Apps keeps running. `id` is the whole one.

    `latest`, `ready`: the names of its newest revision, and of the newest that came to serve. `settled`: Azure is done
    with it, well or not. `shares`: what is so now. `host`: empty where it cannot be asked. `open`: whether it may be
    asked from outside of its environment. `environment`: the id of that. `configuration` as Azure has it.
    """

    id: str
    process: str
    mode: Mode
    latest: str
    ready: str
    settled: bool
    shares: tuple[Share, ...]
    host: str = ""
    open: bool = False
    environment: str = ""
    configuration: Mapping[str, Any] = field(default_factory=dict[str, Any], compare=False)
    template: Mapping[str, Any] = field(default_factory=dict[str, Any], compare=False)

    @property
    def name(self) -> str:
        """The last word of its id."""
        return self.id.rpartition("/")[2]

    @property
    def canary_host(self) -> str:
        """Where the revision with the label alone answers: https://learn.microsoft.com/azure/container-apps/revisions,
        read 2026-11-30."""
        name, _, rest = self.host.partition(".")
        return f"{name}---{CANARY}.{rest}"


@dataclass(frozen=True)
class Replica:
    """A copy of a revision that runs. `restarts`: how often its container was started anew; `details`: how that is.

    `stream`: what the addresses begin with where its lines are read as it writes them, and commands are run in it.
    """

    name: str
    running: str
    ready: bool
    restarts: int
    details: str
    stream: str = ""


@dataclass(frozen=True)
class Environment:
    """What apps run in. `workspace`: the customer id of where their lines go; empty where nowhere.

    `internal`: whether it is reached from its network alone.
    """

    workspace: str = ""
    internal: bool = False


@functools.cache
def environment(session: Session, id_: str) -> Environment:
    """One by its id; it does not change while something runs in there."""
    about = part(session.get(id_), "properties")
    logs = part(part(about, "appLogsConfiguration"), "logAnalyticsConfiguration")
    return Environment(logs.get("customerId") or "", bool(part(about, "vnetConfiguration").get("internal")))


def apps(session: Session, scope: Scope) -> list[App]:
    """Those of a stack, in the order of their processes' names."""
    try:
        listed = [_app(each) for each in session.listed(f"{session.place}/containerApps") if is_of(each, scope)]
    except Refused as refused:
        # Without the resource group there is nothing of it.
        if refused.missing:
            return []
        raise
    return sorted(listed, key=lambda app: app.process)


def app(session: Session, id_: str) -> App | None:
    """An app by its id; nothing where there is none."""
    given = got(session, id_)
    return _app(given) if given else None


def revisions(session: Session, id_: str) -> list[Revision]:
    """Those of an app by its id, the newest first."""
    found = [_revision(each) for each in session.listed(f"{id_}/revisions")]
    return sorted(found, key=lambda revision: revision.created, reverse=True)


def revision(session: Session, name: str, of: str) -> Revision | None:
    """A revision of an app by that one's id; nothing where there is none."""
    given = got(session, f"{of}/revisions/{name}")
    return _revision(given) if given else None


def replicas(session: Session, id_: str, name: str) -> list[Replica]:
    """What runs of a revision of an app by that one's id."""
    group = f"/subscriptions/{session.subscription}/resourceGroups/{session.group}"
    own = f"{group}/containerApps/{id_.rpartition('/')[2]}/revisions/{name}/replicas"
    return [_replica(each, own) for each in session.listed(f"{id_}/revisions/{name}/replicas")]


def got(session: Session, id_: str) -> dict[str, Any] | None:
    """What is there by an id, as Azure has it; nothing where there is none."""
    try:
        return session.get(id_)
    except Refused as refused:
        if refused.missing:
            return None
        raise


def is_of(given: Mapping[str, Any], scope: Scope) -> bool:
    """Whether something that runs a process is a stack's."""
    tags = tags_of(given)
    return scope.tags().items() <= tags.items() and PROCESS in tags


def variables(template: Mapping[str, Any]) -> dict[str, str]:
    """Those of a template's containers that are no secrets."""
    return {each["name"]: each.get("value") or "" for of in parts(template, "containers") for each in parts(of, "env")}


def part(given: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A part of what Azure has; an empty one where it is left out or null."""
    return given.get(name) or {}


def parts(given: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    """A list of what Azure has; an empty one where it is left out or null."""
    return given.get(name) or ()


def tags_of(given: Mapping[str, Any]) -> Mapping[str, str]:
    """Its tags."""
    return part(given, "tags")


def _app(given: Mapping[str, Any]) -> App:
    about: Mapping[str, Any] = given["properties"]
    configuration = part(about, "configuration")
    ingress = part(configuration, "ingress")
    ready = about.get("latestReadyRevisionName") or ""
    mode: Mode = "Multiple" if configuration.get("activeRevisionsMode") == "Multiple" else "Single"
    return App(
        id=given["id"],
        process=tags_of(given).get(PROCESS, ""),
        mode=mode,
        latest=about.get("latestRevisionName") or "",
        ready=ready,
        settled=about.get("provisioningState") not in ("InProgress", "Deleting"),
        shares=tuple(_shares(mode, ingress, ready)),
        host=ingress.get("fqdn") or "",
        open=bool(ingress.get("external")),
        environment=about.get("environmentId") or about.get("managedEnvironmentId") or "",
        configuration=configuration,
        template=part(about, "template"),
    )


def _shares(mode: Mode, ingress: Mapping[str, Any], ready: str) -> Iterator[Share]:
    if mode == "Single":
        # Whatever the weights say: https://learn.microsoft.com/azure/container-apps/traffic-splitting.
        if ready:
            yield Share(ready, 100)
        return
    for each in parts(ingress, "traffic"):
        name = each.get("revisionName") or ready
        if name:
            yield Share(name, each.get("weight") or 0, each.get("label") or "")


def _revision(given: Mapping[str, Any]) -> Revision:
    about: Mapping[str, Any] = given["properties"]
    template = part(about, "template")
    known = variables(template)
    return Revision(
        name=given["name"],
        deployment=known.get(DEPLOYMENT, ""),
        release=known.get(REVISION, ""),
        created=about.get("createdTime") or "",
        active=bool(about.get("active")),
        provisioning=about.get("provisioningState") or "",
        running=about.get("runningState") or "",
        health=about.get("healthState") or "",
        error=" ".join(str(about.get("provisioningError") or "").split()).rstrip("."),
        template=template,
    )


def _replica(given: Mapping[str, Any], replicas: str) -> Replica:
    """`replicas`: what of the addresses is the same for all that run, as https://github.com/Azure/azure-cli has it."""
    about: Mapping[str, Any] = given["properties"]
    containers = [each for each in parts(about, "containers") if each.get("name") == CONTAINER]
    own: Mapping[str, Any] = containers[0] if containers else {}
    host = (own.get("logStreamEndpoint") or "").partition("/subscriptions/")[0]
    return Replica(
        name=given["name"],
        running=about.get("runningState") or "",
        ready=bool(own.get("ready")),
        restarts=own.get("restartCount") or 0,
        details=" ".join(str(own.get("runningStateDetails") or about.get("runningStateDetails") or "").split()),
        stream=f"{host}{replicas}/{given['name']}/containers/{CONTAINER}" if host else "",
    )
