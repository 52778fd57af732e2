"""The results as a picture: each ratio against its aim, one panel for each question."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tools.bench.plan.measure import Grown
from tools.bench.ratios import Record
from tools.bench.updates import Updates

MET, MISSED, INK, SOFT, PALE = "#0b6e8f", "#c2410c", "#16242c", "#5b6b74", "#b9c7ce"
COLUMNS = 3

QUESTIONS = {
    "preview": "pulumi preview of `local`\n÷ an empty Pulumi program",
    "program": "preview of a stack, s\n÷ an empty Pulumi program",
    "program memory": "preview of a stack, memory\n÷ an empty Pulumi program",
    "flat": "preview of a stack, s\n÷ its resources written flat",
    "strict": "make plan\n÷ the same without any check",
    "hosts": "rollout on all hosts at once, a host\n÷ a rollout on one alone",
    "start": "start to first 200\n÷ python -c 'import flask'",
    "bare": "requests/s of /api/hello\n÷ bare callable, same server",
    "classic": "requests/s of /api/hello\n÷ Flask, gunicorn --workers 3",
}

# Both sides are drawn, as the figures mean something by themselves: what the panel shows, and who theirs are.
SIDES = {
    "plan": ("make plan, s", "preview of an empty program"),
    "plan memory": ("make plan, peak memory, MiB", "preview of an empty program"),
    "installing": ("a copy for AWS alone: installing, s", "everything"),
    "installed": ("a copy for AWS alone: installed, MiB", "everything"),
    "image": ("image over its base, compressed, MiB", "the templates' Dockerfile"),
    "build": ("through docker-build, s", "the templates' Dockerfile"),
    "container": ("container to first 200, s", "a bare Python"),
}

Drawing = Callable[[Axes], None]


def draw(
    ratios: Sequence[Record],
    speeds: Sequence[dict[str, Any]],
    updates: Sequence[Updates],
    growths: Sequence[Sequence[Grown]],
    footer: str,
    path: Path,
) -> None:
    """Writes the PNG. Panels of what was not measured are left out."""
    mpl.use("agg")
    mpl.rcParams.update({"font.family": "DejaVu Sans", "font.size": 10, "axes.titlesize": 10, "axes.edgecolor": SOFT})
    drawings = _drawings(ratios, speeds, updates)
    drawings += [lambda axes, grown=grown: _growth(axes, grown) for grown in growths if grown]
    rows = max(1, -(-len(drawings) // COLUMNS))
    figure = Figure(figsize=(9.6, 3.1 * rows + 0.3), dpi=150, layout="constrained")
    panels = figure.subplots(rows, COLUMNS, squeeze=False).flat
    for drawing, axes in zip(drawings, panels, strict=False):
        drawing(axes)
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(colors=INK)
    for axes in panels:
        axes.set_axis_off()
    figure.supxlabel(footer, fontsize=8.5, color=SOFT)
    figure.savefig(path)


def _drawings(ratios: Sequence[Record], speeds: Sequence[dict[str, Any]], updates: Sequence[Updates]) -> list[Drawing]:
    panels = {panel: [ratio for ratio in ratios if ratio["panel"] == panel] for panel in (*QUESTIONS, *SIDES)}
    drawings: list[Drawing] = [
        lambda axes, panel=panel, of=panels[panel]: _ratios(axes, QUESTIONS[panel], of)
        for panel in QUESTIONS
        if panels[panel]
    ]
    if updates:
        drawings.insert(3, lambda axes: _updates(axes, updates))
    if speeds:
        drawings.append(lambda axes: _latencies(axes, speeds))
    drawings += [
        lambda axes, panel=panel, of=panels[panel]: _sides(axes, *SIDES[panel], of) for panel in SIDES if panels[panel]
    ]
    return drawings


def _ratios(axes: Axes, question: str, ratios: Sequence[Record]) -> None:
    aim, at_most = ratios[0]["aim"] or 1, ratios[0]["at_most"]
    axes.bar(_names(ratios), [each["ratio"] for each in ratios], width=0.62, color=_colors(ratios))
    size = 12 if len(ratios) < 5 else 9
    axes.tick_params(axis="x", labelsize=size - 2)
    for place, each in enumerate(ratios):
        low, high = each["middle_half"]
        spread = [[each["ratio"] - low], [high - each["ratio"]]]
        axes.errorbar(place, each["ratio"], yerr=spread, color=INK, capsize=3, linewidth=1)
        # At the foot of its bar, where neither the spread nor the aim is drawn.
        told = f"{each['ratio']:.2f}"
        axes.text(place, aim * 0.05, told, ha="center", va="bottom", weight="bold", color="white", fontsize=size)
    axes.axhline(aim, color=INK, linestyle="--", linewidth=1.3)
    axes.set_title(f"{question}\naim {'≤' if at_most else '≥'} {aim:g} (dashed)")
    axes.set_ylim(0, max([*(each["middle_half"][1] for each in ratios), aim]) * 1.08)


def _sides(axes: Axes, what: str, theirs: str, ratios: Sequence[Record]) -> None:
    day = f", {ratios[0]['measured']}" if "measured" in ratios[0] else ""
    aimed = [each["aim"] for each in ratios if each["aim"] is not None]
    top = max([*(value for each in ratios for value in (each["ours"], each["theirs"])), *aimed]) * 1.12
    fits = 9 if len(ratios) < 5 else 7
    for place, (each, color) in enumerate(zip(ratios, _colors(ratios), strict=True)):
        for offset, value, fill in ((-0.2, each["ours"], color), (0.2, each["theirs"], PALE)):
            axes.bar(place + offset, value, width=0.38, color=fill)
            axes.text(place + offset, value + top * 0.01, _short(value), ha="center", va="bottom", fontsize=fits)
        if each["aim"] is not None:
            axes.plot([place - 0.42, place + 0.42], [each["aim"]] * 2, color=INK, linestyle="--", linewidth=1.3)
    axes.set_xticks(range(len(ratios)), [name.replace(", ", ",\n") for name in _names(ratios)], fontsize=fits)
    unit = ratios[0]["unit"]
    aim = f"\naim ≤ {aimed[0]:g} {unit} (dashed)" if aimed else ""
    axes.set_title(f"{what}{day}\npale: {theirs}{aim}")
    axes.set_ylim(0, top)


def _short(value: float) -> str:
    return f"{value:.2g}" if value < 100 else f"{value:.0f}"


def _names(ratios: Sequence[Record]) -> list[str]:
    return [each["name"].split(":")[0] for each in ratios]


def _colors(ratios: Sequence[Record]) -> list[str]:
    return [MISSED if each["met"] is False else MET for each in ratios]


def _updates(axes: Axes, updates: Sequence[Updates]) -> None:
    failed = [sum(each.failed.values()) for each in updates]
    colors = [MET if each.met else MISSED for each in updates]
    axes.bar([each.server for each in updates], failed, width=0.62, color=colors)
    top = max([*failed, 1]) * 1.6
    for place, (each, count, color) in enumerate(zip(updates, failed, colors, strict=True)):
        foot = max(count, top * 0.3)
        axes.text(place, foot, f"{count}\n", ha="center", va="bottom", weight="bold", fontsize=15, color=color)
        axes.text(place, foot + top * 0.03, f"of {each.sent:,}", ha="center", va="bottom", fontsize=9, color=SOFT)
    axes.set_title(f"failed requests over {updates[0].updates} updates\n32 connections, keep-alive, no retry\naim 0")
    axes.set_ylim(0, top)
    axes.set_yticks([0])


def _latencies(axes: Axes, speeds: Sequence[dict[str, Any]]) -> None:
    names = [row["name"].removeprefix("service ").replace("bare ", "bare\n") for row in speeds]
    values = [row["p99_ms"] for row in speeds]
    colors = [MET if row["name"].startswith("service ") else PALE for row in speeds]
    axes.barh(names, values, color=colors, height=0.7)
    for place, value in enumerate(values):
        axes.text(value, place, f" {value:.0f}", va="center", fontsize=9, color=INK)
    axes.invert_yaxis()
    axes.set_xlim(0, max(values) * 1.15)
    axes.tick_params(axis="y", labelsize=7.5)
    axes.set_title("p99 at 32 connections, ms\nof the service and of what\nit is compared with")


def _growth(axes: Axes, grown: Sequence[Grown]) -> None:
    rows = [each.record() for each in grown]
    counts, seconds = [each.count for each in grown], [row["seconds"] for row in rows]
    axes.plot([counts[0], counts[-1]], [seconds[0], seconds[-1]], color=PALE, linestyle="--", linewidth=1.3)
    axes.plot(counts, seconds, color=MET, marker="o", linewidth=1.6)
    for each, row in zip(grown, rows, strict=True):
        told = f"  {each.count:,}: {row['seconds']:.1f} s, {row['peak_mib']:,} MiB  "
        last = each is grown[-1]
        side, height = ("right", "bottom") if last else ("left", "top")
        axes.text(each.count, row["seconds"], told, ha=side, va=height, fontsize=8.5, color=INK)
    axes.set_xlim(0, counts[-1] * 1.05)
    axes.set_ylim(0, max(seconds) * 1.15)
    what = "plan" if grown[0].of == "resources" else "preview"
    stack = f" of `{grown[0].stack}`" if grown[0].stack else ""
    axes.set_title(f"{what}{stack} of so many {grown[0].of}, s\ndashed: a straight line")
