"""The plan of a stack with given settings, which several tests look at, and what is in one."""

import functools
import json
from collections.abc import Sequence
from typing import Any

from tests.offline.settings_given import Values
from tests.offline.test_properties import planned
from tools.plan.preview import Planned, Preview


@functools.cache
def _planned(settings: str) -> Preview:
    return planned(json.loads(settings))


def planned_once(settings: Values) -> Preview:
    """A plan takes seconds, and is made once for all that look at the same."""
    return _planned(json.dumps(settings, sort_keys=True))


def of(plan: Preview, type_: str) -> Sequence[Planned]:
    """The resources of a type, in a plan that has no problems."""
    assert plan.problems == ()
    return [each for each in plan.resources if each.type == type_]


def one(plan: Preview, type_: str, name: str = "") -> dict[str, Any]:
    """What the one resource of a type is told, or of those the one of a name."""
    (made,) = [each for each in of(plan, type_) if name in ("", each.name)]
    return dict(made.inputs)
