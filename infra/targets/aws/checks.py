"""What AWS cannot do of what a stack asks: told before anything is created, each with the command that mends it."""

import math
import re
from collections.abc import Iterator

from infra.commands import key_of, remove_key, set_key
from infra.errors import CONTRACT, Problem
from infra.schedule import closest
from infra.service import Service
from infra.settings import Settings
from infra.targets.aws import limits, schedules
from infra.targets.aws.spec import FargateOptions, NetworkOptions

MIB = 1024 * 1024

# What starting a task may take longer at one time than at another, seconds.
START = 120


def problems(service: Service, settings: Settings) -> list[Problem]:
    """Everything wrong with a stack's settings for `aws.fargate`."""
    options = settings.options
    if not isinstance(options, FargateOptions):
        return []  # They are wrong in themselves, which is told already.
    return [
        *_name(service),
        *_size(settings),
        *_platform(settings, options),
        *_network(options.network, options),
        *_egress(options.network),
        *_registry(settings, options.network),
        *domain(settings, options.region, options.hosted_zone, options.certificate),
        *_scaling(settings, options),
        *_deploy(settings, options),
        *_capacity(options),
        *_jobs(service),
        *_shifting(options),
    ]


def _name(service: Service) -> Iterator[Problem]:
    if len(service.name) > limits.LONGEST_NAME:
        most = f"{limits.LONGEST_NAME} characters that a load balancer's name has room for"
        rule = f"{service.name!r} has more than the {most}"
        yield Problem(f"{CONTRACT}: name", rule, f"shorten name in {CONTRACT}")


def _size(settings: Settings) -> Iterator[Problem]:
    units, memory = settings.size.cpu * 1024, settings.size.memory / MIB
    if units not in limits.FARGATE_SIZES:
        known = ", ".join(f"{each / 1024:g}" for each in limits.FARGATE_SIZES)
        nearest = min((each for each in limits.FARGATE_SIZES if each >= units), default=max(limits.FARGATE_SIZES))
        rule = f"{settings.size.cpu:g} is none of the sizes that Fargate has: {known}"
        yield Problem(key_of("size.cpu"), rule, set_key("size.cpu", f"{nearest / 1024:g}"))
        return
    sizes = limits.FARGATE_SIZES[int(units)]
    if memory not in sizes:
        nearest = min((each for each in sizes if each >= memory), default=max(sizes))
        listed = (
            ", ".join(_shown(each) for each in sizes)
            if len(sizes) <= 4
            else f"{_shown(sizes[0])} to {_shown(sizes[-1])} in steps of {_shown(sizes[1] - sizes[0])}"
        )
        rule = f"{memory:g}MiB does not go with {settings.size.cpu:g} CPU on Fargate; there is {listed}"
        yield Problem(key_of("size.memory"), rule, set_key("size.memory", _shown(nearest)))


def _shown(mebibytes: int) -> str:
    return f"{mebibytes // 1024}GiB" if mebibytes % 1024 == 0 else f"{mebibytes}MiB"


def architecture(settings: Settings, options: FargateOptions) -> str:
    """What the tasks run on: `amd64` or `arm64`."""
    built = settings.build.platforms or ("linux/amd64",)
    return options.architecture or built[0].removeprefix("linux/")


def _platform(settings: Settings, options: FargateOptions) -> Iterator[Problem]:
    wanted = f"linux/{architecture(settings, options)}"
    if not settings.image and wanted not in (settings.build.platforms or ("linux/amd64",)):
        rule = f"{options.architecture!r} is not among what the image is built for"
        yield Problem(key_of("options.architecture"), rule, set_key("build.platforms[0]", wanted))


def _network(network: NetworkOptions, options: FargateOptions) -> Iterator[Problem]:
    if network.vpc:
        yield from _given_network(network, options)
        return
    for key in ("public_subnets", "private_subnets"):
        if getattr(network, key):
            rule = "the stack makes its own VPC; subnets are named with the VPC that they are in"
            yield Problem(
                key_of(f"options.network.{key}"), rule, set_key("options.network.vpc", "vpc-0123456789abcdef0")
            )
    if network.tasks == "public" and network.nat != "none":
        rule = f"{network.nat!r}: tasks in public subnets would not use it, and it costs by the hour"
        yield Problem(key_of("options.network.nat"), rule, set_key("options.network.tasks", "private"))


def _given_network(network: NetworkOptions, options: FargateOptions) -> Iterator[Problem]:
    for key in ("cidr", "nat", "flow_logs", "endpoints"):
        if key in network.model_fields_set:
            rule = "is a matter of the VPC that is there already"
            yield Problem(key_of(f"options.network.{key}"), rule, remove_key(f"options.network.{key}"))
    if "zones" in options.model_fields_set:
        rule = "the zones are those of the given subnets"
        yield Problem(key_of("options.zones"), rule, remove_key("options.zones"))
    count = len(network.public_subnets)
    if count < 2:
        rule = "a load balancer wants two subnets at the least, each in another zone"
        yield Problem(
            key_of("options.network.public_subnets"),
            rule,
            set_key(f"options.network.public_subnets[{count}]", f"subnet-0123456789abcdef{count}"),
        )
    if network.tasks == "private" and not network.private_subnets:
        rule = "is required where tasks are private"
        yield Problem(
            key_of("options.network.private_subnets"),
            rule,
            set_key("options.network.private_subnets[0]", "subnet-0123456789abcdef9"),
        )


def _egress(network: NetworkOptions) -> Iterator[Problem]:
    if not any(each.endswith((":443", ":*")) for each in network.egress):
        rule = "none is for port 443, by which a task gets its image and its secrets and writes its log"
        yield Problem(key_of("options.network.egress"), rule, set_key("options.network.egress[0]", "0.0.0.0/0:443"))


def _registry(settings: Settings, network: NetworkOptions) -> Iterator[Problem]:
    """A registry that is not the stack's own is reached over the internet, with a login that ECS has."""
    login = settings.registry
    if login is None:
        return
    yield from in_ecr(settings)
    if not network.vpc and network.tasks == "private" and network.nat == "none":
        rule = f"private tasks without NAT have no way to {login.repository}"
        yield Problem(key_of("options.network.nat"), rule, set_key("options.network.nat", "one"))


def in_ecr(settings: Settings) -> Iterator[Problem]:
    """A registry of the stack's in ECR that is not its own."""
    login = settings.registry
    if login and re.match(r"\d{12}\.dkr\.ecr\.", login.repository):
        rule = f"{login.repository} is in ECR, where the stack has a repository of its own"
        yield Problem(key_of("registry"), rule, remove_key("registry"))


def _shifting(options: FargateOptions) -> Iterator[Problem]:
    deploy = options.deploy
    if deploy.strategy == "linear" and deploy.percent < limits.LEAST_STEP:
        rule = f"{deploy.percent:g} is less than the {limits.LEAST_STEP} that a step has at the least"
        yield Problem(key_of("options.deploy.percent"), rule, set_key("options.deploy.percent", limits.LEAST_STEP))
    if deploy.strategy != "rolling" and options.scaling.requests:
        rule = f"requests are counted for one group of tasks, and a {deploy.strategy} deployment has two in turn"
        yield Problem(key_of("options.scaling.requests"), rule, remove_key("options.scaling.requests"))


def domain(settings: Settings, region: str, zone: str | None, certificate: str | None) -> Iterator[Problem]:
    """What is wrong with a domain, its hosted zone and its certificate before a balancer."""
    if not settings.domain:
        for key, given in (("hosted_zone", zone), ("certificate", certificate)):
            if given:
                rule = "is of no use without service:domain"
                yield Problem(key_of(f"options.{key}"), rule, set_key("domain", "api.example.com"))
        return
    if not zone and not certificate:
        rule = f"{settings.domain!r} wants a hosted zone of Route 53, or a certificate for it"
        yield Problem(key_of("options.hosted_zone"), rule, set_key("options.hosted_zone", _parent(settings.domain)))
    if zone and not f".{settings.domain}".endswith(f".{zone}"):
        rule = f"{settings.domain!r} is not in the hosted zone {zone}"
        yield Problem(key_of("options.hosted_zone"), rule, set_key("options.hosted_zone", _parent(settings.domain)))
    of = (certificate or "").split(":")[3:4]
    if of and of != [region]:
        rule = f"the certificate is of {of[0]}, and the balancer of {region}"
        yield Problem(key_of("options.certificate"), rule, remove_key("options.certificate"))


def _parent(name: str) -> str:
    return name.partition(".")[2]


def _scaling(settings: Settings, options: FargateOptions) -> Iterator[Problem]:
    for name, scale in options.scaling.schedules.items():
        key = f"options.scaling.schedules.{name}"
        if scale.min > scale.max:
            rule = f"{scale.min} is more than max, {scale.max}"
            yield Problem(key_of(f"{key}.min"), rule, set_key(f"{key}.min", scale.max))
    if options.scaling.schedules and settings.scale.min == settings.scale.max:
        rule = f"is of no use where service:scale.min and max are both {settings.scale.min}"
        yield Problem(key_of("options.scaling.schedules"), rule, set_key("scale.max", settings.scale.max + 1))


def _deploy(settings: Settings, options: FargateOptions) -> Iterator[Problem]:
    """A deployment that takes its time by itself must be waited for so long."""
    deploy = options.deploy
    if deploy.strategy == "rolling":
        return
    steps = {"canary": 1, "linear": math.ceil(100 / deploy.percent) - 1}.get(deploy.strategy, 0)
    seconds = 60 * (deploy.bake_minutes + steps * deploy.step_minutes)
    if seconds >= settings.rollout_timeout:
        rule = f"{settings.rollout_timeout} s; by options.deploy a {deploy.strategy} one takes {seconds} s by itself"
        yield Problem(key_of("rollout_timeout"), rule, set_key("rollout_timeout", min(seconds + 1200, 14400)))


def _capacity(options: FargateOptions) -> Iterator[Problem]:
    if options.capacity.on_demand == options.capacity.spot == 0:
        rule = "one of on_demand and spot must be more than 0"
        yield Problem(key_of("options.capacity"), rule, set_key("options.capacity.on_demand", 1))


def _jobs(service: Service) -> Iterator[Problem]:
    for name, job in service.jobs.items():
        if len(f"{service.name}-{name}") > limits.LONGEST_SCHEDULE - len("-9"):
            most = f"{limits.LONGEST_SCHEDULE - 2} characters that a schedule's name has"
            rule = f"{service.name}-{name} is longer than the {most}"
            yield Problem(f"{CONTRACT}: jobs.{name}", rule, f"shorten it in {CONTRACT}")
        try:
            schedules.expressions(job.schedule)
        except ValueError as error:
            rule = f"{error}, which EventBridge cannot say"
            yield Problem(f"{CONTRACT}: jobs.{name}.schedule", rule, f"edit it in {CONTRACT}")
            continue
        apart = closest(job.schedule)
        if job.timeout + START > apart:
            rule = f"{job.timeout} s, and up to {START} s to start, are more than the {apart:g} s until it is due again"
            yield Problem(
                f"{CONTRACT}: jobs.{name}.timeout", rule, f"shorten it, or let the job run less often, in {CONTRACT}"
            )
