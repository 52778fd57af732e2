"""An object in the shape of what was asked for: what differs from it on the cluster, and nothing that others add."""

import base64
from typing import Any

from tools.offline.values import Values


def without(values: Values, *path: str) -> Values:
    """A copy without what is at a path of names."""
    name, *rest = path
    if name not in values:
        return values
    if not rest:
        return {key: value for key, value in values.items() if key != name}
    inner = values[name]
    return {**values, name: without(inner, *rest)} if isinstance(inner, dict) else values


def asked_for(wanted: Values, would: Values, live: Values) -> Values:
    """`wanted` with the values that are `live`, its own wherever the API server would make the live one of it."""
    kept = dict(_kept(wanted, would, live))
    if wanted.get("kind") == "Secret" and "stringData" in wanted:
        data = live.get("data") or {}
        kept["stringData"] = {
            name: base64.b64decode(data[name]).decode() for name in wanted["stringData"] if name in data
        }
    return kept


_MISSING = object()


def _kept(wanted: Any, would: Any, live: Any) -> Any:
    if would == live:
        return wanted
    match wanted, live:
        case dict(), dict():
            inner = would if isinstance(would, dict) else {}
            found = {
                name: _kept(value, inner.get(name, _MISSING), live.get(name, _MISSING))
                for name, value in wanted.items()
            }
            return {name: value for name, value in found.items() if value is not _MISSING}
        case list(), list() if len(wanted) == len(live):
            others = would if isinstance(would, list) and len(would) == len(live) else [_MISSING] * len(live)
            return [_kept(*each) for each in zip(wanted, others, live, strict=True)]
        case _:
            return live
