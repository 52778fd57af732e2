"""The real parts that images are measured with, told by the same variables as to the tests (tests/parts.py)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

VARIABLES = {
    "SLIPWAY_LAB_DOCKER": "Docker Engine",
    "SLIPWAY_LAB_REGISTRY": "registry",
    "SLIPWAY_LAB_BUILDER": "BuildKit builder",
}


@dataclass(frozen=True)
class Parts:
    """The registry's address, plain HTTP, and the name of the buildx builder; the Docker Engine is the default one."""

    registry: str
    builder: str

    @classmethod
    def told(cls, variables: Mapping[str, str]) -> Parts:
        """Those that the environment names, all of them."""
        return cls(variables["SLIPWAY_LAB_REGISTRY"], variables["SLIPWAY_LAB_BUILDER"])


def missing(variables: Mapping[str, str]) -> str:
    """Which parts there are not, in words; nothing where all are there."""
    return ", ".join(f"no {what} ({name} is not set)" for name, what in VARIABLES.items() if not variables.get(name))
