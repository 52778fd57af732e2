"""What a change of inputs means for a resource that is there: nothing, an update, or a replacement."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pulumi.runtime.proto import provider_pb2

from tools.offline.backend import Kind
from tools.offline.values import UNKNOWN, Values, reveal

_WORDS = provider_pb2.PropertyDiff


@dataclass(frozen=True)
class Change:
    """A changed property: its path, and the protocol's word for what happened to it."""

    path: str
    kind: "provider_pb2.PropertyDiff.Kind.ValueType"

    @property
    def top(self) -> str:
        """The input that it belongs to."""
        return self.path.partition(".")[0].partition("[")[0]

    def is_within(self, paths: frozenset[str]) -> bool:
        """Whether it lies at one of these paths, or within."""
        return any(self.path == path or self.path.startswith((f"{path}.", f"{path}[")) for path in paths)


def changes(kind: Kind, old: Values, new: Values, outputs: Values) -> list[Change]:
    """Every difference between what was asked for and what is, in the order of the properties."""
    was, now = reveal(old), reveal(new)
    for name in kind.observed & now.keys() & outputs.keys():
        was[name] = reveal(outputs[name])
    found: list[Change] = []
    for name in sorted({*was, *now} - {"__defaults"}):
        before, after = was.get(name), now.get(name)
        if name in kind.unordered and isinstance(before, list) and isinstance(after, list):
            before, after = sorted(before, key=_text), sorted(after, key=_text)
        found += _between(before, after, name)
    return [each for each in found if re.sub(r"\[\d+\]", "[*]", each.path) not in kind.ignored]


def response(kind: Kind, found: list[Change]) -> provider_pb2.DiffResponse:
    """The protocol's answer for these changes."""
    some = provider_pb2.DiffResponse.DIFF_SOME if found else provider_pb2.DiffResponse.DIFF_NONE
    replacing = [change for change in found if change.is_within(kind.replaces)]
    replaces = sorted({change.top for change in replacing})
    answer = provider_pb2.DiffResponse(
        changes=some,
        replaces=replaces,
        diffs=sorted({change.top for change in found}),
        deleteBeforeReplace=kind.delete_before_replace,
        hasDetailedDiff=True,
    )
    for change in found:
        word = _WORDS.Kind.Name(change.kind) + ("_REPLACE" if change in replacing else "")
        answer.detailedDiff[change.path].CopyFrom(_WORDS(kind=_WORDS.Kind.Value(word), inputDiff=True))
    return answer


def _between(before: Any, after: Any, path: str) -> Iterator[Change]:
    match before, after:
        case dict(), dict():
            for name in sorted({*before, *after}):
                inner = f"{path}.{name}" if name.replace("_", "").isalnum() else f'{path}["{name}"]'
                yield from _between(before.get(name), after.get(name), inner)
        case list(), list() if len(before) == len(after):
            for index, (one, other) in enumerate(zip(before, after, strict=True)):
                yield from _between(one, other, f"{path}[{index}]")
        case _ if before == after and after is not UNKNOWN:
            return
        case None, _:
            yield Change(path, _WORDS.ADD)
        case _, None:
            yield Change(path, _WORDS.DELETE)
        case _:
            yield Change(path, _WORDS.UPDATE)


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=repr)
