"""What CloudWatch demands of alarms."""

import re
from collections.abc import Iterator
from typing import Any

from infra.targets.aws.offline.names import READ, names_an_arn
from tools.offline import forms
from tools.offline.backend import Problem
from tools.offline.judge import found, one
from tools.offline.tables import Rule, Source
from tools.offline.values import UNKNOWN, Values

ALARMS = Source("https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html", READ)
QUERIES = Source("https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html", READ)
STATISTICS = Source("https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html", READ)
BALANCERS = Source(
    "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html", READ
)
TASKS = Source("https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html", READ)

_NUMBER = r"\d{1,2}(\.\d{1,10})?|100(\.0{1,10})?"
_RANGE = r"[\d.]*%?:[\d.]*%?"
EXTENDED = re.compile(rf"(?i:(p|tm|tc|ts|wm)({_NUMBER})|IQM|(PR|TC|TM|TS|WM)\({_RANGE}\))")
PLAIN = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")
OF_ONE_METRIC = ("metricName", "namespace", "period", "statistic", "extendedStatistic", "dimensions", "unit")
# The dimensions of a namespace's metrics, and what their values look like. An alarm with another one never fires.
DIMENSIONS: dict[str, tuple[Source, dict[str, str]]] = {
    "AWS/ApplicationELB": (
        BALANCERS,
        {
            "LoadBalancer": r"app/[^/]+/[0-9a-f]+",
            "TargetGroup": r"targetgroup/[^/]+/[0-9a-f]+",
            "AvailabilityZone": r"[\w-]+",
        },
    ),
    "AWS/ECS": (TASKS, {"ClusterName": r"[^/:]+", "ServiceName": r"[^/:]+", "CapacityProviderName": r"[^/:]+"}),
}

RULES = (
    Rule(
        "treatMissingData",
        ALARMS,
        "be breaching, notBreaching, ignore or missing",
        choices=("breaching", "notBreaching", "ignore", "missing"),
    ),
    Rule("evaluateLowSampleCountPercentiles", ALARMS, "be evaluate or ignore", choices=("evaluate", "ignore")),
    Rule(
        "metricQueries[*].id",
        QUERIES,
        "begin with a small letter, and be letters, digits and underscores",
        pattern=r"[a-z]\w*",
    ),
)


def metrics(inputs: Values) -> float:
    """How many metrics an alarm watches that are kept by the minute."""
    return 0.0 if _fast(inputs) else _counted(inputs)


def fast_metrics(inputs: Values) -> float:
    """How many metrics an alarm watches that are kept by the second."""
    return _counted(inputs) if _fast(inputs) else 0.0


def _fast(inputs: Values) -> bool:
    periods = [inputs.get("period"), *(period for _, period in found(inputs, "metricQueries[*].metric.period"))]
    return any(isinstance(period, int) and period < 60 for period in periods)


def _counted(inputs: Values) -> float:
    queries = [query for _, query in found(inputs, "metricQueries[*]")]
    return float(sum(one(query, "metric") is not None for query in queries)) if queries else 1.0


def _period(_type: str, inputs: Values) -> Iterator[Problem]:
    """A period, and for how long an alarm looks back."""
    given = [
        *found(inputs, "period"),
        *found(inputs, "metricQueries[*].metric.period"),
        *found(inputs, "metricQueries[*].period"),
    ]
    times = inputs.get("evaluationPeriods")
    for path, period in given:
        if not isinstance(period, int):
            continue
        if period not in (10, 20, 30) and (period < 60 or period % 60):
            yield Problem(path, f"{period} must be 10, 20, 30 or a multiple of 60 seconds ({ALARMS})")
        most = 86400 if period < 3600 else 604800
        if isinstance(times, int) and times * period > most:
            yield Problem("evaluationPeriods", f"{times} of {period} seconds are more than {most} seconds ({ALARMS})")
    some = inputs.get("datapointsToAlarm")
    if isinstance(some, int) and isinstance(times, int) and some > times:
        yield Problem("datapointsToAlarm", f"{some} is more than evaluationPeriods, {times} ({ALARMS})")


def _of_one_metric(_type: str, inputs: Values) -> Iterator[Problem]:
    """What an alarm on one metric says, and one on several does not."""
    several = inputs.get("metricQueries")
    if several not in (None, UNKNOWN, []):
        for name in OF_ONE_METRIC:
            if inputs.get(name) not in (None, UNKNOWN, {}):
                yield Problem(name, f"does not go with metricQueries ({ALARMS})")
    if inputs.get("metricName") is None:
        return
    for name in ("namespace", "period"):
        if inputs.get(name) is None:
            yield Problem(name, f"an alarm on a metric wants it ({ALARMS})")
    yield from forms.only_one("statistic", "extendedStatistic", source=ALARMS)("", inputs)
    extended = inputs.get("extendedStatistic")
    if isinstance(extended, str) and not EXTENDED.fullmatch(extended):
        yield Problem("extendedStatistic", f"{extended!r} is no statistic such as p99 or tm95 ({STATISTICS})")


def _queries(_type: str, inputs: Values) -> Iterator[Problem]:
    """That the metrics and expressions of an alarm have names of their own, and that it watches one of them."""
    queries = forms.objects(inputs.get("metricQueries"))
    names: list[Any] = [one(query, "id") for query in queries]
    for name in sorted({str(name) for name in names if names.count(name) > 1 and name is not UNKNOWN}):
        yield Problem("metricQueries", f"two of them have the id {name!r} ({QUERIES})")
    for path, query in found(inputs, "metricQueries[*]"):
        yield from _one_query(path, query)
    watched: list[Any] = [one(query, "returnData") for query in queries]
    if queries and UNKNOWN not in watched and watched.count(True) != 1:
        yield Problem("metricQueries", f"returnData must be true of one of them, which is watched ({ALARMS})")


def _one_query(path: str, query: Any) -> Iterator[Problem]:
    stat = one(query, "metric.stat")
    if isinstance(stat, str) and stat not in PLAIN and not EXTENDED.fullmatch(stat):
        yield Problem(f"{path}.metric.stat", f"{stat!r} is no statistic such as Sum or p99 ({STATISTICS})")
    text = one(query, "expression")
    if text == "":
        yield Problem(f"{path}.expression", f"says nothing ({QUERIES})")


def _dimensions(_type: str, inputs: Values) -> Iterator[Problem]:
    """That there is a metric with such dimensions."""
    for at, metric in [("", inputs), *((f"{path}.", each) for path, each in found(inputs, "metricQueries[*].metric"))]:
        namespace, given = one(metric, "namespace"), one(metric, "dimensions")
        if namespace not in DIMENSIONS or not isinstance(given, dict):
            continue
        source, known = DIMENSIONS[str(namespace)]
        for name, value in given.items():  # pyright: ignore[reportUnknownVariableType]
            path = f"{at}dimensions.{name}"
            if name not in known:
                yield Problem(path, f"no metric of {namespace} has it, but {', '.join(known)} ({source})")
            elif isinstance(value, str) and not re.fullmatch(known[str(name)], value):  # pyright: ignore[reportUnknownArgumentType]
                yield Problem(path, f"{value!r} must match {known[str(name)]} ({source})")  # pyright: ignore[reportUnknownArgumentType]


def _threshold(_type: str, inputs: Values) -> Iterator[Problem]:
    if all(inputs.get(name) is None for name in ("threshold", "thresholdMetricId", "evaluationCriteria")):
        yield Problem("threshold", f"required, unless thresholdMetricId is given ({ALARMS})")


JUDGES = (
    _period,
    _of_one_metric,
    _queries,
    _dimensions,
    _threshold,
    forms.only_one("metricName", "metricQueries", "evaluationCriteria", source=ALARMS),
    forms.only_one("metric", "expression", source=QUERIES, within="metricQueries[*]"),
    *(
        names_an_arn(f"{name}[*]", "what an alarm does", ALARMS)
        for name in ("alarmActions", "okActions", "insufficientDataActions")
    ),
)
