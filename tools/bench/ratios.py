"""The arithmetic of the bench: two sides measured in turn, their ratio, and the aim it is held against."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NotRequired, TypedDict

Measure = Callable[[], float]


class Record(TypedDict):
    """A ratio in the JSON file. Where there is an aim, `aim_of` says what it is held against: the ratio, or `ours`."""

    panel: str
    name: str
    unit: str
    ratio: float
    middle_half: list[float]
    aim: float | None
    aim_of: str
    at_most: bool
    met: bool | None
    ours: float
    theirs: float
    pairs: int
    measured: NotRequired[str]
    """The day, where it is kept from an earlier run."""


@dataclass(frozen=True)
class Ratio:
    """Ours divided by theirs. Samples stand in pairs: the two that were taken one right after the other."""

    panel: str
    name: str
    unit: str
    ours: tuple[float, ...]
    theirs: tuple[float, ...]
    aim: float | None = None
    at_most: bool = True
    """Whether the aim is the most the ratio may be (a cost), or the least (a yield)."""
    of_ours: bool = False
    """Whether the aim is one of our own side, in its unit, and not of the ratio."""

    def __post_init__(self) -> None:
        if not self.ours or len(self.ours) != len(self.theirs):
            raise ValueError(f"{self.name}: {len(self.ours)} and {len(self.theirs)} samples are no pairs")
        if min(self.theirs) <= 0:
            raise ValueError(f"{self.name}: {min(self.theirs)} {self.unit} is nothing to compare with")

    @property
    def pairs(self) -> list[float]:
        """Each pair's ratio, lowest first."""
        return sorted(one / other for one, other in zip(self.ours, self.theirs, strict=True))

    @property
    def value(self) -> float:
        """The median of the pairs' ratios: a neighbour's noise hits both of a pair, and few of the pairs."""
        return statistics.median(self.pairs)

    @property
    def middle(self) -> tuple[float, float]:
        """Between what the middle half of the pairs' ratios lies."""
        if len(self.pairs) == 1:
            return self.pairs[0], self.pairs[0]
        low, _, high = statistics.quantiles(self.pairs, n=4, method="inclusive")
        return low, high

    @property
    def met(self) -> bool | None:
        """None where there is no aim."""
        if self.aim is None:
            return None
        held = statistics.median(self.ours) if self.of_ours else self.value
        return held <= self.aim if self.at_most else held >= self.aim

    def record(self) -> Record:
        """For the JSON file."""
        return {
            "panel": self.panel,
            "name": self.name,
            "unit": self.unit,
            "ratio": round(self.value, 3),
            "middle_half": [round(end, 3) for end in self.middle],
            "aim": self.aim,
            "aim_of": "ours" if self.of_ours else "ratio",
            "at_most": self.at_most,
            "met": self.met,
            "ours": round(statistics.median(self.ours), 4),
            "theirs": round(statistics.median(self.theirs), 4),
            "pairs": len(self.ours),
        }


def in_turn(rounds: int, measures: Sequence[Measure]) -> list[tuple[float, ...]]:
    """Takes every measure once a round, each round beginning one further, and gives the samples of each.

    What changes slowly on a machine, its neighbours or its clock, is spread over all of them that way.
    """
    samples: list[list[float]] = [[] for _ in measures]
    for turn in range(rounds):
        for step in range(len(measures)):
            which = (turn + step) % len(measures)
            samples[which].append(measures[which]())
    return [tuple(taken) for taken in samples]
