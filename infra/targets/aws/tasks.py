"""Task definitions: what each process of the service is on Fargate."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from infra.image import HEALTH, USER
from infra.targets.aws import limits
from infra.targets.aws.ecs import CONTAINER
from infra.wsgi import Check

MIB = 1024 * 1024

# A memory file system of the container's own, MiB. Its root is read-only.
SCRATCH_SIZE = 64
# Seconds in which a task that has just begun need not be well yet.
START = 60
# Where the agent of `aws ecs execute-command` writes, which nothing but a volume lets it where the root is read-only:
# https://github.com/aws/containers-roadmap/issues/1359, read 2026-11-23.
AGENT = ("/managed-agents", "/var/lib/amazon/ssm", "/var/log/amazon/ssm")


@dataclass(frozen=True)
class TasksArgs:
    """What all processes of a deployment have in common.

    Attributes:
        image: by its digest.
        revision: of the image.
        deployment: the deployment's identity.
        cpu: cores of a task.
        memory: bytes of a task.
        architecture: `amd64` or `arm64`.
        region: of AWS.
        log_group: the name of the log that all write.
        execution_arn: of the role that starts them.
        task_arn: of the role that they have.
        environment: of every process.
        secrets: how a task definition names each secret, by the variable that the process finds it in.
        stop_timeout: seconds between SIGTERM and SIGKILL.
        login: the ARN of the secret with the login of a registry that is not ECR.
        shell: whether `aws ecs execute-command` may open a shell.
    """

    image: pulumi.Input[str]
    revision: pulumi.Input[str]
    deployment: pulumi.Input[str]
    cpu: float
    memory: int
    architecture: str
    region: str
    log_group: pulumi.Input[str]
    execution_arn: pulumi.Input[str]
    task_arn: pulumi.Input[str]
    environment: Mapping[str, str]
    secrets: Mapping[str, pulumi.Input[str]]
    stop_timeout: int
    login: pulumi.Input[str] | None = None
    shell: bool = False


@dataclass(frozen=True)
class Process:
    """A process: its name (`web`, `worker.mail`), what it runs, and what only it has.

    Attributes:
        command: nothing where the image's own is run.
        environment: beside that of every process.
        port: that it listens on.
        check: how it is asked whether it is well, where it listens.
        stop_timeout: seconds, where another than the web's.
    """

    name: str
    command: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    port: int | None = None
    check: Check | None = None
    stop_timeout: int | None = None


class Tasks:
    """Makes the task definitions of a deployment's processes."""

    def __init__(self, name: str, args: TasksArgs, opts: ResourceOptions) -> None:
        self._name, self._args, self._opts = name, args, opts

    def define(self, process: Process) -> aws.ecs.TaskDefinition:
        """The task definition of a process. Earlier ones stay, so that ECS can go back to them."""
        args = self._args
        logical = f"{self._name}-{process.name.replace('.', '-')}"
        return aws.ecs.TaskDefinition(
            logical,
            family=plain_name(self._name, pulumi.get_stack(), process.name),
            container_definitions=pulumi.Output.json_dumps([self._container(process)]),
            cpu=str(round(args.cpu * 1024)),
            memory=str(args.memory // MIB),
            network_mode="awsvpc",
            requires_compatibilities=["FARGATE"],
            runtime_platform=aws.ecs.TaskDefinitionRuntimePlatformArgs(
                cpu_architecture="ARM64" if args.architecture == "arm64" else "X86_64", operating_system_family="LINUX"
            ),
            execution_role_arn=args.execution_arn,
            task_role_arn=args.task_arn,
            volumes=[aws.ecs.TaskDefinitionVolumeArgs(name=_volume(path)) for path in AGENT] if args.shell else None,
            skip_destroy=True,
            tags={
                "slipway:process": process.name,
                "slipway:revision": args.revision,
                "slipway:deployment": args.deployment,
            },
            opts=self._opts,
        )

    def _container(self, process: Process) -> dict[str, Any]:
        args = self._args
        variables: dict[str, pulumi.Input[str]] = {
            **args.environment,
            **process.environment,
            "SERVICE_DEPLOYMENT": args.deployment,
        }
        container: dict[str, Any] = {
            "name": CONTAINER,
            "image": args.image,
            "essential": True,
            "user": USER,
            "readonlyRootFilesystem": True,
            "environment": [{"name": name, "value": variables[name]} for name in sorted(variables)],
            "secrets": [{"name": name, "valueFrom": args.secrets[name]} for name in sorted(args.secrets)],
            "linuxParameters": {
                "initProcessEnabled": True,
                "capabilities": {"drop": ["ALL"]},
                "tmpfs": [
                    {"containerPath": "/tmp", "size": SCRATCH_SIZE, "mountOptions": ["noexec", "nosuid", "nodev"]}  # noqa: S108 -- the container's own
                ],
            },
            "stopTimeout": min(process.stop_timeout or args.stop_timeout, limits.LONGEST_STOP),
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {
                    "awslogs-group": args.log_group,
                    "awslogs-region": args.region,
                    "awslogs-stream-prefix": process.name,
                    # A log that cannot be written must not stop the service.
                    "mode": "non-blocking",
                    "max-buffer-size": "4m",
                },
            },
        }
        if process.command:
            container["command"] = list(process.command)
        if process.port:
            container["portMappings"] = [{"containerPort": process.port, "protocol": "tcp"}]
        if process.check:
            container["healthCheck"] = {
                "command": ["CMD", *HEALTH],
                "interval": process.check.interval,
                "timeout": process.check.timeout,
                "retries": process.check.bad,
                "startPeriod": START,
            }
        if args.login:
            container["repositoryCredentials"] = {"credentialsParameter": args.login}
        if args.shell:
            container["mountPoints"] = [{"sourceVolume": _volume(path), "containerPath": path} for path in AGENT]
        return container


def plain_name(*words: str) -> str:
    """A name of letters, digits, hyphens and underscores, as families of task definitions and dashboards have."""
    return re.sub(r"[^A-Za-z0-9_-]", "-", "-".join(words))


def _volume(path: str) -> str:
    return path.strip("/").replace("/", "-")
