"""What Cloud Run demands of services, jobs and worker pools, beyond what its discovery document says of each value."""

import re
from collections.abc import Iterator
from typing import Any

from infra.targets.gcp import limits
from infra.targets.gcp.offline.names import READ, last
from tools.offline import forms
from tools.offline.backend import Problem
from tools.offline.judge import found, one
from tools.offline.judges import hidden
from tools.offline.tables import Beside, Others, Rule, Source
from tools.offline.values import UNKNOWN, Values

SERVICE, JOB = "gcp:cloudrunv2/service:Service", "gcp:cloudrunv2/job:Job"
POOL = "gcp:cloudrunv2/workerPool:WorkerPool"

RUN = Source("https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.services", READ)
JOBS = Source("https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.jobs", READ)
CPU = Source("https://cloud.google.com/run/docs/configuring/services/cpu", READ)
MEMORY = Source("https://cloud.google.com/run/docs/configuring/services/memory-limits", READ)
TIMEOUT = Source("https://cloud.google.com/run/docs/configuring/request-timeout", READ)
CONCURRENCY = Source("https://cloud.google.com/run/docs/about-concurrency", READ)
VARIABLES = Source("https://cloud.google.com/run/docs/container-contract#env-vars", READ)
PROBES = Source("https://cloud.google.com/run/docs/configuring/healthchecks", READ)
TASKS = Source("https://cloud.google.com/run/docs/configuring/task-timeout", READ)
REVISIONS = Source("https://cloud.google.com/run/docs/managing/revisions", READ)
VPC = Source("https://cloud.google.com/run/docs/configuring/vpc-direct-vpc", READ)
SECRETS = Source("https://cloud.google.com/run/docs/configuring/services/secrets", READ)

LIMITS = ("cpu", "memory", "nvidia.com/gpu")
# Cloud Run sets these itself.
RESERVED = frozenset({"PORT", "K_SERVICE", "K_REVISION", "K_CONFIGURATION"})
# Seconds that a container may take to start.
LONGEST_START = 240
# Where each type has its containers.
CONTAINERS = {
    SERVICE: "template.containers[*]",
    JOB: "template.template.containers[*]",
    POOL: "template.containers[*]",
}

_NAME = r"[a-z](?:[a-z0-9-]{0,47}[a-z0-9])?"
NAMED = Rule("name", RUN, "be at most 49 lower-case letters, digits and hyphens, from a letter on", pattern=_NAME)
SERVICE_RULES = (
    NAMED,
    Rule(
        "template.timeout",
        TIMEOUT,
        "be at most 3600 seconds",
        pattern=r"([1-9]\d{0,2}|[12]\d{3}|3[0-5]\d{2}|3600)(\.0*)?s",
    ),
    Rule(
        "template.maxInstanceRequestConcurrency",
        CONCURRENCY,
        "be from 1 to 1000",
        least=1,
        most=limits.MOST_CONCURRENCY,
    ),
    Rule("traffics[*].tag", REVISIONS, "be a name of lower-case letters, digits and hyphens", pattern=_NAME),
)
JOB_RULES = (
    NAMED,
    Rule("template.template.maxRetries", JOBS, "be from 0 to 10", least=0, most=10),
    Rule("template.taskCount", JOBS, "be from 1 to 10000", least=1, most=10000),
)


def scaling(_type: str, inputs: Values) -> Iterator[Problem]:
    """The bounds on instances, of a service's revision and of the service."""
    for at in ("template.scaling", "scaling"):
        low, high = one(inputs, f"{at}.minInstanceCount"), one(inputs, f"{at}.maxInstanceCount")
        if isinstance(low, int) and isinstance(high, int) and low > high:
            yield Problem(f"{at}.minInstanceCount", f"{low} is more than maxInstanceCount, {high}")


def containers(type_: str, inputs: Values) -> Iterator[Problem]:
    """Limits, ports, environment and probes of each container."""
    for path, container in found(inputs, CONTAINERS[type_]):
        yield from _limits(f"{path}.resources.limits", one(container, "resources.limits"))
        yield from _environment(path, container)
        for _, port in found(container, "ports.containerPort"):
            if isinstance(port, int) and not 1 <= port <= 65535:
                yield Problem(f"{path}.ports.containerPort", f"{port} is no port")
        for name in ("startupProbe", "livenessProbe", "readinessProbe"):
            yield from _probe(f"{path}.{name}", one(container, name), name == "startupProbe")


def _limits(path: str, given: Any) -> Iterator[Problem]:
    """The names of limits, and pairs of CPU and memory."""
    for at, _ in found({"it": given}, "it[*]"):
        name = at.removeprefix("it[").removesuffix("]")
        if name not in LIMITS:
            yield Problem(f"{path}.{name}", f"no such limit; there are {', '.join(LIMITS)}")
    size, memory = one(given, "cpu"), mebibytes(one(given, "memory"))
    if not isinstance(size, str):
        return
    cpus = cores(size)
    if cpus is None or not (limits.LEAST_CPU <= cpus < 1 or cpus in limits.WHOLE_CPUS):
        yield Problem(f"{path}.cpu", f"{size!r} is none of {', '.join(map(str, limits.WHOLE_CPUS))} ({CPU})")
        return
    least, most = limits.WHOLE_CPUS.get(int(cpus), (0, 0)) if cpus >= 1 else (0, _most_of_a_part(cpus))
    if memory is not None and not least <= memory <= most:
        yield Problem(f"{path}.memory", f"{size} CPUs want at least {least} MiB, and at most {most} ({CPU})")


def _most_of_a_part(cpus: float) -> int:
    return max(most for least, most in limits.MOST_OF_A_PART.items() if least <= cpus)


def whole_cpu(type_: str, inputs: Values) -> Iterator[Problem]:
    """What less than a CPU does not go with in a service, and that a task has one and 512 MiB."""
    for path, given in found(inputs, f"{CONTAINERS[type_]}.resources"):
        size, memory = one(given, "limits.cpu"), mebibytes(one(given, "limits.memory"))
        cpus = cores(size) if isinstance(size, str) else None
        if type_ != SERVICE or one(inputs, "template.executionEnvironment") == "EXECUTION_ENVIRONMENT_GEN2":
            least = limits.LEAST_MEMORY["gen2"]
            if memory is not None and memory < least:
                yield Problem(f"{path}.limits.memory", f"the second generation wants at least {least} MiB ({MEMORY})")
        if cpus is None or cpus >= 1:
            continue
        if type_ != SERVICE:
            yield Problem(f"{path}.limits.cpu", f"{size} is less than 1 ({CPU})")
            continue
        concurrency = one(inputs, "template.maxInstanceRequestConcurrency")
        if isinstance(concurrency, int) and concurrency > 1:
            said = f"less than one CPU answers one request at a time ({CPU})"
            yield Problem("template.maxInstanceRequestConcurrency", said)
        if one(given, "cpuIdle") is False:
            yield Problem(f"{path}.cpuIdle", f"less than one CPU is paid for by request ({CPU})")


def _environment(path: str, container: Any) -> Iterator[Problem]:
    """Names that Cloud Run takes, each once, with a value or where one is from."""
    given = [each for _, each in found(container, "envs[*]")]
    names: list[Any] = [one(each, "name") for each in given]
    for index, (name, each) in enumerate(zip(names, given, strict=True)):
        at = f"{path}.envs[{index}]"
        if name in RESERVED:
            yield Problem(f"{at}.name", f"{name} is set by Cloud Run itself ({VARIABLES})")
        elif isinstance(name, str) and names.index(name) < index:
            yield Problem(f"{at}.name", f"{name} is set twice ({VARIABLES})")
        if one(each, "value") not in (None, "") and one(each, "valueSource") is not None:
            yield Problem(f"{at}.valueSource", f"does not go with value ({VARIABLES})")


def _probe(path: str, probe: Any, starting: bool) -> Iterator[Problem]:
    """The times of a probe, and how it asks."""
    if not isinstance(probe, dict):
        return
    values: Values = dict(probe)  # pyright: ignore[reportUnknownArgumentType]
    ways = [way for way in ("httpGet", "tcpSocket", "grpc") if values.get(way) is not None]
    if len(ways) != 1 and UNKNOWN not in values.values():
        yield Problem(path, f"asks in one way: httpGet, tcpSocket or grpc ({PROBES})")
    period, timeout = values.get("periodSeconds", 10), values.get("timeoutSeconds", 1)
    failures = values.get("failureThreshold", 3)
    if not all(isinstance(each, int) for each in (period, timeout, failures)):
        return
    most = LONGEST_START if starting else 3600
    if not 1 <= period <= most:
        yield Problem(f"{path}.periodSeconds", f"{period} must be from 1 to {most} ({PROBES})")
    if not 1 <= timeout <= period:
        yield Problem(f"{path}.timeoutSeconds", f"{timeout} must be from 1 to periodSeconds, {period} ({PROBES})")
    if starting and failures * period > LONGEST_START:
        said = f"{failures} times {period} seconds are more than {LONGEST_START} to start in ({PROBES})"
        yield Problem(f"{path}.failureThreshold", said)


def traffic(_type: str, inputs: Values) -> Iterator[Problem]:
    """That a service's traffic is shared out whole, and by revision or to the latest."""
    shares: list[Any] = [one(entry, "percent") or 0 for _, entry in found(inputs, "traffics[*]")]
    if shares and not hidden(inputs, "traffics[*].percent") and sum(shares) != 100:
        yield Problem("traffics", f"the shares add up to {sum(shares)} percent, not 100")
    tags: list[Any] = [tag for _, tag in found(inputs, "traffics[*].tag")]
    if len({tag for tag in tags if isinstance(tag, str)}) < sum(isinstance(tag, str) for tag in tags):
        yield Problem("traffics", f"two of them have the same tag ({REVISIONS})")
    for path, entry in found(inputs, "traffics[*]"):
        by_name = one(entry, "type") == "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION"
        if by_name and isinstance(entry, dict) and not forms.given(entry, "revision"):  # pyright: ignore[reportUnknownArgumentType]
            yield Problem(f"{path}.revision", f"required where traffic is shared out by revision ({REVISIONS})")


def revision(_type: str, inputs: Values) -> Iterator[Problem]:
    """That a revision's name begins with that of what it is one of."""
    name, given = inputs.get("name"), one(inputs, "template.revision")
    if not isinstance(given, str):
        return
    if not re.fullmatch(rf"[a-z](?:[a-z0-9-]{{0,{limits.LONGEST_REVISION - 2}}}[a-z0-9])?", given):
        said = f"{given!r} is no name of at most {limits.LONGEST_REVISION} lower-case letters, digits and hyphens"
        yield Problem("template.revision", f"{said} ({REVISIONS})")
    elif isinstance(name, str) and not given.startswith(f"{name}-"):
        yield Problem("template.revision", f"{given!r} must begin with {name}- ({REVISIONS})")


def task(_type: str, inputs: Values) -> Iterator[Problem]:
    """How long a task of a job may take."""
    timeout = one(inputs, "template.template.timeout")
    seconds = re.fullmatch(r"(\d+)(\.\d+)?s", timeout) if isinstance(timeout, str) else None
    if seconds and not 1 <= int(seconds[1]) <= limits.LONGEST_TASK:
        said = f"{timeout!r} must be from 1 to {limits.LONGEST_TASK} seconds ({TASKS})"
        yield Problem("template.template.timeout", said)


NETWORK, TASK_NETWORK = (
    forms.only_one("connector", "networkInterfaces", source=VPC, within=f"{at}.vpcAccess")
    for at in ("template", "template.template")
)


def reads_its_secrets(type_: str) -> Beside:
    """That the account of a template may read each secret that it is given, by a binding of the plan."""
    at = CONTAINERS[type_]
    account_at = f"{at.removesuffix('.containers[*]')}.serviceAccount"

    def beside(inputs: Values, others: Others) -> Iterator[Problem]:
        account = one(inputs, account_at)
        if not isinstance(account, str):
            return
        may = [
            last(binding.get("secretId"))
            for _, binding in others("gcp:secretmanager/secretIamMember:SecretIamMember")
            if binding.get("member") in (f"serviceAccount:{account}", UNKNOWN)
            if binding.get("role") == "roles/secretmanager.secretAccessor"
        ]
        for path, secret in found(inputs, f"{at}.envs[*].valueSource.secretKeyRef.secret"):
            if isinstance(secret, str) and last(secret) not in may:
                yield Problem(path, f"permission denied on secret {secret!r} for service account {account} ({SECRETS})")

    return beside


def cores(value: str) -> float | None:
    """CPUs, from either of the forms that Cloud Run reads: `0.5`, `500m`."""
    parts = re.fullmatch(r"(\d+(?:\.\d+)?)(m?)", value)
    return float(parts[1]) / (1000 if parts[2] else 1) if parts else None


def mebibytes(value: Any) -> float | None:
    """MiB, from Kubernetes' forms of a size."""
    for suffix, size in {"Gi": 1024.0, "Mi": 1.0, "G": 953.67, "M": 0.95367}.items():
        if isinstance(value, str) and value.endswith(suffix) and value.removesuffix(suffix).isdigit():
            return int(value.removesuffix(suffix)) * size
    return None
