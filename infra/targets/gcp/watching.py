"""What is watched on Google Cloud, who hears of it, and where a person looks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi import ResourceOptions

from infra.commands import key_of
from infra.targets.gcp import metrics
from infra.targets.gcp.board import board
from infra.targets.gcp.log_bucket import Logs
from infra.targets.gcp.metrics import POOL, SERVICE, Series
from infra.targets.gcp.raw import resource
from infra.targets.gcp.run_api import Scope
from infra.targets.gcp.spec import AlarmOptions

# Seconds that errors and latencies are gathered over, that so many instances are there, and that ended containers are
# counted over.
WINDOW, LASTING, RESTART_WINDOW = 300, 300, 600
# Seconds between two askings of the address from each part of the world, and of waiting for an answer.
ASKED_EVERY, ANSWERED_WITHIN = 60, 10
# From so many parts of the world it is not reached before somebody hears of it.
UNREACHED = 2
# Seconds after which an alert ends by itself where nothing is measured any more, the least that there is:
# https://cloud.google.com/monitoring/alerts/concepts-indepth#incident-auto-close, read 2026-11-29.
CLOSED_AFTER = 1800
# Of the most instances that there may be, so many are too many.
MOST_OF_INSTANCES = 0.9


@dataclass(frozen=True)
class WatchArgs:
    """What of the service is watched.

    Attributes:
        project: that it is in.
        service: the name of the service on Cloud Run.
        workers: the names of worker pools, by process.
        logs: what is kept of their logs.
        host: that the service answers for.
        path: that answers 200 where it is well.
        checked: whether anybody may ask it, and so whether the world asks it every minute.
        options: the stack's.
        scale_max: so many instances there are at most.
        scale_min: and at the least.
    """

    project: str
    service: pulumi.Input[str]
    workers: Mapping[str, pulumi.Input[str]]
    logs: Logs
    host: pulumi.Input[str]
    path: str
    checked: bool
    options: AlarmOptions
    scale_max: int
    scale_min: int = 0


def most_instances(options: AlarmOptions, scale_min: int, scale_max: int) -> int | None:
    """From so many instances on somebody hears of it: of none where so many are always there."""
    if options.instances is not None:
        return options.instances
    most = max(1, round(MOST_OF_INSTANCES * scale_max))
    return most if most > scale_min and scale_max > 1 else None


class Watch(pulumi.ComponentResource):
    """Alert policies on what users meet and on the instances themselves, an uptime check, and a dashboard.

    Attributes:
        dashboard: its address in the console.
    """

    def __init__(self, name: str, args: WatchArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:gcp:Watch", name, {}, opts)
        self._name, self._args, self._child = name, args, ResourceOptions(parent=self)
        self._labels = Scope(name, pulumi.get_stack()).labels()
        self._channels = self._told()
        self._users()
        self._restarts()
        if args.checked:
            self._reached()
        shown = resource(
            "monitoring/dashboard:Dashboard",
            name,
            {"dashboardJson": board(name, args.service, args.workers, args.logs.view)},
            self._child,
        )
        identity = shown.id.apply(lambda known: known.rpartition("/")[2])
        console = "https://console.cloud.google.com/monitoring/dashboards/builder/"
        self.dashboard = pulumi.Output.concat(console, identity, f"?project={args.project}")
        self.register_outputs({"dashboard": self.dashboard})

    def _told(self) -> list[pulumi.Output[str]]:
        emails = self._args.options.emails
        if not emails:
            fix = f"pulumi config set --path '{key_of('options.alarms.emails[0]')}' oncall@example.com"
            pulumi.log.warn(f"{key_of('options.alarms.emails')}: nobody hears of an alarm. To be told: {fix}")
        return [
            resource(
                "monitoring/notificationChannel:NotificationChannel",
                f"{self._name}-{address.replace('@', '-at-')}",
                {
                    "type": "email",
                    "displayName": f"{self._name}: {address}",
                    "labels": {"email_address": address},
                    "userLabels": self._labels,
                },
                self._child,
                ("name",),
            ).output("name")
            for address in emails
        ]

    def _users(self) -> None:
        """What users meet, and how near the service is to the most that it may grow to."""
        args, options = self._args, self._args.options
        self._above(
            "errors",
            f"more than {options.errors:g} percent of requests are answered 5xx",
            metrics.requests(args.service, WINDOW, **{metrics.CLASS: "5xx"}),
            options.errors / 100,
            of=metrics.requests(args.service, WINDOW),
        )
        self._above(
            "latency",
            f"99 of 100 requests take less than {options.latency:g} s no more",
            metrics.latency(args.service, 99, WINDOW),
            options.latency * 1000,
        )
        most = most_instances(options, args.scale_min, args.scale_max)
        if most is not None:
            says = f"{most} instances are there, and at most {args.scale_max} may be"
            self._above("instances", says, metrics.instances(args.service), most - 1, LASTING, severity="WARNING")

    def _above(
        self, what: str, says: str, series: Series, most: float, lasting: int = 0, of: Series | None = None, **more: Any
    ) -> None:
        """An alert while a metric, or its share of another, is above a threshold for so many seconds."""
        share = {"denominatorFilter": of.filter(), "denominatorAggregations": [of.aggregation()]} if of else {}
        threshold = {
            "filter": series.filter(),
            "aggregations": [series.aggregation()],
            **share,
            **_above(most, lasting),
        }
        self._alert(what, says, [{"displayName": says, "conditionThreshold": threshold}], **more)

    def _restarts(self) -> None:
        """Containers that end by themselves again and again."""
        args = self._args
        says = f"more than {args.options.restarts} containers ended by themselves in {RESTART_WINDOW // 60} minutes"
        conditions = [
            {
                "displayName": f"{says}: {'workers' if kind == POOL else 'web'}",
                "conditionPrometheusQueryLanguage": {
                    "query": args.logs.ended.apply(
                        lambda metric, kind=kind: restarts(metric, kind, args.options.restarts)
                    ),
                    "duration": "0s",
                    "evaluationInterval": f"{metrics.PERIOD}s",
                    # Of a metric that is minutes old Cloud Monitoring does not know yet.
                    "disableMetricValidation": True,
                },
            }
            for kind in (SERVICE, *([POOL] if args.workers else []))
        ]
        self._alert("restarts", says, conditions)

    def _reached(self) -> None:
        """That the address answers, asked from all over the world."""
        args = self._args
        check = resource(
            "monitoring/uptimeCheckConfig:UptimeCheckConfig",
            self._name,
            {
                "displayName": f"{self._name} {pulumi.get_stack()}",
                "timeout": f"{ANSWERED_WITHIN}s",
                "period": f"{ASKED_EVERY}s",
                "httpCheck": {
                    "path": args.path,
                    "port": 443,
                    "requestMethod": "GET",
                    "useSsl": True,
                    "validateSsl": True,
                },
                "monitoredResource": {
                    "type": "uptime_url",
                    "labels": {"project_id": args.project, "host": args.host},
                },
                "userLabels": self._labels,
            },
            self._child,
            ("uptimeCheckId",),
        )
        failed = {
            # An answer counts until the next one, and for a while where none comes.
            "alignmentPeriod": f"{WINDOW}s",
            "perSeriesAligner": "ALIGN_NEXT_OLDER",
            "crossSeriesReducer": "REDUCE_COUNT_FALSE",
        }
        says = f"{args.path} is not answered"
        threshold = {
            "filter": pulumi.Output.concat(
                'resource.type="uptime_url" AND metric.type="monitoring.googleapis.com/uptime_check/check_passed"',
                ' AND metric.labels.check_id="',
                check.output("uptimeCheckId"),
                '"',
            ),
            "aggregations": [failed],
            **_above(UNREACHED - 1, ASKED_EVERY),
        }
        self._alert("uptime", says, [{"displayName": says, "conditionThreshold": threshold}], severity="CRITICAL")

    def _alert(self, what: str, says: str, conditions: Sequence[Mapping[str, Any]], severity: str = "ERROR") -> None:
        """Tell of what is so, and of its end. Silence is no alarm."""
        stack = pulumi.get_stack()
        told = f"{self._name} in the stack {stack}: {says}.\n\n`make status STACK={stack}`, `make logs STACK={stack}`"
        resource(
            "monitoring/alertPolicy:AlertPolicy",
            f"{self._name}-{what}",
            {
                "displayName": f"{self._name} {stack}: {says}",
                "combiner": "OR",
                "conditions": conditions,
                "notificationChannels": self._channels,
                "alertStrategy": {"autoClose": f"{CLOSED_AFTER}s"},
                "documentation": {"content": told, "mimeType": "text/markdown"},
                "severity": severity,
                "userLabels": self._labels,
            },
            self._child,
        )


def _above(most: float, lasting: int) -> dict[str, Any]:
    """While a line is above a threshold for so many seconds."""
    above = {"comparison": "COMPARISON_GT", "thresholdValue": most}
    return {**above, "duration": f"{lasting}s", "trigger": {"count": 1}}


def restarts(metric: str, kind: str, most: int) -> str:
    """The question whether more containers ended by themselves than may: by a log's metric, in Prometheus' words."""
    # https://cloud.google.com/monitoring/promql/promql-mapping, read 2026-11-29.
    known = f"logging_googleapis_com:user_{''.join(each if each.isalnum() else '_' for each in metric)}"
    return f'sum(increase({known}{{monitored_resource="{kind}"}}[{RESTART_WINDOW}s])) > {most}'
