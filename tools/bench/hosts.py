"""What it takes to ship to own servers: an `up` that finds nothing to do, and rollouts, on one host and on more."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tools.bench.ratios import Ratio
from tools.bench.scratch_stack import ScratchEngine, ScratchStack

ROUNDS = 3
# What `at_a_time` is where all hosts are changed at once.
ALL = 100

VARIABLES = {
    "SLIPWAY_LAB_HOSTS": "hosts",
    "SLIPWAY_LAB_SSH_CONFIG": "SSH configuration of hosts",
}


@dataclass(frozen=True)
class Shipped:
    """Seconds of `pulumi up` on so many hosts, a sample of each round.

    It finds nothing to do, or rolls out another deployment: host after host, or on all of them at once.
    """

    hosts: int
    unchanged: tuple[float, ...]
    one_by_one: tuple[float, ...]
    at_once: tuple[float, ...]

    def record(self) -> dict[str, Any]:
        """For the JSON file."""
        seconds = {
            name: round(statistics.median(getattr(self, name)), 2) for name in ("unchanged", "one_by_one", "at_once")
        }
        return {"hosts": self.hosts, **seconds}


def no_hosts(variables: Mapping[str, str]) -> str:
    """Which parts there are not, in words; nothing where all are there."""
    return ", ".join(f"no {what} ({name} is not set)" for name, what in VARIABLES.items() if not variables.get(name))


def hosts(
    engine: ScratchEngine, variables: Mapping[str, str], tell: Callable[[str], None]
) -> tuple[list[Ratio], list[Shipped]]:
    """On the first host, on the first three, and on all of them, as far as there are so many."""
    names = variables["SLIPWAY_LAB_HOSTS"].split(",")
    stack = engine.own_servers(variables["SLIPWAY_LAB_SSH_CONFIG"])
    try:
        shipped = [_shipped(stack, names[:some], tell) for some in sorted({1, min(3, len(names)), len(names)})]
    finally:
        tell("hosts: clearing them")
        stack.destroy()
    return sublinear(shipped), shipped


def sublinear(shipped: Sequence[Shipped]) -> list[Ratio]:
    """What a host takes among others that are changed at once, over what it takes alone."""
    alone = shipped[0]
    return [
        Ratio(
            "hosts",
            f"{each.hosts} at once: a host ÷ one alone",
            "s",
            tuple(seconds / each.hosts for seconds in each.at_once),
            alone.at_once,
            1.0,
        )
        for each in shipped[1:]
    ]


def _shipped(stack: ScratchStack, names: Sequence[str], tell: Callable[[str], None]) -> Shipped:
    taken: dict[str, list[float]] = {"unchanged": [], "one_by_one": [], "at_once": []}

    def up(what: str, **options: Any) -> float:
        tell(f"hosts: {len(names)}: {what}")
        stack.set_options(hosts=list(names), **options)
        started = time.monotonic()
        stack.up()
        return time.monotonic() - started

    up("the first up")
    for turn in range(ROUNDS):
        for what, at_a_time in (("one_by_one", 1), ("at_once", ALL)):
            stack.set_environment(GREETING=f"{what} on {len(names)}, {turn}")
            taken[what].append(up(f"{what}, {turn + 1} of {ROUNDS}", at_a_time=at_a_time))
        taken["unchanged"].append(up(f"no change, {turn + 1} of {ROUNDS}", at_a_time=ALL))
    return Shipped(len(names), **{name: tuple(seconds) for name, seconds in taken.items()})
