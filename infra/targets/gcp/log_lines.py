"""The lines that a stack's processes wrote, in Cloud Logging."""

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from infra.targets.gcp.session import LOGGING, Session

# As many as one call answers with: https://cloud.google.com/logging/docs/reference/v2/rest/v2/entries/list, which also
# takes no more than 60 calls a minute from a project (https://cloud.google.com/logging/quotas). Read 2026-11-29.
PAGE = 1000

# Seconds between two questions for what is new.
POLL = 2.0

# Lines come late, by the time that Cloud Logging takes to store them.
LATE = timedelta(seconds=15)

# No longer ago than that is looked for the last lines.
AGO = timedelta(days=30)

# What a process wrote, and that with what Cloud Run says of it; not its requests, which the server logs itself.
WRITTEN = ("stdout", "stderr")
TOLD = (*WRITTEN, "varlog/system")

# https://cloud.google.com/logging/docs/api/v2/resource-list, read 2026-11-29: the name of what wrote, by its type.
_NAMED = {
    "cloud_run_revision": "service_name",
    "cloud_run_worker_pool": "worker_pool_name",
    "cloud_run_job": "job_name",
}


@dataclass(frozen=True)
class Source:
    """Who wrote: a process, by the type and the name of what runs it. `of`: more labels that its lines have."""

    process: str
    type: str
    name: str
    of: tuple[tuple[str, str], ...] = ()

    def filter(self) -> str:
        """In the language of Cloud Logging."""
        wanted = [f'resource.type="{self.type}"', f'resource.labels.{_NAMED[self.type]}="{self.name}"']
        return " ".join([*wanted, *(f'{label}="{value}"' for label, value in self.of)])


@dataclass(frozen=True)
class Line:
    """A line, when it was written, Cloud Logging's id of it, and the process that wrote it."""

    id: str
    at: str
    process: str
    text: str


def of_service(process: str, kind: str, name: str) -> Source:
    """All that a service or a worker pool wrote."""
    return Source(process, "cloud_run_revision" if kind == "services" else "cloud_run_worker_pool", name)


def of_revision(process: str, service: str, revision: str) -> Source:
    """What one revision of a service wrote."""
    return Source(process, "cloud_run_revision", service, (("resource.labels.revision_name", revision),))


def of_job(process: str, name: str) -> Source:
    """All that a job wrote."""
    return Source(process, "cloud_run_job", name)


def of_execution(process: str, job: str, execution: str) -> Source:
    """What one execution of a job wrote."""
    return Source(process, "cloud_run_job", job, (('labels."run.googleapis.com/execution_name"', execution),))


def last(session: Session, sources: Sequence[Source], count: int) -> list[Line]:
    """The last lines of some sources together, the oldest first."""
    if count < 1 or not sources:
        return []
    found: list[Line] = []
    for line in _lines(session, sources, TOLD, datetime.now(UTC) - AGO, newest_first=True, page=min(count, PAGE)):
        found.append(line)
        if len(found) == count:
            break
    return found[::-1]


def follow(session: Session, shown: Mapping[Source, Sequence[Line]]) -> Iterator[Line]:
    """Every line that comes after those that are `shown` of each source, without an end."""
    news = News(session, [*shown])
    news.know(line for lines in shown.values() for line in lines)
    while True:
        yield from news.new()
        time.sleep(POLL)


@dataclass
class News:
    """What sources write, read as it is written. `since`: what is older was left out on purpose."""

    session: Session
    sources: Sequence[Source]
    logs: Sequence[str] = TOLD
    since: datetime = field(default_factory=lambda: datetime.now(UTC) - LATE)
    _seen: dict[str, str] = field(default_factory=dict[str, str])

    def know(self, lines: Iterable[Line]) -> None:
        """These were read already."""
        self._seen |= {line.id: line.at for line in lines}

    def new(self) -> Iterator[Line]:
        """The lines since the last time."""
        newest = max(self._seen.values(), default="")
        late = datetime.fromisoformat(newest) - LATE if newest else self.since
        since = max(self.since, late)
        self._seen = {id_: at for id_, at in self._seen.items() if datetime.fromisoformat(at) >= since}
        for line in _lines(self.session, self.sources, self.logs, since):
            if line.id not in self._seen:
                self._seen[line.id] = line.at
                yield line


def _lines(
    session: Session,
    sources: Sequence[Source],
    logs: Sequence[str],
    since: datetime,
    *,
    newest_first: bool = False,
    page: int = PAGE,
) -> Iterator[Line]:
    written = " OR ".join(f'log_id("run.googleapis.com/{name}")' for name in logs)
    either = " OR ".join(f"({source.filter()})" for source in sources)
    where, when = f'resource.labels.location="{session.region}"', f'timestamp>="{_time(since)}"'
    body: dict[str, Any] = {
        "resourceNames": [f"projects/{session.project}"],
        "filter": f"({written}) ({either}) {where} {when}",
        "orderBy": "timestamp desc" if newest_first else "timestamp asc",
        "pageSize": page,
    }
    known = {(source.type, source.name): source.process for source in sources}
    while True:
        answer = session.post(f"{LOGGING}/entries:list", body, again=True)
        for entry in answer.get("entries", ()):
            resource = entry["resource"]
            process = known[resource["type"], resource["labels"][_NAMED[resource["type"]]]]
            yield Line(entry["insertId"], entry["timestamp"], process, _text(entry))
        if not answer.get("nextPageToken"):
            return
        body = {**body, "pageToken": answer["nextPageToken"]}


def _time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _text(entry: Mapping[str, Any]) -> str:
    """The line as it was written, as nearly as can be told: of one that is JSON, Cloud Logging keeps the fields."""
    if "textPayload" in entry:
        return str(entry["textPayload"]).rstrip("\n")
    fields: Mapping[str, Any] = entry.get("jsonPayload") or entry.get("protoPayload", {})
    return str(fields["message"]) if set(fields) == {"message"} else json.dumps(fields, ensure_ascii=False)
