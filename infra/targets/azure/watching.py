"""What is watched on Azure, who hears of it, and where a person looks."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi import ResourceOptions

from infra.commands import key_of
from infra.targets.azure import metrics, queries
from infra.targets.azure.board import board
from infra.targets.azure.raw import resource
from infra.targets.raw import Resource

if TYPE_CHECKING:
    from infra.targets.azure.spec import AlarmOptions

# Minutes that errors and latencies are gathered over, that so many replicas are there, and that ended containers are
# counted over; and those between two looks at the logs, of which each look costs.
WINDOW, LASTING, RESTART_WINDOW, LOOKED = 5, 5, 10, 5
# So many requests that nothing of the service answered are not yet worth telling, and what the ingress answers then.
UNANSWERED, INGRESS_ANSWERS = 10, ("502", "503", "504")
# Of the most replicas that there may be, so many are too many.
MOST_OF_REPLICAS = 0.9
# https://learn.microsoft.com/azure/azure-monitor/alerts/action-groups, read 2026-11-30: what begins each message.
LONGEST_SHORT_NAME = 12

# https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-overview, read 2026-11-30.
ERROR, WARNING = 1, 2


@dataclass(frozen=True)
class WatchArgs:
    """What of the service is watched.

    Attributes:
        group: the resource group that it is in, by name.
        location: that the stack is in.
        app_id: the service's container app, by its resource's id.
        workers: the container apps of workers by process, by their resources' ids.
        workspace_id: the Log Analytics workspace that keeps what they write, by its resource's id.
        options: the stack's.
        scale_max: so many replicas there are at most.
        scale_min: and at the least.
        tags: of everything.
        insights_id: the component of Application Insights that gets their telemetry, by its resource's id.
    """

    group: pulumi.Input[str]
    location: str
    app_id: pulumi.Input[str]
    workers: Mapping[str, pulumi.Input[str]]
    workspace_id: pulumi.Input[str]
    options: "AlarmOptions"
    scale_max: int
    scale_min: int
    tags: Mapping[str, str]
    insights_id: pulumi.Input[str] | None = None


def most_replicas(options: "AlarmOptions", scale_min: int, scale_max: int) -> int | None:
    """From so many replicas on somebody hears of it: of none where so many are always there."""
    if options.replicas is not None:
        return options.replicas
    most = max(1, round(MOST_OF_REPLICAS * scale_max))
    return most if most > scale_min and scale_max > 1 else None


class Watch(pulumi.ComponentResource):
    """Alerts on what users meet and on the replicas themselves, who is told, and a workbook.

    Attributes:
        dashboard: the workbook's address in the portal.
    """

    def __init__(self, name: str, args: WatchArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:azure:Watch", name, {}, opts)
        self._name, self._args, self._child = name, args, ResourceOptions(parent=self)
        self._told = self._group()
        self._requests()
        self._replicas()
        self._restarts()
        shown = self._made(
            "applicationinsights:Workbook",
            name,
            # It must be a UUID, and one of its own in the group alone.
            resourceName=str(uuid.uuid5(uuid.NAMESPACE_URL, f"slipway:{name}:{pulumi.get_stack()}")),
            location=args.location,
            displayName=f"{name} {pulumi.get_stack()}",
            category="workbook",
            kind="shared",
            sourceId=args.workspace_id,
            serializedData=board(args.app_id, args.workers, args.workspace_id, args.insights_id),
        )
        self.dashboard = shown.id.apply(lambda known: metrics.portal(known, "workbook"))
        self.register_outputs({"dashboard": self.dashboard})

    def _group(self) -> pulumi.Output[str]:
        emails = self._args.options.emails
        if not emails:
            fix = f"pulumi config set --path '{key_of('options.alarms.emails[0]')}' oncall@example.com"
            pulumi.log.warn(f"{key_of('options.alarms.emails')}: nobody hears of an alarm. To be told: {fix}")
        receivers = [{"name": each, "emailAddress": each, "useCommonAlertSchema": False} for each in emails]
        return self._made(
            "monitor:ActionGroup",
            self._name,
            location="global",
            groupShortName=self._name[:LONGEST_SHORT_NAME],
            enabled=True,
            emailReceivers=receivers,
        ).id

    def _requests(self) -> None:
        """What users meet: by the line that each request leaves, and where nothing of the service has answered."""
        options = self._args.options
        self._logs(
            "errors",
            f"more than {options.errors:g} percent of requests are answered 5xx",
            self._asking(queries.failed),
            {"metricMeasureColumn": "percent", "timeAggregation": "Maximum"},
            options.errors,
            WINDOW,
        )
        self._logs(
            "latency",
            f"99 of 100 requests take less than {options.latency:g} s no more",
            self._asking(queries.slowest),
            {"metricMeasureColumn": "took", "timeAggregation": "Maximum"},
            options.latency * 1000,
            WINDOW,
        )
        self._metric(
            "unanswered",
            f"more than {UNANSWERED} requests were answered {', '.join(INGRESS_ANSWERS)} in {WINDOW} minutes",
            {"metricName": metrics.REQUESTS, "timeAggregation": "Total", "operator": "GreaterThan"},
            (metrics.STATUS, INGRESS_ANSWERS),
            UNANSWERED,
        )

    def _replicas(self) -> None:
        """How near the service is to the most that it may grow to, each revision for itself."""
        args = self._args
        most = most_replicas(args.options, args.scale_min, args.scale_max)
        if most is not None:
            # Not once in all that time fewer.
            least = {"metricName": metrics.REPLICAS, "timeAggregation": "Minimum", "operator": "GreaterThanOrEqual"}
            says = f"{most} replicas are there, and at most {args.scale_max} may be"
            self._metric("replicas", says, least, (metrics.REVISION, ("*",)), most, severity=WARNING)

    def _restarts(self) -> None:
        """Containers that end by themselves again and again."""
        most = self._args.options.restarts
        says = f"more than {most} containers ended by themselves in {RESTART_WINDOW} minutes"
        apps = pulumi.Output.all(self._args.app_id, *self._args.workers.values())
        query = apps.apply(lambda known: queries.ended([metrics.named(each) for each in known]))
        self._logs("restarts", says, query, {"timeAggregation": "Count"}, most, RESTART_WINDOW)

    def _asking(self, query: Callable[[str], str]) -> pulumi.Output[str]:
        """A question about the service's own app."""
        return pulumi.Output.from_input(self._args.app_id).apply(lambda known: query(metrics.named(known)))

    def _logs(
        self, what: str, says: str, query: pulumi.Input[str], how: Mapping[str, str], most: float, minutes: int
    ) -> None:
        """An alert while what the logs say is above a threshold."""
        condition = {
            "query": query,
            "operator": "GreaterThan",
            "threshold": most,
            "failingPeriods": {"numberOfEvaluationPeriods": 1, "minFailingPeriodsToAlert": 1},
            **how,
        }
        self._made(
            "monitor:ScheduledQueryRule",
            f"{self._name}-{what}",
            **self._alert(says, minutes, ERROR),
            kind="LogAlert",
            location=self._args.location,
            displayName=f"{self._name} {pulumi.get_stack()}: {says}",
            scopes=[self._args.workspace_id],
            evaluationFrequency=f"PT{LOOKED}M",
            criteria={"allOf": [condition]},
            actions={"actionGroups": [self._told]},
            # Of a table that nothing was written to Log Analytics does not know yet.
            skipQueryValidation=True,
        )

    def _metric(
        self,
        what: str,
        says: str,
        how: Mapping[str, str],
        of: tuple[str, tuple[str, ...]],
        most: float,
        severity: int = ERROR,
    ) -> None:
        """An alert while what is measured of the service is beyond a threshold."""
        name, values = of
        criterion = {
            "criterionType": "StaticThresholdCriterion",
            "name": what,
            "metricNamespace": metrics.NAMESPACE,
            "dimensions": [{"name": name, "operator": "Include", "values": list(values)}],
            "threshold": most,
            # Of what was never measured Azure Monitor does not know yet.
            "skipMetricValidation": True,
            **how,
        }
        self._made(
            "monitor:MetricAlert",
            f"{self._name}-{what}",
            **self._alert(says, LASTING, severity),
            location="global",
            scopes=[self._args.app_id],
            evaluationFrequency="PT1M",
            criteria={
                "odataType": "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
                "allOf": [criterion],
            },
            actions=[{"actionGroupId": self._told}],
        )

    def _alert(self, says: str, minutes: int, severity: int) -> dict[str, Any]:
        """What every alert has: it tells of what is so, and of its end."""
        stack = pulumi.get_stack()
        told = f"{self._name} in the stack {stack}: {says}. `make status STACK={stack}`, `make logs STACK={stack}`"
        lasting = {"windowSize": f"PT{minutes}M", "autoMitigate": True}
        return {"description": told, "severity": severity, "enabled": True, **lasting}

    def _made(self, token: str, name: str, **props: Any) -> Resource:
        given = {"resourceGroupName": self._args.group, "tags": dict(self._args.tags), **props}
        return resource(token, name, given, self._child)
