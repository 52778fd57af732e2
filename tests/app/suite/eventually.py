"""Waiting for what must become true, with the reason at hand when it does not."""

from __future__ import annotations

import time
from collections.abc import Callable


def eventually(
    holds: Callable[[], bool], within: float = 5.0, otherwise: Callable[[], str] = lambda: "it never held"
) -> None:
    """Polls `holds` for `within` seconds; raises AssertionError with `otherwise()` when it stayed false."""
    deadline = time.monotonic() + within
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError(otherwise())
        time.sleep(0.05)
