"""Measures the program of a production stack on AWS: its preview alone, with the provider's stand-in attached."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tools.bench.footprint import Footprint
from tools.bench.plan import flat
from tools.bench.plan.measure import Grown, growth, measured, peaks_of, seconds_of
from tools.bench.plan.previews import Previews, previews
from tools.bench.plan.services import contract
from tools.bench.ratios import Ratio
from tools.bench.scratch_stack import EMPTY

STACK = "aws-prod"
SERVICES = (1, 10, 50, 100)
"""How they grow is seen in the last three: the first few are declared while a provider starts, which is waited for."""

WALL, MEMORY = 4.0, 2.0
"""The most of what an empty program takes."""
FLAT = 1.05
"""The most of what the same resources take that are declared one by one."""


def programs(tell: Callable[[str], None]) -> tuple[list[Ratio], list[Grown]]:
    """The ratios of the stack's preview, and the previews of a service that grows."""
    with previews(STACK) as made:
        ours, told = made.stack(), {"empty": made.files("empty", EMPTY).measure}
        told["flat"] = made.files("flat", flat.program(ours.resources())).measure
        taken = measured({STACK: ours.measure, **told}, tell)
        grown = _grown(made, tell)
    ratios = [*against_empty(taken[STACK], taken["empty"]), against_flat(taken[STACK], taken["flat"])]
    return [*ratios, growth(*grown[-3:])], grown


def _grown(made: Previews, tell: Callable[[str], None]) -> list[Grown]:
    sizes = {count: made.contract(f"services-{count}", contract(count)).measure for count in SERVICES}
    taken = measured({f"{count} services": run for count, run in sizes.items()}, tell)
    return [Grown(count, tuple(taken[f"{count} services"]), "services") for count in SERVICES]


def against_empty(ours: Sequence[Footprint], empty: Sequence[Footprint]) -> list[Ratio]:
    """The stack's preview over that of a program without a resource."""
    name = f"{STACK}: preview ÷ empty program"
    return [
        Ratio("program", name, "s", seconds_of(ours), seconds_of(empty), WALL),
        Ratio("program memory", name, "MiB", peaks_of(ours), peaks_of(empty), MEMORY),
    ]


def against_flat(ours: Sequence[Footprint], written: Sequence[Footprint]) -> Ratio:
    """The stack's preview over that of its resources of AWS, written one by one with the SDK's own classes."""
    return Ratio("flat", f"{STACK}: preview ÷ written flat", "s", seconds_of(ours), seconds_of(written), FLAT)
