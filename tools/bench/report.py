"""The results as a table: on the terminal, as Markdown beside the plot, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tools.bench.plot import draw
from tools.bench.ratios import Ratio
from tools.bench.updates import Updates

Row = Sequence[str]

PAGE = """# What it costs

Written by `make bench`; the same as data is in [results.json](results.json). The two sides of a ratio are measured in
turn in one run; a ratio is the median of its pairs, and half of the pairs lie in its middle half. Ratios are the
project's, the figures beside them a machine's:

{machine}

![Each ratio against its aim](ratios.png)

{tables}"""


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

    def machine_in_words(self) -> str:
        """On what, and by what, it was measured."""
        told = self.machine
        cores = f"{told['cores']} cores ({told['cores_busy_with_others']} busy with others)"
        return f"{told['date']}, {cores}, Python {told['python']}, load by {told['client']} on the same machine"

    def write(self, folder: Path) -> None:
        """README.md, results.json and ratios.png."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "results.json").write_text(json.dumps(self.record(), indent=2) + "\n", encoding="utf-8")
        footer = f"{self.machine_in_words()}; medians and middle halves"
        draw(self.ratios, self.speeds, self.updates, footer, folder / "ratios.png")
        tables = "\n".join(_markdown(*table) for table in self.tables())
        page = PAGE.format(machine=self.machine_in_words(), tables=tables)
        (folder / "README.md").write_text(page, encoding="utf-8")

    def show(self, console: Console) -> None:
        """The tables on the terminal."""
        for header, rows in self.tables():
            table = Table(*header)
            for row in rows:
                table.add_row(*row, style=None if row[-1] != "missed" else "red")
            console.print(table)

    def tables(self) -> list[tuple[Row, list[Row]]]:
        """Each a header and rows; those of what was not measured are left out."""
        ratios = [_ratio_row(ratio) for ratio in self.ratios]
        speeds: list[Row] = [
            (row["name"], f"{row['requests_per_second']:,}", f"{row['p99_ms']} ms") for row in self.speeds
        ]
        updates = [_updates_row(each) for each in self.updates]
        tables: list[tuple[Row, list[Row]]] = [
            (("ratio", "ours", "theirs", "ratio", "middle half", "aim", ""), ratios),
            (("32 connections", "requests a second", "p99"), speeds),
            (("5 updates under load", "requests", "failed", "seconds an update", ""), updates),
        ]
        return [(header, rows) for header, rows in tables if rows]


def _ratio_row(ratio: Ratio) -> Row:
    row = ratio.record()
    return (
        f"{ratio.panel}: {ratio.name}",
        f"{_figure(row['ours'])} {ratio.unit}",
        f"{_figure(row['theirs'])} {ratio.unit}",
        f"{row['ratio']:.2f}",
        f"{ratio.middle[0]:.2f} to {ratio.middle[1]:.2f}",
        f"{'≤' if ratio.at_most else '≥'} {ratio.aim:g}",
        "met" if ratio.met else "missed",
    )


def _updates_row(each: Updates) -> Row:
    failed = ", ".join(f"{count} {reason}" for reason, count in each.failed.items()) or "0"
    return (
        each.server,
        f"{each.sent:,}",
        failed,
        f"{each.seconds_per_update:.1f}",
        "met" if each.met else "missed",
    )


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _markdown(header: Row, rows: Sequence[Row]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
