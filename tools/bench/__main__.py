"""Measures the service and the program: a table on the terminal, results.json and ratios.png in docs/bench/.

Nothing here is a test: the figures are a machine's, the ratios are the project's. Each ratio's two sides are measured
in turn in one run, as medians of several short pieces.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from infra.service import SERVERS
from tools.bench.plot import draw
from tools.bench.preview import preview
from tools.bench.ratios import Ratio
from tools.bench.scratch_stack import ScratchEngine
from tools.bench.start import start
from tools.bench.throughput import throughput
from tools.bench.updates import Updates, updates
from tools.bench.wrk import client
from tools.project import ROOT

PARTS = ("preview", "start", "throughput", "updates")


@dataclass
class Results:
    """Everything that was measured."""

    machine: dict[str, Any]
    ratios: list[Ratio] = field(default_factory=list[Ratio])
    speeds: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    updates: list[Updates] = field(default_factory=list[Updates])

    def record(self) -> dict[str, Any]:
        """For the JSON file."""
        return {
            "machine": self.machine,
            "ratios": [ratio.record() for ratio in self.ratios],
            "throughput": self.speeds,
            "updates": [each.record() for each in self.updates],
        }


def main(arguments: Sequence[str]) -> int:
    """Measure what `arguments` name, show it, and write it where that is asked for."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"any of {', '.join(PARTS)}; all without one")
    parser.add_argument("--out", type=Path, help="where to write; docs/bench for a full run, nowhere for parts")
    asked = parser.parse_args(arguments)
    unknown = sorted(set(asked.parts) - set(PARTS))
    if unknown:
        parser.error(f"there is no part {', '.join(unknown)}; there are {', '.join(PARTS)}")
    out: Path | None = asked.out or (None if asked.parts else ROOT / "docs" / "bench")
    console = Console()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="slipway-bench-") as folder:
        results = _measure(Path(folder), asked.parts or PARTS, console)
    results.machine["seconds"] = round(time.monotonic() - started)
    _print(results, console)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        (out / "results.json").write_text(json.dumps(results.record(), indent=2) + "\n", encoding="utf-8")
        draw(results.ratios, results.updates, _subtitle(results.machine), out / "ratios.png")
        console.print(f"written: {out}/results.json, {out}/ratios.png")
    return 0


def _measure(folder: Path, parts: Sequence[str], console: Console) -> Results:
    results = Results(_machine())
    with console.status("") as status:

        def tell(text: str) -> None:
            status.update(text)

        for part in parts:
            (folder / part).mkdir()
        if "preview" in parts:
            engine = ScratchEngine(folder / "preview")
            results.machine["pulumi"] = engine.version
            results.ratios += preview(engine, tell)
        if "start" in parts:
            results.ratios += start(folder / "start", tell)
        if "throughput" in parts:
            ratios, results.speeds = throughput(folder / "throughput", tell)
            results.ratios += ratios
        if "updates" in parts:
            for server in SERVERS:
                (folder / "updates" / server).mkdir()
                results.updates.append(updates(ScratchEngine(folder / "updates" / server), server, tell))
    return results


def _machine() -> dict[str, Any]:
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "client": client(),
    }


def _subtitle(machine: dict[str, Any]) -> str:
    return (
        f"{machine['date']}, {machine['cores']} cores, Python {machine['python']}, load by {machine['client']} "
        "on the same machine; medians, the thin line spans all pairs"
    )


def _print(results: Results, console: Console) -> None:
    if results.ratios:
        table = Table("ratio", "ours", "theirs", "", "ratio", "lowest to highest", "aim", "")
        for ratio in results.ratios:
            row = ratio.record()
            table.add_row(
                f"{ratio.panel}: {ratio.name}", f"{row['ours']:.4g}", f"{row['theirs']:.4g}", ratio.unit,
                f"{row['ratio']:.2f}", f"{row['lowest']:.2f} to {row['highest']:.2f}",
                f"{'≤' if ratio.at_most else '≥'} {ratio.aim:g}", "met" if ratio.met else "[bold red]missed[/]",
            )  # fmt: skip
        console.print(table)
    if results.speeds:
        table = Table("server", "requests a second", "p99")
        for row in results.speeds:
            table.add_row(row["name"], f"{row['requests_per_second']:,}", f"{row['p99_ms']} ms")
        console.print(table)
    if results.updates:
        table = Table("updates under load", "sent", "failed", "seconds an update", "")
        for each in results.updates:
            failed = ", ".join(f"{count} {reason}" for reason, count in each.failed.items()) or "0"
            table.add_row(
                f"{each.server}: {each.updates}", f"{each.sent:,}", failed, f"{each.seconds_per_update:.1f}",
                "met" if each.met else "[bold red]missed[/]",
            )  # fmt: skip
        console.print(table)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
