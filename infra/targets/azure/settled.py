"""The time that it takes until a new role assignment is known everywhere on Azure."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

# Azure caches what roles say for up to ten minutes; what nobody asked for before takes far less:
# https://learn.microsoft.com/azure/role-based-access-control/troubleshooting, read 2026-11-30.
LONGEST = timedelta(seconds=120)


def wait(created: Sequence[str], say: Callable[[str], None], longest: float | None = None) -> None:
    """Wait until all of these role assignments are old enough. What is so already is not waited for.

    Args:
        longest: seconds until whoever asks for them knows of each, where that is not Azure itself.
    """
    age = LONGEST if longest is None else timedelta(seconds=longest)
    left = max((_left(each, age) for each in created), default=0.0)
    if left > 0:
        say(f"waiting {left:.0f} s until Azure knows the new roles everywhere")
        time.sleep(left)


def _left(created: str, age: timedelta) -> float:
    return (datetime.fromisoformat(created) + age - datetime.now(UTC)).total_seconds()
