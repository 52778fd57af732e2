"""What this folder knows of each platform: modules `<platform>_<what>.py`, of the platforms that are in the tree."""

import importlib
import pkgutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_HERE = str(Path(__file__).parent)


def of_each(what: str) -> Mapping[str, Any]:
    """The modules that say this (`words`, `waivers`, `plan`, `exceptions`), by the name of their platform."""
    # How any cloud's plans are written and judged is told in modules of that name.
    named = [module.name for module in pkgutil.iter_modules([_HERE]) if module.name.endswith(f"_{what}")]
    return {
        name.removesuffix(f"_{what}"): importlib.import_module(f"{__package__}.{name}")
        for name in named
        if not name.startswith("cloud_")
    }
