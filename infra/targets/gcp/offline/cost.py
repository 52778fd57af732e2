"""What Cloud Run costs: by CPUs, memory and billing of a template, for as many instances as there are at the least."""

from collections.abc import Callable
from dataclasses import dataclass

from infra.targets.gcp.offline.names import PRICED, RUN_PRICE
from infra.targets.gcp.offline.running import CONTAINERS, JOB, POOL, SERVICE, cores, mebibytes
from tools.offline.judge import found, one
from tools.offline.tables import Count, Others, Price
from tools.offline.values import Values

# Dollars of tier 1 for a CPU and for a GiB, an hour of each.
BY_REQUEST = (0.0864, 0.009)
IDLE = (0.009, 0.009)
BY_INSTANCE = (0.0648, 0.0072)
OF_A_JOB = (0.0648, 0.0072)
OF_A_POOL = (0.0404784, 0.004446)
A_MILLION_REQUESTS = 0.40

# What an instance has where its template says nothing.
USUAL = (1.0, 512.0)


@dataclass(frozen=True)
class Size:
    """CPUs and GiB of an instance, whether its CPU is idle between requests, and how many there are."""

    cpu: float
    memory: float
    by_request: bool
    least: int
    most: int | None


def size(type_: str, inputs: Values) -> Size | None:
    """What an instance of a template has; None where that is not known yet."""
    cpu, memory, by_request = 0.0, 0.0, True
    for _, container in found(inputs, CONTAINERS[type_]):
        limits = [one(container, f"resources.limits.{name}") for name in ("cpu", "memory")]
        sizes = (cores(limits[0]) if isinstance(limits[0], str) else None, mebibytes(limits[1]))
        if any(said is not None and read is None for said, read in zip(limits, sizes, strict=True)):
            return None
        cpu, memory = cpu + (sizes[0] or USUAL[0]), memory + (sizes[1] or USUAL[1]) / 1024
        by_request = by_request and one(container, "resources.cpuIdle") is not False
    least, most = _bounds(type_, inputs)
    return Size(cpu, memory, by_request, least, most) if isinstance(least, int) and cpu else None


def _bounds(type_: str, inputs: Values) -> tuple[int | None, int | None]:
    if type_ == POOL:
        count = _number(inputs, "scaling.manualInstanceCount", 1)
        return count, count
    least = max(_number(inputs, f"{at}scaling.minInstanceCount", 0) or 0 for at in ("template.", ""))
    unknown = any(_number(inputs, f"{at}scaling.minInstanceCount", 0) is None for at in ("template.", ""))
    return None if unknown else least, _number(inputs, "template.scaling.maxInstanceCount", None)


def _number(inputs: Values, path: str, usual: int | None) -> int | None:
    value = one(inputs, path)
    return usual if value is None else value if isinstance(value, int) else None


def _cpu(of: Size) -> float:
    return of.cpu


def _memory(of: Size) -> float:
    return of.memory


PARTS = (_cpu, _memory)


def _kept(type_: str, by_request: bool, part: Callable[[Size], float]) -> Count:
    """What is paid for all the time: as many instances as there are at the least."""

    def count(inputs: Values, _others: Others) -> float | None:
        of = size(type_, inputs)
        return of.least * part(of) if of is not None and of.by_request is by_request else None

    return count


def _asked(type_: str, by_request: bool) -> Count:
    def count(inputs: Values, _others: Others) -> float | None:
        of = size(type_, inputs)
        grows = of is not None and (by_request or of.most != of.least)
        return 1.0 if of is not None and grows and of.by_request is by_request else None

    return count


def _running(rates: tuple[float, float], type_: str, by_request: bool) -> tuple[Price, ...]:
    return tuple(
        Price(rate, "hour", RUN_PRICE, region=PRICED, beside=_kept(type_, by_request, part))
        for rate, part in zip(rates, PARTS, strict=True)
    )


def _by_use(rates: tuple[float, float], what: str, count: Count) -> tuple[Price, ...]:
    cpu, memory = rates
    return (
        Price(cpu, f"vCPU-hour {what}", RUN_PRICE, region=PRICED, beside=count),
        Price(memory, f"GiB-hour {what}", RUN_PRICE, region=PRICED, beside=count),
    )


def _always(inputs: Values, _others: Others) -> float | None:
    return 1.0 if size(JOB, inputs) is not None else None


SERVICE_PRICES = (
    *_running(IDLE, SERVICE, by_request=True),
    *_running(BY_INSTANCE, SERVICE, by_request=False),
    *_by_use(BY_REQUEST, "of an instance that answers requests", _asked(SERVICE, by_request=True)),
    *_by_use(BY_INSTANCE, "of an instance more than at the least", _asked(SERVICE, by_request=False)),
    Price(
        A_MILLION_REQUESTS,
        "million requests",
        RUN_PRICE,
        region=PRICED,
        beside=_asked(SERVICE, by_request=True),
    ),
)
# A pool's instances have their CPU always: what it says of idle ones is not read.
POOL_PRICES = tuple(price for either in (True, False) for price in _running(OF_A_POOL, POOL, by_request=either))
JOB_PRICES = _by_use(OF_A_JOB, "of a job", _always)
