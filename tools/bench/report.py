"""The results as a table: on the terminal, as Markdown beside the plot, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tools.bench.hosts import Shipped
from tools.bench.image.measure import PANELS
from tools.bench.plan.measure import Grown
from tools.bench.plot import draw
from tools.bench.ratios import Ratio, Record
from tools.bench.updates import Updates
from tools.bench.words import HOSTS, IMAGE, PAGE, PLAN, PROGRAM

Row = Sequence[str]
RESULTS = "results.json"


@dataclass
class Results:
    """Everything that was measured.

    `kept` are ratios of an earlier run, and `left_out` says why this one has none of their kind; `no_hosts` says why it
    has none of own servers.
    """

    machine: dict[str, Any]
    ratios: list[Ratio] = field(default_factory=list[Ratio])
    speeds: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    updates: list[Updates] = field(default_factory=list[Updates])
    grown: list[Grown] = field(default_factory=list[Grown])
    served: list[Grown] = field(default_factory=list[Grown])
    shipped: list[Shipped] = field(default_factory=list[Shipped])
    kept: list[Record] = field(default_factory=list[Record])
    left_out: str = ""
    no_hosts: str = ""

    def records(self) -> list[Record]:
        """Every ratio, those kept from an earlier run last."""
        return [*(ratio.record() for ratio in self.ratios), *self.kept]

    def leave_out(self, why: str, folder: Path | None) -> None:
        """No image was measured; what the results in `folder` say of images is kept, with its day."""
        self.left_out = why
        self.kept = kept(folder / RESULTS) if folder else []

    def record(self) -> dict[str, Any]:
        """For the JSON file."""
        return {
            "machine": self.machine,
            "ratios": self.records(),
            "throughput": self.speeds,
            "updates": [each.record() for each in self.updates],
            "growth": [each.record() for each in self.grown],
            "services": [each.record() for each in self.served],
            "hosts": [each.record() for each in self.shipped],
            **({"image_left_out": self.left_out} if self.left_out else {}),
        }

    def machine_in_words(self) -> str:
        """On what, and by what, it was measured."""
        told = self.machine
        busy = f"{told['cores_busy_with_others']} busy with others"
        if "docker" in told:
            busy += f", and {told['image_cores_busy']} while images were measured, by builder and Docker Engine too"
        cores = f"{told['cores']} cores ({busy})"
        return f"{told['date']}, {cores}, Python {told['python']}, load by {told['client']} on the same machine"

    def image_in_words(self) -> str:
        """What the image's figures are, or why there are none of this run."""
        words = IMAGE if any(record["panel"] in PANELS for record in self.records()) else ""
        return words + (f"\n{self.left_out_in_words()}\n" if self.left_out else "")

    def left_out_in_words(self) -> str:
        """One line."""
        days = sorted({record.get("measured", "") for record in self.kept})
        instead = f"; its figures are kept from {' and '.join(days)}" if days else ""
        return f"The image's part was left out: {self.left_out}{instead}."

    def write(self, folder: Path) -> None:
        """README.md, results.json and ratios.png."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / RESULTS).write_text(json.dumps(self.record(), indent=2) + "\n", encoding="utf-8")
        footer = f"{self.machine_in_words()}; medians and middle halves"
        stacks = dict.fromkeys(each.stack for each in self.served)
        growths = [self.grown, *([each for each in self.served if each.stack == stack] for stack in stacks)]
        draw(self.records(), self.speeds, self.updates, growths, footer, folder / "ratios.png")
        tables = "\n".join(_markdown(*table) for table in self.tables())
        plan = (PLAN if self.grown else "") + (PROGRAM if self.served else "") + (HOSTS if self.shipped else "")
        page = PAGE.format(machine=self.machine_in_words(), plan=plan, image=self.image_in_words(), tables=tables)
        (folder / "README.md").write_text(page, encoding="utf-8")

    def show(self, console: Console) -> None:
        """The tables on the terminal."""
        for header, rows in self.tables():
            table = Table(*header)
            for row in rows:
                table.add_row(*row, style="red" if row[-1].startswith("missed") else None)
            console.print(table)
        if self.no_hosts:
            console.print(f"The hosts' part was left out: {self.no_hosts}.", highlight=False, soft_wrap=True)
        if self.left_out:
            console.print(self.left_out_in_words(), highlight=False, soft_wrap=True)

    def tables(self) -> list[tuple[Row, list[Row]]]:
        """Each a header and rows; those of what was not measured are left out."""
        ratios = [_ratio_row(record) for record in self.records()]
        speeds: list[Row] = [
            (row["name"], f"{row['requests_per_second']:,}", f"{row['p99_ms']} ms") for row in self.speeds
        ]
        updates = [_updates_row(each) for each in self.updates]
        shipped = [_shipped_row(each.record()) for each in self.shipped]
        tables: list[tuple[Row, list[Row]]] = [
            (("ratio", "ours", "theirs", "ratio", "middle half", "aim", ""), ratios),
            (("32 connections", "requests a second", "p99"), speeds),
            (("resources planned", "seconds", "peak memory", "seconds ÷ resources"), _growth_rows(self.grown)),
            (("services previewed", "seconds", "peak memory", "seconds ÷ services"), _growth_rows(self.served)),
            (("own servers", "up without a change", "rollout, one by one", "a host", "rollout, all at once"), shipped),
            (("5 updates under load", "requests", "failed", "seconds an update", ""), updates),
        ]
        return [(header, rows) for header, rows in tables if rows]


def kept(results: Path) -> list[Record]:
    """What an earlier run recorded of images, each with the day it was measured."""
    if not results.is_file():
        return []
    earlier = json.loads(results.read_text(encoding="utf-8"))
    found: list[Record] = [record for record in earlier["ratios"] if record["panel"] in PANELS]
    for record in found:
        record.setdefault("measured", earlier["machine"]["date"])
    return found


def _ratio_row(record: Record) -> Row:
    low, high = record["middle_half"]
    judged = {True: "met", False: "missed", None: ""}[record["met"]]
    return (
        f"{record['panel']}: {record['name']}",
        f"{_figure(record['ours'])} {record['unit']}",
        f"{_figure(record['theirs'])} {record['unit']}",
        f"{record['ratio']:.2f}",
        f"{low:.2f} to {high:.2f}",
        _aim(record),
        f"{judged} ({record['measured']})".strip() if "measured" in record else judged,
    )


def _aim(record: Record) -> str:
    if record["aim"] is None:
        return ""
    unit = f" {record['unit']}" if record["aim_of"] == "ours" else ""
    return f"{'≤' if record['at_most'] else '≥'} {record['aim']:g}{unit}"


def _growth_rows(grown: Sequence[Grown]) -> list[Row]:
    return [
        (_counted(each), f"{row['seconds']:.1f}", f"{row['peak_mib']:,} MiB", f"{row['ms_each']} ms")
        for each, row in ((each, each.record()) for each in grown)
    ]


def _counted(each: Grown) -> str:
    return f"{each.stack}: {each.count:,}" if each.stack else f"{each.count:,}"


def _shipped_row(record: dict[str, Any]) -> Row:
    times = (record["unchanged"], record["one_by_one"], record["one_by_one"] / record["hosts"], record["at_once"])
    return (str(record["hosts"]), *(f"{seconds:.1f} s" for seconds in times))


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
