"""What the engine said while it worked, and when: how long one resource took can be told from that."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

Line = tuple[float, str]
"""Seconds since the command began, and what it said then."""

_IMAGE = re.compile(r" *[+~] +docker-build:index:Image \S+ (?P<act>creating|updating|created|updated)\b")


@dataclass(frozen=True)
class Up:
    """Seconds of a whole `pulumi up`, and of the build in it."""

    whole: float
    build: float


def build_seconds(lines: Sequence[Line]) -> float:
    """From the engine's first word of the image to its last: the build, its push, and the export of its cache.

    Raises RuntimeError where no image was built.
    """
    told = [(seconds, found["act"]) for seconds, text in lines if (found := _IMAGE.match(text))]
    if not told or not told[-1][1].endswith("ed"):
        raise RuntimeError("the engine built no image:\n" + "\n".join(text for _, text in lines))
    return told[-1][0] - told[0][0]
