"""One folder per platform, one module in it per target: `local` is local/target.py, `aws.fargate` is aws/fargate.py.

Each folder begins with spec.py, which imports no SDK and holds what can be known of its targets without one, in
`TARGETS`: a `Spec` by target name. One that stands on a second platform has its own beside it: eks_spec.py. There is
no table to edit: a new folder is a new platform.
"""

import importlib
import pkgutil
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    import pulumi

    from infra.image import Engine, Image, Registry
    from infra.service import Service
    from infra.settings import Settings
    from infra.targets.spec import Spec


@dataclass(frozen=True)
class Endpoint:
    """Where a deployment answers, and what it must.

    `started` changes whenever its processes start anew. `reachable`: the address can be asked from where `up` runs.
    `afterwards` declares what may begin only when it serves: workers and jobs.
    `watched`: the platform's own state must be asked too, as no resource of the target has done so.
    `console`: where a person looks at it in the platform's own pages, where there are such.
    `asked`: where it alone answers, while others answer at the address too; where it is empty, the address is asked.
    """

    url: "pulumi.Input[str]"
    revision: "pulumi.Input[str]"
    deployment: "pulumi.Input[str]"
    image: "pulumi.Input[str]"
    started: "pulumi.Input[str]"
    reachable: bool = True
    watched: bool = True
    console: "pulumi.Input[str] | None" = None
    asked: "pulumi.Input[str] | None" = None
    afterwards: "Callable[[pulumi.Resource], None] | None" = None


@dataclass(frozen=True)
class State:
    """What a platform says of a deployment.

    `failed`: it cannot come to serve any more, and this is why. `started`: what the endpoint's is by now, where the
    platform counts later than it answers the engine.
    """

    serving: bool
    failed: str = ""
    told: str = ""
    started: str = ""


class Target(Protocol):
    """The face of a target's module."""

    def registry(self, service: "Service", settings: "Settings") -> "Registry | Engine | None":
        """Declare, or name, the place for the stack's images. Nothing where the release's files are what is shipped."""
        ...

    def run(self, service: "Service", settings: "Settings", image: "Image") -> Endpoint:
        """Declare everything that makes the image serve, and say where."""
        ...


class Operations(Protocol):
    """What people do to a running service: the face of the module beside a target's own.

    `host` is given to a target that can do it on one host alone, and to no other.
    """

    def status(self, stack: str, **host: str) -> int:
        """Print what runs. The answer is the exit code: 0 when it serves."""
        ...

    def logs(self, stack: str, lines: int, follow: bool, process: str | None, **host: str) -> int:
        """Print the last lines that the processes wrote; `follow` goes on until interrupted."""
        ...

    def exec(self, stack: str, command: list[str], **host: str) -> int:
        """Run a command in the environment of what is deployed. The answer is its exit code."""
        ...

    def state(self, stack: str, deployment: str) -> "State":
        """What the platform itself says of a deployment."""
        ...

    def sweep(self, stack: str, known: "Sequence[str]") -> list[str] | None:
        """Remove what a killed run made and the stack's state, by its resources' ids, knows nothing of.

        The answer names what was removed; it is None where a target cannot tell what is a stack's own.
        """
        ...

    def last_lines(self, stack: str) -> list[str]:
        """The last lines of the log of what was started last, to be shown when it fails."""
        ...


def specs() -> "Mapping[str, Spec]":
    """Every known target by name."""
    modules = [f"{platform}.{name}" for platform in _platforms() for name in _specs_of(platform)]
    return {name: spec for module in modules for name, spec in _targets(module).items()}


def find_spec(target: str) -> "Spec | None":
    """A target by its name, if there is one, without a look at what is known of others."""
    platform, _, kind = target.partition(".")
    if platform not in _platforms():
        return None
    own = f"{kind}_spec"
    return _targets(f"{platform}.{own if own in _specs_of(platform) else 'spec'}").get(target)


def _platforms() -> list[str]:
    return [folder.name for folder in pkgutil.iter_modules(__path__) if folder.ispkg]


def _specs_of(platform: str) -> list[str]:
    folder = [f"{root}/{platform}" for root in __path__]
    return [each.name for each in pkgutil.iter_modules(folder) if re.fullmatch(r"(\w+_)?spec", each.name)]


def _targets(module: str) -> "Mapping[str, Spec]":
    return cast("Mapping[str, Spec]", importlib.import_module(f"{__name__}.{module}").TARGETS)


def load_target(name: str) -> Target:
    """The module of a target that `specs` knows. Imports that platform's SDK and no other."""
    platform, _, kind = name.partition(".")
    return cast("Target", importlib.import_module(f"{__name__}.{platform}.{kind or 'target'}"))


def load_operations(name: str) -> Operations:
    """The module of a target's operations: local/operations.py, or for `aws.fargate` aws/fargate_operations.py."""
    platform, _, kind = name.partition(".")
    module = f"{kind}_operations" if kind else "operations"
    return cast("Operations", importlib.import_module(f"{__name__}.{platform}.{module}"))
