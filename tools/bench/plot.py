"""The results as a picture: each ratio against its aim, one panel for each question."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tools.bench.ratios import Ratio
from tools.bench.updates import Updates

MET, MISSED, AIM, SPREAD = "#0b6e8f", "#c2410c", "#16242c", "#5b6b74"

TITLES = {
    "preview": "pulumi preview of `local`\n÷ an empty Pulumi program",
    "bare": "req/s of /api/hello\n÷ a bare WSGI callable, same server",
    "classic": "req/s of /api/hello\n÷ Flask on gunicorn --workers 3",
    "start": "start to first 200\n÷ python -c 'import flask'",
}


def draw(ratios: Sequence[Ratio], updates: Sequence[Updates], subtitle: str, path: Path) -> None:
    """Writes the PNG."""
    mpl.use("agg")
    mpl.rcParams.update({"font.family": "DejaVu Sans", "font.size": 10, "axes.titlesize": 10.5})
    panels = [panel for panel in TITLES if any(ratio.panel == panel for ratio in ratios)]
    columns = len(panels) + bool(updates)
    figure = Figure(figsize=(3.1 * columns, 4.0), dpi=150, layout="constrained")
    all_axes = figure.subplots(1, columns, squeeze=False)[0]
    for panel, axes in zip(panels, all_axes, strict=False):
        _ratios(axes, TITLES[panel], [ratio for ratio in ratios if ratio.panel == panel])
    if updates:
        _updates(all_axes[-1], updates)
    figure.suptitle(subtitle, fontsize=9, color=SPREAD)
    figure.savefig(path)


def _ratios(axes: Axes, title: str, ratios: Sequence[Ratio]) -> None:
    aim, at_most = ratios[0].aim, ratios[0].at_most
    names = [ratio.name.split(":")[0] for ratio in ratios]
    values = [ratio.value for ratio in ratios]
    top = max([*(ratio.pairs[-1] for ratio in ratios), aim]) * 1.22
    axes.bar(names, values, width=0.6, color=[MET if ratio.met else MISSED for ratio in ratios])
    for place, ratio in enumerate(ratios):
        low, high = ratio.value - ratio.pairs[0], ratio.pairs[-1] - ratio.value
        axes.errorbar(place, ratio.value, yerr=[[low], [high]], color=SPREAD, capsize=3, linewidth=1)
        axes.text(place, ratio.pairs[-1] + top * 0.015, f"{ratio.value:.2f}", ha="center", va="bottom", weight="bold")
    axes.axhline(aim, color=AIM, linestyle="--", linewidth=1.2)
    # Above the line, in the gap beside the last bar, where no number stands.
    axes.text(
        1.0, aim, f" aim {'≤' if at_most else '≥'} {aim:g} ", transform=axes.get_yaxis_transform(), ha="right",
        va="bottom", fontsize=9, color=AIM, bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.85},
    )  # fmt: skip
    axes.set_title(title)
    axes.set_ylim(0, top)
    axes.set_xlim(-0.6, len(ratios) - 0.4)
    axes.spines[["top", "right"]].set_visible(False)


def _updates(axes: Axes, updates: Sequence[Updates]) -> None:
    names = [each.server for each in updates]
    failed = [sum(each.failed.values()) for each in updates]
    axes.bar(names, failed, width=0.6, color=[MET if each.met else MISSED for each in updates])
    top = max([*failed, 1]) * 1.3
    for place, (each, count) in enumerate(zip(updates, failed, strict=True)):
        axes.text(place, count + top * 0.02, f"{count}", ha="center", va="bottom", weight="bold", fontsize=14,
                  color=MET if each.met else MISSED)  # fmt: skip
        axes.text(place, count + top * 0.14, f"of {each.sent:,}", ha="center", va="bottom", fontsize=9, color=SPREAD)
    axes.set_title(f"failed requests over {updates[0].updates} updates\nunder load, 32 kept connections (aim 0)")
    axes.set_ylim(0, top)
    axes.set_yticks([0])
    axes.spines[["top", "right"]].set_visible(False)
