"""What is asked of a service's logs in Log Analytics, by its query language: the same for alerts and for a workbook."""

import json
from collections.abc import Sequence

# What containers write, and what Container Apps itself says of them, where an environment sends its logs to Log
# Analytics: https://learn.microsoft.com/azure/container-apps/log-monitoring, read 2026-11-30.
CONSOLE, SYSTEM = "ContainerAppConsoleLogs_CL", "ContainerAppSystemLogs_CL"

# The logger of the line that each request leaves, in app/serving/exchange.py.
_ACCESS = "serving.access"

# What Container Apps says of a container that ended, and nobody asked it to:
# https://learn.microsoft.com/azure/container-apps/troubleshoot-container-start-failures, read 2026-11-30.
ENDED = "was terminated with exit code '[1-9]"


def requests(app: str) -> str:
    """A row for each request that the app answered: its status, and the milliseconds that it took."""
    return "\n".join(
        (
            _of(CONSOLE, [app]),
            f'| where Log_s has "{_ACCESS}"',
            "| extend line = parse_json(Log_s)",
            f'| where tostring(line.logger) == "{_ACCESS}"',
            "| project TimeGenerated, status = toint(line.status), took = todouble(line.duration_ms)",
        )
    )


def failed(app: str) -> str:
    """The percent of requests that the app answered 5xx; no row where there were none."""
    return _of_all(app, "failed = countif(status >= 500)", "percent = 100.0 * failed / answered")


def slowest(app: str) -> str:
    """The milliseconds that 99 of 100 requests took at most; no row where there were none."""
    return _of_all(app, "took = percentile(took, 99)", "took")


def over_time(app: str, percentiles: Sequence[int]) -> str:
    """The milliseconds that so many of a hundred requests took at most, minute by minute."""
    counted = ", ".join(f"p{each} = percentile(took, {each})" for each in percentiles)
    return f"{requests(app)}\n| summarize {counted} by bin(TimeGenerated, 1m)"


def ended(apps: Sequence[str]) -> str:
    """A row for each container of these apps that ended by itself."""
    return f"{_of(SYSTEM, apps)}\n| where Log_s matches regex @{_quoted(ENDED)}"


def last_lines(apps: Sequence[str], most: int) -> str:
    """What they wrote last, the newest first."""
    shown = "| project TimeGenerated, App = ContainerAppName_s, Revision = RevisionName_s, Line = Log_s"
    return f"{_of(CONSOLE, apps)}\n| top {most} by TimeGenerated desc\n{shown}"


def _of_all(app: str, counted: str, told: str) -> str:
    """One row of all requests; an alert looks at the values of a column by the time of their rows."""
    summed = f"| summarize {counted}, answered = count(), TimeGenerated = max(TimeGenerated)"
    return f"{requests(app)}\n{summed}\n| where answered > 0\n| project TimeGenerated, {told}"


def _of(table: str, apps: Sequence[str]) -> str:
    return f"{table}\n| where ContainerAppName_s in ({', '.join(_quoted(app) for app in apps)})"


def _quoted(text: str) -> str:
    return json.dumps(text)
