"""What Cloud Monitoring demands of alert policies, uptime checks and the channels that people hear by."""

import re
from collections.abc import Iterator
from typing import Any

from infra.targets.gcp.offline.names import READ
from tools.offline import forms
from tools.offline.backend import Problem
from tools.offline.judge import found, one
from tools.offline.tables import Rule, Source
from tools.offline.values import UNKNOWN, Values

POLICIES = Source("https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.alertPolicies", READ)
FILTERS = Source("https://cloud.google.com/monitoring/api/v3/filters", READ)
METRICS = Source("https://cloud.google.com/monitoring/api/metrics_gcp", READ)
CHECKS = Source("https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.uptimeCheckConfigs", READ)
CHANNELS = Source("https://cloud.google.com/monitoring/support/notification-options", READ)

CONDITIONS = (
    "conditionThreshold",
    "conditionAbsent",
    "conditionMatchedLog",
    "conditionMonitoringQueryLanguage",
    "conditionPrometheusQueryLanguage",
    "conditionSql",
)
# What a channel of a type must be told, of those that a person would set up in a program.
TOLD = {"email": "email_address", "sms": "number", "webhook_tokenauth": "url", "pubsub": "topic"}
# The metrics of Cloud Run and of the balancer, by the resource that has them; a filter on another never fires.
OF_RESOURCES: dict[str, tuple[str, ...]] = {
    "cloud_run_revision": ("run.googleapis.com/", "logging.googleapis.com/", "custom.googleapis.com/"),
    "cloud_run_job": ("run.googleapis.com/", "logging.googleapis.com/", "custom.googleapis.com/"),
    "cloud_run_worker_pool": ("run.googleapis.com/", "logging.googleapis.com/", "custom.googleapis.com/"),
    "https_lb_rule": ("loadbalancing.googleapis.com/", "logging.googleapis.com/"),
    "uptime_url": ("monitoring.googleapis.com/uptime_check/",),
}
# Of the many that Cloud Run has, without what only GPUs have.
_RUN_METRICS = (
    "request_count request_latencies request_latency/e2e_latencies pending_queue/pending_requests"
    " container/instance_count container/billable_instance_time container/max_request_concurrencies"
    " container/startup_latencies container/cpu/utilizations container/cpu/allocation_time"
    " container/memory/utilizations container/memory/allocation_time container/network/received_bytes_count"
    " container/network/sent_bytes_count container/network/throttled_inbound_bytes_count"
    " container/network/throttled_outbound_bytes_count container/probe_count container/probe_attempt_count"
    " container/completed_probe_count container/completed_probe_attempt_count container/containers"
    " job/completed_execution_count job/completed_task_attempt_count job/running_executions job/running_task_attempts"
)
RUN_METRICS = frozenset(_RUN_METRICS.split())
CHECK_RULES = (
    Rule("period", CHECKS, "be 60s, 300s, 600s or 900s", choices=("60s", "300s", "600s", "900s")),
    Rule("timeout", CHECKS, "be from 1s to 60s", pattern=r"([1-9]|[1-5]\d|60)(\.0*)?s"),
    Rule("httpCheck.port", CHECKS, "be a port", least=1, most=65535),
)


def conditions(_type: str, inputs: Values) -> Iterator[Problem]:
    """That each condition is of one kind, and can come true."""
    yield from forms.only_one(*CONDITIONS, source=POLICIES, within="conditions[*]")("", inputs)
    yield from forms.at_most("conditions", 6, POLICIES)("", inputs)
    for path, condition in found(inputs, "conditions[*].conditionThreshold"):
        yield from _threshold(path, condition)
    limited = one(inputs, "alertStrategy.notificationRateLimit")
    logs = any(one(each, "conditionMatchedLog") is not None for _, each in found(inputs, "conditions[*]"))
    if logs and limited is None:
        yield Problem("alertStrategy.notificationRateLimit", f"a condition on a log wants it ({POLICIES})")


def _threshold(path: str, condition: Any) -> Iterator[Problem]:
    for name in ("filter", "denominatorFilter"):
        yield from _filter(f"{path}.{name}", one(condition, name))
    if one(condition, "denominatorFilter") is not None and one(condition, "denominatorAggregations") is None:
        yield Problem(f"{path}.denominatorAggregations", f"a denominator wants them ({POLICIES})")
    seconds = _seconds(one(condition, "duration"))
    if seconds is not None and (seconds % 60 or seconds > 86400):
        yield Problem(f"{path}.duration", f"{seconds} seconds are no whole minutes of a day at the most ({POLICIES})")
    for name in ("aggregations", "denominatorAggregations"):
        for at, aggregation in found(condition, f"{name}[*]"):
            yield from _aggregation(f"{path}.{at}", aggregation)


def _aggregation(path: str, aggregation: Any) -> Iterator[Problem]:
    period, aligner = _seconds(one(aggregation, "alignmentPeriod")), one(aggregation, "perSeriesAligner")
    if period is not None and (period < 60 or period > 93600):
        yield Problem(f"{path}.alignmentPeriod", f"{period} seconds must be from 60 to 93600 ({POLICIES})")
    reducer = one(aggregation, "crossSeriesReducer")
    if reducer not in (None, UNKNOWN, "REDUCE_NONE") and aligner in (None, "ALIGN_NONE"):
        yield Problem(f"{path}.perSeriesAligner", f"{reducer} wants one ({POLICIES})")


def _filter(path: str, text: Any) -> Iterator[Problem]:
    """That a filter names a resource and a metric of it."""
    if not isinstance(text, str):
        return
    resource = re.search(r'resource\.type\s*=\s*"([^"]*)"', text)
    metric = re.search(r'metric\.type\s*=\s*"([^"]*)"', text)
    if text.count('"') % 2:
        yield Problem(path, f"{text!r} has an open string ({FILTERS})")
    elif metric is None or (resource is None and "group.id" not in text):
        yield Problem(path, f"{text!r} must name a resource.type and a metric.type ({FILTERS})")
    elif resource is not None and resource[1] in OF_RESOURCES:
        name = metric[1]
        own = name.removeprefix("run.googleapis.com/")
        known = name.startswith(OF_RESOURCES[resource[1]]) and (own == name or own in RUN_METRICS)
        if not known:
            yield Problem(path, f"no metric of {resource[1]} is {name!r} ({METRICS})")


def check(_type: str, inputs: Values) -> Iterator[Problem]:
    """What an uptime check asks, and where."""
    yield from forms.only_one("httpCheck", "tcpCheck", "syntheticMonitor", source=CHECKS)("", inputs)
    kinds = ("monitoredResource", "resourceGroup", "syntheticMonitor")
    yield from forms.only_one(*kinds, source=CHECKS)("", inputs)
    labels = one(inputs, "monitoredResource.labels")
    if one(inputs, "monitoredResource.type") == "uptime_url" and isinstance(labels, dict):
        if "host" not in labels:
            yield Problem("monitoredResource.labels.host", f"uptime_url wants it ({CHECKS})")
        host = labels.get("host")  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        if isinstance(host, str) and ("/" in host or ":" in host):
            yield Problem("monitoredResource.labels.host", f"{host!r} must be a host's name alone ({CHECKS})")
    period, timeout = _seconds(one(inputs, "period")) or 300, _seconds(one(inputs, "timeout"))
    if timeout is not None and timeout > period:
        yield Problem("timeout", f"{timeout} seconds are more than the period, {period} ({CHECKS})")
    regions: list[Any] = [region for _, region in found(inputs, "selectedRegions[*]")]
    if 0 < len(regions) < 3 and "USA" not in regions:
        yield Problem("selectedRegions", f"{len(regions)} of them: there must be 3 at the least ({CHECKS})")
    path = one(inputs, "httpCheck.path")
    if isinstance(path, str) and not path.startswith("/"):
        yield Problem("httpCheck.path", f"{path!r} must begin with / ({CHECKS})")


def channel(_type: str, inputs: Values) -> Iterator[Problem]:
    """That a channel is told whom it reaches."""
    kind, labels = inputs.get("type"), inputs.get("labels", {})
    wanted = TOLD.get(str(kind))
    if wanted is None or not isinstance(labels, dict):
        return
    if wanted not in labels:
        yield Problem(f"labels.{wanted}", f"a channel of the type {kind} wants it ({CHANNELS})")
    address = labels.get("email_address")  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    if kind == "email" and isinstance(address, str) and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", address):
        yield Problem("labels.email_address", f"{address!r} is no e-mail address ({CHANNELS})")


def _seconds(value: Any) -> int | None:
    parts = re.fullmatch(r"(\d+)(\.0*)?s", value) if isinstance(value, str) else None
    return int(parts[1]) if parts else None
