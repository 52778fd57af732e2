"""What this project's program costs on top of the engine: preview of `local` against an empty Python program."""

from __future__ import annotations

from collections.abc import Callable

from tools.bench.footprint import Footprint
from tools.bench.ratios import Ratio, in_turn
from tools.bench.scratch_stack import ScratchEngine
from tools.bench.servers import free_port

ROUNDS = 5


def preview(engine: ScratchEngine, tell: Callable[[str], None]) -> list[Ratio]:
    """Two ratios: wall clock, and the peak memory of everything that runs."""
    stack, empty = engine.stack("gunicorn", free_port()), engine.empty_program()
    taken: dict[str, list[Footprint]] = {"local": [], "empty": []}

    def measure(name: str, command: Callable[[], Footprint]) -> float:
        tell(f"preview: {name}")
        taken[name].append(command())
        return taken[name][-1].seconds

    stack.preview()
    empty.preview()
    ours, theirs = in_turn(ROUNDS, [lambda: measure("local", stack.preview), lambda: measure("empty", empty.preview)])
    peaks = [tuple(footprint.peak for footprint in taken[name]) for name in ("local", "empty")]
    return [
        Ratio("preview", "wall clock", "s", ours, theirs, 1.3, True),
        Ratio("preview", "peak memory", "MiB", peaks[0], peaks[1], 1.3, True),
    ]
