"""What AWS demands of several inputs together, beyond what its APIs' models say of each."""

import ipaddress
import json
from collections.abc import Iterator
from typing import Any

from tools.offline.backend import Problem
from tools.offline.judge import found, one
from tools.offline.tables import Source
from tools.offline.values import UNKNOWN, Values

READ = "2026-11-23"
FARGATE = Source("https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html", READ)
VPC = Source("https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html", READ)

# MiB by CPU units.
FARGATE_SIZES: dict[int, list[int]] = {
    256: [512, 1024, 2048],
    512: [*range(1024, 4097, 1024)],
    1024: [*range(2048, 8193, 1024)],
    2048: [*range(4096, 16385, 1024)],
    4096: [*range(8192, 30721, 1024)],
    8192: [*range(16384, 61441, 4096)],
    16384: [*range(32768, 122881, 8192)],
}


def fargate_size(_type: str, inputs: Values) -> Iterator[Problem]:
    """The pairs of CPU and memory that Fargate has."""
    if "FARGATE" not in (one(inputs, "requiresCompatibilities") or []):
        return
    for name in ("cpu", "memory"):
        if name not in inputs:
            yield Problem(name, f"Fargate wants it ({FARGATE})")
    if one(inputs, "networkMode") not in ("awsvpc", UNKNOWN):
        yield Problem("networkMode", f"{one(inputs, 'networkMode')!r}: Fargate knows awsvpc alone")
    cpu, memory = _number(one(inputs, "cpu")), _number(one(inputs, "memory"))
    if cpu is not None and cpu not in FARGATE_SIZES:
        yield Problem("cpu", f"{cpu} is none of {', '.join(map(str, FARGATE_SIZES))} ({FARGATE})")
    elif cpu is not None and memory is not None and memory not in FARGATE_SIZES[cpu]:
        sizes = ", ".join(map(str, FARGATE_SIZES[cpu]))
        yield Problem("memory", f"{memory} MiB does not go with {cpu} CPU units; there are {sizes} ({FARGATE})")


def containers(_type: str, inputs: Values) -> Iterator[Problem]:
    """That some container is essential, that names are single, that images are named."""
    try:
        listed: Any = json.loads(str(inputs.get("containerDefinitions")))
    except ValueError:
        return
    entries: list[Any] = [value for _, value in found({"it": listed}, "it[*]") if isinstance(value, dict)]
    names: list[Any] = [entry.get("name") for entry in entries]
    for name in sorted({str(name) for name in names if names.count(name) > 1}):
        yield Problem("containerDefinitions", f"two containers are named {name!r}")
    for index, entry in enumerate(entries):
        if not entry.get("image"):
            yield Problem(f"containerDefinitions[{index}].image", "required, but missing")
    if entries and not any(entry.get("essential", True) for entry in entries):
        yield Problem("containerDefinitions", "no container is essential")


def cidr(_type: str, inputs: Values) -> Iterator[Problem]:
    """A block of addresses: /16 to /28, without host bits."""
    block = one(inputs, "cidrBlock")
    if not isinstance(block, str):
        return
    try:
        network = ipaddress.IPv4Network(block)
    except ValueError as error:
        yield Problem("cidrBlock", f"{block!r} is no block of IPv4 addresses: {error}")
        return
    if not 16 <= network.prefixlen <= 28:
        yield Problem("cidrBlock", f"{block!r} must be a /16 to a /28 ({VPC})")


def ports(_type: str, inputs: Values) -> Iterator[Problem]:
    """A security group's ranges of ports."""
    for path, rule in [*found(inputs, "ingress[*]"), *found(inputs, "egress[*]")]:
        low, high = one(rule, "fromPort"), one(rule, "toPort")
        if not isinstance(low, int) or not isinstance(high, int):
            continue
        if rule["protocol"] == "-1" and (low, high) != (0, 0):
            yield Problem(path, f"all protocols (-1) go with ports 0 to 0, not {low} to {high}")
        elif rule["protocol"] in ("tcp", "udp") and not 0 <= low <= high <= 65535:
            yield Problem(path, f"{low} to {high} is no range of ports")


def scaling(_type: str, inputs: Values) -> Iterator[Problem]:
    """An autoscaling target's bounds."""
    low, high = one(inputs, "minCapacity"), one(inputs, "maxCapacity")
    if isinstance(low, int) and isinstance(high, int) and low > high:
        yield Problem("minCapacity", f"{low} is more than maxCapacity, {high}")


def service_network(_type: str, inputs: Values) -> Iterator[Problem]:
    """That a service on Fargate says where it stands."""
    if one(inputs, "launchType") == "FARGATE" and "networkConfiguration" not in inputs:
        yield Problem("networkConfiguration", "a service on Fargate wants it")


def _number(value: Any) -> int | None:
    return int(value) if isinstance(value, str) and value.isdigit() else None
