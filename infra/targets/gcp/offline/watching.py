"""What watches on Google Cloud, from logs to dashboards: ids, outputs, what replaces, rules, prices."""

from collections.abc import Iterator
from typing import Any

from infra.targets.gcp.limits import LONGEST_RETENTION
from infra.targets.gcp.offline import alerts, dashboards
from infra.targets.gcp.offline.names import OBSERVING_PRICE, PRICED, READ
from tools.offline import forms
from tools.offline.backend import Problem
from tools.offline.judge import one
from tools.offline.judges import hidden
from tools.offline.tables import Others, Played, Price, Rule, Source, replacing
from tools.offline.values import Values

BUCKET = "gcp:logging/projectBucketConfig:ProjectBucketConfig"
KEPT_FREE = 30

BUCKETS = Source("https://cloud.google.com/logging/docs/buckets", READ)
SINKS = Source("https://cloud.google.com/logging/docs/reference/v2/rest/v2/projects.sinks", READ)
METRICS = Source("https://cloud.google.com/logging/docs/logs-based-metrics", READ)
ANNOUNCED = "Google announced this price, and charges it from a day on that the page tells"

NAMED = Rule("name", SINKS, "be up to 100 letters, digits, underscores, hyphens and periods", pattern=r"[\w.-]{1,100}")
# Where a project's logs go that nobody sends elsewhere.
OWN_BUCKETS = ("_Default", "_Required")


def _destination(inputs: Values, others: Others) -> Iterator[Problem]:
    """That a sink's bucket is there."""
    given = inputs.get("destination")
    if not isinstance(given, str) or not given.startswith("logging.googleapis.com/"):
        return
    place = given.removeprefix("logging.googleapis.com/")
    bucket = place.rpartition("/buckets/")[2]
    if bucket not in OWN_BUCKETS and place not in [id_ for id_, _ in others(BUCKET)]:
        yield Problem("destination", f"{given!r}: there is no such bucket in this plan ({SINKS})")


def _form(_type: str, inputs: Values) -> Iterator[Problem]:
    given = inputs.get("destination")
    known = ("logging", "storage", "pubsub", "bigquery")
    if isinstance(given, str) and not given.startswith(tuple(f"{each}.googleapis.com/" for each in known)):
        yield Problem("destination", f"{given!r} is no place such as logging.googleapis.com/projects/... ({SINKS})")


def _labels(value: Any) -> list[str]:
    return [str(name) for name in value] if isinstance(value, dict) else []  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]


def _metric(_type: str, inputs: Values) -> Iterator[Problem]:
    """That a distribution says of what, and each label is one of the metric's."""
    kind, extracted = one(inputs, "metricDescriptor.valueType"), inputs.get("valueExtractor")
    if kind == "DISTRIBUTION" and extracted is None:
        yield Problem("valueExtractor", f"a DISTRIBUTION wants it ({METRICS})")
    if hidden(inputs, "metricDescriptor.labels"):
        return
    labels = [one(label, "key") for label in forms.listed(one(inputs, "metricDescriptor.labels"))]
    for name in _labels(inputs.get("labelExtractors")):
        if name not in labels and all(isinstance(label, str) for label in labels):
            yield Problem(f"labelExtractors.{name}", f"the metric has no such label ({METRICS})")


def _longer(inputs: Values, _others: Others) -> float | None:
    days = inputs.get("retentionDays", KEPT_FREE)
    return 1.0 if isinstance(days, int) and days > KEPT_FREE else None


def _conditions(inputs: Values) -> float:
    return float(len(forms.listed(inputs.get("conditions"))))


def _of_project(kind: str, made_up: str = "{digits19}") -> str:
    return f"projects/{{project}}/{kind}/{made_up}"


WATCHING: dict[str, Played] = {
    BUCKET: Played(
        purpose="watching",
        id="projects/{project}/locations/{location}/buckets/{bucketId}",
        outputs={"name": "{id}", "lifecycleState": "ACTIVE"},
        kind=replacing("bucketId", "location", "project", autonamed=None),
        rules=(
            Rule(
                "bucketId",
                BUCKETS,
                "be letters, digits, underscores, hyphens and periods, up to 100, from a letter or digit on",
                pattern=r"[A-Za-z0-9][\w.-]{0,99}|_Default",
            ),
            Rule("retentionDays", BUCKETS, "be from 1 to 3650 days", least=1, most=LONGEST_RETENTION),
        ),
        prices=(
            Price(0.50, "GiB of logs", OBSERVING_PRICE, region=PRICED),
            Price(
                0.01,
                "GiB of logs a month that is kept longer than 30 days",
                OBSERVING_PRICE,
                region=PRICED,
                beside=_longer,
            ),
        ),
    ),
    "gcp:logging/projectSink:ProjectSink": Played(
        purpose="watching",
        id="projects/{project}/sinks/{name}",
        outputs={"writerIdentity": "serviceAccount:service-{number}@gcp-sa-logging.iam.gserviceaccount.com"},
        kind=replacing("name", "project", "uniqueWriterIdentity"),
        rules=(NAMED,),
        judges=(_form,),
        beside=(_destination,),
        free="sending logs on is free; keeping them is not",
    ),
    "gcp:logging/projectExclusion:ProjectExclusion": Played(
        purpose="watching",
        id="projects/{project}/exclusions/{name}",
        kind=replacing("name", "project"),
        rules=(NAMED,),
        free="leaving logs out is free",
    ),
    "gcp:logging/metric:Metric": Played(
        purpose="watching",
        id="{name}",
        kind=replacing("name", "project"),
        rules=(
            Rule("name", METRICS, "be up to 100 letters, digits and a few marks", pattern=r"[\w.,+!*',()%/-]{1,100}"),
        ),
        judges=(_metric,),
        prices=(Price(0.258, "MiB of metrics beyond 150 a month", OBSERVING_PRICE, region=PRICED),),
    ),
    "gcp:monitoring/notificationChannel:NotificationChannel": Played(
        purpose="watching",
        id=_of_project("notificationChannels"),
        outputs={"name": "{id}", "verificationStatus": ""},
        kind=replacing("project", "type", autonamed=None),
        judges=(alerts.channel,),
        free="a channel is free",
    ),
    "gcp:monitoring/alertPolicy:AlertPolicy": Played(
        purpose="watching",
        id=_of_project("alertPolicies"),
        outputs={"name": "{id}"},
        kind=replacing("project", autonamed=None),
        judges=(alerts.conditions,),
        prices=(Price(0.10, "month", OBSERVING_PRICE, _conditions, PRICED, estimate=ANNOUNCED),),
    ),
    "gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig": Played(
        purpose="watching",
        id=_of_project("uptimeCheckConfigs", "{logical}-{hex12}"),
        outputs={"uptimeCheckId": "{logical}-{hex12}", "name": "{id}"},
        kind=replacing("checkerType", "monitoredResource", "project", "resourceGroup", autonamed=None),
        rules=alerts.CHECK_RULES,
        judges=(alerts.check,),
        prices=(
            Price(0.30, "thousand runs of uptime checks beyond a million a month", OBSERVING_PRICE, region=PRICED),
        ),
    ),
    "gcp:monitoring/dashboard:Dashboard": Played(
        purpose="watching",
        id=_of_project("dashboards", "{uuid}"),
        kind=replacing("project", autonamed=None),
        judges=(dashboards.judge,),
        free="a dashboard is free",
    ),
}
