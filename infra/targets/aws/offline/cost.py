"""What tasks on Fargate cost: by the vCPUs and the memory of their task definition, for as many as run at the least."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from infra.targets.aws.offline.names import FARGATE_PRICE, PRICED, VPC_PRICE, last
from infra.targets.aws.offline.rules import size
from tools.offline import forms
from tools.offline.judge import found, one
from tools.offline.tables import Count, Others, Price
from tools.offline.values import Values

TASK, TARGET = "aws:ecs/taskDefinition:TaskDefinition", "aws:appautoscaling/target:Target"
PROVIDERS = "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders"
ON_DEMAND, SPOT = "FARGATE", "FARGATE_SPOT"

# Dollars of us-east-1 for a vCPU and for a GB, an hour of each, on Linux.
RATES = {"X86_64": (0.04048, 0.004445), "ARM64": (0.03238, 0.00356)}
# How much less spare capacity costs, at the most; what it does cost changes.
DISCOUNT = 0.7
SPARE = "Fargate Spot is taken at 70% less than on demand, which is its lowest price; it changes with what is spare"
# For a GB of a task's disk an hour, beyond those that each has.
STORAGE, STORAGE_INCLUDED = 0.000111, 20
ADDRESS = 0.005


@dataclass(frozen=True)
class Size:
    """A task: its vCPUs, its memory and the disk that is paid for in GB, and what it runs on."""

    cpu: float
    memory: float
    disk: float
    architecture: str


def definition(name: Any, others: Others) -> Size | None:
    """The size of a task definition of the plan, by its ARN or family; None where it is not known."""
    family = last(name).partition(":")[0] if isinstance(name, str) else None
    for _, inputs in others(TASK):
        cpu, memory = size(inputs.get("cpu")), size(inputs.get("memory"))
        linux = str(one(inputs, "runtimePlatform.operatingSystemFamily") or "LINUX") == "LINUX"
        if inputs.get("family") == family and linux and cpu is not None and memory is not None:
            disk = forms.whole(one(inputs, "ephemeralStorage.sizeInGib")) or STORAGE_INCLUDED
            architecture = one(inputs, "runtimePlatform.cpuArchitecture") or "X86_64"
            return Size(cpu / 1024, memory / 1024, float(max(0, disk - STORAGE_INCLUDED)), str(architecture))
    return None


def tasks(inputs: Values, others: Others) -> dict[str, float] | None:
    """How many tasks of a service run at the least, by their capacity provider; None where it is not known."""
    cluster, bounds = last(inputs.get("cluster")), _bounds(inputs, others)
    strategy = inputs.get("capacityProviderStrategies")
    if inputs.get("launchType") == ON_DEMAND:
        strategy = [{"capacityProvider": ON_DEMAND, "weight": 1}]
    elif strategy is None:
        defaults = [each for _, each in others(PROVIDERS) if each.get("clusterName") == cluster]
        strategy = defaults[0].get("defaultCapacityProviderStrategies") if defaults else None
    return _spread(bounds[0], strategy) if bounds and isinstance(strategy, list) else None  # pyright: ignore[reportUnknownArgumentType]


def _bounds(inputs: Values, others: Others) -> tuple[int, int] | None:
    """How many tasks there are at the least and at the most."""
    named = f"service/{last(inputs.get('cluster'))}/{inputs.get('name')}"
    for _, target in others(TARGET):
        if target.get("resourceId") == named:
            least, most = target.get("minCapacity"), target.get("maxCapacity")
            return (least, most) if isinstance(least, int) and isinstance(most, int) else None
    count = inputs.get("desiredCount", 0)
    return (count, count) if isinstance(count, int) else None


def _spread(count: int, strategy: list[Any]) -> dict[str, float] | None:
    """The tasks by capacity provider: first the base, then by weight; in the mean, where they do not come out even."""
    items = [item for _, item in found({"it": strategy}, "it[*]")]
    weights = {str(one(item, "capacityProvider")): one(item, "weight") or 0 for item in items}
    bases = {str(one(item, "capacityProvider")): one(item, "base") or 0 for item in items}
    if not all(isinstance(number, int) for number in (*weights.values(), *bases.values())) or not any(weights.values()):
        return None
    first = {name: float(min(base, count)) for name, base in bases.items()}
    rest = max(0.0, count - sum(first.values()))
    return {
        name: first[name] + rest * weight / sum(weights.values())
        for name, weight in weights.items()
        if weight or bases[name]
    }


def _counted(provider: str, architecture: str, part: Callable[[Size], float]) -> Count:
    def count(inputs: Values, others: Others) -> float | None:
        of, running = definition(inputs.get("taskDefinition"), others), tasks(inputs, others)
        if of is None or running is None or provider not in running or of.architecture != architecture:
            return None
        return running[provider] * part(of)

    return count


def _running(provider: str, architecture: str) -> tuple[Price, ...]:
    share, why = (1 - DISCOUNT, SPARE) if provider == SPOT else (1.0, "")
    parts = zip(RATES[architecture], (_cpu, _memory), strict=True)
    return tuple(
        Price(
            rate * share,
            "hour",
            FARGATE_PRICE,
            region=PRICED,
            beside=_counted(provider, architecture, part),
            estimate=why,
        )
        for rate, part in parts
    )


def _cpu(of: Size) -> float:
    return of.cpu


def _memory(of: Size) -> float:
    return of.memory


def _disks(inputs: Values, others: Others) -> float | None:
    of, running = definition(inputs.get("taskDefinition"), others), tasks(inputs, others)
    return of.disk * sum(running.values()) if of and of.disk and running else None


def _addresses(inputs: Values, others: Others) -> float | None:
    running = tasks(inputs, others)
    return sum(running.values()) if running and one(inputs, "networkConfiguration.assignPublicIp") is True else None


def _more(architecture: str) -> tuple[Price, ...]:
    """What a service costs while it has more tasks than at the least."""

    def count(inputs: Values, others: Others) -> float | None:
        of, bounds = definition(inputs.get("taskDefinition"), others), _bounds(inputs, others)
        scales = bounds is not None and bounds[1] > bounds[0]
        return 1.0 if scales and of is not None and of.architecture == architecture else None

    return _by_use(architecture, "of a task more than at the least", count)


def _started(architecture: str) -> tuple[Price, ...]:
    """What a schedule costs that starts tasks."""

    def count(inputs: Values, others: Others) -> float | None:
        of = definition(one(inputs, "target.ecsParameters.taskDefinitionArn"), others)
        return 1.0 if of is not None and of.architecture == architecture else None

    return _by_use(architecture, "of a job", count)


def _by_use(architecture: str, what: str, count: Count) -> tuple[Price, ...]:
    cpu, memory = RATES[architecture]
    return (
        Price(cpu, f"vCPU-hour {what}", FARGATE_PRICE, region=PRICED, beside=count),
        Price(memory, f"GB-hour {what}", FARGATE_PRICE, region=PRICED, beside=count),
    )


SERVICE_PRICES = (
    *(price for provider in (ON_DEMAND, SPOT) for architecture in RATES for price in _running(provider, architecture)),
    Price(STORAGE, "hour", FARGATE_PRICE, region=PRICED, beside=_disks),
    Price(ADDRESS, "hour", VPC_PRICE, region=PRICED, beside=_addresses),
    *(price for architecture in RATES for price in _more(architecture)),
)
JOB_PRICES = tuple(price for architecture in RATES for price in _started(architecture))
