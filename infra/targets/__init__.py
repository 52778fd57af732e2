"""One folder per platform, one module in it per target: `local` is local/target.py, `aws.fargate` is aws/fargate.py.

Each folder begins with spec.py, which imports no SDK and holds what can be known of its targets without one, in
`TARGETS`: a `Spec` by target name. There is no table to edit: a new folder is a new platform.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, cast

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    import pulumi

    from infra.errors import Problem
    from infra.revision import Release
    from infra.service import Service
    from infra.settings import Settings


class Options(BaseModel):
    """Base of every target's own options (`service:options`): frozen; an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True)
class Capabilities:
    """What a target can do. A stack that asks for one it lacks is refused, naming the targets that have it."""

    release: bool = False
    workers: bool = False
    jobs: bool = False
    domain: bool = False
    replicas: int = 1
    scale_to_zero: bool = False


def _nothing_more(_service: "Service", _settings: "Settings") -> "list[Problem]":
    return []


@dataclass(frozen=True)
class Spec:
    """What can be known of a target without its SDK. `check` adds the platform's own limits to the settings'."""

    options: type[Options]
    capabilities: Capabilities
    check: "Callable[[Service, Settings], list[Problem]]" = field(default=_nothing_more)


@dataclass(frozen=True)
class Endpoint:
    """Where a deployment answers, and what it must. `started` changes whenever its processes start anew."""

    url: "pulumi.Input[str]"
    revision: str
    deployment: "pulumi.Input[str]"
    image: "pulumi.Input[str]"
    started: "pulumi.Input[str]"


class Target(Protocol):
    """The face of a target's module. `run` declares resources; the rest acts on what runs, for a person."""

    def run(self, service: "Service", settings: "Settings", release: "Release") -> Endpoint:
        """Declare everything that makes the release serve, and say where."""
        ...

    def status(self, stack: str) -> int:
        """Print what runs. The answer is the exit code: 0 when it serves."""
        ...

    def logs(self, stack: str, lines: int, follow: bool, process: str | None) -> int:
        """Print the last lines that the processes wrote; `follow` goes on until interrupted."""
        ...

    def exec(self, stack: str, command: list[str]) -> int:
        """Run a command in the environment of what is deployed. The answer is its exit code."""
        ...

    def last_lines(self, stack: str) -> list[str]:
        """The last lines of the log of what was started last, to be shown when it fails."""
        ...


def specs() -> Mapping[str, Spec]:
    """Every known target by name."""
    found: dict[str, Spec] = {}
    for folder in pkgutil.iter_modules(__path__):
        if folder.ispkg:
            module = importlib.import_module(f"{__name__}.{folder.name}.spec")
            found.update(cast("Mapping[str, Spec]", module.TARGETS))
    return found


def load_target(name: str) -> Target:
    """The module of a target that `specs` knows. Imports that platform's SDK and no other."""
    platform, _, kind = name.partition(".")
    return cast("Target", importlib.import_module(f"{__name__}.{platform}.{kind or 'target'}"))
