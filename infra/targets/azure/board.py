"""The workbook of a service on Container Apps: what users meet, what replicas use, and the last lines that it wrote."""

from collections.abc import Mapping
from typing import Any

import pulumi

from infra.targets.azure import metrics, queries

# Percent of the page that a graph takes, seconds that it shows, and lines of the log.
WIDTH, SHOWN, LINES = "33", 4 * 3600, 100
PERCENTILES = (50, 95, 99)

_VERSION = "Notebook/1.0"
_WORKSPACES = "microsoft.operationalinsights/workspaces"
# How a workbook says the way points become one:
# https://learn.microsoft.com/azure/azure-monitor/visualize/workbooks-visualizations, read 2026-11-30.
_SUM, _MAXIMUM, _AVERAGE = 1, 3, 4


def board(
    app: pulumi.Input[str],
    workers: Mapping[str, pulumi.Input[str]],
    workspace: pulumi.Input[str],
    insights: pulumi.Input[str] | None = None,
) -> pulumi.Output[str]:
    """As Azure Monitor takes it, in JSON, all of it by resources' ids. `workers`: apps by process."""
    known = pulumi.Output.all(app=app, workers=dict(workers), workspace=workspace, insights=insights)
    return known.apply(lambda told: pulumi.Output.json_dumps(_shown(**told)))


def _shown(app: str, workers: Mapping[str, str], workspace: str, insights: str | None) -> dict[str, Any]:
    name = metrics.named(app)
    apps = [name, *(metrics.named(each) for each in workers.values())]
    used = {metrics.CPU: _AVERAGE, metrics.MEMORY: _AVERAGE}
    items = [
        _graph("Requests a minute, by the class of their answer", app, {metrics.REQUESTS: _SUM}, metrics.CLASS),
        _lines("Milliseconds to an answer", workspace, queries.over_time(name, PERCENTILES), "timechart", WIDTH),
        _graph("Replicas", app, {metrics.REPLICAS: _MAXIMUM}, metrics.REVISION),
        _graph("CPU, percent of what there is", app, {metrics.CPU: _AVERAGE}),
        _graph("Memory, percent of what there is", app, {metrics.MEMORY: _AVERAGE}),
        *(_graph(f"{process}: CPU and memory", worker, used) for process, worker in workers.items()),
        *([_link("Application Insights", insights)] if insights else []),
        _lines("The last lines", workspace, queries.last_lines(apps, LINES), "table", "100"),
    ]
    return {"version": _VERSION, "items": items, "fallbackResourceIds": [app]}


def _graph(title: str, app: str, shown: Mapping[str, int], by: str | None = None) -> dict[str, Any]:
    points = [
        {
            "namespace": metrics.NAMESPACE,
            "metric": f"{metrics.NAMESPACE}--{metric}",
            "aggregation": how,
            **({"splitBy": by} if by else {}),
        }
        for metric, how in shown.items()
    ]
    content = {
        "version": "MetricsItem/2.0",
        "chartType": 2,
        "metricScope": 0,
        "resourceType": metrics.NAMESPACE,
        "resourceIds": [app],
        "metrics": points,
    }
    return _item(10, title, WIDTH, content)


def _lines(title: str, workspace: str, query: str, visualization: str, width: str) -> dict[str, Any]:
    content = {
        "version": "KqlItem/1.0",
        "query": query,
        "queryType": 0,
        "resourceType": _WORKSPACES,
        "crossComponentResources": [workspace],
        "visualization": visualization,
    }
    return _item(3, title, width, content)


def _item(kind: int, title: str, width: str, content: Mapping[str, Any]) -> dict[str, Any]:
    lasting = {"timeContext": {"durationMs": SHOWN * 1000}, "size": 0}
    return {"type": kind, "name": title, "customWidth": width, "content": {**content, **lasting, "title": title}}


def _link(title: str, resource: str) -> dict[str, Any]:
    return {"type": 1, "name": title, "content": {"json": f"[{title}]({metrics.portal(resource)})"}}
