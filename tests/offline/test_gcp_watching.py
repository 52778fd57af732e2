"""What is kept of a service's logs on Cloud Run, what is watched, and who hears of it."""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from infra.targets.gcp.log_bucket import ENDED
from infra.targets.gcp.spec import AlarmOptions
from infra.targets.gcp.watching import most_instances, restarts
from tests.offline.program import Program
from tools.offline.server import Serving
from tools.plan.preview import read
from tools.project import ROOT

Watched = Callable[..., "Plan"]

SOURCE = """
import sys

sys.path.insert(0, {root!r})

import pulumi
import pulumi_gcp as gcp
from infra.targets.gcp.log_bucket import Logs, LogsArgs, written_by
from infra.targets.gcp.spec import AlarmOptions
from infra.targets.gcp.watching import Watch, WatchArgs

PROJECT = "offline-project"
opts = pulumi.ResourceOptions(provider=gcp.Provider("gcp", project=PROJECT, region="europe-west1"))
workers = {workers!r}
written = written_by("service-prod", list(workers.values()), ["service-prod-release"])
logs = Logs("service", LogsArgs(PROJECT, "europe-west1", {days!r}, written), opts)
options = AlarmOptions.model_validate({options!r})
args = WatchArgs(PROJECT, "service-prod", workers, logs, "api.example.com", "/livez", {checked!r}, options, 10, 2)
pulumi.export("dashboard", Watch("service", args, opts).dashboard)
"""
POOL = {"worker.mails": "service-prod-mails"}
OF_SERVICE = 'resource.labels.service_name="service-prod"'


class Plan(dict[str, dict[str, Any]]):
    """By kind and name what each resource is told, and what the program warned of."""

    warnings: tuple[str, ...] = ()

    def of(self, kind: str) -> Mapping[str, Any]:
        return self.get(kind, {})


def source(
    options: Mapping[str, Any] | None = None,
    workers: Mapping[str, str] | None = None,
    days: int = 90,
    checked: bool = True,
) -> str:
    return SOURCE.format(
        root=str(ROOT), options=options or {}, workers=POOL if workers is None else workers, days=days, checked=checked
    )


@pytest.fixture(scope="module")
def watched(serving: Serving, tmp_path_factory: pytest.TempPathFactory) -> Watched:
    """What a watched service would be made of."""
    folder: Path = tmp_path_factory.mktemp("watched")
    program = Program(folder / "gcp", "gcp", {"PULUMI_DEBUG_PROVIDERS": serving.variable()})
    kept: dict[str, Plan] = {}

    def plan(**given: Any) -> Plan:
        text = source(**given)
        if text not in kept:
            program.write(text)
            ran = program.run("preview", "--json")
            seen = read(ran.stdout, ran.stderr)
            assert seen.problems == ()
            kept[text] = made = Plan()
            made.warnings = seen.warnings
            for each in seen.resources:
                made.setdefault(each.type.rpartition(":")[2], {})[each.name] = each.inputs
        return kept[text]

    return plan


def test_logs_are_kept_in_the_stacks_own_bucket_as_long_as_it_says(watched: Watched) -> None:
    plan = watched()
    (bucket,) = plan.of("ProjectBucketConfig").values()
    (metric,) = plan.of("Metric").values()
    assert (bucket["project"], bucket["location"], bucket["retentionDays"]) == ("offline-project", "europe-west1", 90)
    # A name that was never taken: that of a bucket which is gone stays taken for a week.
    assert bucket["bucketId"] == metric["name"]
    (sink,) = plan.of("ProjectSink").values()
    whole = f"projects/offline-project/locations/europe-west1/buckets/{bucket['bucketId']}"
    assert sink["destination"] == f"logging.googleapis.com/{whole}"
    assert sink["filter"] == (
        f'(resource.type="cloud_run_revision" AND {OF_SERVICE})'
        ' OR (resource.type="cloud_run_worker_pool" AND resource.labels.worker_pool_name="service-prod-mails")'
        ' OR (resource.type="cloud_run_job" AND resource.labels.job_name="service-prod-release")'
    )
    assert plan.of("ProjectExclusion") == {}


def test_the_projects_bucket_keeps_no_copy_where_a_month_is_too_long(watched: Watched) -> None:
    plan = watched(days=7, workers={}, checked=False)
    (sink,) = plan.of("ProjectSink").values()
    (exclusion,) = plan.of("ProjectExclusion").values()
    assert exclusion["filter"] == sink["filter"]


def test_containers_that_ended_by_themselves_are_counted(watched: Watched) -> None:
    plan = watched()
    (metric,) = plan.of("Metric").values()
    (sink,) = plan.of("ProjectSink").values()
    pattern, _, rest = (
        metric["filter"]
        .removeprefix('log_id("run.googleapis.com/varlog/system") AND textPayload=~"')
        .partition('" AND (')
    )
    assert pattern.replace("\\\\", "\\") == ENDED
    assert rest == f"{sink['filter']})"
    assert (metric["metricDescriptor"]["metricKind"], metric["metricDescriptor"]["valueType"]) == ("DELTA", "INT64")


@pytest.mark.parametrize(
    ("line", "counted"),
    [
        ("Container called exit(1).", True),
        ("Container called exit(137).", True),
        ("Container terminated on signal 9.", True),
        ("Memory limit of 512 MiB exceeded with 530 MiB used. Consider increasing the memory limit.", True),
        ("Container called exit(0).", False),
        ("Starting new instance. Reason: AUTOSCALING - Instance started due to configured scaling factors.", False),
        ("Default STARTUP TCP probe succeeded after 1 attempt for container.", False),
    ],
)
def test_only_an_end_that_nobody_asked_for_is_one(line: str, counted: bool) -> None:
    assert bool(re.match(ENDED, line)) is counted


def test_alerts_are_on_errors_latency_instances_crash_loops_and_the_address(watched: Watched) -> None:
    plan = watched(options={"errors": 0.5, "latency": 1.5, "restarts": 4})
    policies = plan.of("AlertPolicy")
    told = {name: [each["displayName"] for each in policy["conditions"]] for name, policy in policies.items()}
    ended = "more than 4 containers ended by themselves in 10 minutes"
    assert told == {
        "service-errors": ["more than 0.5 percent of requests are answered 5xx"],
        "service-latency": ["99 of 100 requests take less than 1.5 s no more"],
        "service-instances": ["9 instances are there, and at most 10 may be"],
        "service-restarts": [f"{ended}: web", f"{ended}: workers"],
        "service-uptime": ["/livez is not answered"],
    }
    assert {name: policy["severity"] for name, policy in policies.items() if policy["severity"] != "ERROR"} == {
        "service-instances": "WARNING",
        "service-uptime": "CRITICAL",
    }
    assert {policy["combiner"] for policy in policies.values()} == {"OR"}


def threshold(plan: Plan, policy: str) -> dict[str, Any]:
    (condition,) = plan.of("AlertPolicy")[policy]["conditions"]
    return {key: value for key, value in condition["conditionThreshold"].items() if key != "__defaults"}


def test_errors_are_a_share_of_all_requests(watched: Watched) -> None:
    requests = 'resource.type="cloud_run_revision" AND metric.type="run.googleapis.com/request_count"'
    rate = {"alignmentPeriod": "300s", "perSeriesAligner": "ALIGN_RATE", "crossSeriesReducer": "REDUCE_SUM"}
    assert threshold(watched(options={"errors": 0.5, "latency": 1.5, "restarts": 4}), "service-errors") == {
        "filter": f'{requests} AND metric.labels.response_code_class="5xx" AND {OF_SERVICE}',
        "denominatorFilter": f"{requests} AND {OF_SERVICE}",
        "aggregations": [rate],
        "denominatorAggregations": [rate],
        "comparison": "COMPARISON_GT",
        "thresholdValue": 0.005,
        "duration": "0s",
        "trigger": {"count": 1},
    }


def test_latency_is_the_slowest_hundredth_of_all_requests_in_milliseconds(watched: Watched) -> None:
    found = threshold(watched(options={"errors": 0.5, "latency": 1.5, "restarts": 4}), "service-latency")
    assert (found["filter"].split(" AND ")[1], found["aggregations"], found["thresholdValue"]) == (
        'metric.type="run.googleapis.com/request_latencies"',
        [
            {
                "alignmentPeriod": "300s",
                "perSeriesAligner": "ALIGN_DELTA",
                "crossSeriesReducer": "REDUCE_PERCENTILE_99",
            }
        ],
        1500,
    )


def test_so_many_instances_are_too_many_and_one_less_are_not(watched: Watched) -> None:
    found = threshold(watched(options={"instances": 8}), "service-instances")
    assert (found["comparison"], found["thresholdValue"], found["duration"]) == ("COMPARISON_GT", 7, "300s")


@pytest.mark.parametrize(
    ("options", "least", "most", "expected"),
    [
        ({}, 2, 10, 9),
        ({}, 0, 100, 90),
        ({"instances": 5}, 2, 10, 5),
        ({}, 0, 1, None),
        ({}, 2, 2, None),
        ({}, 9, 10, None),
        ({"instances": 1}, 0, 1, 1),
    ],
)
def test_how_many_instances_are_too_many(options: dict[str, Any], least: int, most: int, expected: int | None) -> None:
    assert most_instances(AlarmOptions.model_validate(options), least, most) == expected


def test_a_crash_loop_is_asked_for_by_a_metric_that_may_not_be_known_yet(watched: Watched) -> None:
    plan = watched(options={"errors": 0.5, "latency": 1.5, "restarts": 4})
    asked = [
        each["conditionPrometheusQueryLanguage"] for each in plan.of("AlertPolicy")["service-restarts"]["conditions"]
    ]
    (metric,) = plan.of("Metric").values()
    assert [each["query"] for each in asked] == [
        restarts(metric["name"], kind, 4) for kind in ("cloud_run_revision", "cloud_run_worker_pool")
    ]
    assert {each["disableMetricValidation"] for each in asked} == {True}
    assert restarts("service-ended-1a2b3c4", "cloud_run_revision", 4) == (
        'sum(increase(logging_googleapis_com:user_service_ended_1a2b3c4{monitored_resource="cloud_run_revision"}[600s])) > 4'
    )


def test_the_address_is_asked_over_https_where_anybody_may_ask_it(watched: Watched) -> None:
    plan = watched()
    (check,) = plan.of("UptimeCheckConfig").values()
    assert (check["monitoredResource"]["type"], check["monitoredResource"]["labels"]) == (
        "uptime_url",
        {"project_id": "offline-project", "host": "api.example.com"},
    )
    http = check["httpCheck"]
    assert (http["path"], http["port"], http["useSsl"], http["validateSsl"]) == ("/livez", 443, True, True)
    unseen = watched(days=7, workers={}, checked=False)
    assert unseen.of("UptimeCheckConfig") == {}
    assert sorted(unseen.of("AlertPolicy")) == [
        f"service-{each}" for each in ("errors", "instances", "latency", "restarts")
    ]
    assert len(unseen.of("AlertPolicy")["service-restarts"]["conditions"]) == 1


def test_whoever_is_named_hears_of_every_alert_and_where_nobody_is_the_program_says_so(watched: Watched) -> None:
    plan = watched(options={"emails": ["oncall@example.com", "boss@example.com"]})
    channels = plan.of("NotificationChannel")
    assert {name: (each["type"], each["labels"]) for name, each in channels.items()} == {
        "service-oncall-at-example.com": ("email", {"email_address": "oncall@example.com"}),
        "service-boss-at-example.com": ("email", {"email_address": "boss@example.com"}),
    }
    assert {len(policy["notificationChannels"]) for policy in plan.of("AlertPolicy").values()} == {2}
    assert plan.warnings == ()
    assert [each for each in watched().warnings if "nobody hears of an alarm" in each] == [
        "service:options.alarms.emails: nobody hears of an alarm. To be told: "
        "pulumi config set --path 'service:options.alarms.emails[0]' oncall@example.com"
    ]


def test_the_dashboard_shows_what_users_meet_what_is_used_and_the_last_lines(watched: Watched) -> None:
    plan = watched()
    (dashboard,) = plan.of("Dashboard").values()
    shown = json.loads(dashboard["dashboardJson"])
    tiles = shown["mosaicLayout"]["tiles"]
    assert [tile["widget"]["title"] for tile in tiles] == [
        "Requests a second, by the class of their answer",
        "Milliseconds to an answer",
        "Instances",
        "CPU, share of what there is",
        "Memory, share of what there is",
        "worker.mails: CPU and memory",
        "The last lines",
    ]
    (bucket,) = plan.of("ProjectBucketConfig").values()
    view = f"projects/offline-project/locations/europe-west1/buckets/{bucket['bucketId']}/views/_AllLogs"
    assert tiles[-1]["widget"]["logsPanel"]["resourceNames"] == [view]
    covered = [
        (column, row)
        for tile in tiles
        for column in range(tile["xPos"], tile["xPos"] + tile["width"])
        for row in range(tile["yPos"], tile["yPos"] + tile["height"])
    ]
    assert len(covered) == len(set(covered))
    assert max(column for column, _ in covered) < shown["mosaicLayout"]["columns"]


def test_what_watches_a_service_is_made_once_and_its_dashboard_is_told(program: Callable[[str], Program]) -> None:
    made = program("gcp")
    made.up(source(options={"emails": ["oncall@example.com"]}))
    assert made.up() == {}
    assert re.fullmatch(
        r"https://console\.cloud\.google\.com/monitoring/dashboards/builder/[\w-]+\?project=offline-project",
        made.outputs()["dashboard"],
    )
    assert made.up(source(options={"emails": ["oncall@example.com"], "latency": 3}, checked=False)) == {
        "update": 1,
        "delete": 2,
    }
