"""The lines that a stack's processes wrote, in Log Analytics, which has them some minutes after they were written."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from infra.targets.azure.arm import Replica
from infra.targets.azure.session import Refused, Session

# Seconds between two questions for what is new: a person may ask 200 times in 30 s
# (https://learn.microsoft.com/azure/azure-monitor/logs/api/timeouts).
POLL = 5.0

# Lines come late, by the time that Log Analytics takes to store them: mostly less than that
# (https://learn.microsoft.com/azure/azure-monitor/logs/data-ingestion-time).
LATE = timedelta(minutes=10)

# No longer ago than that is looked for the last lines.
AGO = timedelta(days=30)

# A table is not there before its first line, nor a column before its first value: these are, and are empty.
# https://learn.microsoft.com/azure/container-apps/log-monitoring has the names.
_COLUMNS = (
    "TimeGenerated: datetime, _timestamp_d: real, ContainerAppName_s: string, ContainerJobName_s: string,"
    " RevisionName_s: string, ContainerGroupName_s: string, Log_s: string"
)
_TABLES = {False: "ContainerAppConsoleLogs_CL", True: "ContainerAppConsoleLogs_CL, ContainerAppSystemLogs_CL"}


@dataclass(frozen=True)
class Source:
    """Who wrote: a process, by the name of its app or its job, and the revision or the execution if it is one alone."""

    process: str
    app: str = ""
    job: str = ""
    revision: str = ""
    execution: str = ""

    def filter(self) -> str:
        """In the language of Log Analytics."""
        if self.execution:
            # A replica is called by its execution, and some more.
            return f"ContainerGroupName_s startswith '{self.execution}'"
        if self.job:
            return f"ContainerJobName_s == '{self.job}'"
        own = f" and RevisionName_s == '{self.revision}'" if self.revision else ""
        return f"ContainerAppName_s == '{self.app}'{own}"


@dataclass(frozen=True)
class Line:
    """A line, when it was written, what tells it from others, and the process that wrote it."""

    id: str
    at: str
    process: str
    text: str


def last(session: Session, workspace: str, source: Source, count: int, *, told: bool = False) -> list[Line]:
    """The last lines of a source, the oldest first. `told`: with what Azure says of it."""
    if count < 1 or not workspace:
        return []
    since = datetime.now(UTC) - AGO
    return _lines(session, workspace, [source], since, f"| top {count} by TimeGenerated desc, _timestamp_d desc", told)


def streamed(session: Session, app: str, replica: Replica, count: int) -> list[str]:
    """The last lines of a replica that runs, of an app by its id, which Log Analytics may not have yet.

    As https://github.com/Azure/azure-cli (containerapp) reads them, read 2026-11-30.
    """
    if not replica.stream:
        return []
    asked = {"follow": "false", "output": "text", "tailLines": str(count)}
    try:
        return session.text(f"{replica.stream}/logstream", session.token_of(app), asked).splitlines()
    except Refused:
        # It is gone meanwhile.
        return []


def follow(session: Session, workspace: str, shown: Mapping[Source, Sequence[Line]]) -> Iterator[Line]:
    """Every line that was written after those that are `shown` of each source, as it comes to be known. Has no end."""
    now = datetime.now(UTC)
    # What is older than the last one that is shown was left out on purpose.
    since = {source.process: _at(lines[-1]) if lines else now for source, lines in shown.items()}
    seen = {line.id for lines in shown.values() for line in lines}
    while True:
        first = max(min(since.values()), datetime.now(UTC) - LATE)
        for line in _lines(session, workspace, [*shown], first):
            if line.id not in seen and _at(line) >= since[line.process]:
                seen.add(line.id)
                yield line
        time.sleep(POLL)


def _at(line: Line) -> datetime:
    return datetime.fromisoformat(line.at)


def _lines(
    session: Session, workspace: str, sources: Sequence[Source], since: datetime, most: str = "", told: bool = False
) -> list[Line]:
    either = " or ".join(f"({source.filter()})" for source in sources)
    query = (
        f"union isfuzzy=true (datatable({_COLUMNS}) []), {_TABLES[told]}"
        f" | where TimeGenerated >= datetime({since.astimezone(UTC).isoformat()}) and ({either})"
        f" {most} | order by TimeGenerated asc, _timestamp_d asc"
        " | project TimeGenerated, _timestamp_d, ContainerAppName_s, ContainerJobName_s, ContainerGroupName_s, Log_s"
    )
    (table,) = session.query(workspace, query)["tables"]
    names = [each["name"] for each in table["columns"]]
    return [_line(dict(zip(names, row, strict=True)), sources) for row in table["rows"]]


def _line(row: Mapping[str, Any], sources: Sequence[Source]) -> Line:
    at, text = str(row["TimeGenerated"]), str(row["Log_s"] or "").rstrip("\n")
    id_ = "/".join([at, str(row["_timestamp_d"]), str(row["ContainerGroupName_s"]), text])
    return Line(id_, at, _process(row, sources), text)


def _process(row: Mapping[str, Any], sources: Sequence[Source]) -> str:
    names = {row["ContainerAppName_s"], row["ContainerJobName_s"]} - {None, ""}
    own = [source.process for source in sources if {source.app, source.job} & names]
    return (own or [sources[0].process])[0]
