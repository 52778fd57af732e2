"""The simulated platforms: what was made on them, by whom, and the faults that a test wants of them."""

import hashlib
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from tools.offline.backend import Failure, Resource
from tools.offline.judge import leaves
from tools.offline.values import Values

Act = Literal["create", "read", "update", "delete", "invoke"]
Effect = Literal["error", "throttle", "timeout", "lag", "rollback"]

Key = tuple[str, str]
"""A resource's type and id: a repository and its policy have the same id."""


@dataclass
class Thing:
    """A resource that is there."""

    type: str
    inputs: Values
    outputs: Values


EFFECTS: Mapping[Act, frozenset[Effect]] = {
    "create": frozenset({"error", "throttle", "timeout", "rollback"}),
    "read": frozenset({"error", "throttle", "lag"}),
    "update": frozenset({"error", "throttle", "timeout", "rollback"}),
    "delete": frozenset({"error", "throttle", "timeout"}),
    "invoke": frozenset({"error", "throttle"}),
}
"""What can go wrong with each act."""


@dataclass
class Fault:
    """Something that goes wrong `times` times when `act` is done to a resource of `type`.

    `error` fails before anything is done; `throttle` too, as a platform does that is asked too much; `timeout` after a
    pause, and what was asked for is done all the same; `lag` lets a read find nothing, as soon after a creation;
    `rollback` answers that all is well, and nothing was changed or is there. ValueError for what cannot go wrong so.
    """

    act: Act
    type: str
    effect: Effect
    says: str = ""
    times: int = 1

    def __post_init__(self) -> None:
        if self.effect not in EFFECTS.get(self.act, ()):
            played = ", ".join(sorted(EFFECTS.get(self.act, ()))) or "nothing"
            raise ValueError(f"no {self.effect} is played on {self.act}, but {played}")
        throttled = "ThrottlingException: Rate exceeded"
        self.says = self.says or (throttled if self.effect == "throttle" else "InternalError: try again")


@dataclass
class World:
    """All that is simulated in this process."""

    things: dict[Key, Thing] = field(default_factory=dict[Key, Thing])
    faults: list[Fault] = field(default_factory=list[Fault])
    gone: set[Key] = field(default_factory=set[Key])
    names: dict[str, dict[Key, set[str]]] = field(default_factory=dict[str, dict[Key, set[str]]])
    known: dict[str, dict[Key, Thing]] = field(default_factory=dict[str, dict[Key, Thing]])
    mentions: dict[str, tuple[Resource, Mapping[str, str]]] = field(
        default_factory=dict[str, tuple[Resource, Mapping[str, str]]]
    )
    assuming: bool = False
    """Whether what a program looks up and nobody knows of is taken to be there."""
    assumed: list[Values] = field(default_factory=list[Values])
    """What was taken to be there: what was asked for."""
    taken: set[str] = field(default_factory=set[str])
    """What that goes by."""
    asked: list[tuple[str, Values]] = field(default_factory=list[tuple[str, Values]])
    """Every function that was asked, with its arguments."""
    births: dict[str, int] = field(default_factory=dict[str, int])
    lock: threading.Lock = field(default_factory=threading.Lock)

    def made(self, id_: str, thing: Thing, stack: str) -> None:
        """Remember a resource, and every name that others may know it by."""
        with self.lock:
            self.things[thing.type, id_] = thing
            self.gone.discard((thing.type, id_))
        self.know(stack, id_, thing)

    def know(self, stack: str, key: str, thing: Thing) -> None:
        """That a resource of the stack's is or will be; its id names it, and its outputs that it was not given."""
        told = {name: value for name, value in thing.outputs.items() if name not in thing.inputs}
        strings = {value for _, value in leaves(told, "") if isinstance(value, str)}
        with self.lock:
            self.names.setdefault(stack, {})[thing.type, key] = {*strings, key}
            self.known.setdefault(stack, {})[thing.type, key] = thing

    def others(self, stack: str, but: Key, type_: str) -> list[tuple[str, Values]]:
        """The id and outputs of each resource of the type that the stack has or plans, but of this one."""
        with self.lock:
            known = list(self.known.get(stack, {}).items())
        return [(key, thing.outputs) for (of, key), thing in known if of == type_ and (of, key) != but]

    def mention(self, resource: Resource, named: Mapping[str, str]) -> None:
        """That a planned resource names these, by their paths: they may be planned after it."""
        with self.lock:
            self.mentions[resource.urn] = resource, named

    def nowhere(self, stack: str, named: Mapping[str, str]) -> dict[str, str]:
        """Those of the names that are no resource's."""
        with self.lock:
            known = [self.taken, *self.names.get(stack, {}).values()]
        return {path: name for path, name in named.items() if not any(name in each for each in known)}

    def assume(self, arguments: Values, answer: Values) -> None:
        """Remember that something was taken to be there, and what it goes by."""
        with self.lock:
            self.assumed.append(arguments)
            self.taken |= {value for _, value in leaves({"given": arguments, **answer}, "") if isinstance(value, str)}

    def unresolved(self) -> list[str]:
        """What the planned resources name and nobody plans, once the whole plan is seen; in the engine's words."""
        return [
            f"{resource.type} resource '{resource.name}' has a problem: {path}: {name!r} is no resource of this plan"
            for resource, named in list(self.mentions.values())
            for path, name in self.nowhere(resource.stack, named).items()
        ]

    def removed(self, type_: str, id_: str) -> None:
        """Forget a resource; whether a person or the engine took it away."""
        with self.lock:
            self.things.pop((type_, id_), None)
            for each in (*self.names.values(), *self.known.values()):
                each.pop((type_, id_), None)
            self.gone.add((type_, id_))

    def drift(self, type_: str, id_: str, **inputs: Any) -> None:
        """Somebody changed it by hand."""
        with self.lock:
            thing = self.things[type_, id_]
            thing.inputs, thing.outputs = thing.inputs | inputs, thing.outputs | inputs

    def ask(self, token: str, arguments: Values) -> None:
        """Remember that a function was asked."""
        with self.lock:
            self.asked.append((token, arguments))

    def birth(self, urn: str) -> int:
        """How often a resource of this name was made before."""
        with self.lock:
            self.births[urn] = self.births.get(urn, 0) + 1
            return self.births[urn] - 1

    def strike(self, act: Act, type_: str) -> Fault | None:
        """The fault that is due now. Raises Failure for one that lets nothing be done."""
        with self.lock:
            for fault in self.faults:
                if fault.act == act and fault.type == type_ and fault.times > 0:
                    fault.times -= 1
                    break
            else:
                return None
        if fault.effect in ("error", "throttle"):
            raise Failure(fault.says)
        if fault.effect == "timeout":
            time.sleep(0.1)
        return fault


def made_up(seed: str) -> "MadeUp":
    """Values that look drawn at random and are the same in every run."""
    return MadeUp(hashlib.sha512(seed.encode()).hexdigest())


@dataclass(frozen=True)
class MadeUp:
    """What templates name: `hex17`, `digits12`, `uuid`, `sha256`."""

    digest: str

    def __getitem__(self, name: str) -> str:
        kind, length = name.rstrip("0123456789"), name[len(name.rstrip("0123456789")) :]
        match kind:
            case "hex" if length:
                return self.digest[: int(length)]
            case "digits" if length:
                # Never a leading zero: some platforms take such ids for numbers.
                return "".join(self._digits(int(length)))
            case "uuid":
                d = self.digest
                return f"{d[:8]}-{d[8:12]}-4{d[13:16]}-8{d[17:20]}-{d[20:32]}"
            case "sha":
                return f"sha256:{self.digest[:64]}"
        raise KeyError(name)

    def _digits(self, length: int) -> Iterator[str]:
        for index in range(length):
            digit = int(self.digest[index], 16) % 10
            yield str(digit or 1) if index == 0 else str(digit)
