"""What Google Cloud cannot do of what a stack asks: told before anything is created, each with the mending command."""

import re
from collections.abc import Iterator

from infra import wsgi
from infra.commands import key_of, remove_key, set_key
from infra.errors import CONTRACT, Problem
from infra.schedule import closest
from infra.service import Service
from infra.settings import Settings
from infra.targets.gcp import limits
from infra.targets.gcp.spec import CloudRunOptions, NetworkOptions

MIB = 1024 * 1024
PLATFORM = "linux/amd64"
# How a repository in Artifact Registry is addressed:
# https://cloud.google.com/artifact-registry/docs/docker/names, read 2026-11-29.
ARTIFACT_REGISTRY = re.compile(r"[a-z0-9-]+-docker\.pkg\.dev/[^/]+/[^/]+/.+")

# What starting a task may take longer at one time than at another, seconds.
START = 120


def problems(service: Service, settings: Settings) -> list[Problem]:
    """Everything wrong with a stack's settings for `gcp.cloud_run`."""
    options = settings.options
    if not isinstance(options, CloudRunOptions):
        return []  # They are wrong in themselves, which is told already.
    return [
        *_name(service),
        *_size(settings, options),
        *_platform(settings),
        *_registry(settings),
        *_concurrency(service, settings, options),
        *_network(options.network),
        *_reach(settings, options),
        *_armor(settings, options),
        *domain(settings, options.managed_zone, options.certificate),
        *_tasks(service),
        *_jobs(service),
        *_stored(settings),
    ]


def concurrency(settings: Settings, options: CloudRunOptions, server_runs: int) -> int:
    """Requests that an instance gets at a time: as a stack says, or as many as its server runs."""
    return options.concurrency or (1 if settings.size.cpu < 1 else min(server_runs, limits.MOST_CONCURRENCY))


def _name(service: Service) -> Iterator[Problem]:
    # What stands behind it: the stack's name, and a hash of what a revision is.
    room = limits.LONGEST_NAME - len("-production-abcdefgh")
    if len(service.name) > room:
        rule = f"{service.name!r} has more than the {room} characters that a revision's name has room for"
        yield Problem(f"{CONTRACT}: name", rule, f"shorten name in {CONTRACT}")


def _size(settings: Settings, options: CloudRunOptions) -> Iterator[Problem]:
    cpu, memory = settings.size.cpu, settings.size.memory / MIB
    if cpu < 1:
        yield from _part_of_a_cpu(cpu, memory, options)
    elif cpu not in limits.WHOLE_CPUS:
        known = ", ".join(map(str, limits.WHOLE_CPUS))
        nearest = min((each for each in limits.WHOLE_CPUS if each >= cpu), default=max(limits.WHOLE_CPUS))
        rule = f"{cpu:g} is none of the numbers of CPUs that Cloud Run has: {known}, and parts of one"
        yield Problem(key_of("size.cpu"), rule, set_key("size.cpu", nearest))
    else:
        least, most = limits.WHOLE_CPUS[int(cpu)]
        yield from _memory(cpu, memory, least, most)
    least = limits.LEAST_MEMORY[options.execution_environment]
    if memory < least:
        rule = f"{memory:g}MiB is less than the {least}MiB of the environment {options.execution_environment}"
        yield Problem(key_of("size.memory"), rule, set_key("size.memory", f"{least}MiB"))
    elif options.billing == "instance" and memory < limits.LEAST_MEMORY["gen2"]:
        least = limits.LEAST_MEMORY["gen2"]
        rule = f"{memory:g}MiB is less than the {least}MiB that billing by instance wants"
        yield Problem(key_of("size.memory"), rule, set_key("size.memory", f"{least}MiB"))


def _part_of_a_cpu(cpu: float, memory: float, options: CloudRunOptions) -> Iterator[Problem]:
    if cpu < limits.LEAST_CPU or round(cpu, 3) != cpu:
        rule = f"{cpu:g} is less than {limits.LEAST_CPU:g}, or no whole number of thousandths"
        yield Problem(key_of("size.cpu"), rule, set_key("size.cpu", max(limits.LEAST_CPU, round(cpu, 3))))
        return
    most = max(size for least, size in limits.MOST_OF_A_PART.items() if cpu >= least)
    yield from _memory(cpu, memory, 0, most)
    for key, value in (("execution_environment", "gen1"), ("billing", "request"), ("concurrency", 1)):
        given = getattr(options, key)
        if given not in (value, None):
            rule = f"{given!r} does not go with {cpu:g} CPU, less than one: that wants {value}"
            yield Problem(key_of(f"options.{key}"), rule, set_key(f"options.{key}", value))


def _memory(cpu: float, memory: float, least: int, most: int) -> Iterator[Problem]:
    if not least <= memory <= most:
        between = f"{_shown(least)} to {_shown(most)}" if least else f"at most {_shown(most)}"
        rule = f"{memory:g}MiB does not go with {cpu:g} CPU on Cloud Run; there is {between}"
        yield Problem(key_of("size.memory"), rule, set_key("size.memory", _shown(most if memory > most else least)))


def _shown(mebibytes: int) -> str:
    return f"{mebibytes // 1024}GiB" if mebibytes % 1024 == 0 else f"{mebibytes}MiB"


def _platform(settings: Settings) -> Iterator[Problem]:
    if settings.build.platforms and not settings.image and PLATFORM not in settings.build.platforms:
        rule = f"{PLATFORM}, which alone Cloud Run runs, is not among them"
        yield Problem(key_of("build.platforms"), rule, set_key("build.platforms[0]", PLATFORM))


def _registry(settings: Settings) -> Iterator[Problem]:
    """Cloud Run pulls from Artifact Registry alone, with its own identity."""
    login = settings.registry
    if login is None:
        return
    if not ARTIFACT_REGISTRY.fullmatch(login.repository):
        rule = f"{login.repository} is not in Artifact Registry, from which alone Cloud Run pulls"
        yield Problem(key_of("registry"), rule, remove_key("registry"))
    else:
        yield from logged_in(settings)


def logged_in(settings: Settings) -> Iterator[Problem]:
    """A login to Artifact Registry that the stack has itself."""
    login = settings.registry
    if login and ARTIFACT_REGISTRY.fullmatch(login.repository) and (login.username or login.password):
        rule = "Artifact Registry is logged in to as whoever runs the program"
        yield Problem(key_of("registry.username"), rule, remove_key("registry"))


def _concurrency(service: Service, settings: Settings, options: CloudRunOptions) -> Iterator[Problem]:
    """An instance that is sent more than its server runs at a time lets the rest wait where no other can answer it."""
    if options.concurrency is None or settings.size.cpu < 1:
        return
    server = settings.server or service.web.server
    runs = wsgi.plan(server, settings.size.cpu, settings.size.memory).concurrency
    if options.concurrency > runs:
        rule = f"{options.concurrency} is more than the {runs} that {server} runs at a time on such an instance"
        yield Problem(key_of("options.concurrency"), rule, set_key("options.concurrency", runs))


def _network(network: NetworkOptions) -> Iterator[Problem]:
    given = {key: getattr(network, key) for key in ("network", "subnet")}
    for key, other in (("network", "subnet"), ("subnet", "network")):
        if given[key] and not given[other]:
            rule = f"is required with options.network.{key}"
            yield Problem(key_of(f"options.network.{other}"), rule, set_key(f"options.network.{other}", "default"))
    if network.egress == "none":
        for key in sorted(network.model_fields_set - {"egress"}):
            rule = "is of no use while options.network.egress is none"
            yield Problem(key_of(f"options.network.{key}"), rule, set_key("options.network.egress", "private"))
        return
    if given["network"]:
        for key in ("cidr", "nat", "flow_logs"):
            if key in network.model_fields_set:
                rule = "is a matter of the VPC that is there already"
                yield Problem(key_of(f"options.network.{key}"), rule, remove_key(f"options.network.{key}"))
    elif network.nat and network.egress != "all":
        rule = "what goes to the internet does not go through the VPC while options.network.egress is private"
        yield Problem(key_of("options.network.nat"), rule, set_key("options.network.egress", "all"))


def _reach(settings: Settings, options: CloudRunOptions) -> Iterator[Problem]:
    if options.public and options.invokers:
        rule = "is of no use where everybody may ask the service"
        yield Problem(key_of("options.invokers"), rule, set_key("options.public", "false"))
    if not options.public and not options.invokers:
        rule = "is required where the service is not public"
        yield Problem(key_of("options.invokers"), rule, set_key("options.invokers[0]", "group:ops@example.com"))
    if options.ingress == "load-balancer" and not settings.domain:
        rule = "'load-balancer' wants service:domain, which has one"
        yield Problem(key_of("options.ingress"), rule, set_key("domain", "api.example.com"))
    if options.ingress == "internal" and settings.domain:
        rule = "'internal' keeps the load balancer of service:domain out too"
        yield Problem(key_of("options.ingress"), rule, set_key("options.ingress", "load-balancer"))


def _armor(settings: Settings, options: CloudRunOptions) -> Iterator[Problem]:
    if options.armor and not settings.domain:
        rule = "is of no use without service:domain"
        yield Problem(key_of("options.armor"), rule, set_key("domain", "api.example.com"))


def domain(settings: Settings, zone: str | None, certificate: str | None) -> Iterator[Problem]:
    """What is wrong with a domain, its managed zone and its certificate before a balancer."""
    if not settings.domain:
        for key, given in (("managed_zone", zone), ("certificate", certificate)):
            if given:
                rule = "is of no use without service:domain"
                yield Problem(key_of(f"options.{key}"), rule, set_key("domain", "api.example.com"))
        return
    if not zone and not certificate:
        rule = f"{settings.domain!r} wants a managed zone of Cloud DNS, or a certificate for it"
        parent = settings.domain.partition(".")[2].replace(".", "-")
        yield Problem(key_of("options.managed_zone"), rule, set_key("options.managed_zone", parent))


def _tasks(service: Service) -> Iterator[Problem]:
    timed = {f"jobs.{name}": job.timeout for name, job in service.jobs.items()}
    if service.release:
        timed["release"] = service.release.timeout
    for key, timeout in timed.items():
        if timeout > limits.LONGEST_TASK:
            rule = f"{timeout} s are more than the {limits.LONGEST_TASK} s that a task of Cloud Run may take"
            yield Problem(f"{CONTRACT}: {key}.timeout", rule, f"shorten it in {CONTRACT}")
    for kind, names in (("jobs", service.jobs), ("workers", service.workers)):
        for name in names:
            room = limits.LONGEST_NAME - len(f"{service.name}-production-")
            if len(name) > room:
                rule = f"{name!r} has more than the {room} characters that its name on Cloud Run has room for"
                yield Problem(f"{CONTRACT}: {kind}.{name}", rule, f"shorten it in {CONTRACT}")


def _stored(settings: Settings) -> Iterator[Problem]:
    """A secret's name, and a version where a certain one is meant."""
    for variable, name in settings.stored_secrets.items():
        if not re.fullmatch(r"(projects/[a-z0-9-]+/secrets/)?[A-Za-z0-9_-]{1,255}(:[1-9]\d*)?", name):
            rule = f"{name!r} is not the name of a secret in Secret Manager, with or without :version"
            yield Problem(
                key_of(f"stored_secrets.{variable}"), rule, set_key(f"stored_secrets.{variable}", "prod-api-key")
            )


def _jobs(service: Service) -> Iterator[Problem]:
    """A job is never run twice at a time, which neither Cloud Scheduler nor Cloud Run sees to."""
    for name, job in service.jobs.items():
        # https://cloud.google.com/scheduler/docs/configuring/cron-job-schedules, read 2026-11-29.
        if re.search(r"[LW#?]", re.sub(r"[A-Za-z]{3}", "", job.schedule)):
            rule = f"{job.schedule!r} has the last or the nth of something, which Cloud Scheduler cannot say"
            yield Problem(f"{CONTRACT}: jobs.{name}.schedule", rule, f"edit it in {CONTRACT}")
            continue
        apart = closest(job.schedule)
        if job.timeout + START > apart:
            rule = f"{job.timeout} s, and up to {START} s to start, are more than the {apart:g} s until it is due again"
            fix = f"shorten it, or let the job run less often, in {CONTRACT}"
            yield Problem(f"{CONTRACT}: jobs.{name}.timeout", rule, fix)
