"""How the offline plan plays what is no platform's own: the image's build, and this project's dynamic resources."""

import hashlib
import json
from typing import Any

from tools.offline.backend import Kind
from tools.offline.tables import Package, Played, Purpose

HERE = "what runs where `up` runs costs nothing by itself"

# Dynamic resources are played by nobody: a preview asks their own code. Only what they are for is told here.
OWN: dict[str, Purpose] = {
    "Bundle": "service",
    "Deployment": "service",
    "EngineImage": "registry",
    "GeneratedSecret": "identity",
    "Hosts": "service",
    "Port": "network",
    "Publication": "registry",
    "ReleaseTask": "service",
    "Revision": "service",
    "Rollout": "watching",
    "Settled": "identity",
    "Trial": "service",
}

# What decides an image, of the inputs of its build.
BUILT = ("addHosts", "buildArgs", "context", "dockerfile", "labels", "named", "network", "platforms", "target")


def _digest(words: Any) -> str:
    built = {name: words.get(name, None) for name in BUILT}
    return f"sha256:{hashlib.sha256(json.dumps(built, sort_keys=True).encode()).hexdigest()}"


def _ref(words: Any) -> str:
    tags = words.get("tags", [])
    return f"{tags[0] if tags else words['logical']}@{words['digest']}"


PACKAGES = (
    Package(
        name="pulumi-python",
        place=frozenset(),
        types={
            f"pulumi-python:dynamic/slipway:{name}": Played(purpose=purpose, free=HERE) for name, purpose in OWN.items()
        },
    ),
    Package(
        name="docker-build",
        place=frozenset(),
        types={
            "docker-build:index:Image": Played(
                purpose="registry",
                id="{logical}-{hex12}",
                outputs={
                    "digest": _digest,
                    "ref": _ref,
                    "contextHash": "{hex64}",
                },
                # It may be good for an hour: Diff in provider/internal/image.go of pulumi-docker-build 0.0.22.
                kind=Kind(ignored=frozenset({"registries[*].password"})),
                free="a build costs nothing where the builder is one's own; the registry counts what is stored",
            )
        },
    ),
)
