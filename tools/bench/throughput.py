"""Requests a second of the service's JSON route, against the bare server it runs on, and against the usual way."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from infra.service import SERVERS
from tools.bench.ratios import Ratio, in_turn
from tools.bench.servers import Process, Sides
from tools.bench.wrk import Speed, speed

AGAINST = (("bare", "bare callable", "", 0.6), ("classic", "gunicorn --workers 3", "classic", 1.3))
"""Panel, words, the other side (its own bare server where none is named), and the least the ratio may be."""

ROUNDS = 8
SECONDS = 1


def throughput(folder: Path, tell: Callable[[str], None]) -> tuple[list[Ratio], list[dict[str, Any]]]:
    """The ratios, and for every server measured its rate and p99 (medians)."""
    sides = Sides(folder)
    with ExitStack() as running:
        processes = [running.enter_context(process) for process in _processes(sides)]
        for process in processes:
            process.wait_for_200()
            speed(process.url, 1)
        speeds: dict[str, list[Speed]] = {process.name: [] for process in processes}

        def measure(process: Process) -> float:
            tell(f"requests a second: {process.name}")
            taken = speed(process.url, SECONDS)
            speeds[process.name].append(taken)
            return taken.rate

        rates = in_turn(ROUNDS, [lambda process=process: measure(process) for process in processes])
    of = dict(zip(speeds, rates, strict=True))
    ratios = [
        Ratio(
            panel,
            f"{server}: /api/hello ÷ {what}",
            "req/s",
            of[f"service {server}"],
            of[other or f"bare {server}"],
            aim,
            False,
        )
        for panel, what, other, aim in AGAINST
        for server in SERVERS
    ]
    table = [
        {
            "name": name,
            "requests_per_second": round(statistics.median(taken.rate for taken in took)),
            "p99_ms": round(statistics.median(taken.p99 for taken in took), 1),
        }
        for name, took in speeds.items()
    ]
    return ratios, table


def _processes(sides: Sides) -> list[Process]:
    # A server's two sides stand next to each other, so that they are measured next to each other.
    return [side for server in SERVERS for side in (sides.service(server), sides.bare(server))] + [sides.classic()]
