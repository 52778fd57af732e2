"""The image's part of the bench, whole: builds, sizes, starts."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from infra.service import SERVERS, Server, load_service
from tools.bench.image.builds import builds
from tools.bench.image.parts import Parts
from tools.bench.image.size import over_base
from tools.bench.image.stacks import Images, ImageStack
from tools.bench.image.start import Containers, start
from tools.bench.ratios import Ratio

AIM = 25.0
"""MiB, compressed, that an image may add to its base."""

PANELS = ("image", "build", "container")


def image(folder: Path, tell: Callable[[str], None]) -> tuple[list[Ratio], str]:
    """The ratios of these panels, and the version of the Docker Engine."""
    made = Images(folder, Parts.told(os.environ))
    ours: dict[Server, ImageStack] = {server: made.ours(server) for server in SERVERS}
    theirs = made.theirs()
    for stack in (*ours.values(), theirs):
        tell(f"build: {stack.name}")
        stack.up()
    references: dict[Server, str] = {server: stack.image() for server, stack in ours.items()}
    template = over_base(theirs.image(), made.base)
    sizes = [
        Ratio(
            "image",
            f"{server}: over its base ÷ template's",
            "MiB",
            (over_base(reference, made.base),),
            (template,),
            AIM,
            True,
            of_ours=True,
        )
        for server, reference in references.items()
    ]
    containers = Containers()
    try:
        starts = start(references, made.base, containers, tell)
    finally:
        containers.close()
    return [*sizes, *builds(ours[load_service().web.server], theirs, tell), *starts], containers.version
