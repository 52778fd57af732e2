"""Imports one resource's module of an SDK, and not the hundreds of its service's that the SDK would import with it."""

import importlib
import sys
from pathlib import Path
from types import ModuleType


def module_of(folder: str, name: str) -> ModuleType:
    """A module that has the class `name` of the package `folder`, such as `pulumi_aws.ec2.vpc` for `Vpc`.

    It is the package itself where that is imported already, or where no file is named for the class.
    """
    place = _place(folder)
    # A module that is yet to be imported is absent, or of the lazy kind that the SDKs put there.
    if place is None or type(sys.modules.get(folder)) is ModuleType:
        return importlib.import_module(folder)
    stems = [file.stem for file in place.glob("*.py") if file.stem.replace("_", "").lower() == name.lower()]
    found = _without_its_package(folder, place, stems[0]) if len(stems) == 1 else None
    return found if found is not None and hasattr(found, name) else importlib.import_module(folder)


def _place(folder: str) -> Path | None:
    root, *rest = folder.split(".")
    paths = importlib.import_module(root).__path__
    return Path(paths[0], *rest) if rest else None


def _without_its_package(folder: str, place: Path, stem: str) -> ModuleType:
    """The package is one of no content until this module is imported; whoever wants it later imports it whole."""
    before = sys.modules.get(folder)
    empty = ModuleType(folder)
    empty.__path__, empty.__package__ = [str(place)], folder
    sys.modules[folder] = empty
    try:
        return importlib.import_module(f"{folder}.{stem}")
    finally:
        if before is None:
            del sys.modules[folder]
        else:
            sys.modules[folder] = before
