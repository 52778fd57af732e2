"""Log Analytics, played: lines of Container Apps, and as much of its language as is asked of it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

Row = dict[str, Any]

CONSOLE, SYSTEM = "ContainerAppConsoleLogs_CL", "ContainerAppSystemLogs_CL"

_QUERY = re.compile(
    r"union isfuzzy=true \(datatable\((?P<columns>[\w:, ]+)\) \[\]\), (?P<tables>[\w, ]+)"
    r" \| where TimeGenerated >= datetime\((?P<since>[^)]+)\) and \((?P<sources>.*?)\)"
    r" (\| top (?P<top>\d+) by TimeGenerated desc, _timestamp_d desc)?"
    r" \| order by TimeGenerated asc, _timestamp_d asc \| project (?P<project>[\w, ]+)"
)
_TEST = re.compile(r"(\w+) (==|startswith) '([^']*)'")


@dataclass
class Lines:
    """What was written, by whatever. `queries`: all that were asked."""

    rows: list[Row] = field(default_factory=list[Row])
    queries: list[str] = field(default_factory=list[str])

    def write(self, text: str, *, table: str = CONSOLE, ago: float = 0, **columns: str) -> None:
        """One line. `columns`: who wrote it."""
        at = datetime.now(UTC) - timedelta(seconds=ago) + timedelta(microseconds=len(self.rows))
        row = {"TimeGenerated": at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), "_timestamp_d": at.timestamp(), "Log_s": text}
        self.rows.append({"table": table, **row, **columns})

    def answer(self, query: str) -> dict[str, Any]:
        """As the API answers."""
        self.queries.append(query)
        read = _QUERY.fullmatch(query)
        assert read, f"this query is not understood: {query}"
        columns = dict(re.findall(r"(\w+): (\w+)", read["columns"]))
        names = read["project"].split(", ")
        assert columns.keys() >= {*names, *(name for name, _, _ in _TEST.findall(read["sources"]))}
        found = sorted(self._chosen(read), key=lambda row: (row["TimeGenerated"], row["_timestamp_d"]))
        if read["top"]:
            found = found[-int(read["top"]) :]
        told = [{"name": name, "type": columns[name]} for name in names]
        rows = [[row.get(name, "") for name in names] for row in found]
        return {"tables": [{"name": "PrimaryResult", "columns": told, "rows": rows}]}

    def _chosen(self, read: re.Match[str]) -> Iterator[Row]:
        since = datetime.fromisoformat(read["since"])
        sources = [_TEST.findall(each) for each in read["sources"].split(" or ")]
        for row in self.rows:
            late = datetime.fromisoformat(row["TimeGenerated"]) >= since
            if late and row["table"] in read["tables"].split(", ") and any(_is(row, tests) for tests in sources):
                yield row


def _is(row: Mapping[str, Any], tests: list[tuple[str, str, str]]) -> bool:
    assert tests
    return all(
        row.get(name, "") == value if how == "==" else row.get(name, "").startswith(value) for name, how, value in tests
    )
