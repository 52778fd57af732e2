"""Finds what a change does to a stack: from the plans before and after it, or from what a real preview said."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from policies.rules import RULES, breaches
from tools.delivery.documents import Act, Change, Cost, Difference
from tools.delivery.words import scrubbed, shortened
from tools.offline.backend import Kind
from tools.offline.diff import changes
from tools.offline.tables import Played
from tools.offline.values import UNKNOWN, reveal, unmarked
from tools.plan.inventory import Plan, plan
from tools.plan.preview import Planned, Preview, read

# What the engine says of how it starts the policy pack is nothing about the stack.
_OF_THE_ENGINE = "using pulumi-analyzer-policy-"
# How a property of the provider is told among those of a resource.
MOVED = "provider."
Tables = Mapping[str, Played]
Moves = Callable[[Planned, Planned], list[str]]
# Louder acts stand first, and win where the engine takes several steps with one resource.
_ACTS: tuple[Act, ...] = ("delete", "replace", "update", "create")


def between(stack: str, target: str, before: Preview | None, after: Preview, tables: Tables, why: str) -> Difference:
    """What changes from one plan to the other, where both are made from nothing. No plan before: all of it is new."""
    was = {each.urn: each for each in before.resources} if before else {}
    now = {each.urn: each for each in after.resources}
    found: list[Change] = []
    if not after.problems:
        found += [_change("delete", each) for urn, each in was.items() if urn not in now]
        moves = _moves(before or Preview(), after, tables)
        found += [change for each in now.values() for change in _compared(was.get(each.urn), each, tables, moves)]
    earlier = plan(stack, target, before, tables) if before else None
    return _difference(stack, target, found, earlier, after, tables, kind="plan", why=why)


def told(stack: str, target: str, stdout: str, stderr: str, tables: Tables, code: int = 0) -> Difference:
    """What the engine's preview in JSON says of a stack that is there; `code` is what the engine ended with."""
    after = read(stdout, stderr)
    if code != 0 and not after.problems and not _broken(after):
        # Whatever it had said by then, it is not the whole of it. A broken rule is told as one.
        after = replace(after, problems=(stderr.strip() or f"the engine ended with {code}",))
    # A replacement is several steps with one resource, each of which has its states.
    after = replace(after, resources=tuple({each.urn: each for each in after.resources}.values()))
    steps: list[dict[str, Any]] = json.loads(stdout[stdout.index("{") :]).get("steps") or []
    was = {found.urn: found for step in steps for found in _state(step, "oldState")}
    earlier = plan(stack, target, Preview(tuple(was.values())), tables) if was else None
    return _difference(stack, target, _steps(steps), earlier, after, tables, kind="preview", why="")


def _difference(
    stack: str, target: str, found: Iterable[Change], earlier: Plan | None, after: Preview, tables: Tables, **kind: Any
) -> Difference:
    changed = sorted(found, key=lambda change: (_ACTS.index(change.act), change.type, change.name))
    later = plan(stack, target, after, tables)
    cost = Cost(
        before=round(earlier.monthly, 2) if earlier else None,
        after=None if after.problems else round(later.monthly, 2),
        by_use=tuple(later.by_use),
        unpriced=tuple(f"{line.type} {line.name}" for line in later.unpriced),
        regions=tuple(later.regions),
    )
    gone = {change.urn for change in changed}
    return Difference(
        stack=stack,
        target=target,
        changes=tuple(changed),
        kept=sum(each.urn not in gone for each in after.resources),
        cost=cost,
        rules=len(RULES),
        broken=tuple(_broken(after)),
        problems=tuple(_said(each) for each in after.problems),
        warnings=tuple(_said(each) for each in later.warnings if not each.startswith(_OF_THE_ENGINE)),
        **kind,
    )


def _broken(seen: Preview) -> list[str]:
    return [f"{each.name}: {said}" for each in seen.resources for said in breaches(each.type, each.name, each.inputs)]


def _said(words: str) -> str:
    return shortened(scrubbed(words), 20_000)


def _compared(old: Planned | None, new: Planned, tables: Tables, moves: Moves) -> list[Change]:
    if old is None:
        return [_change("create", new)]
    kind = tables.get(new.type, Played()).kind
    found = changes(kind, _settled(old.inputs), _settled(new.inputs), {})
    moved = moves(old, new)
    if not found and not moved:
        return []
    forced = [*moved, *(each.path for each in found if each.is_within(kind.replaces))]
    properties = [*moved, *(each.path for each in found)]
    return [_change("replace" if forced else "update", new, properties, forced)]


def _moves(before: Preview, after: Preview, tables: Tables) -> Moves:
    """What of its provider's configuration makes a resource elsewhere than before, where it would be another one."""
    found: dict[tuple[str, str], list[str]] = {}

    def between_providers(old: Planned, new: Planned) -> list[str]:
        pair = old.provider, new.provider
        if pair not in found:
            found[pair] = list(_moved(before.provider_of(old), after.provider_of(new), tables))
        return found[pair]

    return between_providers


def _moved(old: Planned | None, new: Planned | None, tables: Tables) -> Iterator[str]:
    if old is None or new is None:
        return
    played = tables.get(new.type)
    for each in changes(Kind(), _settled(old.inputs), _settled(new.inputs), {}):
        # Of a provider that no table knows, all that is configured may say where it is.
        if each.is_within(played.kind.replaces) if played else each.path != "version":
            yield f"{MOVED}{each.path}"


def _settled(value: Any) -> Any:
    """The same with one word for all that is not known yet, which is no difference between two plans."""
    match reveal(value):
        case dict() as table:
            return {name: _settled(item) for name, item in table.items()}
        case list() as items:
            return [_settled(item) for item in items]
        case plain:
            return "known once it is made" if plain is UNKNOWN else plain


def _change(act: Act, of: Planned, properties: Sequence[str] = (), forced: Sequence[str] = ()) -> Change:
    return Change(
        act=act,
        type=of.type,
        name=of.name,
        urn=of.urn,
        properties=tuple(properties),
        forced=tuple(forced),
        needs=of.needs,
    )


def _steps(steps: Sequence[Mapping[str, Any]]) -> list[Change]:
    """One change for each resource, whatever number of steps the engine takes with it."""
    found: dict[str, Change] = {}
    for step in steps:
        act = act_of(str(step.get("op")))
        states = [*_state(step, "newState"), *_state(step, "oldState")]
        if act is None or not states:
            continue
        details = step.get("detailedDiff") or {}
        properties = {*details, *(() if details else step.get("diffReasons") or ())}
        forced = {path for path, each in details.items() if "replace" in str(each.get("kind")).lower()}
        made = _change(act, states[0], sorted(properties), sorted(forced or step.get("replaceReasons") or ()))
        before = found.get(made.urn)
        if before is None:
            found[made.urn] = made
        else:
            louder = min(before.act, made.act, key=_ACTS.index)
            merged = {
                "properties": tuple(sorted({*before.properties, *made.properties})),
                "forced": tuple(sorted({*before.forced, *made.forced})),
            }
            found[made.urn] = before.model_copy(update={"act": louder, **merged})
    return list(found.values())


def act_of(op: str) -> Act | None:
    """The act of a step in the engine's words; None where nothing happens to the resource itself."""
    if "replace" in op:
        return "replace"
    return {"create": "create", "import": "create", "update": "update", "delete": "delete"}.get(op)  # pyright: ignore[reportReturnType]


def _state(step: Mapping[str, Any], which: str) -> list[Planned]:
    state = step.get(which) or {}
    if not state.get("custom") or str(state.get("type")).startswith("pulumi:providers:"):
        return []
    needs = tuple(state.get("dependencies") or ())
    return [Planned(state["urn"], state["type"], unmarked(state.get("inputs") or {}), needs)]
