"""What CloudWatch demands of a dashboard's body."""

import json
from collections.abc import Iterator
from typing import Any

from infra.targets.aws.offline.names import READ
from tools.offline.backend import Problem
from tools.offline.judge import found, one
from tools.offline.tables import Source
from tools.offline.values import Values

DASHBOARDS = Source("https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html", READ)
BODY = Source(
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html", READ
)

TYPES = ("metric", "text", "log", "alarm", "explorer")
# What a widget's properties must have, by its type.
WANTED = {"text": ("markdown",), "log": ("query", "region"), "alarm": ("alarms",), "metric": ("region",)}
# The least and the most of a widget's place and size.
SIZES = {"x": (0, 23), "y": (0, None), "width": (1, 24), "height": (1, 1000)}
MOST = 500


def judge(_type: str, inputs: Values) -> Iterator[Problem]:
    """What is wrong with a dashboard: its JSON, and each widget."""
    body = inputs.get("dashboardBody")
    if not isinstance(body, str):
        return
    try:
        document: Any = json.loads(body)
    except ValueError as error:
        yield Problem("dashboardBody", f"is not JSON: {error} ({DASHBOARDS})")
        return
    widgets = one(document, "widgets")
    if not isinstance(widgets, list):
        yield Problem("dashboardBody", f"has no list of widgets ({BODY})")
        return
    if len(widgets) > MOST:  # pyright: ignore[reportUnknownArgumentType]
        yield Problem("dashboardBody", f"{len(widgets)} widgets: there may be at most {MOST} ({BODY})")  # pyright: ignore[reportUnknownArgumentType]
    for path, widget in found({"dashboardBody": document}, "dashboardBody.widgets[*]"):
        yield from _widget(path, widget)


def _widget(path: str, widget: Any) -> Iterator[Problem]:
    kind = one(widget, "type")
    if kind not in TYPES:
        yield Problem(f"{path}.type", f"{kind!r} is none of {', '.join(TYPES)} ({BODY})")
        return
    for name, (least, most) in SIZES.items():
        for at, size in found(widget, name):
            if not isinstance(size, int) or size < least or (most is not None and size > most):
                limits = f"from {least} to {most}" if most is not None else f"at least {least}"
                yield Problem(f"{path}.{at}", f"{size!r} must be {limits} ({BODY})")
    across = [one(widget, name) for name in ("x", "width")]
    if all(isinstance(each, int) for each in across) and sum(across) > 24:
        yield Problem(f"{path}.width", f"{across[1]} from {across[0]} on is beyond the 24 columns ({BODY})")
    for name in WANTED.get(kind, ()):
        if one(widget, f"properties.{name}") is None:
            yield Problem(f"{path}.properties.{name}", f"a widget of type {kind} wants it ({BODY})")
    if kind == "metric" and all(one(widget, f"properties.{name}") is None for name in ("metrics", "annotations")):
        yield Problem(f"{path}.properties.metrics", f"a widget of type metric wants it, or annotations ({BODY})")
    for at, metric in found(widget, "properties.metrics[*]"):
        if not isinstance(metric, list) or not metric:
            yield Problem(f"{path}.{at}", f"{metric!r} is no metric: a list of namespace, name and dimensions ({BODY})")
