"""What Cloud Run measures, as Cloud Monitoring is asked for it: the same for an alert and for a graph."""

from dataclasses import dataclass, field
from typing import Any

import pulumi

# The resource that a service's instances are, that a worker pool's are, and the label that names whose they are:
# https://cloud.google.com/monitoring/api/resources, read 2026-11-29.
SERVICE, POOL = "cloud_run_revision", "cloud_run_worker_pool"
NAMED_BY = {SERVICE: "service_name", POOL: "worker_pool_name"}

# https://cloud.google.com/monitoring/api/metrics_gcp_p_z#gcp-run, read 2026-11-29. Latencies are in milliseconds, what
# is used is a share of what there is.
REQUESTS = "request_count"
LATENCIES = "request_latencies"
INSTANCES = "container/instance_count"
CPU = "container/cpu/utilizations"
MEMORY = "container/memory/utilizations"
CLASS = "response_code_class"

# Seconds that points are gathered over.
PERIOD = 60


@dataclass(frozen=True)
class Series:
    """Points of one metric of one service or worker pool.

    Attributes:
        of: the name of the service or of the worker pool.
        metric: Cloud Run's name of it.
        aligner: how the points of an instance within the period become one.
        reducer: how those of all instances and revisions become one.
        kind: of resource.
        labels: of the metric, that the points have.
        by: a label of the metric by which they are kept apart.
        period: seconds.
    """

    of: pulumi.Input[str]
    metric: str
    aligner: str
    reducer: str
    kind: str = SERVICE
    labels: dict[str, str] = field(default_factory=dict[str, str])
    by: str = ""
    period: int = PERIOD

    def filter(self) -> pulumi.Output[str]:
        """Which points, in Cloud Monitoring's words."""
        narrowed = [f'metric.labels.{label}="{value}"' for label, value in self.labels.items()]
        said = [f'resource.type="{self.kind}"', f'metric.type="run.googleapis.com/{self.metric}"', *narrowed]
        return pulumi.Output.concat(*(f"{each} AND " for each in said), named(self.kind, self.of))

    def aggregation(self) -> dict[str, Any]:
        """How they become one line: a dashboard and an alert policy say it alike."""
        apart = {"groupByFields": [f"metric.labels.{self.by}"]} if self.by else {}
        return {
            "alignmentPeriod": f"{self.period}s",
            "perSeriesAligner": self.aligner,
            "crossSeriesReducer": self.reducer,
            **apart,
        }


def named(kind: str, name: pulumi.Input[str]) -> pulumi.Output[str]:
    """The filter for what a service or a worker pool of that name is the resource of."""
    return pulumi.Output.concat(f'resource.labels.{NAMED_BY[kind]}="', name, '"')


def requests(service: pulumi.Input[str], period: int = PERIOD, by: str = "", **labels: str) -> Series:
    """Requests a second."""
    return Series(service, REQUESTS, "ALIGN_RATE", "REDUCE_SUM", labels=labels, by=by, period=period)


def latency(service: pulumi.Input[str], percentile: int, period: int = PERIOD) -> Series:
    """Milliseconds that so many of a hundred requests stay below."""
    return Series(service, LATENCIES, "ALIGN_DELTA", f"REDUCE_PERCENTILE_{percentile:02d}", period=period)


def instances(service: pulumi.Input[str]) -> Series:
    """Instances that there are."""
    return Series(service, INSTANCES, "ALIGN_MAX", "REDUCE_SUM")


def used(name: pulumi.Input[str], metric: str, kind: str = SERVICE) -> Series:
    """The share of its CPU or memory that all but the busiest twentieth of instances stay below."""
    return Series(name, metric, "ALIGN_DELTA", "REDUCE_PERCENTILE_95", kind)
