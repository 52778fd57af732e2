"""What Azure cannot do of what a stack asks: told before anything is created, each with the mending command."""

import ipaddress
import math
import re
from collections.abc import Iterator

from infra import wsgi
from infra.commands import key_of, remove_key, set_key
from infra.errors import CONTRACT, Problem
from infra.schedule import closest
from infra.service import Service
from infra.settings import Settings
from infra.targets.azure import limits
from infra.targets.azure.spec import GROUP, ContainerAppsOptions

GIB = 1024**3
PLATFORM = "linux/amd64"

# https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#objects-identifiers-and-versioning,
# read 2026-11-30.
SECRET = re.compile(
    rf"{GROUP}/[A-Za-z][A-Za-z0-9-]{{1,22}}[A-Za-z0-9]/[A-Za-z0-9-]{{1,127}}(:[0-9a-f]{{32}})?", re.ASCII
)

# What starting a job may take longer at one time than at another, seconds.
START = 120


def problems(service: Service, settings: Settings) -> list[Problem]:
    """Everything wrong with a stack's settings for `azure.container_apps`."""
    options = settings.options
    if not isinstance(options, ContainerAppsOptions):
        return []  # They are wrong in themselves, which is told already.
    return [
        *_size(settings, options),
        *_timeout(settings),
        *_platform(settings),
        *_registry(settings, options),
        *_concurrency(service, settings, options),
        *_network(service, settings, options),
        *_reach(settings, options),
        *zoned(settings, options.dns_zone, options.subscription),
        *_scaling(settings, options),
        *_jobs(service),
        *_secrets(service),
        *_stored(settings),
    ]


def concurrency(options: ContainerAppsOptions, server_runs: int) -> int:
    """Requests at a time that a replica is to have: as a stack says, or as many as its server runs."""
    return options.concurrency or server_runs


def nodes(settings: Settings, options: ContainerAppsOptions, workers: int) -> int:
    """So many nodes of a dedicated profile hold all replicas, twice while one deployment takes another's place."""
    cores, room = limits.PROFILES.get(options.workload_profile, (limits.MOST_CPU, limits.MOST_CPU))
    on_each = max(1, int(min(cores / settings.size.cpu, room * GIB / settings.size.memory)))
    return math.ceil(2 * (settings.scale.max + workers) / on_each)


def _size(settings: Settings, options: ContainerAppsOptions) -> Iterator[Problem]:
    cpu, memory, profile = settings.size.cpu, settings.size.memory / GIB, options.workload_profile
    steps = f"in steps of {limits.STEP:g}"
    most, room = limits.PROFILES.get(profile, (limits.MOST_CPU, limits.MOST_CPU * limits.GIB_PER_CPU))
    if cpu % limits.STEP or not limits.STEP <= cpu <= most:
        nearest = min(max(limits.STEP, -(-cpu // limits.STEP) * limits.STEP), most)
        rule = f"{cpu:g} is not what a replica on {profile} may have: {limits.STEP:g} to {most:g} cores {steps}"
        yield Problem(key_of("size.cpu"), rule, set_key("size.cpu", f"{nearest:g}"))
    elif profile == limits.CONSUMPTION and memory != cpu * limits.GIB_PER_CPU:
        right = cpu * limits.GIB_PER_CPU
        rule = f"{memory:g}GiB does not go with {cpu:g} cores on {profile}: there is {right:g}GiB"
        yield Problem(key_of("size.memory"), rule, set_key("size.memory", f"{right:g}GiB"))
    elif memory % limits.STEP or not limits.STEP <= memory <= room:
        nearest = min(max(limits.STEP, -(-memory // limits.STEP) * limits.STEP), room)
        rule = f"{memory:g}GiB is not what a replica on {profile} may have: {limits.STEP:g} to {room:g}GiB {steps}"
        yield Problem(key_of("size.memory"), rule, set_key("size.memory", f"{nearest:g}GiB"))


def _timeout(settings: Settings) -> Iterator[Problem]:
    if settings.timeout > limits.LONGEST_REQUEST:
        rule = f"{settings.timeout} s are more than the {limits.LONGEST_REQUEST} s that ingress waits for an answer"
        yield Problem(key_of("timeout"), rule, set_key("timeout", limits.LONGEST_REQUEST))


def _platform(settings: Settings) -> Iterator[Problem]:
    if settings.build.platforms and not settings.image and PLATFORM not in settings.build.platforms:
        rule = f"{PLATFORM}, which alone Container Apps runs, is not among them"
        yield Problem(key_of("build.platforms"), rule, set_key("build.platforms[0]", PLATFORM))


def _registry(settings: Settings, options: ContainerAppsOptions) -> Iterator[Problem]:
    """An app pulls with its identity from Azure's registries, and with a login, or as anybody, from others."""
    login = settings.registry
    if login is None:
        return
    if in_azure(login.repository):
        if login.username or login.password:
            rule = "a registry of Azure's is logged in to as whoever runs the program, and as the app's identity"
            yield Problem(key_of("registry.username"), rule, remove_key("registry"))
        elif not any(each.scope and each.definition == limits.ROLES["AcrPull"] for each in options.roles):
            registry, role = login.repository.partition(".")[0], f"options.roles[{len(options.roles)}]"
            rule = f"the app's identity, which is the stack's own, is given no AcrPull on {registry}"
            on = set_key(f"{role}.scope", f'"$(az acr show --name {registry} --query id --output tsv)"')
            yield Problem(key_of("options.roles"), rule, f"{set_key(f'{role}.role', 'AcrPull')}; {on}")
    elif bool(login.username) != bool(login.password):
        missing = "password" if login.username else "username"
        rule = "is required with the other half of the login, which the app pulls its image with"
        secret = "--secret " if missing == "password" else ""
        yield Problem(
            key_of(f"registry.{missing}"), rule, f"pulumi config set {secret}--path {key_of(f'registry.{missing}')} ..."
        )


def in_azure(repository: str) -> bool:
    """Whether a repository is in a container registry of Azure's."""
    return repository.partition("/")[0].endswith(".azurecr.io")


def _concurrency(service: Service, settings: Settings, options: ContainerAppsOptions) -> Iterator[Problem]:
    """A replica that is to have more than its server runs at a time lets the rest wait where another could answer."""
    if options.concurrency is None:
        return
    server = settings.server or service.web.server
    runs = wsgi.plan(server, settings.size.cpu, settings.size.memory).concurrency
    if options.concurrency > runs:
        rule = f"{options.concurrency} is more than the {runs} that {server} runs at a time in such a replica"
        yield Problem(key_of("options.concurrency"), rule, set_key("options.concurrency", runs))


def _network(service: Service, settings: Settings, options: ContainerAppsOptions) -> Iterator[Problem]:
    network = options.network
    if network.own and network.subnet:
        rule = "is of no use beside a network of the stack's own"
        yield Problem(key_of("options.network.subnet"), rule, remove_key("options.network.subnet"))
    elif network.subnet and not network.subnet.startswith(f"/subscriptions/{options.subscription}/"):
        rule = f"is in another subscription than {options.subscription}, which the environment is in"
        yield Problem(key_of("options.network.subnet"), rule, remove_key("options.network.subnet"))
    addresses = ipaddress.IPv4Network(network.cidr).num_addresses - limits.TAKEN_ADDRESSES
    room = addresses // 2 * limits.REPLICAS_PER_ADDRESS - len(service.workers)
    if network.own and settings.scale.max > room:
        rule = (
            f"{settings.scale.max} is more than the {room} that options.network.cidr, {network.cidr}, has addresses for"
        )
        yield Problem(key_of("scale.max"), rule, set_key("scale.max", room))
    if "cidr" in network.model_fields_set and not network.own:
        rule = "is of no use without a network of the stack's own"
        yield Problem(key_of("options.network.cidr"), rule, set_key("options.network.own", "true"))
    if not network.own and not network.subnet:
        for key, why in (("internal", "is reached from a network"), ("zone_redundant", "wants a network")):
            if getattr(options, key):
                rule = f"an environment that is so {why}, and there is none"
                yield Problem(key_of(f"options.{key}"), rule, set_key("options.network.own", "true"))


def _reach(settings: Settings, options: ContainerAppsOptions) -> Iterator[Problem]:
    if options.ingress == "internal" and options.allowed_ips:
        rule = "is of no use where nobody comes in from outside"
        yield Problem(key_of("options.allowed_ips"), rule, remove_key("options.allowed_ips"))
    if settings.domain and options.ingress == "internal":
        rule = "'internal' keeps out whoever asks for service:domain"
        yield Problem(key_of("options.ingress"), rule, set_key("options.ingress", "all"))
    if settings.domain and options.internal:
        rule = "Azure makes a certificate for service:domain only where it is reached from outside"
        yield Problem(key_of("options.internal"), rule, set_key("options.internal", "false"))
    if options.session_affinity and options.traffic.canary is not None:
        rule = "does not go with options.traffic.canary: Azure knows it only where one revision answers"
        yield Problem(key_of("options.session_affinity"), rule, set_key("options.session_affinity", "false"))


def zoned(settings: Settings, zone: str | None, subscription: str) -> Iterator[Problem]:
    """What is wrong with the zone of Azure DNS that a stack names for its domain, if it names one."""
    if zone is None:
        return
    key, name = key_of("options.dns_zone"), zone.rpartition("/")[2]
    if not settings.domain:
        yield Problem(key, "is of no use without service:domain", set_key("domain", f"api.{name}"))
    elif not f".{settings.domain}".endswith(f".{name}"):
        rule = f"{name} does not hold {settings.domain}"
        yield Problem(key, rule, set_key("options.dns_zone", f"dns/{settings.domain.partition('.')[2]}"))
    elif zone.startswith("/") and not zone.startswith(f"/subscriptions/{subscription}/"):
        rule = f"is in another subscription than {subscription}, which everything is made in"
        yield Problem(key, rule, remove_key("options.dns_zone"))


def _scaling(settings: Settings, options: ContainerAppsOptions) -> Iterator[Problem]:
    rules, scale = options.scale_rules, settings.scale
    if rules.cpu is not None and scale.min == 0:
        rule = "of no replica there is no CPU to look at, so that one must always run"
        yield Problem(key_of("options.scale_rules.cpu"), rule, set_key("scale.min", 1))
    for number, cron in enumerate(rules.cron):
        if cron.replicas > scale.max:
            key = f"options.scale_rules.cron[{number}].replicas"
            rule = f"{cron.replicas} is more than {key_of('scale.max')}, {scale.max}"
            yield Problem(key_of(key), rule, set_key(key, scale.max))


def _jobs(service: Service) -> Iterator[Problem]:
    """A job is never run twice at a time, which Container Apps does not see to."""
    for name, job in service.jobs.items():
        # https://learn.microsoft.com/azure/container-apps/jobs#scheduled-jobs, read 2026-11-30.
        if re.search(r"[LW#?]", re.sub(r"[A-Za-z]{3}", "", job.schedule)):
            rule = f"{job.schedule!r} has the last or the nth of something, which Container Apps cannot say"
            yield Problem(f"{CONTRACT}: jobs.{name}.schedule", rule, f"edit it in {CONTRACT}")
            continue
        apart = closest(job.schedule)
        if job.timeout + START > apart:
            rule = f"{job.timeout} s, and up to {START} s to start, are more than the {apart:g} s until it is due again"
            fix = f"shorten it, or let the job run less often, in {CONTRACT}"
            yield Problem(f"{CONTRACT}: jobs.{name}.timeout", rule, fix)


def _secrets(service: Service) -> Iterator[Problem]:
    """An app's own name of a secret has hyphens for underscores, and may not end with one."""
    for name in service.secrets:
        if name.endswith("_"):
            rule = "ends with an underscore, and what an app of Azure calls a secret with a letter or a digit"
            yield Problem(f"{CONTRACT}: secrets.{name}", rule, f"rename {name} in {CONTRACT} and in app/")


def _stored(settings: Settings) -> Iterator[Problem]:
    """A secret's resource group, vault and name, and a version where a certain one is meant."""
    for variable, name in settings.stored_secrets.items():
        if not SECRET.fullmatch(name):
            rule = f"{name!r} is not <resource group>/<vault>/<secret> of Key Vault, with or without :version"
            key = f"stored_secrets.{variable}"
            yield Problem(key_of(key), rule, set_key(key, "shared/acme-secrets/api-key"))
