"""Cloud Logging, played: entries, and as much of its filters' language as is asked of it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

Entry = dict[str, Any]

# (log_id("a") OR log_id("b")) ((resource.type="t" resource.labels.x="n") OR (...)) resource.labels.location="l" timestamp>="2026-..."
_FILTER = re.compile(
    r'\((?P<logs>log_id\(.*?\))\) \((?P<sources>\(.*\))\) resource\.labels\.location="(?P<place>.*?)" timestamp>="(?P<since>.*?)"'
)
_PAIR = re.compile(r'(resource\.type|resource\.labels\.\w+|labels\."[^"]+")="([^"]*)"')


@dataclass
class Logs:
    """What was written, by whatever. `filters`: all that were asked with."""

    entries: list[Entry] = field(default_factory=list[Entry])
    filters: list[str] = field(default_factory=list[str])
    page: int = 1000

    def write(
        self,
        type_: str,
        labels: Mapping[str, str],
        text: str | Mapping[str, Any],
        *,
        log: str = "stdout",
        ago: float = 0,
        **of: str,
    ) -> None:
        """One entry. `of`: its own labels, by their last word."""
        at = datetime.now(UTC) - timedelta(seconds=ago) + timedelta(microseconds=len(self.entries))
        payload = {"textPayload": text} if isinstance(text, str) else {"jsonPayload": text}
        self.entries.append(
            {
                "insertId": f"{len(self.entries):06}",
                "timestamp": at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
                "logName": f"projects/p/logs/run.googleapis.com%2F{log.replace('/', '%2F')}",
                "resource": {"type": type_, "labels": dict(labels)},
                "labels": {f"run.googleapis.com/{name}": value for name, value in of.items()},
                **payload,
            }
        )

    def listed(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """As `entries.list` answers."""
        self.filters.append(body["filter"])
        found = sorted(self._chosen(body["filter"]), key=lambda entry: (entry["timestamp"], entry["insertId"]))
        if body["orderBy"] == "timestamp desc":
            found.reverse()
        first = int(body.get("pageToken") or 0)
        end = first + min(self.page, body["pageSize"])
        return {"entries": found[first:end], **({"nextPageToken": str(end)} if end < len(found) else {})}

    def _chosen(self, wanted: str) -> Iterator[Entry]:
        read = _FILTER.fullmatch(wanted)
        assert read, f"this filter is not understood: {wanted}"
        logs = {
            name.replace("/", "%2F") for name in re.findall(r'log_id\("run\.googleapis\.com/([^"]+)"\)', read["logs"])
        }
        sources = [dict(_PAIR.findall(source)) for source in read["sources"].split(" OR ")]
        for entry in self.entries:
            if (
                entry["logName"].rpartition("run.googleapis.com%2F")[2] not in logs
                or entry["timestamp"] < read["since"]
            ):
                continue
            told = _told(entry)
            if told["resource.labels.location"] == read["place"] and any(
                each.items() <= told.items() for each in sources
            ):
                yield entry


def _told(entry: Entry) -> dict[str, str]:
    resource = entry["resource"]
    return {
        "resource.type": resource["type"],
        **{f"resource.labels.{name}": value for name, value in resource["labels"].items()},
        **{f'labels."{name}"': value for name, value in entry["labels"].items()},
    }
