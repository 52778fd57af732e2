"""Measures the service and the program: tables on the terminal, and the same with a plot in docs/bench/.

Nothing here is a test: the figures are a machine's, the ratios are the project's. Each ratio's two sides are measured
in turn in one run, as medians of several short pieces.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from infra.service import SERVERS
from tools.bench.copies import copies
from tools.bench.hosts import hosts, no_hosts
from tools.bench.image.measure import image
from tools.bench.image.parts import missing
from tools.bench.neighbours import Neighbours
from tools.bench.plan.measure import plans
from tools.bench.plan.program import programs
from tools.bench.preview import preview
from tools.bench.report import Results
from tools.bench.scratch_stack import ScratchEngine
from tools.bench.start import start
from tools.bench.throughput import throughput
from tools.bench.updates import updates
from tools.bench.wrk import client
from tools.project import ROOT

PARTS = ("preview", "plan", "start", "throughput", "updates", "copy", "hosts", "image")
BENCH = ROOT / "docs" / "bench"


def main(arguments: Sequence[str]) -> int:
    """Measure what `arguments` name, show it, and write it where that is asked for."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"any of {', '.join(PARTS)}; all without one")
    parser.add_argument("--out", type=Path, help="where to write; docs/bench for a full run, nowhere for parts")
    asked = parser.parse_args(arguments)
    unknown = sorted(set(asked.parts) - set(PARTS))
    if unknown:
        parser.error(f"there is no part {', '.join(unknown)}; there are {', '.join(PARTS)}")
    out: Path | None = asked.out or (None if asked.parts else BENCH)
    console = Console()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="slipway-bench-") as folder:
        results = _measure(Path(folder), asked.parts or PARTS, console)
    results.machine["seconds"] = round(time.monotonic() - started)
    results.show(console)
    if out is not None:
        results.write(out)
        console.print(f"written: README.md, results.json and ratios.png in {out}")
    return 0


def _measure(folder: Path, parts: Sequence[str], console: Console) -> Results:
    results = Results(_machine())
    neighbours = Neighbours()
    with console.status("") as status:

        def tell(text: str) -> None:
            status.update(text)

        for part in parts:
            (folder / part).mkdir()
        if "preview" in parts:
            engine = ScratchEngine(folder / "preview")
            results.machine["pulumi"] = engine.version
            results.ratios += preview(engine, tell)
        if "plan" in parts:
            ratios, results.grown = plans(ScratchEngine(folder / "plan"), tell)
            results.ratios += ratios
            ratios, results.served = programs(tell)
            results.ratios += ratios
        if "start" in parts:
            results.ratios += start(folder / "start", tell)
        if "throughput" in parts:
            ratios, results.speeds = throughput(folder / "throughput", tell)
            results.ratios += ratios
        if "updates" in parts:
            for server in SERVERS:
                (folder / "updates" / server).mkdir()
                results.updates.append(updates(ScratchEngine(folder / "updates" / server), server, tell))
        if "copy" in parts:
            results.ratios += copies(folder / "copy", tell)
        if "hosts" in parts:
            _measure_hosts(folder / "hosts", results, tell)
        results.machine["cores_busy_with_others"] = round(neighbours.cores(), 1)
        if "image" in parts:
            _measure_image(folder / "image", results, tell)
    return results


def _measure_hosts(folder: Path, results: Results, tell: Callable[[str], None]) -> None:
    results.no_hosts = no_hosts(os.environ)
    if not results.no_hosts:
        ratios, results.shipped = hosts(ScratchEngine(folder, "hosts"), os.environ, tell)
        results.ratios += ratios


def _measure_image(folder: Path, results: Results, tell: Callable[[str], None]) -> None:
    left_out = missing(os.environ)
    if left_out:
        results.leave_out(left_out, BENCH)
        return
    neighbours = Neighbours()
    ratios, results.machine["docker"] = image(folder, tell)
    results.ratios += ratios
    results.machine["image_cores_busy"] = round(neighbours.cores(), 1)


def _machine() -> dict[str, Any]:
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "client": client(),
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
