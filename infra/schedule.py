"""How close together the times of a cron line are."""

import itertools
from datetime import UTC, datetime, timedelta

from cronsim import CronSim

SOME_DAY, _LAST_DAY = datetime(2026, 1, 1, tzinfo=UTC), datetime(2056, 1, 1, tzinfo=UTC)
DAY, YEAR = timedelta(days=1), timedelta(days=366)


def closest(cron: str) -> float:
    """Seconds between the two times that are closest to each other.

    Each day that has any has the same ones, and from its last to another day's first it is least to the next day's.
    Within a year all is seen, as cron says nothing of years; of what is due less often, the first two are.
    """
    due = itertools.takewhile(lambda time: time < _LAST_DAY, CronSim(cron, SOME_DAY))
    first, shortest = SOME_DAY, timedelta.max
    for number, (before, after) in enumerate(itertools.pairwise(due)):
        first = before if number == 0 else first
        shortest = min(shortest, after - before)
        day_ends = before.date() == first.date() != after.date()
        if after - first > YEAR or (day_ends and shortest <= first + DAY - before):
            break
    return float("inf") if shortest == timedelta.max else shortest.total_seconds()
