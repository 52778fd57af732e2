"""Who the tasks are in AWS: one role that starts them, one that they have themselves. Each may do what it must."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from infra.targets.aws.account import allow, policy, trust

PULL = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
SHELL = [
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
]


@dataclass(frozen=True)
class IdentityArgs:
    """What the roles are for.

    Attributes:
        account: the account's number.
        region: of AWS.
        log_group: the ARN of the log that the tasks write.
        repository: the ARN of the repository in ECR that the image is in, where it is in ECR.
        secrets: the ARNs of the secrets that the tasks get.
        keys: the ARNs of the KMS keys that those are encrypted with, where they are not Secrets Manager's own.
        shell: whether `aws ecs execute-command` may open a shell in a task.
        policies: what the service itself may do: managed policies by ARN.
    """

    account: pulumi.Input[str]
    region: str
    log_group: pulumi.Input[str]
    repository: pulumi.Input[str] | None
    secrets: Sequence[pulumi.Input[str]]
    keys: Sequence[pulumi.Input[str]] = ()
    shell: bool = False
    policies: Sequence[str] = ()


class Identity(pulumi.ComponentResource):
    """The roles of the tasks.

    Attributes:
        execution_arn: of the role that ECS takes to start a task: to pull its image, read its secrets, write its log.
        task_arn: of the role that the service has in its tasks.
        ready: the policies, which must be there before a task is started.
    """

    def __init__(self, name: str, args: IdentityArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:aws:Identity", name, {}, opts)
        self._child = ResourceOptions(parent=self)
        self._trust = policy(trust("ecs-tasks.amazonaws.com", args.account))
        execution, task = self._role(f"{name}-execution"), self._role(f"{name}-task")
        log = pulumi.Output.concat(args.log_group, ":*")
        statements = [allow(["logs:CreateLogStream", "logs:PutLogEvents"], log)]
        if args.repository:
            # A token is nobody's in particular: this action knows no resource.
            statements.append(allow(["ecr:GetAuthorizationToken"], "*"))
            statements.append(allow(PULL, args.repository))
        if args.secrets:
            statements.append(allow(["secretsmanager:GetSecretValue"], list(args.secrets)))
        if args.keys:
            by_it = {"StringEquals": {"kms:ViaService": f"secretsmanager.{args.region}.amazonaws.com"}}
            statements.append(allow(["kms:Decrypt"], list(args.keys), Condition=by_it))
        self.ready: list[pulumi.Resource] = [
            aws.iam.RolePolicy(f"{name}-execution", role=execution.name, policy=policy(*statements), opts=self._child)
        ]
        if args.shell:
            shell = policy(allow(SHELL, "*"))
            self.ready.append(aws.iam.RolePolicy(f"{name}-shell", role=task.name, policy=shell, opts=self._child))
        for arn in args.policies:
            logical = f"{name}-{arn.rpartition('/')[2]}"
            self.ready.append(aws.iam.RolePolicyAttachment(logical, role=task.name, policy_arn=arn, opts=self._child))
        self.execution_arn, self.task_arn = execution.arn, task.arn
        self.register_outputs({})

    def _role(self, name: str) -> aws.iam.Role:
        return aws.iam.Role(name, assume_role_policy=self._trust, opts=self._child)
