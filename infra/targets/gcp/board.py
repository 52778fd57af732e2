"""The dashboard of a service on Cloud Run: what users meet, what instances use, and the last lines that it wrote."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from infra.targets.gcp import metrics
from infra.targets.gcp.metrics import POOL, Series

# A dashboard's columns, and how many of them and of its rows a graph takes.
COLUMNS, WIDTH, HEIGHT = 12, 4, 4
LOG_HEIGHT = 6
PERCENTILES = (50, 95, 99)


def board(
    name: str, service: pulumi.Input[str], workers: Mapping[str, pulumi.Input[str]], view: pulumi.Input[str]
) -> pulumi.Output[str]:
    """As Cloud Monitoring takes it, in JSON. `workers`: worker pools by process; `view`: of the log's bucket."""
    graphs: list[tuple[str, Sequence[Series]]] = [
        ("Requests a second, by the class of their answer", [metrics.requests(service, by=metrics.CLASS)]),
        ("Milliseconds to an answer", [metrics.latency(service, percentile) for percentile in PERCENTILES]),
        ("Instances", [metrics.instances(service)]),
        ("CPU, share of what there is", [metrics.used(service, metrics.CPU)]),
        ("Memory, share of what there is", [metrics.used(service, metrics.MEMORY)]),
        *(
            (f"{process}: CPU and memory", [metrics.used(pool, each, POOL) for each in (metrics.CPU, metrics.MEMORY)])
            for process, pool in workers.items()
        ),
    ]
    across = COLUMNS // WIDTH
    tiles: list[dict[str, Any]] = [
        {
            "xPos": WIDTH * (number % across),
            "yPos": HEIGHT * (number // across),
            "width": WIDTH,
            "height": HEIGHT,
            "widget": {"title": title, "xyChart": {"dataSets": [_line(each) for each in series]}},
        }
        for number, (title, series) in enumerate(graphs)
    ]
    below = HEIGHT * -(-len(graphs) // across)
    lines = {"title": "The last lines", "logsPanel": {"filter": "", "resourceNames": [view]}}
    tiles.append({"xPos": 0, "yPos": below, "width": COLUMNS, "height": LOG_HEIGHT, "widget": lines})
    shown = {"displayName": f"{name} {pulumi.get_stack()}", "mosaicLayout": {"columns": COLUMNS, "tiles": tiles}}
    return pulumi.Output.json_dumps(shown)


def _line(series: Series) -> dict[str, Any]:
    query = {"timeSeriesFilter": {"filter": series.filter(), "aggregation": series.aggregation()}}
    return {"plotType": "LINE", "timeSeriesQuery": query}
