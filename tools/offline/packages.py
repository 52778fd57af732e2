"""Finds every package that can be played: those that the platforms' folders have tables for, and all other SDKs."""

import importlib
import importlib.metadata
import importlib.util
import pkgutil
from collections.abc import Iterable, Mapping
from typing import cast

import infra.targets
from tools.offline.simulation import Simulation
from tools.offline.tables import Package
from tools.offline.world import World


def tables(names: Iterable[str]) -> Mapping[str, Package]:
    """The tables of these packages; empty ones for a package that no platform has tables for."""
    known: dict[str, Package] = {}
    for folder in pkgutil.iter_modules(infra.targets.__path__):
        module = f"{infra.targets.__name__}.{folder.name}.offline"
        if folder.ispkg and importlib.util.find_spec(module) is not None:
            packages = cast("tuple[Package, ...]", importlib.import_module(module).PACKAGES)
            known.update({package.name: package for package in packages})
    return {name: known.get(name, Package(name)) for name in names}


def simulations(names: Iterable[str], world: World) -> list[Simulation]:
    """A simulation of each of these packages, in one world."""
    return [Simulation(table, world) for table in tables(names).values()]


def installed() -> list[str]:
    """Every package whose SDK is installed."""
    found = {each.metadata["Name"].replace("_", "-").lower() for each in importlib.metadata.distributions()}
    return sorted(name.removeprefix("pulumi-") for name in found if name.startswith("pulumi-"))
