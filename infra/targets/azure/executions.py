"""What a stack runs now and then on Container Apps: its jobs and their executions."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.errors import DeploymentError
from infra.targets.azure.arm import CONTAINER, PROCESS, Scope, got, is_of, part, parts, tags_of, variables
from infra.targets.azure.session import AGAIN, Refused, Session

# Seconds between two looks.
POLL = 3.0

# Azure may know nothing of an execution yet that it has just begun. Seconds.
UNKNOWN = 60

# What an execution may be given of what a job's container has: JobExecutionContainer of azure-mgmt-appcontainers 5.1.
_OF_CONTAINER = ("name", "image", "command", "args", "env")

_ENDED = ("Succeeded", "Failed", "Stopped")


@dataclass(frozen=True)
class Execution:
    """A job that was started. What is not so yet is empty. `variables` are those of its container.

    `status`: Azure's word for how it is. `code`: with which its container ended, if it ran. `said`: what Azure says of
    its end, and `reason` a word of its own for that.
    """

    id: str
    status: str
    started: str
    ended: str
    code: int | None = None
    reason: str = ""
    said: str = ""
    variables: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def name(self) -> str:
        """As its log is named for it."""
        return self.id.rpartition("/")[2]

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self.status in _ENDED

    @property
    def well(self) -> bool:
        """Whether it has ended, and well."""
        return self.status == "Succeeded"


@dataclass(frozen=True)
class Job:
    """A job. `id` is the whole one. `environment`: the id of what it runs in."""

    id: str
    process: str
    environment: str

    @property
    def name(self) -> str:
        return self.id.rpartition("/")[2]


def jobs(session: Session, scope: Scope) -> list[Job]:
    """The jobs of a stack."""
    try:
        found = [_job(each) for each in session.listed(f"{session.place}/jobs") if is_of(each, scope)]
    except Refused as refused:
        if refused.missing:
            return []
        raise
    return sorted(found, key=lambda job: job.process)


def job(session: Session, id_: str) -> Job | None:
    """A job by its id; nothing where there is none."""
    given = got(session, id_)
    return _job(given) if given else None


def of_job(session: Session, id_: str) -> list[Execution]:
    """Those of a job by its id, the newest first."""
    try:
        found = [_execution(each) for each in session.listed(f"{id_}/executions")]
    except Refused as refused:
        if not refused.missing:
            raise
        return []
    return sorted(found, key=lambda execution: execution.started, reverse=True)


def start(session: Session, id_: str, more: Mapping[str, str]) -> str:
    """Have a job run once; the execution's id. `more`: variables beside those that it has.

    Raises:
        DeploymentError: Azure took it up, and shows no execution of it.
    """
    template: Mapping[str, Any] = session.get(id_)["properties"]["template"]
    before = {each.id for each in of_job(session, id_)}
    # What an execution is given stands in the place of all that the job has.
    answer = session.post(f"{id_}/start", {"containers": [_container(each, more) for each in template["containers"]]})
    name, job = str(answer.get("name", "")), id_.rpartition("/")[2]
    if name.startswith(f"{job}-"):
        return f"{id_}/executions/{name}"
    # It is not told which one it is.
    begun = time.monotonic()
    while time.monotonic() - begun <= UNKNOWN:
        made = next((each.id for each in of_job(session, id_) if each.id not in before), "")
        if made:
            return made
        time.sleep(POLL)
    raise DeploymentError(f"Azure was asked to start the job {job}, and shows no execution of it. {AGAIN}")


def looks(session: Session, id_: str) -> Iterator[Execution]:
    """The execution as it is, every now and then, the last time when it has ended.

    Raises:
        DeploymentError: Azure knows nothing of it.
    """
    begun, known = time.monotonic(), False
    while True:
        given = got(session, id_)
        if given:
            known = True
            now = _execution(given)
            yield now
            if now.over:
                return
        elif known or time.monotonic() - begun > UNKNOWN:
            raise DeploymentError(f"Azure knows nothing of the execution {id_.rpartition('/')[2]}. {AGAIN}")
        time.sleep(POLL)


def stop(session: Session, id_: str) -> None:
    """End it."""
    try:
        session.post(f"{id_}/stop", again=True)
    except Refused as refused:
        # It is gone, or has ended meanwhile.
        if refused.status not in (400, 404, 409):
            raise


def _job(given: Mapping[str, Any]) -> Job:
    about: Mapping[str, Any] = given["properties"]
    return Job(given["id"], tags_of(given).get(PROCESS, ""), about.get("environmentId") or "")


def _execution(given: Mapping[str, Any]) -> Execution:
    about: Mapping[str, Any] = given["properties"]
    replicas = parts(part(about, "detailedStatus"), "replicas")
    ended = [each for of in replicas for each in parts(of, "containers") if each.get("name") in (None, CONTAINER)]
    last: Mapping[str, Any] = ended[-1] if ended else {}
    said: str = about.get("message") or last.get("additionalInformation") or ""
    return Execution(
        id=given["id"],
        status=about.get("status") or "",
        started=about.get("startTime") or "",
        ended=about.get("endTime") or "",
        code=last.get("code"),
        reason=about.get("reason") or last.get("status") or "",
        said=" ".join(said.split()).rstrip("."),
        variables=variables(part(about, "template")),
    )


def _container(given: Mapping[str, Any], more: Mapping[str, str]) -> dict[str, Any]:
    sizes = part(given, "resources")
    kept = {key: given[key] for key in _OF_CONTAINER if given.get(key)}
    env = [each for each in parts(given, "env") if each["name"] not in more]
    return {
        **kept,
        "env": [*env, *({"name": name, "value": value} for name, value in more.items())],
        "resources": {key: sizes[key] for key in ("cpu", "memory") if key in sizes},
    }
