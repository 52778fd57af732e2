"""What Container Apps demands of apps and jobs alike: containers, sizes, probes, secrets, where images come from."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from infra.targets.azure import limits
from infra.targets.azure.offline.names import READ, last
from tools.offline import forms
from tools.offline.backend import Problem
from tools.offline.judge import found, one
from tools.offline.judges import hidden
from tools.offline.tables import Others, Rule, Source
from tools.offline.values import UNKNOWN, Values

APP, JOB = "azure-native:app:ContainerApp", "azure-native:app:Job"
ENVIRONMENT = "azure-native:app:ManagedEnvironment"

SIZES = Source("https://learn.microsoft.com/azure/container-apps/containers#allocations", READ)
PROFILES = Source("https://learn.microsoft.com/azure/container-apps/workload-profiles-overview", READ)
PROBES = Source("https://learn.microsoft.com/azure/container-apps/health-probes", READ)
SECRETS = Source("https://learn.microsoft.com/azure/container-apps/manage-secrets", READ)
VARIABLES = Source("https://learn.microsoft.com/azure/container-apps/environment-variables", READ)
IMAGES = Source("https://learn.microsoft.com/azure/container-apps/managed-identity-image-pull", READ)

CONTAINERS = "template.containers[*]"
# Memory in Gi by cores, on the consumption plan.
CONTAINER_SIZES = {
    limits.STEP * step: f"{limits.STEP * step * limits.GIB_PER_CPU:g}Gi"
    for step in range(1, int(limits.MOST_CPU / limits.STEP) + 1)
}
# Seconds and counts of a probe, at the least and at the most.
PROBED = {
    "failureThreshold": (1, limits.MOST_FAILURES),
    "initialDelaySeconds": (0, 60),
    "periodSeconds": (1, limits.LONGEST_PERIOD),
    "successThreshold": (1, 10),
    "timeoutSeconds": (1, 240),
}
# Azure sets what begins so.
RESERVED = "CONTAINER_APP_"

KEPT = re.compile(
    r"https://[a-zA-Z][a-zA-Z0-9-]{1,22}[a-zA-Z0-9]\.vault\.azure\.net/secrets/[A-Za-z0-9-]+(/[0-9a-f]{32})?"
)
SECRET_NAME = Rule(
    "configuration.secrets[*].name",
    SECRETS,
    "be lower-case letters, digits, periods and hyphens",
    pattern=r"[a-z0-9]([-.a-z0-9]*[a-z0-9])?",
)
CONTAINER_NAME = Rule(
    f"{CONTAINERS}.name",
    SIZES,
    "be lower-case letters, digits and hyphens, up to 63, a letter or digit at the ends",
    pattern=r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?",
)


def size(inputs: Values) -> tuple[float, float] | None:
    """Cores and GiB of all containers together; None where that is not said, or not known yet."""
    asked = [value for _, value in found(inputs, f"{CONTAINERS}.resources")]
    cpus, memories = [one(each, "cpu") for each in asked], [gibibytes(one(each, "memory")) for each in asked]
    numbers = [each for each in (*cpus, *memories) if isinstance(each, int | float)]
    if not asked or len(numbers) < 2 * len(asked) or hidden(inputs, f"{CONTAINERS}.resources"):
        return None
    return sum(numbers[: len(asked)]), sum(numbers[len(asked) :])


def gibibytes(value: Any) -> float | None:
    """`0.5Gi` as a number."""
    text = value.removesuffix("Gi") if isinstance(value, str) and value.endswith("Gi") else ""
    return float(text) if re.fullmatch(r"\d+(\.\d+)?|\.\d+", text) else None


def sizes(_type: str, inputs: Values) -> Iterator[Problem]:
    """The pairs of CPU and memory of an app's containers together."""
    for path, memory in found(inputs, f"{CONTAINERS}.resources.memory"):
        if isinstance(memory, str) and gibibytes(memory) is None:
            yield Problem(path, f"{memory!r}: memory is written as 0.5Gi, 1Gi, ... ({SIZES})")
    whole, profile = size(inputs), inputs.get("workloadProfileName") or limits.CONSUMPTION
    if whole is None or profile is UNKNOWN:
        return
    cpu, memory = whole
    most = limits.PROFILES.get(str(profile))
    if profile == limits.CONSUMPTION and CONTAINER_SIZES.get(cpu) != f"{memory:g}Gi":
        pairs = ", ".join(f"{cores:g} with {gi}" for cores, gi in CONTAINER_SIZES.items())
        yield Problem("template.containers", f"{cpu:g} cores with {memory:g}Gi: there are {pairs} ({SIZES})")
    elif most is not None and (cpu > most[0] or memory > most[1]):
        says = f"{cpu:g} cores with {memory:g}Gi: a node of {profile} has {most[0]} with {most[1]}Gi"
        yield Problem("template.containers", f"{says} ({PROFILES})")


def containers(_type: str, inputs: Values) -> Iterator[Problem]:
    """That there are some, each of a name of its own, with variables and probes that go together."""
    if inputs.get("template") is not UNKNOWN and one(inputs, "template.containers") in (None, []):
        yield Problem("template.containers", f"there must be one at the least ({SIZES})")
    yield from _distinct(inputs, f"{CONTAINERS}.name", SIZES)
    for path, container in found(inputs, CONTAINERS):
        yield from _variables(path, container)
        yield from _probes(path, container)


def _variables(path: str, container: Any) -> Iterator[Problem]:
    names: list[Any] = []
    for at, each in found(container, "env[*]"):
        name, place = one(each, "name"), f"{path}.{at}"
        if isinstance(name, str) and name.startswith(RESERVED):
            yield Problem(f"{place}.name", f"{name} is set by Container Apps itself ({VARIABLES})")
        if isinstance(name, str) and name in names:
            yield Problem(f"{place}.name", f"{name} is set twice ({VARIABLES})")
        if one(each, "value") not in (None, "") and one(each, "secretRef") is not None:
            yield Problem(f"{place}.secretRef", f"does not go with value ({VARIABLES})")
        names.append(name)


def _probes(path: str, container: Any) -> Iterator[Problem]:
    kinds: list[str] = []
    for at, probe in found(container, "probes[*]"):
        place, kind = f"{path}.{at}", str(one(probe, "type")).lower()
        if kind in kinds:
            yield Problem(f"{place}.type", f"there may be one probe of each type ({PROBES})")
        kinds.append(kind)
        ways = [way for way in ("httpGet", "tcpSocket") if one(probe, way) is not None]
        if len(ways) != 1 and probe is not UNKNOWN:
            yield Problem(place, f"asks in one way: httpGet or tcpSocket ({PROBES})")
        for name, (least, most) in PROBED.items():
            value = one(probe, name)
            if isinstance(value, int) and not least <= value <= most:
                yield Problem(f"{place}.{name}", f"{value} must be from {least} to {most} ({PROBES})")
        if kind != "readiness" and one(probe, "successThreshold") not in (None, UNKNOWN, 1):
            yield Problem(f"{place}.successThreshold", f"must be 1 for all but a readiness probe ({PROBES})")
        for way in ways:
            port, asked = one(probe, f"{way}.port"), one(probe, f"{way}.path")
            if isinstance(port, int) and not 1 <= port <= 65535:
                yield Problem(f"{place}.{way}.port", f"{port} is no port: 1 to 65535 ({PROBES})")
            if isinstance(asked, str) and not asked.startswith("/"):
                yield Problem(f"{place}.{way}.path", f"{asked!r} must begin with / ({PROBES})")


def secrets(_type: str, inputs: Values) -> Iterator[Problem]:
    """That each secret is said in one way, by an identity of the app's, and that what is called a secret is one."""
    yield from _distinct(inputs, "configuration.secrets[*].name", SECRETS)
    for path, secret in found(inputs, "configuration.secrets[*]"):
        if not isinstance(secret, dict):
            continue
        yield from _secret(path, secret, inputs)  # pyright: ignore[reportUnknownArgumentType]
    if hidden(inputs, "configuration.secrets[*].name"):
        return
    known: list[Any] = [name for _, name in found(inputs, "configuration.secrets[*].name")]
    registries = found(inputs, "configuration.registries[*].passwordSecretRef")
    for path, name in [*registries, *found(inputs, f"{CONTAINERS}.env[*].secretRef")]:
        if isinstance(name, str) and name not in known:
            yield Problem(path, f"{name!r} is no secret of this app")


def _secret(path: str, secret: Values, inputs: Values) -> Iterator[Problem]:
    address = secret.get("keyVaultUrl")
    if secret.get("value") is not None and address is not None:
        yield Problem(f"{path}.keyVaultUrl", f"does not go with value ({SECRETS})")
    if secret.get("value") is None and address is None:
        yield Problem(path, f"wants value or keyVaultUrl ({SECRETS})")
    if address is not None and secret.get("identity") is None:
        yield Problem(f"{path}.identity", f"wanted to read it from Key Vault ({SECRETS})")
    if isinstance(address, str) and not KEPT.fullmatch(address):
        such = "https://<vault>.vault.azure.net/secrets/<name>/<version>"
        yield Problem(f"{path}.keyVaultUrl", f"{address!r} is no address such as {such} ({SECRETS})")
    yield from _own(f"{path}.identity", secret.get("identity"), inputs)


def registries(_type: str, inputs: Values) -> Iterator[Problem]:
    """That images are pulled in one way, by an identity of the app's, from a host."""
    yield from _distinct(inputs, "configuration.registries[*].server", IMAGES)
    for path, registry in found(inputs, "configuration.registries[*]"):
        identity, user = one(registry, "identity"), one(registry, "username")
        if identity not in (None, "", UNKNOWN) and user not in (None, ""):
            yield Problem(f"{path}.username", f"does not go with identity ({IMAGES})")
        if (user is None) is not (one(registry, "passwordSecretRef") is None):
            yield Problem(f"{path}.passwordSecretRef", f"goes with username ({IMAGES})")
        server = one(registry, "server")
        if isinstance(server, str) and "/" in server:
            yield Problem(f"{path}.server", f"{server!r} must be a host's name alone ({IMAGES})")
        yield from _own(f"{path}.identity", identity, inputs)


def _own(path: str, identity: Any, inputs: Values) -> Iterator[Problem]:
    """That an identity is one of the app's."""
    kind = str(one(inputs, "identity.type"))
    if not isinstance(identity, str) or not identity or hidden(inputs, "identity.userAssignedIdentities[*]"):
        return
    has = "SystemAssigned" in kind if identity.lower() == "system" else identity in _identities(inputs)
    if not has:
        yield Problem(path, f"{last(identity)!r} is no identity of this app ({SECRETS})")


def _identities(inputs: Values) -> list[Any]:
    return [each for _, each in found(inputs, "identity.userAssignedIdentities[*]")]


def identities(_type: str, inputs: Values) -> Iterator[Problem]:
    """That the type of identity says whether there are some of the user's own."""
    kind, own = one(inputs, "identity.type"), one(inputs, "identity.userAssignedIdentities")
    if isinstance(kind, str) and own is not UNKNOWN and ("UserAssigned" in kind) is not bool(own):
        yield Problem("identity.userAssignedIdentities", f"{'wanted by' if not own else 'does not go with'} {kind}")


def in_its_environment(inputs: Values, others: Others) -> Iterator[Problem]:
    """That the workload profile that an app names is one of its environment's."""
    name = inputs.get("workloadProfileName")
    place = inputs.get("environmentId") or inputs.get("managedEnvironmentId")
    for id_, environment in others(ENVIRONMENT):
        if id_ != place or not isinstance(name, str) or hidden(environment, "workloadProfiles[*].name"):
            continue
        there = [each for _, each in found(environment, "workloadProfiles[*].name")]
        if there and name not in there:
            yield Problem(
                "workloadProfileName", f"{name!r} is none of the environment's: {', '.join(there)} ({PROFILES})"
            )


def _distinct(inputs: Values, path: str, source: Source) -> Iterator[Problem]:
    names: list[str] = []
    for at, name in found(inputs, path):
        if isinstance(name, str) and name in names:
            yield Problem(at, f"{name!r} is there twice ({source})")
        names.append(str(name))


def only(path: str, kinds: Mapping[str, str], source: Source) -> Any:
    """That what goes with the kind at a path is given, and nothing that goes with another."""

    def judge(_type: str, inputs: Values) -> Iterator[Problem]:
        kind, parent = one(inputs, path), path.rpartition(".")[0]
        if not isinstance(kind, str) or kind not in kinds:
            return
        for of, name in kinds.items():
            at = f"{parent}.{name}"
            if of == kind and not forms.given(inputs, at):
                yield Problem(at, f"wanted where {path} is {kind} ({source})")
            elif of != kind and one(inputs, at) not in (None, UNKNOWN):
                yield Problem(at, f"does not go with {kind} ({source})")

    return judge
