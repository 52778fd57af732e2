"""What the protocol's server asks of a backend: a package's tables, and the acts on its resources."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from tools.offline.values import Values


class Failure(Exception):
    """An act on a resource failed; the text is what a person reads."""


class NotReady(Failure):
    """The resource is there but did not come to work. The engine keeps it in its state and tries again."""

    def __init__(self, id_: str, outputs: Values, reason: str) -> None:
        super().__init__(reason)
        self.id = id_
        self.outputs = outputs


@dataclass(frozen=True)
class Problem:
    """Why an input is refused: the path of the property, and the rule that it breaks."""

    property: str
    reason: str
    rule: str = "breaks a rule that cannot be told without the value, which is secret"
    """The same without any value: all that is told of a secret."""


@dataclass(frozen=True)
class Resource:
    """The resource at hand, as the engine names it."""

    urn: str
    type: str
    id: str = ""
    ignored: tuple[str, ...] = ()
    """Paths of inputs whose changes the program ignores."""

    @property
    def name(self) -> str:
        """The logical name."""
        return self.urn.rpartition("::")[2]

    @property
    def stack(self) -> str:
        """The stack's name and the project's, which no other stack of this machine shares."""
        stack, project, *_ = self.urn.split("::")
        return f"{project}/{stack.removeprefix('urn:pulumi:')}"


@dataclass(frozen=True)
class Kind:
    """What an SDK does not tell of one of its types."""

    replaces: frozenset[str] = frozenset()
    """Inputs, or paths within them, that cannot be changed in place."""
    defaults: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What the provider puts in where the program says nothing."""
    adds: Mapping[str, Values] = field(default_factory=dict[str, Values])
    """Entries that the provider puts into mappings, under the program's own: what it is configured to tag all with."""
    autonamed: str | None = None
    """The path of the input that gets a name where the program gives none."""
    name: Callable[[str, str], str] = lambda logical, suffix: f"{logical}-{suffix}"
    """How such a name is made from the logical name and seven random hexadecimal digits."""
    unordered: frozenset[str] = frozenset()
    """Lists whose order means nothing."""
    observed: frozenset[str] = frozenset()
    """Inputs that are held against what was last seen, not only against what was last asked for."""
    ignored: frozenset[str] = frozenset()
    """Paths, `[*]` for each entry of a list, at which another value is no change."""
    secrets: frozenset[str] = frozenset()
    """Values, or paths to them, that are secret whoever gave them, beside those that the SDK tells of."""
    delete_before_replace: bool = False


@dataclass(frozen=True)
class Made:
    """A resource that now is."""

    id: str
    outputs: Values


@dataclass(frozen=True)
class Found:
    """A resource as it really is: the inputs that would make it so, and its outputs."""

    id: str
    inputs: Values
    outputs: Values


class Session(Protocol):
    """A package under one configuration. Inputs and outputs hold no `Secret`; only a preview's hold `UNKNOWN`."""

    def kind(self, type_: str) -> Kind:
        """The table of a type. Raises Failure for a type that the backend cannot play."""
        ...

    def suffix(self, resource: Resource, seed: str) -> str:
        """Seven hexadecimal digits for a name; `seed` are random ones of the engine's."""
        ...

    def judge(self, resource: Resource, inputs: Values) -> Sequence[Problem]:
        """What is wrong with inputs whose types are right already."""
        ...

    def meet(self, resource: Resource, inputs: Values, outputs: Values) -> None:
        """The engine has it in its state: others may name it, though another process made it."""
        ...

    def foresee(self, resource: Resource, inputs: Values) -> Made:
        """What of the id and the outputs is known before the resource is made; the id may be empty."""
        ...

    def foresee_change(self, resource: Resource, old: Values, new: Values, outputs: Values) -> Values:
        """What of the outputs is known before it is changed in place."""
        ...

    def create(self, resource: Resource, inputs: Values, timeout: float) -> Made:
        """Make it. Raises Failure, or NotReady when it is there but does not work."""
        ...

    def read(self, resource: Resource, inputs: Values, outputs: Values) -> Found | None:
        """What it really is. Both are empty when it is imported; None when it is gone."""
        ...

    def update(self, resource: Resource, old: Values, new: Values, outputs: Values, timeout: float) -> Values:
        """Change it in place; its new outputs."""
        ...

    def delete(self, resource: Resource, inputs: Values, outputs: Values, timeout: float) -> None:
        """Take it away; no failure when it is gone already."""
        ...

    def invoke(self, token: str, arguments: Values) -> Values:
        """Answer a function; the answer may hold `Secret`. Raises Failure for one that the backend does not know."""
        ...

    def cancel(self) -> None:
        """Give up whatever is waited for."""
        ...


class Backend(Protocol):
    """A package that a server plays."""

    @property
    def package(self) -> str:
        """The package's name, such as `docker`."""
        ...

    @property
    def config(self) -> Kind:
        """What a change of the provider's own configuration means."""
        ...

    def configure(self, config: Values) -> Session:
        """A session under the provider's configuration. Raises Failure when it cannot work."""
        ...
