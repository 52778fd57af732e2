"""What Google Cloud demands of several inputs together, beyond what its discovery documents say of each."""

import ipaddress
from collections.abc import Iterator
from typing import Any

from tools.offline.backend import Problem
from tools.offline.judge import found, one
from tools.offline.judges import hidden
from tools.offline.tables import Source
from tools.offline.values import Values

READ = "2026-11-23"
RUN_CPU = Source("https://cloud.google.com/run/docs/configuring/services/cpu", READ)
SUBNETS = Source("https://cloud.google.com/vpc/docs/subnets#valid-ranges", READ)

# Least MiB of memory that a number of CPUs wants on Cloud Run.
RUN_LEAST_MEMORY = {"1": 128, "2": 128, "4": 2048, "6": 4096, "8": 4096}
LIMITS = ("cpu", "memory", "nvidia.com/gpu")


def subnet_range(_type: str, inputs: Values) -> Iterator[Problem]:
    """A subnet's range: without host bits, /4 to /29."""
    block = one(inputs, "ipCidrRange")
    if not isinstance(block, str):
        return
    try:
        network = ipaddress.IPv4Network(block)
    except ValueError as error:
        yield Problem("ipCidrRange", f"{block!r} is no range of IPv4 addresses: {error}")
        return
    if not 4 <= network.prefixlen <= 29:
        yield Problem("ipCidrRange", f"{block!r} must be a /4 to a /29 ({SUBNETS})")


def run_scaling(_type: str, inputs: Values) -> Iterator[Problem]:
    """A service's bounds on instances."""
    low, high = one(inputs, "template.scaling.minInstanceCount"), one(inputs, "template.scaling.maxInstanceCount")
    if isinstance(low, int) and isinstance(high, int) and low > high:
        yield Problem("template.scaling.minInstanceCount", f"{low} is more than maxInstanceCount, {high}")


def run_limits(_type: str, inputs: Values) -> Iterator[Problem]:
    """The names of limits, pairs of CPU and memory, and ports."""
    for path, limits in found(inputs, "template.containers[*].resources.limits"):
        for limit, _ in found({"it": limits}, "it[*]"):
            name = limit.removeprefix("it[").removesuffix("]")
            if name not in LIMITS:
                yield Problem(f"{path}.{name}", f"no such limit; there are {', '.join(LIMITS)}")
        cpu, memory = one(limits, "cpu"), _mebibytes(one(limits, "memory"))
        least = RUN_LEAST_MEMORY.get(str(cpu))
        if isinstance(cpu, str) and cpu.isdigit() and least is None:
            yield Problem(f"{path}.cpu", f"{cpu!r} is none of {', '.join(RUN_LEAST_MEMORY)} ({RUN_CPU})")
        if least is not None and memory is not None and memory < least:
            yield Problem(f"{path}.memory", f"{cpu} CPUs want at least {least} MiB ({RUN_CPU})")
    for path, port in found(inputs, "template.containers[*].ports.containerPort"):
        if isinstance(port, int) and not 1 <= port <= 65535:
            yield Problem(path, f"{port} is no port")


def traffic(_type: str, inputs: Values) -> Iterator[Problem]:
    """That a service's traffic is shared out whole."""
    shares: list[Any] = [one(entry, "percent") or 0 for _, entry in found(inputs, "traffics[*]")]
    if shares and not hidden(inputs, "traffics[*].percent") and sum(shares) != 100:
        yield Problem("traffics", f"the shares add up to {sum(shares)} percent, not 100")


def _mebibytes(value: Any) -> float | None:
    for suffix, size in {"Gi": 1024.0, "Mi": 1.0, "G": 953.67, "M": 0.95367}.items():
        if isinstance(value, str) and value.endswith(suffix) and value.removesuffix(suffix).isdigit():
            return int(value.removesuffix(suffix)) * size
    return None
