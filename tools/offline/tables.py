"""The form of a platform's offline.py: what is known of its resources beyond their SDK, as data.

`PACKAGES` in `infra/targets/<platform>/offline.py` is read by the stand-in and by the plan. A package or a type that no
table names is played all the same, by the types of its SDK alone.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from tools.offline.backend import Kind, Problem
from tools.offline.values import Values

Purpose = Literal["network", "registry", "identity", "service", "data", "watching", "other"]
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)

Judge = Callable[[str, Values], Iterable[Problem]]
"""What is wrong with the inputs of a resource of this type, when their types are right."""


Others = Callable[[str], Iterable[tuple[str, Values]]]
"""The id and outputs of every other resource of a type that the stack has or plans."""

Beside = Callable[[Values, Others], Iterable[Problem]]
"""What is wrong with the inputs of a resource beside the stack's others, which were planned before it."""

Count = Callable[[Values, Others], float | None]
"""How many units of a price a resource has beside the plan's others, which are told by their URNs and inputs.

None where it is no price of this resource, or where that is not known yet; 0.0 where none is paid for.
"""


@dataclass(frozen=True)
class Source:
    """Where a platform publishes a rule or a price, and the day as of which it stands here; it may have changed."""

    page: str
    dated: str

    def __str__(self) -> str:
        return f"{self.page}, {self.dated}"


@dataclass(frozen=True)
class Rule:
    """What a platform demands of one value: of `path`, where `[*]` is every entry of a list or mapping."""

    path: str
    source: Source
    says: str
    """The rule in words, after "must"."""
    pattern: str | None = None
    choices: Sequence[Any] | None = None
    least: float | None = None
    most: float | None = None

    def broken_by(self, value: Any) -> bool:
        """Whether a value that is known breaks it."""
        if self.choices is not None and value not in self.choices:
            return True
        if self.pattern is not None and not (isinstance(value, str) and re.fullmatch(self.pattern, value)):
            return True
        if isinstance(value, int | float) and not isinstance(value, bool):
            return (self.least is not None and value < self.least) or (self.most is not None and value > self.most)
        return False


@dataclass(frozen=True)
class Price:
    """What one `unit` of a resource costs: an hour or a month of it, or what use is counted in.

    `units` counts from the inputs how many there are. Where it counts none this price is not one of the resource, whose
    cost is unknown when no other is. `beside` counts in its place where the plan's other resources say how many.
    """

    dollars: float
    unit: str
    source: Source
    units: Callable[[Values], float] = lambda _inputs: 1.0
    region: str = ""
    """Whose price it is, where it is not the same everywhere."""
    beside: Count | None = None
    estimate: str = ""
    """Why it is no more than an estimate."""

    def count(self, inputs: Values, others: Others) -> float | None:
        """How many units a resource has; None where this is no price of it."""
        return self.beside(inputs, others) if self.beside else self.units(inputs) or None

    def __str__(self) -> str:
        return f"{self.source} (an estimate: {self.estimate})" if self.estimate else str(self.source)


@dataclass(frozen=True)
class Played:
    """How a type is played.

    Templates take inputs, the package's facts, `logical`, `module`, `id`, outputs above them, and made-up `hex8`,
    `digits12`, `uuid`.
    """

    purpose: Purpose = "other"
    id: str | Callable[[Any], str] = "{logical}-{hex8}"
    outputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    kind: Kind = field(default_factory=Kind)
    within: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Templates of what the platform adds to objects that it was given, by their paths in the outputs."""
    rules: Sequence[Rule] = ()
    judges: Sequence[Judge] = ()
    beside: Sequence[Beside] = ()
    prices: Sequence[Price] = ()
    revision: str = ""
    """The output that counts what was made under one id: none is taken then, and each is the next revision."""
    foreign: frozenset[str] = frozenset()
    """Inputs that may name what is there already, though no plan makes it and nothing looks it up."""
    shared: bool = False
    """Whether stacks have it together: it is taken over where it is there already, and outlives each of them."""
    additive: bool = False
    """Whether to make what is there already changes nothing, and is no mistake."""
    free: str = ""
    """Why it costs nothing by itself; without this and without prices it is named as unpriced."""


Guard = Callable[[str, str, Values, Values, Mapping[str, str]], None]
"""Raises Failure where whoever acts may not do this act to a resource of this type, with these inputs and outputs.

The last are the package's facts. Of an `invoke` the type is the function's token.
"""


@dataclass(frozen=True)
class Package:
    """A package that can be played."""

    name: str
    types: Mapping[str, Played] = field(default_factory=dict[str, Played])
    place: frozenset[str] | None = None
    """What of the provider's configuration says where all is made: with another, everything is made anew there.

    None where nobody has said what does: then whatever is configured.
    """
    facts: Mapping[str, str] = field(default_factory=dict[str, str])
    """What templates may name beyond inputs, such as the account; the provider's configuration comes before them."""
    outputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Templates of outputs by their name, for every type that has one so named and says nothing else of it."""
    adds: Callable[[str, Mapping[str, str]], Mapping[str, Values]] = lambda _type, _facts: {}
    """Entries that the provider, by its configuration, puts into mappings of every resource of the type."""
    functions: Mapping[str, Callable[[Values, Mapping[str, str]], Values]] = field(default_factory=dict)  # pyright: ignore[reportUnknownVariableType]
    assumed: Mapping[str, Callable[[Values, Mapping[str, str], int], Values]] = field(default_factory=dict)  # pyright: ignore[reportUnknownVariableType]
    """What a function answers of what `functions` does not know, and an account may; told how many before."""
    judges: Sequence[Judge] = ()
    otherwise: Played = field(default_factory=Played)
    """How a type is played that `types` does not name."""
    prepare: Callable[[], object] = lambda: None
    """Loads what the judges will want, while the engine and the program start: they wait for it no longer then."""
    references: Sequence[str] = ()
    """Patterns of what names a resource: a value that fits one must be the id or an output of something planned."""
    sent: Callable[[str, Values], Values] | None = None
    """What is sent to the platform for a resource of a type, where that is to be known."""
    guard: Guard | None = None
    """Whose rights are tried, where a test tries some; otherwise everybody may do everything."""


def replacing(*names: str, **more: Any) -> Kind:
    """The table of a type that these inputs replace, named automatically where it has a `name`."""
    return Kind(replaces=frozenset(names), **{"autonamed": "name", **more})
