"""How long images take to build, by the engine and docker-build's provider: cold, after a change, without one."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from tools.bench.image.stacks import ImageStack
from tools.bench.image.watch import Up
from tools.bench.ratios import Ratio, in_turn

COLD_ROUNDS = 3
ROUNDS = 7
AIM = 3.0
"""Seconds, of the build after a one-line change on a warm builder."""


def builds(ours: ImageStack, theirs: ImageStack, tell: Callable[[str], None]) -> list[Ratio]:
    """Four ratios. Both stacks must have been shipped once."""

    def cold(stack: ImageStack) -> float:
        tell(f"cold build: {stack.name}")
        return stack.up(cold=uuid.uuid4().hex).build

    cold_ours, cold_theirs = in_turn(COLD_ROUNDS, [lambda: cold(ours), lambda: cold(theirs)])
    rebuilt: dict[str, list[Up]] = {ours.name: [], theirs.name: []}

    def rebuild(stack: ImageStack) -> float:
        tell(f"rebuild after one line: {stack.name}")
        stack.change()
        rebuilt[stack.name].append(stack.up())
        return rebuilt[stack.name][-1].build

    def again(stack: ImageStack) -> float:
        tell(f"up without a change: {stack.name}")
        return stack.up_again()

    # The cold ones left a cache that is nobody's.
    for stack in (ours, theirs):
        stack.up()
    one, other, unchanged, theirs_unchanged = in_turn(
        ROUNDS, [lambda: rebuild(ours), lambda: rebuild(theirs), lambda: again(ours), lambda: again(theirs)]
    )
    whole = [tuple(up.whole for up in rebuilt[stack.name]) for stack in (ours, theirs)]
    return [
        Ratio("build", "cold: build ÷ template's", "s", cold_ours, cold_theirs),
        Ratio("build", "one line: build ÷ template's", "s", one, other, AIM, True, of_ours=True),
        Ratio("build", "one line, up: whole up ÷ template's", "s", whole[0], whole[1]),
        Ratio("build", "no change, up: whole up ÷ template's", "s", unchanged, theirs_unchanged),
    ]
