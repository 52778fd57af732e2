"""Jobs on AWS: EventBridge Scheduler starts a task whenever one is due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from infra.service import Job
from infra.targets.aws.account import allow, policy, trust
from infra.targets.aws.schedules import expressions


@dataclass(frozen=True)
class JobsArgs:
    """What is run, and where.

    Attributes:
        jobs: of the contract, by name.
        tasks: the task definition of each, by the job's name.
        cluster: the ARN of the cluster.
        account: the account's number.
        subnets: where the tasks stand.
        security_groups: of the tasks.
        public: whether the tasks have an address of their own, which they need in public subnets.
        roles: the ARNs of the tasks' roles.
    """

    jobs: Mapping[str, Job]
    tasks: Mapping[str, aws.ecs.TaskDefinition]
    cluster: pulumi.Input[str]
    account: pulumi.Input[str]
    subnets: Sequence[pulumi.Input[str]]
    security_groups: Sequence[pulumi.Input[str]]
    public: bool
    roles: Sequence[pulumi.Input[str]]


class Jobs(pulumi.ComponentResource):
    """A schedule for each job; for some, which EventBridge cannot say in one, several."""

    def __init__(self, name: str, args: JobsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:aws:Jobs", name, {}, opts)
        child = ResourceOptions(parent=self)
        group = aws.scheduler.ScheduleGroup(name, opts=child)
        role = aws.iam.Role(
            f"{name}-jobs", assume_role_policy=policy(trust("scheduler.amazonaws.com", args.account)), opts=child
        )
        families = [pulumi.Output.concat(task.arn_without_revision, ":*") for task in args.tasks.values()]
        in_cluster = {"ArnEquals": {"ecs:cluster": args.cluster}}
        to_tasks = {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
        allowed = aws.iam.RolePolicy(
            f"{name}-jobs",
            role=role.name,
            policy=policy(
                allow(["ecs:RunTask"], families, Condition=in_cluster),
                allow(["iam:PassRole"], list(args.roles), Condition=to_tasks),
            ),
            opts=child,
        )
        network = aws.scheduler.ScheduleTargetEcsParametersNetworkConfigurationArgs(
            subnets=list(args.subnets), security_groups=list(args.security_groups), assign_public_ip=args.public
        )
        for job, given in args.jobs.items():
            for number, expression in enumerate(expressions(given.schedule)):
                aws.scheduler.Schedule(
                    f"{name}-{job}" if number == 0 else f"{name}-{job}-{number}",
                    group_name=group.name,
                    description=f"{job}: {given.schedule}",
                    schedule_expression=expression,
                    schedule_expression_timezone="UTC",
                    flexible_time_window=aws.scheduler.ScheduleFlexibleTimeWindowArgs(mode="OFF"),
                    target=aws.scheduler.ScheduleTargetArgs(
                        arn=args.cluster,
                        role_arn=role.arn,
                        ecs_parameters=aws.scheduler.ScheduleTargetEcsParametersArgs(
                            task_definition_arn=args.tasks[job].arn,
                            launch_type="FARGATE",
                            platform_version="LATEST",
                            network_configuration=network,
                        ),
                        # What could not be started is not started late: it is due again soon enough.
                        retry_policy=aws.scheduler.ScheduleTargetRetryPolicyArgs(
                            maximum_event_age_in_seconds=60, maximum_retry_attempts=2
                        ),
                    ),
                    opts=ResourceOptions(parent=self, depends_on=[allowed]),
                )
        self.register_outputs({})
