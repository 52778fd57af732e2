"""What can be known of the targets on AWS without its SDK."""

import ipaddress
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Literal

from cronsim import CronSimError
from pydantic import AfterValidator, Field

from infra.targets.aws import limits
from infra.targets.aws.schedules import expressions
from infra.targets.spec import Capabilities, Options, Single, Spec

if TYPE_CHECKING:
    from infra.errors import Problem
    from infra.service import Service
    from infra.settings import Settings


def _region(value: str) -> str:
    if value not in limits.REGIONS:
        raise ValueError(f"{value!r} is not a region such as eu-central-1")
    return value


def _block(value: str) -> str:
    try:
        block = ipaddress.IPv4Network(value)
    except ValueError as error:
        raise ValueError(f"{value!r} is not a block of IPv4 addresses such as 10.0.0.0/16: {error}") from error
    if not 16 <= block.prefixlen <= limits.SMALLEST_NETWORK:
        raise ValueError(
            f"{value!r} is not a /16 to a /{limits.SMALLEST_NETWORK}, which is cut into subnets of /20 to /27"
        )
    return value


def _range(value: str) -> str:
    try:
        ipaddress.IPv4Network(value)
    except ValueError as error:
        raise ValueError(f"{value!r} is not a block of IPv4 addresses such as 192.0.2.0/24: {error}") from error
    return value


def _egress(value: str) -> str:
    """What the tasks may reach over TCP: a block of addresses, a colon, a port or `*`."""
    block, _, port = value.rpartition(":")
    try:
        ipaddress.IPv4Network(block)
        known = port == "*" or 1 <= int(port) <= 65535
    except ValueError:
        known = False
    if not known:
        raise ValueError(f"{value!r} is not a block of addresses and a port such as 10.0.0.0/16:5432 (or :* for all)")
    return value


def _arn(service: str, what: str) -> AfterValidator:
    def check(value: str) -> str:
        if not re.fullmatch(rf"arn:aws[\w-]*:{service}:[\w-]*:(\d{{12}}|aws)?:\S+", value):
            raise ValueError(f"{value!r} is not the ARN of {what}")
        return value

    return AfterValidator(check)


def _id(prefix: str) -> AfterValidator:
    def check(value: str) -> str:
        if not re.fullmatch(rf"{prefix}-([0-9a-f]{{8}}|[0-9a-f]{{17}})", value):
            raise ValueError(f"{value!r} is not an id such as {prefix}-0123456789abcdef0")
        return value

    return AfterValidator(check)


def _zone(value: str) -> str:
    if not re.fullmatch(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}", value):
        raise ValueError(f"{value!r} is not the name of a hosted zone such as example.com")
    return value


def _email(value: str) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value):
        raise ValueError(f"{value!r} is not an e-mail address")
    return value


def _retention(value: int) -> int:
    if value not in limits.RETENTION_DAYS:
        raise ValueError(f"{value!r} is none of {', '.join(map(str, limits.RETENTION_DAYS))}")
    return value


def _cron(value: str) -> str:
    try:
        expressions(value)
    except (CronSimError, ValueError) as error:
        raise ValueError(f"{value!r} is no schedule of five cron fields that EventBridge has ({error})") from error
    return value


def _name(value: str) -> str:
    if not re.fullmatch(r"[a-z]([a-z0-9-]{0,18}[a-z0-9])?", value):
        raise ValueError(f"{value!r} is not 1 to 20 lower-case letters, digits and inner hyphens")
    return value


Region = Annotated[str, AfterValidator(_region)]
Block = Annotated[str, AfterValidator(_block)]
Range = Annotated[str, AfterValidator(_range)]
VpcId = Annotated[str, _id("vpc")]
SubnetIds = tuple[Annotated[str, _id("subnet")], ...]
Zone = Annotated[str, AfterValidator(_zone)]
Certificate = Annotated[str, _arn("acm", "a certificate in ACM")]
Retention = Annotated[int, AfterValidator(_retention)]
Policy = Annotated[str, _arn("iam", "a managed policy")]
Principal = Annotated[str, _arn("iam", "a role or a user")]


class NetworkOptions(Options):
    """Where the balancer and the tasks stand."""

    cidr: Block = Field("10.0.0.0/16", description="The addresses of the stack's own VPC.", examples=["10.1.0.0/16"])
    vpc: VpcId | None = Field(
        None,
        description="A VPC that is there already; without it the stack makes its own.",
        examples=["vpc-0123456789abcdef0"],
    )
    public_subnets: SubnetIds = Field(
        (), description="Of that VPC, where the balancer stands: one in each of two or three zones."
    )
    private_subnets: SubnetIds = Field((), description="Of that VPC, where private tasks stand.")
    tasks: Literal["public", "private"] = Field(
        "public",
        description="Where the tasks stand: `public` needs no NAT, and yet nothing but the balancer reaches them.",
        examples=["private"],
    )
    nat: Literal["none", "one", "per-zone"] = Field(
        "none", description="How private tasks reach the internet: `one` costs least, `per-zone` outlives a zone."
    )
    endpoints: bool = Field(
        False,
        description="Reach ECR, logs and secrets inside AWS; private tasks without NAT do anyway.",
        examples=[True],
    )
    flow_logs: bool = Field(True, description="Log the connections of the stack's own VPC.", examples=[False])
    egress: Annotated[tuple[Annotated[str, AfterValidator(_egress)], ...], Single] = Field(
        ("0.0.0.0/0:443",),
        description="What the tasks may reach over TCP.",
        examples=[["0.0.0.0/0:443", "10.0.0.0/16:5432"]],
    )


class CapacityOptions(Options):
    """Of which kind of capacity the tasks are."""

    base: int = Field(
        0, ge=0, le=1000, description="So many tasks are on demand, before the weights count.", examples=[1]
    )
    on_demand: int = Field(1, ge=0, le=1000, description="The weight of capacity on demand.", examples=[1])
    spot: int = Field(
        0,
        ge=0,
        le=1000,
        description="The weight of spare capacity: cheaper, and taken away at two minutes' notice.",
        examples=[1],
    )


class DeployOptions(Options):
    """How a new deployment takes the place of the one before. A failed one is rolled back, whatever the strategy."""

    strategy: Literal["rolling", "blue-green", "canary", "linear"] = Field(
        "rolling", description="ECS's own deployment strategy."
    )
    bake_minutes: int = Field(
        5, ge=0, le=1440, description="After all traffic moved, so long the one before stays ready to take it back."
    )
    percent: float = Field(
        10, ge=0.1, le=100, description="The first part of the traffic (`canary`), or each step's (`linear`)."
    )
    step_minutes: int = Field(5, ge=0, le=1440, description="How long each part of the traffic is watched.")


class ScheduledScale(Options):
    """Another scale from a moment on, until another schedule says otherwise."""

    cron: Annotated[str, AfterValidator(_cron)] = Field(description="Five fields of cron.", examples=["0 7 * * 1-5"])
    timezone: str = Field("UTC", description="Of the schedule.", examples=["Europe/Berlin"])
    min: int = Field(ge=1, le=1000, description="At least so many tasks.", examples=[1])
    max: int = Field(ge=1, le=1000, description="At most so many tasks.", examples=[2])


class ScalingOptions(Options):
    """What the number of tasks follows, where `service:scale.max` is more than `min`."""

    cpu: int = Field(60, ge=10, le=90, description="Percent of CPU that is aimed at.")
    memory: int = Field(75, ge=10, le=90, description="Percent of memory that is aimed at.")
    requests: int | None = Field(
        None, ge=1, description="Requests a minute and task that are aimed at.", examples=[1000]
    )
    schedules: Mapping[Annotated[str, AfterValidator(_name)], ScheduledScale] = Field(
        {}, description="Other scales at certain times, by name."
    )


class AlarmOptions(Options):
    """What is watched, and who hears of it. A metric that nobody reads costs nothing but a few cents a month."""

    emails: Annotated[tuple[Annotated[str, AfterValidator(_email)], ...], Single] = Field(
        (), description="Who is told; each confirms once, by a mail of AWS's.", examples=[["oncall@example.com"]]
    )
    errors: float = Field(1, gt=0, le=100, description="Percent of requests answered 5xx, in three minutes of five.")
    latency: float = Field(2, gt=0, le=3600, description="Seconds that 99 of 100 requests stay below.")
    restarts: int = Field(3, ge=1, description="Tasks that ended by themselves in ten minutes.")


class FargateOptions(Options):
    """Options of the target `aws.fargate`."""

    region: Region = Field(description="The AWS region that everything is made in.", examples=["eu-central-1"])
    zones: int = Field(2, ge=2, le=3, description="Over how many availability zones the network goes.", examples=[3])
    network: NetworkOptions = Field(
        default_factory=lambda: NetworkOptions.model_validate({}), description="Where balancer and tasks stand."
    )
    architecture: Literal["amd64", "arm64"] | None = Field(
        None,
        description="What the tasks run on; without it, the first of `service:build.platforms`.",
        examples=["arm64"],
    )
    capacity: CapacityOptions = Field(
        default_factory=lambda: CapacityOptions.model_validate({}), description="On demand, spare capacity, or both."
    )
    deploy: DeployOptions = Field(
        default_factory=lambda: DeployOptions.model_validate({}), description="How a new deployment takes over."
    )
    scaling: ScalingOptions = Field(
        default_factory=lambda: ScalingOptions.model_validate({}), description="What the number of tasks follows."
    )
    alarms: AlarmOptions | None = Field(
        None, description="Alarms, a topic that tells of them, and a dashboard; `{}` has them at their defaults."
    )
    hosted_zone: Zone | None = Field(
        None, description="The public hosted zone in Route 53 that `service:domain` is in.", examples=["example.com"]
    )
    certificate: Certificate | None = Field(
        None, description="A certificate for `service:domain` that is there already, where its DNS is not in Route 53."
    )
    waf: bool = Field(False, description="AWS's common rules and a limit of requests in front of the balancer.")
    access_logs: bool = Field(False, description="Keep the balancer's log of every request, in a bucket.")
    kms: bool = Field(False, description="Encrypt logs, secrets and alarms with a key of the stack's own.")
    log_retention: Retention = Field(30, description="Days that logs are kept.", examples=[30])
    images_kept: int = Field(30, ge=2, le=1000, description="So many images stay, for going back to one.")
    insights: bool = Field(False, description="Container Insights: metrics of each task, at a price.")
    exec: bool = Field(False, description="Let `aws ecs execute-command` open a shell in a task.")
    policies: Annotated[tuple[Policy, ...], Single] = Field(
        (), description="What the service itself may do in AWS: managed policies by ARN."
    )
    boundary: Policy | None = Field(
        None, description="What the stack's roles may do at most, whatever they are given: a managed policy by ARN."
    )


def subnets(cidr: str, count: int) -> tuple[Sequence[str], Sequence[str]]:
    """The blocks of the public and of the private subnets: sixteenths of the VPC's, which stay when zones are added."""
    blocks = [str(block) for block in ipaddress.IPv4Network(cidr).subnets(prefixlen_diff=4)]
    return blocks[:count], blocks[8 : 8 + count]


def _check(service: "Service", settings: "Settings") -> "list[Problem]":
    # Only here: it needs the settings' models, which are made of these.
    from infra.targets.aws.checks import problems

    return problems(service, settings)


TARGETS = {
    "aws.fargate": Spec(
        options=FargateOptions,
        capabilities=Capabilities(
            release=True, workers=True, jobs=True, domain=True, image=True, stored_secrets=True, replicas=1000
        ),
        usual={"size": {"cpu": 0.5, "memory": "1GiB"}, "rollout_timeout": 1200},
        check=_check,
    )
}
