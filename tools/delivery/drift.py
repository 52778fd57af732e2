"""`make drift`: whether what is there is still what was shipped and what this checkout would ship; nothing is changed.

A preview that first asks the platform reads the state and writes none of it, nor a lock: rights to read are enough.
"""

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from tools import pulumi
from tools.delivery.difference import act_of
from tools.delivery.documents import Act
from tools.delivery.words import scrubbed, shortened
from tools.errors import ToolError
from tools.offline.values import UNKNOWN, Secret, reveal, unmarked
from tools.plan.preview import read
from tools.workbench import workbench

# Who is different from what was shipped: what is there, the program of this checkout, or nobody can tell of a secret.
Whose = Literal["there", "program", "secret", "follows"]
_FIRST: tuple[Whose, ...] = ("there", "program", "follows", "secret")
_LOUDEST: tuple[Act, ...] = ("delete", "replace", "update", "create")


@dataclass(frozen=True)
class Drifted:
    """A resource that `up` would change. `properties` are names, each with who is different; never a value."""

    act: Act
    type: str
    name: str
    whose: Whose
    properties: Mapping[str, Whose] = field(default_factory=dict[str, Whose])

    def of(self, whose: Whose) -> list[str]:
        """The properties in which one of them is different."""
        return [name for name, each in self.properties.items() if each == whose]


@dataclass(frozen=True)
class Drift:
    """What of a stack is different; or, in `problems`, why that cannot be told. Not `deployed`: there is no state."""

    stack: str
    deployed: bool = True
    changes: tuple[Drifted, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def healed(self) -> bool:
        return not (self.changes or self.problems)


def drift_of(stack: str) -> Drift:
    """Ask the platform what is there, and the program what it would do about it."""
    try:
        bench = workbench(stack)
        bench.stack.target()
        # Where nothing is kept, no stack is there, and nothing of it could be different.
        bench.lasting()
        if not pulumi.there(bench):
            return Drift(stack, deployed=False)
        pulumi.provide(bench.plugins(), bench.engine)
        ran = pulumi.asked(bench, "preview", "--refresh", "--json", policy=True)
        return told(stack, ran.stdout, ran.stderr, ran.returncode)
    except ToolError as error:
        return Drift(stack, problems=(shortened(scrubbed(str(error)), 20_000),))


def told(stack: str, stdout: str, stderr: str, code: int = 0) -> Drift:
    """What the engine said in JSON of a preview with a refresh."""
    problems = read(stdout, stderr).problems
    if code != 0 and not problems:
        problems = (stderr.strip() or f"the engine ended with {code}",)
    if problems:
        return Drift(stack, problems=tuple(shortened(scrubbed(each), 20_000) for each in problems))
    return Drift(stack, changes=differing(json.loads(stdout[stdout.index("{") :]).get("steps") or []))


def differing(steps: Iterable[Mapping[str, Any]]) -> tuple[Drifted, ...]:
    """The resources that `up` would change, the loudest first, by the steps of a preview with a refresh."""
    shipped: dict[str, Mapping[str, Any]] = {}
    planned: dict[str, list[Mapping[str, Any]]] = {}
    for step in steps:
        if step.get("op") == "refresh":
            shipped[step["urn"]] = step.get("oldState") or {}
        elif act_of(str(step.get("op"))) and _is_resource(step):
            planned.setdefault(step["urn"], []).append(step)
    found = [_drifted(urn, shipped.get(urn), each, {*planned}) for urn, each in planned.items()]
    return tuple(sorted(found, key=lambda each: (_LOUDEST.index(each.act), each.type, each.name)))


def _drifted(
    urn: str, shipped: Mapping[str, Any] | None, steps: Sequence[Mapping[str, Any]], changing: Collection[str]
) -> Drifted:
    acts: list[Act] = [act for step in steps if (act := act_of(str(step.get("op")))) is not None]
    act = min(acts, key=_LOUDEST.index)
    name, type_ = urn.rpartition("::")[2], urn.split("::")[2].rpartition("$")[2]
    if act in ("create", "delete"):
        # What was shipped and is to be made again is gone; what the program no longer has, it was shipped with.
        return Drifted(act, type_, name, "there" if act == "create" and shipped else "program")
    found = _first(steps, "oldState")
    wanted = _first(steps, "newState")
    was = shipped or found
    before, after = _inputs(was), _inputs(wanted)
    needs = wanted.get("propertyDependencies") or {}
    told: dict[str, Whose | None] = {
        head: _who(before.get(head), after.get(head), any(each in changing for each in needs.get(head) or ()))
        for head in sorted({*before, *after})
    }
    whose: dict[str, Whose] = {head: each for head, each in told.items() if each is not None}
    moved = [*_changed(was, found, "inputs"), *_changed(was, found, "outputs")]
    # Without details of the engine's, what is there is held to what was shipped, property by property.
    paths = _paths(steps) or sorted({*moved, *(head for head, each in whose.items() if each == "program")})
    properties: dict[str, Whose] = {path: _whose(path, moved, whose) for path in paths}
    # Where the program wants nothing else than what was shipped, what is there must be another.
    who: list[Whose] = sorted((properties or whose).values(), key=_FIRST.index)
    return Drifted(act, type_, name, who[0] if who else "there", properties)


def _is_resource(step: Mapping[str, Any]) -> bool:
    """Not a component, which is no more than what is in it, nor a provider, which no platform has."""
    state = step.get("newState") or step.get("oldState") or {}
    return bool(state.get("custom")) and not str(state.get("type")).startswith("pulumi:providers:")


def _whose(path: str, moved: Sequence[str], whose: Mapping[str, Whose]) -> Whose:
    head = re.split(r"[.\[]", path, maxsplit=1)[0]
    who = whose.get(head, "there")
    return "there" if head in moved and who != "program" else who


def _who(shipped: Any, wanted: Any, follows: bool) -> Whose | None:
    """Who is different in an input: None where the program wants what was shipped."""
    if _holds(wanted, UNKNOWN):
        return "follows"
    if reveal(shipped) != reveal(wanted):
        return "follows" if follows else "program"
    return "secret" if _holds(wanted, Secret) else None


def _holds(value: Any, kind: Any) -> bool:
    """Whether it is, or has in it, what is not known yet or is a secret."""
    match value:
        case dict():
            return any(_holds(each, kind) for each in value.values())
        case list():
            return any(_holds(each, kind) for each in value)
        case Secret() if kind is not Secret:
            return _holds(value.value, kind)
        case _:
            return value is kind or (kind is Secret and isinstance(value, Secret))


def _inputs(state: Mapping[str, Any]) -> dict[str, Any]:
    return unmarked({name: each for name, each in (state.get("inputs") or {}).items() if name != "__defaults"})


def _changed(was: Mapping[str, Any], found: Mapping[str, Any], which: str) -> list[str]:
    one, other = was.get(which) or {}, found.get(which) or {}
    return [name for name in {*one, *other} if not name.startswith("__") and one.get(name) != other.get(name)]


def _paths(steps: Sequence[Mapping[str, Any]]) -> list[str]:
    return sorted({path for step in steps for path in (step.get("detailedDiff") or step.get("diffReasons") or ())})


def _first(steps: Sequence[Mapping[str, Any]], which: str) -> Mapping[str, Any]:
    return next((step[which] for step in steps if step.get(which)), {})
