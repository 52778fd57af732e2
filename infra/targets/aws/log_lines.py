"""The lines of a stack's log group in CloudWatch."""

import itertools
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

# As many as one call answers with, and since when (2024-01-01) the newest can be asked for first:
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html, read 2026-11-23.
PAGE = 10_000
FIRST = 1_704_067_200_000

# Seconds between two questions for what is new.
POLL = 2.0

# Lines come late, by the time that the container's log driver gathers them and CloudWatch stores them. Milliseconds.
LATE = 15_000


@dataclass(frozen=True)
class Line:
    """A line, when it was written (milliseconds), CloudWatch's id of it, and the process that wrote it."""

    id: str
    at: int
    process: str
    text: str


def last(logs: Any, group: str, count: int, **of: Any) -> list[Line]:
    """The last lines of some streams, the oldest first.

    `of` is what FilterLogEvents knows them by: `logStreamNamePrefix` or `logStreamNames`.
    """
    if count < 1:
        return []
    newest_first = _lines(logs, logGroupName=group, startTime=FIRST, startFromHead=False, limit=min(count, PAGE), **of)
    return [*itertools.islice(newest_first, count)][::-1]


def of_process(process: str) -> dict[str, Any]:
    """The streams of all tasks of a process."""
    return {"logStreamNamePrefix": f"{process}/"}


def follow(logs: Any, group: str, shown: Mapping[str, Sequence[Line]]) -> Iterator[Line]:
    """Every line that comes after those that are `shown` of each process, without an end."""
    now = int(time.time() * 1000)
    # What is older than the first shown line of a process was left out on purpose.
    first = {process: lines[0].at if lines else now - LATE for process, lines in shown.items()}
    seen = {line.id: line.at for lines in shown.values() for line in lines}
    newest = max([now - LATE, *seen.values()])
    streams = of_process(next(iter(shown))) if len(shown) == 1 else {}
    while True:
        since = max(min(first.values()), newest - LATE)
        seen = {id_: at for id_, at in seen.items() if at >= since}
        for line in _lines(logs, logGroupName=group, startTime=since, **streams):
            if line.process in first and line.at > first[line.process] and line.id not in seen:
                seen[line.id] = line.at
                newest = max(newest, line.at)
                yield line
        time.sleep(POLL)


@dataclass
class Stream:
    """The log of one task, read as it is written."""

    logs: Any
    group: str
    name: str
    _next: dict[str, str] = field(default_factory=dict[str, str])

    def new(self) -> Iterator[str]:
        """The lines since the last time."""
        while self.group:
            try:
                page = self.logs.get_log_events(
                    logGroupName=self.group, logStreamName=self.name, startFromHead=True, **self._next
                )
            except self.logs.exceptions.ResourceNotFoundException:
                return  # It has not written any yet.
            for event in page["events"]:
                yield _text(event)
            before, self._next = self._next, {"nextToken": page["nextForwardToken"]}
            if self._next == before:
                return


def _lines(logs: Any, **of: Any) -> Iterator[Line]:
    try:
        for page in logs.get_paginator("filter_log_events").paginate(**of):
            for event in page["events"]:
                process = event["logStreamName"].partition("/")[0]
                yield Line(event["eventId"], event["timestamp"], process, _text(event))
    except logs.exceptions.ResourceNotFoundException:
        return


def _text(event: Mapping[str, Any]) -> str:
    return str(event["message"]).rstrip("\n")
