"""What is watched on AWS, who hears of it, and where a person looks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from infra.targets.aws.account import policy
from infra.targets.aws.spec import AlarmOptions
from infra.targets.aws.tasks import plain_name

# Seconds that a metric is gathered over, and how many of the last such are bad before somebody hears of it.
PERIOD, PERIODS, BAD_PERIODS = 60, 5, 3
# Percent of a task's CPU or memory.
MOST_USED = 90
# Seconds that ended tasks are counted over.
RESTART_PERIOD = 600


@dataclass(frozen=True)
class AlarmsArgs:
    """What of the balancer is watched: before there is a service, since a deployment is rolled back by it.

    Attributes:
        options: the stack's.
        balancer: the balancer, as CloudWatch labels it.
        groups: its groups of tasks, as CloudWatch labels them.
        key: the KMS key of the stack's own, if there is one.
    """

    options: AlarmOptions
    balancer: pulumi.Input[str]
    groups: Sequence[pulumi.Input[str]]
    key: pulumi.Input[str] | None = None


class Alarms(pulumi.ComponentResource):
    """Alarms on what users meet, and the topic that tells of all alarms.

    Attributes:
        topic: the ARN of the topic.
        names: of the alarms by which a deployment is rolled back.
    """

    def __init__(self, name: str, args: AlarmsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:aws:Alarms", name, {}, opts)
        self._name, self._child = name, ResourceOptions(parent=self)
        topic = aws.sns.Topic(name, kms_master_key_id=args.key, opts=self._child)
        self.topic = topic.arn
        for address in args.options.emails:
            logical = f"{name}-{address.replace('@', '-at-')}"
            aws.sns.TopicSubscription(logical, topic=topic.arn, protocol="email", endpoint=address, opts=self._child)
        errors = self._errors(args)
        slow = self.alarm(
            "latency",
            f"99 of 100 requests take less than {args.options.latency:g} s no more",
            namespace="AWS/ApplicationELB",
            metric_name="TargetResponseTime",
            dimensions={"LoadBalancer": args.balancer},
            extended_statistic="p99",
            threshold=args.options.latency,
        )
        unhealthy = [
            self.alarm(
                f"unhealthy-{number}" if number else "unhealthy",
                "a task is not well",
                namespace="AWS/ApplicationELB",
                metric_name="UnHealthyHostCount",
                dimensions={"LoadBalancer": args.balancer, "TargetGroup": group},
                statistic="Maximum",
                threshold=0,
            )
            for number, group in enumerate(args.groups)
        ]
        self._nobody(args)
        self.names = [errors.name, slow.name, *(alarm.name for alarm in unhealthy)]
        self.register_outputs({"topic": self.topic})

    def alarm(self, what: str, says: str, **metric: Any) -> aws.cloudwatch.MetricAlarm:
        """An alarm above a threshold that tells when it begins and when it ends. Silence is no alarm."""
        given: dict[str, Any] = {
            "comparison_operator": "GreaterThanThreshold",
            "evaluation_periods": PERIODS,
            "datapoints_to_alarm": BAD_PERIODS,
            "treat_missing_data": "notBreaching",
            **({} if "metric_queries" in metric else {"period": PERIOD}),
            **metric,
        }
        return aws.cloudwatch.MetricAlarm(
            f"{self._name}-{what}",
            **given,
            alarm_description=f"{self._name}: {says}",
            alarm_actions=[self.topic],
            ok_actions=[self.topic],
            opts=self._child,
        )

    def _nobody(self, args: AlarmsArgs) -> None:
        """That no task is there to answer, of whichever group."""
        counts = [
            aws.cloudwatch.MetricAlarmMetricQueryArgs(
                id=f"group{number}",
                metric=aws.cloudwatch.MetricAlarmMetricQueryMetricArgs(
                    namespace="AWS/ApplicationELB",
                    metric_name="HealthyHostCount",
                    dimensions={"LoadBalancer": args.balancer, "TargetGroup": group},
                    period=PERIOD,
                    stat="Maximum",
                ),
            )
            for number, group in enumerate(args.groups)
        ]
        healthy = " + ".join(f"FILL({count.id}, 0)" for count in counts)
        query = aws.cloudwatch.MetricAlarmMetricQueryArgs(
            id="healthy", expression=healthy, label="tasks that are well", return_data=True
        )
        self.alarm(
            "nobody",
            "no task is there to answer",
            comparison_operator="LessThanThreshold",
            threshold=1,
            treat_missing_data="breaching",
            metric_queries=[query, *counts],
        )

    def _errors(self, args: AlarmsArgs) -> aws.cloudwatch.MetricAlarm:
        """Of all answers, the service's and the balancer's own."""

        def counted(id_: str, metric: str) -> aws.cloudwatch.MetricAlarmMetricQueryArgs:
            return aws.cloudwatch.MetricAlarmMetricQueryArgs(
                id=id_,
                metric=aws.cloudwatch.MetricAlarmMetricQueryMetricArgs(
                    namespace="AWS/ApplicationELB",
                    metric_name=metric,
                    dimensions={"LoadBalancer": args.balancer},
                    period=PERIOD,
                    stat="Sum",
                ),
            )

        # What no task was there for is counted as the balancer's answer, and as no request.
        share = "100 * (FILL(service, 0) + FILL(balancer, 0)) / (FILL(requests, 0) + FILL(balancer, 0))"
        return self.alarm(
            "errors",
            f"more than {args.options.errors:g} percent of requests are answered 5xx",
            threshold=args.options.errors,
            metric_queries=[
                aws.cloudwatch.MetricAlarmMetricQueryArgs(
                    id="share", expression=share, label="percent answered 5xx", return_data=True
                ),
                counted("service", "HTTPCode_Target_5XX_Count"),
                counted("balancer", "HTTPCode_ELB_5XX_Count"),
                counted("requests", "RequestCount"),
            ],
        )


@dataclass(frozen=True)
class WatchArgs:
    """What of the service is watched.

    Attributes:
        region: of AWS.
        options: the stack's.
        cluster: the cluster's ARN and name.
        web: the name of the web's service.
        balancer: as CloudWatch labels it.
        log_group: the name of the service's log.
        log_retention: days that the log of ended tasks is kept.
        key: the KMS key of the stack's own, if there is one.
    """

    region: str
    options: AlarmOptions
    cluster: tuple[pulumi.Input[str], pulumi.Input[str]]
    web: pulumi.Input[str]
    balancer: pulumi.Input[str]
    log_group: pulumi.Input[str]
    log_retention: int
    key: pulumi.Input[str] | None = None


class Watch(pulumi.ComponentResource):
    """Alarms on the tasks themselves, a log of why tasks ended, and a dashboard.

    Attributes:
        dashboard: its address in the console.
    """

    def __init__(self, name: str, args: WatchArgs, alarms: Alarms, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:aws:Watch", name, {}, opts)
        self._name, self._args, self._child = name, args, ResourceOptions(parent=self)
        self._alarms = alarms
        self.tasks_of("web", args.web)
        rule = self._ended()
        alarms.alarm(
            "restarts",
            f"more than {args.options.restarts} tasks ended by themselves in {RESTART_PERIOD // 60} minutes",
            namespace="AWS/Events",
            metric_name="TriggeredRules",
            dimensions={"RuleName": rule.name},
            statistic="Sum",
            period=RESTART_PERIOD,
            evaluation_periods=1,
            datapoints_to_alarm=1,
            threshold=args.options.restarts,
        )
        board = aws.cloudwatch.Dashboard(
            name, dashboard_name=plain_name(name, pulumi.get_stack()), dashboard_body=self._board(), opts=self._child
        )
        console = (
            f"https://{args.region}.console.aws.amazon.com/cloudwatch/home?region={args.region}#dashboards/dashboard/"
        )
        self.dashboard = pulumi.Output.concat(console, board.dashboard_name)
        self.register_outputs({"dashboard": self.dashboard})

    def tasks_of(self, process: str, service: pulumi.Input[str]) -> None:
        """Watch what the tasks of a process use. `service`: the name of its service."""
        for metric, what in (("CPUUtilization", "cpu"), ("MemoryUtilization", "memory")):
            self._alarms.alarm(
                f"{process.replace('.', '-')}-{what}",
                f"the tasks of {process} use more than {MOST_USED} percent of their {what}",
                namespace="AWS/ECS",
                metric_name=metric,
                dimensions={"ClusterName": self._args.cluster[1], "ServiceName": service},
                statistic="Average",
                threshold=MOST_USED,
            )

    def _ended(self) -> aws.cloudwatch.EventRule:
        """Each task that ended by itself is logged with its reason, which ECS forgets after an hour."""
        detail: dict[str, Any] = {
            "clusterArn": [self._args.cluster[0]],
            "lastStatus": ["STOPPED"],
            "stopCode": ["EssentialContainerExited", "TaskFailedToStart"],
            "group": [{"prefix": "service:"}],
        }
        pattern = {"source": ["aws.ecs"], "detail-type": ["ECS Task State Change"], "detail": detail}
        name = f"{self._name}-ended"
        rule = aws.cloudwatch.EventRule(
            name,
            description=f"Tasks of {self._name} that ended by themselves",
            event_pattern=pulumi.Output.json_dumps(pattern),
            opts=self._child,
        )
        group = aws.cloudwatch.LogGroup(
            name,
            name_prefix=f"/aws/events/{name}-",
            retention_in_days=self._args.log_retention,
            kms_key_id=self._args.key,
            opts=self._child,
        )
        writing = {
            "Effect": "Allow",
            "Principal": {"Service": ["events.amazonaws.com", "delivery.logs.amazonaws.com"]},
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": pulumi.Output.concat(group.arn, ":*"),
        }
        aws.cloudwatch.LogResourcePolicy(
            name,
            policy_name=group.name.apply(lambda known: known.strip("/").replace("/", "-")),
            policy_document=policy(writing),
            opts=self._child,
        )
        aws.cloudwatch.EventTarget(name, rule=rule.name, arn=group.arn, opts=self._child)
        return rule

    def _board(self) -> pulumi.Output[str]:
        args = self._args
        balancer = ["LoadBalancer", args.balancer]
        requests = [["AWS/ApplicationELB", "RequestCount", *balancer, {"stat": "Sum"}]]
        codes = [
            ["AWS/ApplicationELB", f"HTTPCode_Target_{code}_Count", *balancer, {"stat": "Sum"}]
            for code in ("4XX", "5XX")
        ]
        latency = [
            ["AWS/ApplicationELB", "TargetResponseTime", *balancer, {"stat": stat}] for stat in ("p50", "p90", "p99")
        ]
        used = {
            metric: [["AWS/ECS", metric, "ClusterName", args.cluster[1], "ServiceName", args.web]]
            for metric in ("CPUUtilization", "MemoryUtilization")
        }
        graphs: list[tuple[str, list[Any]]] = [
            ("Requests a minute", requests),
            ("Answers 4xx and 5xx", codes),
            ("Seconds to an answer", latency),
            ("CPU, percent", used["CPUUtilization"]),
            ("Memory, percent", used["MemoryUtilization"]),
        ]
        widgets: list[dict[str, Any]] = [
            {
                "type": "metric",
                "x": 8 * (number % 3),
                "y": 6 * (number // 3),
                "width": 8,
                "height": 6,
                "properties": {"title": title, "region": args.region, "period": PERIOD, "metrics": metrics},
            }
            for number, (title, metrics) in enumerate(graphs)
        ]
        query = pulumi.Output.concat(
            "SOURCE '", args.log_group, "' | fields @timestamp, @message | sort @timestamp desc | limit 50"
        )
        logs = {"title": "The last lines", "region": args.region, "query": query, "view": "table"}
        widgets.append({"type": "log", "x": 0, "y": 12, "width": 24, "height": 8, "properties": logs})
        return pulumi.Output.json_dumps({"widgets": widgets})
