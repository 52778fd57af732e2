"""The real parts that tests of images and of own servers need: told by variables, skipped where there is none, wanted in CI.

SLIPWAY_LAB_DOCKER=1                     a Docker Engine, where DOCKER_HOST or the default socket says
SLIPWAY_LAB_REGISTRY=127.0.0.1:5000      a registry that takes what is pushed, over plain HTTP
SLIPWAY_LAB_BUILDER=lab                  a buildx builder that reaches the registry by that address
SLIPWAY_LAB_KUBECONFIG=/path             a cluster's kubeconfig: it pulls from the registry, and its NodePorts answer on 127.0.0.1
SLIPWAY_LAB_HOSTS=10.0.0.1,10.0.0.2,...  three Debian or Ubuntu machines with systemd, whose user may become root by sudo;
                                         SLIPWAY_LAB_SSH_CONFIG names the SSH configuration by which they are reached
SLIPWAY_REQUIRE=docker,registry,buildkit what must be there: a test that wants it fails instead of being skipped
"""

import os
from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class Part:
    """One of the parts: the variable that tells of it, and what it is."""

    variable: str
    what: str


PARTS = {
    "docker": Part("SLIPWAY_LAB_DOCKER", "Docker Engine"),
    "registry": Part("SLIPWAY_LAB_REGISTRY", "registry"),
    "buildkit": Part("SLIPWAY_LAB_BUILDER", "BuildKit builder"),
    "cluster": Part("SLIPWAY_LAB_KUBECONFIG", "Kubernetes cluster"),
    "hosts": Part("SLIPWAY_LAB_HOSTS", "hosts"),
}


def required() -> list[str]:
    """The parts that SLIPWAY_REQUIRE names; a mistyped one would let CI skip in silence."""
    names = [name.strip() for name in os.environ.get("SLIPWAY_REQUIRE", "").split(",") if name.strip()]
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        raise pytest.UsageError(f"SLIPWAY_REQUIRE: {', '.join(unknown)}: name some of {', '.join(PARTS)}")
    return names


def told(name: str) -> str:
    """What the variable of a part says. Ends the test when it says nothing: skipped, or failed where it is required."""
    part = PARTS[name]
    value = os.environ.get(part.variable)
    if value:
        return value
    reason = f"no {part.what} ({part.variable} is not set)"
    if name in required():
        pytest.fail(f"{reason}, and SLIPWAY_REQUIRE wants it", pytrace=False)
    pytest.skip(reason)
