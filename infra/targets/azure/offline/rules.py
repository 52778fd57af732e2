"""What Azure demands of several inputs together."""

import ipaddress
from collections.abc import Iterator
from typing import Any

from infra.targets.azure.offline.names import READ
from tools.offline.backend import Problem
from tools.offline.judge import found, one
from tools.offline.judges import hidden
from tools.offline.tables import Source
from tools.offline.values import UNKNOWN, Values

SIZES = Source("https://learn.microsoft.com/azure/container-apps/containers#allocations", READ)
SCALE = Source("https://learn.microsoft.com/azure/container-apps/scale-app", READ)

# Memory in Gi by cores, on the consumption plan.
CONTAINER_SIZES = {0.25 * step: f"{0.5 * step:g}Gi" for step in range(1, 17)}


def sizes(_type: str, inputs: Values) -> Iterator[Problem]:
    """The pairs of CPU and memory of an app's containers together."""
    asked: list[Any] = [value for _, value in found(inputs, "template.containers[*].resources")]
    cpus: list[Any] = [one(each, "cpu") for each in asked]
    memories: list[Any] = [one(each, "memory") for each in asked]
    if not asked or not all(isinstance(cpu, int | float) for cpu in cpus):
        return
    if not all(isinstance(memory, str) for memory in memories):
        return
    numbers: list[str] = [memory.removesuffix("Gi") for memory in memories]
    if not all(number.replace(".", "", 1).isdigit() for number in numbers):
        yield Problem("template.containers", f"{', '.join(memories)}: memory is written as 0.5Gi, 1Gi, ...")
        return
    cpu, memory = sum(cpus), f"{sum(map(float, numbers)):g}Gi"
    if CONTAINER_SIZES.get(cpu) != memory:
        pairs = ", ".join(f"{cores:g} with {gi}" for cores, gi in CONTAINER_SIZES.items())
        yield Problem("template.containers", f"{cpu:g} cores with {memory}: there are {pairs} ({SIZES})")


def scaling(_type: str, inputs: Values) -> Iterator[Problem]:
    """An app's bounds on replicas."""
    low, high = one(inputs, "template.scale.minReplicas"), one(inputs, "template.scale.maxReplicas")
    if isinstance(low, int) and isinstance(high, int) and low > high:
        yield Problem("template.scale.minReplicas", f"{low} is more than maxReplicas, {high}")


def traffic(_type: str, inputs: Values) -> Iterator[Problem]:
    """That an app's traffic is shared out whole."""
    shares: list[Any] = [one(entry, "weight") or 0 for _, entry in found(inputs, "configuration.ingress.traffic[*]")]
    if shares and not hidden(inputs, "configuration.ingress.traffic[*].weight") and sum(shares) != 100:
        yield Problem("configuration.ingress.traffic", f"the weights add up to {sum(shares)}, not 100")


def secrets(_type: str, inputs: Values) -> Iterator[Problem]:
    """That what a container or a registry calls a secret is one of the app's."""
    if hidden(inputs, "configuration.secrets[*].name"):
        return
    known: list[Any] = [name for _, name in found(inputs, "configuration.secrets[*].name")]
    registries = found(inputs, "configuration.registries[*].passwordSecretRef")
    for path, name in [*registries, *found(inputs, "template.containers[*].env[*].secretRef")]:
        if isinstance(name, str) and name not in known:
            yield Problem(path, f"{name!r} is no secret of this app")


def address_space(_type: str, inputs: Values) -> Iterator[Problem]:
    """That a network's blocks are blocks, and its subnets lie in them."""
    blocks: list[ipaddress.IPv4Network] = []
    for path, prefix in found(inputs, "addressSpace.addressPrefixes[*]"):
        if prefix is UNKNOWN:
            continue
        try:
            blocks.append(ipaddress.IPv4Network(prefix))
        except ValueError as error:
            yield Problem(path, f"{prefix!r} is no block of IPv4 addresses: {error}")
    if hidden(inputs, "addressSpace.addressPrefixes[*]"):
        return
    for path, prefix in found(inputs, "subnets[*].addressPrefix"):
        if prefix is UNKNOWN:
            continue
        try:
            inside = any(ipaddress.IPv4Network(prefix).subnet_of(block) for block in blocks)
        except ValueError as error:
            yield Problem(path, f"{prefix!r} is no block of IPv4 addresses: {error}")
            continue
        if not inside:
            yield Problem(path, f"{prefix!r} lies in none of the network's blocks")
