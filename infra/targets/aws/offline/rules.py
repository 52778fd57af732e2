"""What AWS demands of several inputs together, beyond what its APIs' models say of each."""

import json
import re
from collections.abc import Iterator
from typing import Any

from tools.offline import judges
from tools.offline.backend import Problem
from tools.offline.judge import found, one
from tools.offline.tables import Source
from tools.offline.values import UNKNOWN, Values

READ = "2026-11-23"
FARGATE = Source("https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html", READ)
VPC = Source("https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html", READ)
PROTOCOLS = Source("https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html", READ)

PROTOCOL = re.compile(r"tcp|udp|icmp|icmpv6|all|-1|\d|\d\d|1\d\d|2[0-4]\d|25[0-5]")
SIZE = re.compile(r"(\d+(?:\.\d+)?|\.\d+)(?:\s*(vcpu|gb))?", re.IGNORECASE)
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
    wanted: Any = one(inputs, "requiresCompatibilities")
    if not isinstance(wanted, list) or "FARGATE" not in wanted:
        return
    for name in ("cpu", "memory"):
        if name not in inputs:
            yield Problem(name, f"Fargate wants it ({FARGATE})")
        elif isinstance(inputs[name], str) and not SIZE.fullmatch(inputs[name]):
            yield Problem(name, f"{inputs[name]!r} is no size such as 512, .5 vCPU or 1GB ({FARGATE})")
    if one(inputs, "networkMode") not in ("awsvpc", UNKNOWN):
        yield Problem("networkMode", f"{one(inputs, 'networkMode')!r}: Fargate knows awsvpc alone")
    cpu, memory = size(one(inputs, "cpu")), size(one(inputs, "memory"))
    if cpu is not None and cpu not in FARGATE_SIZES:
        yield Problem("cpu", f"{cpu:g} is none of {', '.join(map(str, FARGATE_SIZES))} ({FARGATE})")
    elif cpu is not None and memory is not None and memory not in FARGATE_SIZES[int(cpu)]:
        sizes = ", ".join(map(str, FARGATE_SIZES[int(cpu)]))
        yield Problem("memory", f"{memory:g} MiB does not go with {cpu:g} CPU units; there are {sizes} ({FARGATE})")


def containers(_type: str, inputs: Values) -> Iterator[Problem]:
    """That some container is essential, that names are single and known, that images, ports and sizes are right."""
    try:
        listed: Any = json.loads(str(inputs.get("containerDefinitions")))
    except ValueError:
        return
    entries: list[Any] = [value for _, value in found({"it": listed}, "it[*]") if isinstance(value, dict)]
    names: list[Any] = [entry.get("name") for entry in entries]
    for name in sorted({str(name) for name in names if names.count(name) > 1}):
        yield Problem("containerDefinitions", f"two containers are named {name!r}")
    for index, entry in enumerate(entries):
        path = f"containerDefinitions[{index}]"
        yield from judges.told(f"{path}.image", judges.image(entry.get("image", "")))
        for at, port in found(entry, "portMappings[*].containerPort"):
            yield from judges.told(f"{path}.{at}", judges.port(port))
        for at, name in found(entry, "dependsOn[*].containerName"):
            if name not in names:
                yield Problem(f"{path}.{at}", f"{name!r} is no container of this task")
    for name in ("cpu", "memory"):
        most, asked = size(one(inputs, name)), sum(_numbers(entries, name))
        if most is not None and asked > most:
            yield Problem(
                "containerDefinitions", f"the containers' {name}, {asked:g}, is more than the task's, {most:g}"
            )
    if entries and not any(entry.get("essential", True) for entry in entries):
        yield Problem("containerDefinitions", "no container is essential")


def cidr(_type: str, inputs: Values) -> Iterator[Problem]:
    """A network's block of addresses: /16 to /28."""
    block = one(inputs, "cidrBlock")
    if isinstance(block, str) and not judges.block(block) and not 16 <= int(block.rpartition("/")[2]) <= 28:
        yield Problem("cidrBlock", f"{block!r} must be a /16 to a /28 ({VPC})")


def ports(_type: str, inputs: Values) -> Iterator[Problem]:
    """A security group's ranges of ports."""
    for path, rule in [*found(inputs, "ingress[*]"), *found(inputs, "egress[*]")]:
        yield from range_of_ports(path, rule)


def range_of_ports(path: str, rule: Any) -> Iterator[Problem]:
    """One rule's protocol and ports."""
    low, high = one(rule, "fromPort"), one(rule, "toPort")
    protocol: Any = one(rule, "protocol") or one(rule, "ipProtocol")
    if isinstance(protocol, str) and not PROTOCOL.fullmatch(protocol.lower()):
        yield Problem(path, f"{protocol!r} is no protocol: tcp, udp, icmp, icmpv6, -1 or its number ({PROTOCOLS})")
    if not isinstance(low, int) or not isinstance(high, int):
        return
    if protocol == "-1" and (low, high) != (0, 0):
        yield Problem(path, f"all protocols (-1) go with ports 0 to 0, not {low} to {high}")
    elif protocol in ("tcp", "udp", "6", "17") and not 0 <= low <= high <= 65535:
        yield Problem(path, f"{low} to {high} is no range of ports")


def bounds(_type: str, inputs: Values) -> Iterator[Problem]:
    """An autoscaling target's bounds."""
    low, high = one(inputs, "minCapacity"), one(inputs, "maxCapacity")
    if isinstance(low, int) and isinstance(high, int) and low > high:
        yield Problem("minCapacity", f"{low} is more than maxCapacity, {high}")


def service_network(_type: str, inputs: Values) -> Iterator[Problem]:
    """That a service on Fargate says where it stands."""
    if one(inputs, "launchType") == "FARGATE" and "networkConfiguration" not in inputs:
        yield Problem("networkConfiguration", "a service on Fargate wants it")


def size(value: Any) -> float | None:
    """CPU units or MiB, from either of the forms that ECS reads."""
    parts = SIZE.fullmatch(value) if isinstance(value, str) else None
    return float(parts[1]) * (1024 if parts[2] else 1) if parts else None


def _numbers(entries: list[Any], name: str) -> list[float]:
    return [number for _, number in found({"it": entries}, f"it[*].{name}") if isinstance(number, int | float)]
