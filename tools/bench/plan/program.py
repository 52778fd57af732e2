"""Measures the programs of stacks on clouds: their preview alone, with the provider's stand-in attached."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tools.bench.footprint import Footprint
from tools.bench.plan import flat
from tools.bench.plan.measure import Grown, growth, measured, peaks_of, seconds_of
from tools.bench.plan.previews import Previews, previews
from tools.bench.plan.services import contract
from tools.bench.ratios import Ratio
from tools.bench.scratch_stack import EMPTY

WALL = {"aws-prod": 4.0, "gcp-prod": 4.0, "gcp-dev": 2.0, "azure-prod": 4.0, "azure-dev": 2.0, "kubernetes": 2.0}
"""By stack, the most of the time that an empty program takes: with a load balancer or a network, and without one."""
MEMORY = 2.0
"""The most of the memory that an empty program takes."""
FLAT = 1.05
"""The most of what the same resources take that are declared one by one."""
WRITTEN = ("aws-prod", "gcp-prod", "gcp-dev")
"""Those that are written so. Azure's stand-in wants more of an identity than a preview knows before it is made."""
GROWING = ("aws-prod", "gcp-prod", "azure-prod")
SERVICES = (1, 10, 50, 100)
"""How they grow is seen in the last three: the first few are declared while a provider starts, which is waited for."""


def programs(tell: Callable[[str], None]) -> tuple[list[Ratio], list[Grown]]:
    """The ratios of every stack's preview, and the previews of services that grow."""
    ratios: list[Ratio] = []
    served: list[Grown] = []
    for stack in WALL:
        found, grown = _program(stack, tell)
        ratios += found
        served += grown
    return ratios, served


def _program(stack: str, tell: Callable[[str], None]) -> tuple[list[Ratio], list[Grown]]:
    with previews(stack) as made:
        ours, told = made.stack(), {"empty": made.files("empty", EMPTY).measure}
        if stack in WRITTEN:
            told["flat"] = made.files("flat", flat.program(ours.resources())).measure
        taken = measured({stack: ours.measure, **told}, tell)
        grown = _grown(stack, made, tell) if stack in GROWING else []
    ratios = against_empty(stack, taken[stack], taken["empty"])
    ratios += [against_flat(stack, taken[stack], taken["flat"])] if stack in WRITTEN else []
    return [*ratios, *([growth(*grown[-3:])] if grown else [])], grown


def _grown(stack: str, made: Previews, tell: Callable[[str], None]) -> list[Grown]:
    sizes = {count: made.contract(f"services-{count}", contract(count)).measure for count in SERVICES}
    taken = measured({f"{stack}, {count} services": run for count, run in sizes.items()}, tell)
    return [Grown(count, tuple(taken[f"{stack}, {count} services"]), "services", stack) for count in SERVICES]


def against_empty(stack: str, ours: Sequence[Footprint], empty: Sequence[Footprint]) -> list[Ratio]:
    """A stack's preview over that of a program without a resource."""
    name = f"{stack}: preview ÷ empty program"
    return [
        Ratio("program", name, "s", seconds_of(ours), seconds_of(empty), WALL[stack]),
        Ratio("program memory", name, "MiB", peaks_of(ours), peaks_of(empty), MEMORY),
    ]


def against_flat(stack: str, ours: Sequence[Footprint], written: Sequence[Footprint]) -> Ratio:
    """A stack's preview over that of its cloud's resources, written one by one with the SDK's own classes."""
    return Ratio("flat", f"{stack}: preview ÷ written flat", "s", seconds_of(ours), seconds_of(written), FLAT)
