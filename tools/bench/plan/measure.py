"""Measures plans, each as a command of its own: seconds, and the memory of everything that it starts."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.bench.footprint import Footprint, footprint
from tools.bench.ratios import Ratio, in_turn
from tools.bench.scratch_stack import ScratchEngine
from tools.environment import offline_environment, offline_variables, platform_environment
from tools.project import ROOT
from tools.stack import Stack, stacks

ROUNDS = 5
AIM = 1.3
SIZES = (10, 100, 500, 1000)
LINEAR = 1.5
"""The most that a further one may take of what an earlier one does. From 100, 500 and 1000, squares make 2.5."""


@dataclass(frozen=True)
class Grown:
    """What a program of so many resources, or of whatever else is counted, took: a sample of each round."""

    count: int
    taken: tuple[Footprint, ...]
    of: str = "resources"
    stack: str = ""

    @property
    def seconds(self) -> tuple[float, ...]:
        return tuple(each.seconds for each in self.taken)

    def record(self) -> dict[str, Any]:
        """For the JSON file."""
        seconds = statistics.median(self.seconds)
        return {
            **({"stack": self.stack} if self.stack else {}),
            self.of: self.count,
            "seconds": round(seconds, 2),
            "peak_mib": round(statistics.median(each.peak for each in self.taken)),
            "ms_each": round(seconds / self.count * 1000, 1),
        }


def plans(engine: ScratchEngine, tell: Callable[[str], None]) -> tuple[list[Ratio], list[Grown]]:
    """The ratios of every stack's plan, and the plans of a program that grows."""
    python = offline_environment().python
    names = stacks()
    for name in names:
        platform_environment(Stack(name).environment())
    ours = {name: _command(python, "tools.plan", "--stack", name, "--form", "json") for name in names}
    loose = {name: _command(python, "tools.bench.plan.loose", name) for name in names}
    growing = {size: _command(python, "tools.bench.plan.growing", str(size)) for size in SIZES}
    empty = engine.empty_program().preview
    told: dict[str, Callable[[], Footprint]] = {
        "empty": empty,
        **{f"{name}, {kind}": run for name in names for kind, run in (("plan", ours[name]), ("loose", loose[name]))},
    }
    taken = measured(told, tell)
    ratios: list[Ratio] = []
    for name in names:
        ratios += against_empty(name, taken[f"{name}, plan"], taken["empty"])
    for name in names:
        ratios.append(strictness(name, taken[f"{name}, plan"], taken[f"{name}, loose"]))
    sizes = measured({f"{size} resources": run for size, run in growing.items()}, tell)
    grown = [Grown(size, tuple(sizes[f"{size} resources"])) for size in SIZES]
    return [*ratios, growth(*grown[-3:])], grown


def against_empty(stack: str, ours: Sequence[Footprint], empty: Sequence[Footprint]) -> list[Ratio]:
    """A stack's plan, whole, over the preview of an empty program."""
    return [
        Ratio("plan", f"{stack}: make plan ÷ empty program", "s", seconds_of(ours), seconds_of(empty)),
        Ratio("plan memory", f"{stack}: make plan ÷ empty program", "MiB", peaks_of(ours), peaks_of(empty)),
    ]


def strictness(stack: str, ours: Sequence[Footprint], loose: Sequence[Footprint]) -> Ratio:
    """A stack's plan over the same one without any check."""
    return Ratio("strict", f"{stack}: plan ÷ without checks", "s", seconds_of(ours), seconds_of(loose), AIM)


def growth(few: Grown, some: Grown, many: Grown) -> Ratio:
    """What a further one takes, in the step to many over the step to some: 1 where it grows linearly."""
    low, high = _step(few, some), _step(some, many)
    stack = f"{many.stack}, " if many.stack else ""
    name = f"{stack}{many.count}: a further {many.of.removesuffix('s')} ÷ one up to {some.count}"
    return Ratio("growth", name, "ms", (high,), (low,), LINEAR)


def _step(few: Grown, many: Grown) -> float:
    # Medians and not pairs: the difference of two plans of few resources is small beside a neighbour's noise.
    grown = statistics.median(many.seconds) - statistics.median(few.seconds)
    return grown / (many.count - few.count) * 1000


def measured(measures: dict[str, Callable[[], Footprint]], tell: Callable[[str], None]) -> dict[str, list[Footprint]]:
    """Each measured in turn, after a first time that counts for nothing: it compiles what was never imported."""
    taken: dict[str, list[Footprint]] = {name: [] for name in measures}

    def measure(name: str) -> float:
        tell(f"plan: {name}")
        taken[name].append(measures[name]())
        return taken[name][-1].seconds

    for name, run in measures.items():
        tell(f"plan: {name}, once before")
        run()
    in_turn(ROUNDS, [lambda name=name: measure(name) for name in measures])
    return taken


def _command(python: Path, module: str, *arguments: str) -> Callable[[], Footprint]:
    return lambda: footprint([str(python), "-m", module, *arguments], cwd=ROOT, environment=offline_variables())


def seconds_of(taken: Sequence[Footprint]) -> tuple[float, ...]:
    """Of each, as a side of a ratio."""
    return tuple(each.seconds for each in taken)


def peaks_of(taken: Sequence[Footprint]) -> tuple[float, ...]:
    """Of each, in MiB, as a side of a ratio."""
    return tuple(each.peak for each in taken)
