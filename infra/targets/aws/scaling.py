"""How many tasks there are: what a metric wants, within the stack's bounds."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from infra.settings import Scale
from infra.targets.aws.schedules import expressions
from infra.targets.aws.spec import ScalingOptions

NAMESPACE = "ecs"
DIMENSION = "ecs:service:DesiredCount"
# Seconds between two steps. Up soon, as requests wait; down late, as load comes back.
UP, DOWN = 60, 300


@dataclass(frozen=True)
class ScalingArgs:
    """What is scaled.

    Attributes:
        scale: the bounds.
        options: what it follows.
        cluster: the cluster's name.
        service: the service's name.
        requests_of: the balancer and the group of tasks whose requests are counted, as CloudWatch labels them.
    """

    scale: Scale
    options: ScalingOptions
    cluster: pulumi.Input[str]
    service: pulumi.Input[str]
    requests_of: pulumi.Input[str]


class Scaling(pulumi.ComponentResource):
    """Target tracking by CPU, memory and requests, and other bounds at certain times."""

    def __init__(self, name: str, args: ScalingArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:aws:Scaling", name, {}, opts)
        self._child = ResourceOptions(parent=self)
        self._target = aws.appautoscaling.Target(
            name,
            service_namespace=NAMESPACE,
            scalable_dimension=DIMENSION,
            resource_id=pulumi.Output.concat("service/", args.cluster, "/", args.service),
            min_capacity=args.scale.min,
            max_capacity=args.scale.max,
            # Schedules change them.
            opts=ResourceOptions(
                parent=self, ignore_changes=["min_capacity", "max_capacity"] if args.options.schedules else None
            ),
        )
        self._follow(f"{name}-cpu", args.options.cpu, "ECSServiceAverageCPUUtilization")
        self._follow(f"{name}-memory", args.options.memory, "ECSServiceAverageMemoryUtilization")
        if args.options.requests:
            self._follow(f"{name}-requests", args.options.requests, "ALBRequestCountPerTarget", args.requests_of)
        for schedule, given in args.options.schedules.items():
            for number, expression in enumerate(expressions(given.cron)):
                aws.appautoscaling.ScheduledAction(
                    f"{name}-{schedule}" if number == 0 else f"{name}-{schedule}-{number}",
                    service_namespace=NAMESPACE,
                    scalable_dimension=DIMENSION,
                    resource_id=self._target.resource_id,
                    schedule=expression,
                    timezone=given.timezone,
                    scalable_target_action=aws.appautoscaling.ScheduledActionScalableTargetActionArgs(
                        min_capacity=given.min, max_capacity=given.max
                    ),
                    opts=self._child,
                )
        self.register_outputs({})

    def _follow(self, name: str, aim: float, metric: str, label: pulumi.Input[str] | None = None) -> None:
        specified = aws.appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecificationArgs(
            predefined_metric_type=metric, resource_label=label
        )
        aws.appautoscaling.Policy(
            name,
            policy_type="TargetTrackingScaling",
            service_namespace=NAMESPACE,
            scalable_dimension=DIMENSION,
            resource_id=self._target.resource_id,
            target_tracking_scaling_policy_configuration=aws.appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationArgs(
                target_value=aim,
                scale_out_cooldown=UP,
                scale_in_cooldown=DOWN,
                predefined_metric_specification=specified,
            ),
            opts=self._child,
        )
