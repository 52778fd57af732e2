"""A backend for any package: resources are simulated in this process, strictly, and seen before they are made."""

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tools.offline import judge, sdk
from tools.offline.backend import Failure, Found, Kind, Made, Problem, Resource
from tools.offline.outputs import plausible
from tools.offline.tables import Package, Played
from tools.offline.templates import Words, filled
from tools.offline.values import Values, unknown
from tools.offline.world import Key, Thing, World, made_up


@dataclass(frozen=True)
class Simulation:
    """A package on the simulated platforms of `world`."""

    tables: Package
    world: World

    @property
    def package(self) -> str:
        return self.tables.name

    @property
    def config(self) -> Kind:
        return Kind(replaces=self.tables.place or frozenset())

    def configure(self, config: Values) -> "SimulatedSession":
        given = {name: str(value) for name, value in config.items() if isinstance(value, str | int)}
        return SimulatedSession(self.tables, self.world, {**self.tables.facts, **given})


@dataclass(frozen=True)
class SimulatedSession:
    """The package under one configuration, whose values templates may name."""

    tables: Package
    world: World
    facts: Mapping[str, str]
    foreseen: dict[Key, str] = field(default_factory=dict[Key, str], kw_only=True)
    """Who is planned to have each id, by URN."""

    def played(self, type_: str) -> Played:
        """The type's table; one that says nothing for a type that no table names."""
        known = self.tables.types.get(type_)
        if known is not None:
            return known
        if self.tables.otherwise.kind.autonamed is None and sdk.optional_string(type_, "name"):
            return replace(self.tables.otherwise, kind=replace(self.tables.otherwise.kind, autonamed="name"))
        return self.tables.otherwise

    def kind(self, type_: str) -> Kind:
        return replace(self.played(type_).kind, adds=self.tables.adds(type_, self.facts))

    def suffix(self, resource: Resource, seed: str) -> str:
        # The same in every plan, so that plans can be compared; another one for what replaces it.
        return made_up(f"{resource.urn}#{self.world.births.get(resource.urn, 0)}")["hex7"]

    def judge(self, resource: Resource, inputs: Values) -> Sequence[Problem]:
        return list(self._problems(resource, inputs))

    def _problems(self, resource: Resource, inputs: Values) -> Iterator[Problem]:
        played = self.played(resource.type)
        given = {name: value for name, value in inputs.items() if not name.startswith("__")}
        yield from judge.broken(played.rules, given)
        for each in (*played.judges, *self.tables.judges):
            yield from each(resource.type, given)

    def meet(self, resource: Resource, inputs: Values, outputs: Values) -> None:
        if (resource.type, resource.id) not in self.world.gone:
            self.world.know(resource.stack, resource.id, Thing(resource.type, inputs, outputs))

    def foresee(self, resource: Resource, inputs: Values) -> Made:
        made = self._made(resource, inputs, self.world.births.get(resource.urn, 0))
        if made.id and not self.played(resource.type).revision:
            holder = self.foreseen.setdefault((resource.type, made.id), resource.urn)
            if holder != resource.urn:
                raise _taken(resource, made.id)
        self._beside(resource, made.id or resource.urn, inputs)
        self.world.know(resource.stack, made.id or resource.urn, Thing(resource.type, inputs, made.outputs))
        self.world.mention(resource, self._named(resource, inputs))
        return made

    def create(self, resource: Resource, inputs: Values, timeout: float) -> Made:
        if self.tables.guard:
            made = self._made(resource, inputs, self.world.births.get(resource.urn, 0))
            self._allowed("create", replace(resource, id=made.id), inputs, made.outputs)
        fault = self.world.strike("create", resource.type)
        self._resolve(resource, inputs)
        made = self._made(resource, inputs, self.world.birth(resource.urn))
        if self.played(resource.type).revision:
            self.world.birth(_revised(resource.type, made.id))
        elif (resource.type, made.id) in self.world.things:
            played = self.played(resource.type)
            if not (played.shared or played.additive):
                raise _taken(resource, made.id)
        self._beside(resource, made.id, inputs)
        self.world.made(made.id, Thing(resource.type, inputs, made.outputs), resource.stack)
        if fault is not None and fault.effect == "rollback":
            self.world.removed(resource.type, made.id)
        if fault is not None and fault.effect == "timeout":
            raise Failure(f"timeout while waiting for {resource.type} {made.id}")
        return made

    def read(self, resource: Resource, inputs: Values, outputs: Values) -> Found | None:
        self._allowed("read", resource, inputs, outputs)
        fault = self.world.strike("read", resource.type)
        if (resource.type, resource.id) in self.world.gone or (fault is not None and fault.effect == "lag"):
            return None
        thing = self.world.things.get((resource.type, resource.id))
        if thing is None:
            # Made when another process played this package: what the state says is all that is known. What it knows no
            # outputs of was only asked for.
            return Found(resource.id, inputs, outputs) if outputs else None
        if not inputs:
            return Found(resource.id, thing.inputs, thing.outputs)
        if not outputs:
            # Seen for the first time: whatever the platform says of it is taken for what it was given.
            said = {name: thing.outputs[name] for name in sdk.properties(resource.type) if name in thing.outputs}
            return Found(resource.id, said, thing.outputs)
        # What is put in where the program says nothing is the engine's to know, and no drift.
        shown = {**thing.inputs, "__defaults": inputs.get("__defaults", [])}
        return Found(resource.id, shown, thing.outputs)

    def foresee_change(self, resource: Resource, old: Values, new: Values, outputs: Values) -> Values:
        self.world.mention(resource, self._named(resource, new))
        return self._changed(resource, old, new, outputs)

    def update(self, resource: Resource, old: Values, new: Values, outputs: Values, timeout: float) -> Values:
        self._allowed("update", resource, new, outputs)
        fault = self.world.strike("update", resource.type)
        if (resource.type, resource.id) in self.world.gone:
            raise Failure(f"NotFound: there is no {resource.type} {resource.id}")
        if fault is not None and fault.effect == "rollback":
            return outputs
        self._resolve(resource, new)
        changed = self._changed(resource, old, new, outputs)
        self.world.made(resource.id, Thing(resource.type, new, changed), resource.stack)
        if fault is not None:
            raise Failure(f"timeout while waiting for {resource.type} {resource.id}")
        return changed

    def delete(self, resource: Resource, inputs: Values, outputs: Values, timeout: float) -> None:
        self._allowed("delete", resource, inputs, outputs)
        fault = self.world.strike("delete", resource.type)
        if not self._outlived(resource, outputs):
            self.world.removed(resource.type, resource.id)
        if fault is not None:
            raise Failure(f"timeout while waiting for {resource.type} {resource.id} to go")

    def _allowed(self, act: str, resource: Resource, inputs: Values, outputs: Values) -> None:
        """Raise Failure where whoever acts may not."""
        if self.tables.guard:
            self.tables.guard(act, resource.type, inputs, {**outputs, "id": resource.id}, self.facts)

    def _outlived(self, resource: Resource, outputs: Values) -> bool:
        """Whether a newer revision goes by the same id, or other stacks have it too."""
        if self.played(resource.type).shared:
            return True
        counted = self.played(resource.type).revision
        thing = self.world.things.get((resource.type, resource.id))
        return bool(counted) and thing is not None and thing.outputs[counted] != outputs.get(counted)

    def invoke(self, token: str, arguments: Values) -> Values:
        if self.tables.guard:
            self.tables.guard("invoke", token, arguments, {}, self.facts)
        self.world.ask(token, arguments)
        self.world.strike("invoke", token)
        function = self.tables.functions.get(token)
        if function is None:
            known = ", ".join(sorted(self.tables.functions)) or "none"
            raise Failure(f"{token}: the stand-in for {self.tables.name} does not answer it; it answers {known}")
        try:
            return function(arguments, self.facts)
        except Failure:
            if not self.world.assuming or token not in self.tables.assumed:
                raise
        answer = self.tables.assumed[token](arguments, self.facts, len(self.world.assumed))
        self.world.assume(arguments, answer)
        return answer

    def cancel(self) -> None:
        """Nothing here is waited for."""

    def _made(self, resource: Resource, inputs: Values, births: int) -> Made:
        played = self.played(resource.type)
        chance = made_up(f"{resource.urn}#{births}")
        given = {name: value for name, value in inputs.items() if not name.startswith("__")}
        module = resource.type.split(":")[1].partition("/")[0]
        words = Words({**self.facts, "logical": resource.name, "module": module}, given, chance)
        id_ = resource.id or filled(played.id, words)
        words.known["id"] = id_
        plain = plausible(resource.type, chance)
        outputs = {**plain, **given}
        if played.revision:
            words.known[played.revision] = outputs[played.revision] = self._revisions(resource.type, id_) + 1
        common = {name: template for name, template in self.tables.outputs.items() if name in plain}
        for name, template in {**common, **played.outputs}.items():
            if name not in given:
                outputs[name] = filled(template, words)
                words.known[name] = outputs[name]
        for path, template in played.within.items():
            outputs = _with(outputs, path.split("."), functools.partial(filled, template, words))
        return Made("" if unknown(id_) else id_, outputs)

    def _changed(self, resource: Resource, old: Values, new: Values, outputs: Values) -> Values:
        """The outputs after an update: those that follow from what was changed; the others are what they were."""
        births = max(self.world.births.get(resource.urn, 0) - 1, 0)
        before, after = (self._made(resource, inputs, births).outputs for inputs in (old, new))
        same = {name for name, value in after.items() if name in before and before[name] == value}
        return {name: outputs.get(name, value) if name in same else value for name, value in after.items()}

    def _resolve(self, resource: Resource, inputs: Values) -> None:
        """Raise Failure where a resource is named that is nowhere. Which one is not told: it may be a secret."""
        for path in self.world.nowhere(resource.stack, self._named(resource, inputs)):
            raise Failure(f"NotFound: {path} names a resource that is not there")

    def _named(self, resource: Resource, inputs: Values) -> dict[str, str]:
        """What the inputs name that must be there."""
        foreign = self.played(resource.type).foreign
        return judge.named(self.tables.references, {key: each for key, each in inputs.items() if key not in foreign})

    def _beside(self, resource: Resource, id_: str, inputs: Values) -> None:
        """Raise Failure where it does not go with the stack's others."""
        others = functools.partial(self.world.others, resource.stack, (resource.type, id_))
        for beside in self.played(resource.type).beside:
            for problem in beside(inputs, others):
                raise Failure(f"{problem.property}: {problem.reason}")

    def _revisions(self, type_: str, id_: str) -> int:
        return self.world.births.get(_revised(type_, id_), 0)


def _with(values: Values, path: Sequence[str], added: Callable[[], Any]) -> Values:
    """Values with one more at a path; as they are where an object on the way is none, or not known yet."""
    name, *rest = path
    if not rest:
        return {**values, name: added()}
    inner = values.get(name)
    return {**values, name: _with(inner, rest, added)} if isinstance(inner, dict) else values  # pyright: ignore[reportUnknownArgumentType]


def _taken(resource: Resource, id_: str) -> Failure:
    return Failure(f"AlreadyExists: there is a {resource.type} {id_} already")


def _revised(type_: str, id_: str) -> str:
    """What the revisions under one id are counted by."""
    return f"{type_}::{id_}"
