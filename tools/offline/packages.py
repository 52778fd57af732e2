"""Finds every package that can be played: those that the platforms' folders have tables for, and all other SDKs."""

import importlib
import importlib.metadata
import importlib.util
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from typing import cast

import infra.targets
from tools.offline.backend import Kind
from tools.offline.simulation import Simulation
from tools.offline.tables import Package, Played
from tools.offline.world import World

# How the engine calls a package's provider.
PROVIDER = "pulumi:providers:"


def tables(names: Iterable[str]) -> Mapping[str, Package]:
    """The tables of these packages; empty ones for a package that no platform has tables for."""
    known = {package.name: package for package in _known()}
    return {name: known.get(name, Package(name)) for name in names}


def _known() -> Iterator[Package]:
    for platform in (None, *platforms()):
        module = f"infra.targets.{platform}.offline" if platform else "infra.offline"
        try:
            found = importlib.util.find_spec(module) and importlib.import_module(module)
        except ModuleNotFoundError as error:
            # The environment of one platform lacks what another's tables are held against.
            if (error.name or "").startswith(("infra", "tools")):
                raise
            continue
        if found:
            yield from cast("tuple[Package, ...]", found.PACKAGES)


def platforms() -> list[str]:
    """Every platform that there is."""
    return [folder.name for folder in pkgutil.iter_modules(infra.targets.__path__) if folder.ispkg]


def simulations(names: Iterable[str], world: World) -> list[Simulation]:
    """A simulation of each of these packages, in one world."""
    return [Simulation(table, world) for table in tables(names).values()]


def installed() -> list[str]:
    """Every package whose SDK is installed."""
    found = {each.metadata["Name"].replace("_", "-").lower() for each in importlib.metadata.distributions()}
    return sorted(name.removeprefix("pulumi-") for name in found if name.startswith("pulumi-"))


def types() -> Mapping[str, Played]:
    """Every table of every platform by type, its provider's among them."""
    known = [*_known()]
    providers = {f"{PROVIDER}{each.name}": _provider(each.place) for each in known if each.place is not None}
    return providers | {type_: played for package in known for type_, played in package.types.items()}


def _provider(place: frozenset[str]) -> Played:
    return Played(kind=Kind(replaces=place))
