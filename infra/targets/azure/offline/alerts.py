"""What Azure Monitor demands of alerts on metrics and on logs, and of the groups that hear of them."""

import json
from collections.abc import Iterator
from typing import Any

from infra.targets.azure.offline.names import READ, parts
from tools.offline import forms
from tools.offline.backend import Problem
from tools.offline.judge import found, one
from tools.offline.tables import Rule, Source
from tools.offline.values import UNKNOWN, Values

ALERTS = Source("https://learn.microsoft.com/azure/templates/microsoft.insights/metricalerts", READ)
QUERIES = Source("https://learn.microsoft.com/azure/templates/microsoft.insights/scheduledqueryrules", READ)
GROUPS = Source("https://learn.microsoft.com/azure/azure-monitor/alerts/action-groups", READ)
WORKBOOKS = Source("https://learn.microsoft.com/azure/templates/microsoft.insights/workbooks", READ)
METRICS = Source(
    "https://learn.microsoft.com/azure/azure-monitor/reference/supported-metrics/microsoft-app-containerapps-metrics",
    READ,
)

# Of Container Apps: what each metric can be told apart by. Those of Java and of Dapr are left out.
OF_APPS: dict[str, tuple[str, ...]] = {
    "CoresQuotaUsed": ("revisionName",),
    "CpuPercentage": ("podName",),
    "MemoryPercentage": ("podName",),
    "Replicas": ("revisionName", "deploymentName"),
    "Requests": ("revisionName", "podName", "statusCodeCategory", "statusCode"),
    "ResponseTime": ("statusCodeCategory", "statusCode"),
    "RestartCount": ("revisionName", "podName"),
    "RxBytes": ("revisionName", "podName"),
    "TotalCoresQuotaUsed": (),
    "TxBytes": ("revisionName", "podName"),
    "UsageNanoCores": ("revisionName", "podName"),
    "WorkingSetBytes": ("revisionName", "podName"),
}
# Minutes between two looks, and of what is looked at.
LOOKS = (1, 5, 15, 30, 60)
WINDOWS = (1, 5, 15, 30, 60, 360, 720, 1440)
QUERY_LOOKS = (1, 5, 10, 15, 30, 45, 60, 120, 180, 240, 300, 360, 1440)
QUERY_WINDOWS = (*QUERY_LOOKS, 2880)
MINUTES = {
    **{f"PT{minutes}M": minutes for minutes in range(1, 61)},
    **{f"PT{hours}H": 60 * hours for hours in range(1, 49)},
    "P1D": 1440,
    "P2D": 2880,
}

PERIODS = ("minFailingPeriodsToAlert", "numberOfEvaluationPeriods")

SEVERITY = Rule("severity", ALERTS, "be from 0 to 4", least=0, most=4)
GLOBAL = Rule("location", ALERTS, "be global", pattern="(?i)global")
SHORT = Rule("groupShortName", GROUPS, "be 1 to 12 characters", pattern=r".{1,12}")


def timing(_type: str, inputs: Values) -> Iterator[Problem]:
    """How often an alert on metrics looks, and at what."""
    yield from _timing(inputs, LOOKS, WINDOWS, ALERTS)


def query_timing(_type: str, inputs: Values) -> Iterator[Problem]:
    """How often an alert on logs looks, and at what."""
    yield from _timing(inputs, QUERY_LOOKS, QUERY_WINDOWS, QUERIES)


def _timing(inputs: Values, looks: tuple[int, ...], windows: tuple[int, ...], source: Source) -> Iterator[Problem]:
    often, window = inputs.get("evaluationFrequency"), inputs.get("windowSize")
    for name, value, allowed in (("evaluationFrequency", often, looks), ("windowSize", window, windows)):
        if isinstance(value, str) and MINUTES.get(value) not in allowed:
            yield Problem(name, f"{value!r} is none of {', '.join(map(str, allowed))} minutes ({source})")
    minutes = [MINUTES.get(str(each)) for each in (often, window)]
    if minutes[0] is not None and minutes[1] is not None and minutes[0] > minutes[1]:
        yield Problem("windowSize", f"{window} is shorter than evaluationFrequency, {often} ({source})")


def metrics(_type: str, inputs: Values) -> Iterator[Problem]:
    """That an alert watches something, and each metric is one of what it watches, told apart by what it can be."""
    scopes = forms.listed(inputs.get("scopes"))
    if inputs.get("scopes") is not UNKNOWN and not scopes:
        yield Problem("scopes", f"there must be one at the least ({ALERTS})")
    names: list[Any] = []
    of_app = any("containerApps" in parts(each) for each in scopes if isinstance(each, str))
    for path, criterion in found(inputs, "criteria.allOf[*]"):
        name, metric = one(criterion, "name"), one(criterion, "metricName")
        if isinstance(name, str) and name in names:
            yield Problem(f"{path}.name", f"{name!r} is there twice ({ALERTS})")
        names.append(name)
        if of_app and isinstance(metric, str) and metric not in OF_APPS:
            yield Problem(f"{path}.metricName", f"{metric!r} is no metric of a container app ({METRICS})")
        for at, dimension in found(criterion, "dimensions[*].name"):
            if of_app and isinstance(dimension, str) and dimension not in OF_APPS.get(str(metric), (dimension,)):
                told = ", ".join(OF_APPS[str(metric)]) or "nothing"
                yield Problem(f"{path}.{at}", f"{metric} is told apart by {told}, not {dimension} ({METRICS})")


def query(_type: str, inputs: Values) -> Iterator[Problem]:
    """That an alert on logs asks something of one place, and counts or measures a column."""
    scopes = inputs.get("scopes")
    if scopes is not UNKNOWN and len(forms.listed(scopes)) != 1:
        yield Problem("scopes", f"there must be one ({QUERIES})")
    for path, condition in found(inputs, "criteria.allOf[*]"):
        if not isinstance(condition, dict):
            continue
        for name in ("query", "threshold", "operator", "timeAggregation"):
            if condition.get(name) is None and one(condition, "criterionType") is None:  # pyright: ignore[reportUnknownMemberType]
                yield Problem(f"{path}.{name}", f"wanted by a condition ({QUERIES})")
        how, column = one(condition, "timeAggregation"), one(condition, "metricMeasureColumn")
        if how == "Count" and column not in (None, UNKNOWN):
            yield Problem(f"{path}.metricMeasureColumn", f"does not go with Count ({QUERIES})")
        elif isinstance(how, str) and how != "Count" and column is None:
            yield Problem(f"{path}.metricMeasureColumn", f"wanted by {how} ({QUERIES})")
        low, high = (one(condition, f"failingPeriods.{name}") for name in PERIODS)
        if isinstance(high, int) and not 1 <= high <= 6:
            yield Problem(f"{path}.failingPeriods.numberOfEvaluationPeriods", f"{high} must be from 1 to 6 ({QUERIES})")
        if isinstance(low, int) and isinstance(high, int) and low > high:
            yield Problem(f"{path}.failingPeriods.minFailingPeriodsToAlert", f"{low} is more than {high} ({QUERIES})")


def receivers(_type: str, inputs: Values) -> Iterator[Problem]:
    """That whoever hears of an alert has a name of their own in the group."""
    names: list[Any] = []
    for path, name in found(inputs, "emailReceivers[*].name"):
        if isinstance(name, str) and name in names:
            yield Problem(path, f"{name!r} is there twice ({GROUPS})")
        names.append(name)


def workbook(_type: str, inputs: Values) -> Iterator[Problem]:
    """That a workbook is one in JSON: of a version, and of items."""
    given = inputs.get("serializedData")
    try:
        read: Any = json.loads(given) if isinstance(given, str) else None
    except ValueError as error:
        yield Problem("serializedData", f"is not JSON: {error} ({WORKBOOKS})")
        return
    if not isinstance(given, str):
        return
    if one(read, "version") != "Notebook/1.0" or not isinstance(one(read, "items"), list):
        yield Problem("serializedData", f'must have "version": "Notebook/1.0" and items ({WORKBOOKS})')
