"""The services of ECS: the web's tasks behind the load balancer, and workers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from infra.settings import Scale
from infra.targets.aws.account import policy, trust
from infra.targets.aws.balancer import Balancer, Shift
from infra.targets.aws.cluster import Cluster
from infra.targets.aws.ecs import CONTAINER
from infra.targets.aws.spec import DeployOptions
from infra.targets.aws.tasks import START

# What ECS may do to a balancer to shift traffic on it; AWS keeps the policy.
SHIFTING = "iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers"
STRATEGIES = {"blue-green": "BLUE_GREEN", "canary": "CANARY", "linear": "LINEAR"}


@dataclass(frozen=True)
class ServicesArgs:
    """What the services have in common.

    Attributes:
        cluster: that they are in.
        balancer: in front of the web's tasks.
        port: of the web's tasks.
        deploy: how a new deployment takes over.
        partition: the second word of every ARN.
        alarms: names of the alarms by which a deployment is rolled back.
        shell: whether `aws ecs execute-command` may open a shell.
    """

    cluster: Cluster
    balancer: Balancer
    port: int
    deploy: DeployOptions
    partition: str
    alarms: Sequence[pulumi.Input[str]] = ()
    shell: bool = False


class Services:
    """Makes the services of a stack. ECS goes back to the deployment before where a new one does not come to work."""

    def __init__(self, name: str, args: ServicesArgs, opts: ResourceOptions) -> None:
        self._name, self._args, self._opts = name, args, opts

    def web(self, task: aws.ecs.TaskDefinition, scale: Scale, after: Sequence[pulumi.Resource]) -> aws.ecs.Service:
        """The web's tasks. Their number is the scaling's business once they are there."""
        args = self._args
        shift = args.balancer.shift
        behind = aws.ecs.ServiceLoadBalancerArgs(
            container_name=CONTAINER,
            container_port=args.port,
            target_group_arn=args.balancer.group.arn,
            advanced_configuration=self._shifting(shift) if shift else None,
        )
        alarms = aws.ecs.ServiceAlarmsArgs(alarm_names=list(args.alarms), enable=True, rollback=True)
        return self._service(
            "web",
            task,
            [*after, *args.balancer.ready],
            scale.min,
            ignore_changes=["desired_count"] if scale.max > scale.min else None,
            load_balancers=[behind],
            health_check_grace_period_seconds=START,
            alarms=alarms if args.alarms else None,
            deployment_configuration=_strategy(args.deploy),
            availability_zone_rebalancing="ENABLED",
        )

    def worker(self, process: str, task: aws.ecs.TaskDefinition, after: Sequence[pulumi.Resource]) -> aws.ecs.Service:
        """A worker: one task, of which there is none too many while another takes its place."""
        return self._service(
            process,
            task,
            after,
            1,
            deployment_minimum_healthy_percent=0,
            deployment_maximum_percent=100,
            # Nobody else waits for it, and one that never comes to run is no success.
            wait_for_steady_state=True,
        )

    def _service(
        self,
        process: str,
        task: aws.ecs.TaskDefinition,
        after: Sequence[pulumi.Resource],
        count: int,
        ignore_changes: list[str] | None = None,
        **more: Any,
    ) -> aws.ecs.Service:
        cluster = self._args.cluster
        opts = ResourceOptions(depends_on=[*after, *cluster.ready], ignore_changes=ignore_changes)
        return aws.ecs.Service(
            f"{self._name}-{process.replace('.', '-')}",
            cluster=cluster.arn,
            task_definition=task.arn,
            desired_count=count,
            capacity_provider_strategies=cluster.capacity,
            network_configuration=cluster.network,
            deployment_circuit_breaker=aws.ecs.ServiceDeploymentCircuitBreakerArgs(enable=True, rollback=True),
            # Else another kind of capacity would be another service.
            force_new_deployment=True,
            enable_ecs_managed_tags=True,
            propagate_tags="SERVICE",
            enable_execute_command=self._args.shell,
            tags={"slipway:process": process},
            opts=ResourceOptions.merge(self._opts, opts),
            **more,
        )

    def _shifting(self, shift: Shift) -> aws.ecs.ServiceLoadBalancerAdvancedConfigurationArgs:
        name = f"{self._name}-shift"
        role = aws.iam.Role(name, assume_role_policy=policy(trust("ecs.amazonaws.com")), opts=self._opts)
        allowed = aws.iam.RolePolicyAttachment(
            name, role=role.name, policy_arn=f"arn:{self._args.partition}:{SHIFTING}", opts=self._opts
        )
        return aws.ecs.ServiceLoadBalancerAdvancedConfigurationArgs(
            alternate_target_group_arn=shift.other.arn,
            production_listener_rule=shift.rule.arn,
            # Only a role that may already do it.
            role_arn=allowed.id.apply(lambda _: role.arn),
        )


def _strategy(deploy: DeployOptions) -> aws.ecs.ServiceDeploymentConfigurationArgs:
    if deploy.strategy == "rolling":
        # Said in words: of a strategy that is not named ECS keeps the one before.
        return aws.ecs.ServiceDeploymentConfigurationArgs(strategy="ROLLING")
    canary = linear = None
    if deploy.strategy == "canary":
        canary = aws.ecs.ServiceDeploymentConfigurationCanaryConfigurationArgs(
            canary_percent=deploy.percent, canary_bake_time_in_minutes=str(deploy.step_minutes)
        )
    if deploy.strategy == "linear":
        linear = aws.ecs.ServiceDeploymentConfigurationLinearConfigurationArgs(
            step_percent=deploy.percent, step_bake_time_in_minutes=str(deploy.step_minutes)
        )
    return aws.ecs.ServiceDeploymentConfigurationArgs(
        strategy=STRATEGIES[deploy.strategy],
        bake_time_in_minutes=str(deploy.bake_minutes),
        canary_configuration=canary,
        linear_configuration=linear,
    )
