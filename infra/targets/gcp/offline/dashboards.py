"""Holds a dashboard, which is JSON in a string, against Google's discovery document, and its tiles to their grid."""

import json
from collections.abc import Iterator
from typing import Any

from infra.targets.gcp.offline.discovery import wrong
from infra.targets.gcp.offline.messages import Message
from infra.targets.gcp.offline.names import READ
from tools.offline.backend import Problem
from tools.offline.judge import found, one
from tools.offline.tables import Source
from tools.offline.values import Values

LAYOUTS = Source("https://cloud.google.com/monitoring/api/ref_v3/rest/v1/projects.dashboards", READ)
BODY = Message("monitoring.v1", "Dashboard")
MOST_COLUMNS = 48
KINDS = ("columnLayout", "gridLayout", "mosaicLayout", "rowLayout")


def judge(_type: str, inputs: Values) -> Iterator[Problem]:
    """What is wrong with a dashboard."""
    text = inputs.get("dashboardJson")
    if not isinstance(text, str):
        return
    try:
        body: Any = json.loads(text)
    except ValueError as error:
        yield Problem("dashboardJson", f"is not JSON: {error}")
        return
    if not isinstance(body, dict):
        yield Problem("dashboardJson", f"is no object ({LAYOUTS})")
        return
    given: Values = dict(body)  # pyright: ignore[reportUnknownArgumentType]
    for problem in (*wrong(BODY, given), *_layout(given)):
        yield Problem(f"dashboardJson.{problem.property}", problem.reason)


def _layout(body: Values) -> Iterator[Problem]:
    if not body.get("displayName"):
        yield Problem("displayName", f"required, but missing ({LAYOUTS})")
    given = [kind for kind in KINDS if kind in body]
    if len(given) != 1:
        yield Problem(given[1] if given else KINDS[0], f"there is one layout, of {', '.join(KINDS)} ({LAYOUTS})")
    columns = one(body, "mosaicLayout.columns")
    if isinstance(columns, int) and not 1 <= columns <= MOST_COLUMNS:
        yield Problem("mosaicLayout.columns", f"{columns} must be from 1 to {MOST_COLUMNS} ({LAYOUTS})")
    for path, tile in found(body, "mosaicLayout.tiles[*]"):
        width, left = one(tile, "width"), one(tile, "xPos") or 0
        if isinstance(width, int) and isinstance(left, int) and isinstance(columns, int) and left + width > columns:
            yield Problem(path, f"ends at column {left + width} of {columns} ({LAYOUTS})")
