"""Looks into what a cluster tells of an object, of which any part may not be there."""

from collections.abc import Mapping
from typing import Any


def within(told: Mapping[str, Any], *path: str) -> dict[str, Any]:
    """A table in what the API tells; an empty one where there is none."""
    for name in path:
        told = told.get(name) or {}
    return dict(told)


def each(told: Mapping[str, Any], *path: str) -> list[dict[str, Any]]:
    """The entries of a list in what the API tells; none where there is no such list."""
    *parents, last = path
    return list(within(told, *parents).get(last) or ())
