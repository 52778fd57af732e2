"""How close together the times of a cron line are."""

import itertools
from datetime import UTC, datetime, timedelta

from cronsim import CronSim

# Of so many times the closest are looked for, more than there are in a day, and of a year's, as what is due is alike in
# any: cron says nothing of years. A line that is due once in a year or less has two of its times looked at.
LOOKED_AT, LOOKED_FOR = 2000, timedelta(days=366)
SOME_DAY, _LAST_DAY = datetime(2026, 1, 1, tzinfo=UTC), datetime(2056, 1, 1, tzinfo=UTC)


def closest(cron: str) -> float:
    """Seconds between the two times that are closest to each other."""
    due = itertools.takewhile(lambda time: time < _LAST_DAY, CronSim(cron, SOME_DAY))
    times = list(itertools.islice(due, 2))
    if times:
        times += itertools.takewhile(lambda time: time < times[0] + LOOKED_FOR, itertools.islice(due, LOOKED_AT))
    return min(((after - before).total_seconds() for before, after in itertools.pairwise(times)), default=float("inf"))
