"""A cron schedule as systemd's OnCalendar= has it (systemd.time(7), "CALENDAR EVENTS", read 2026-11-29)."""

from collections.abc import Iterable
from datetime import UTC, datetime

from cronsim import CronSim

_DAYS = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")
_EVERY_DATE, _EVERY_DAY = frozenset(range(1, 32)), frozenset(range(7))
_WORKDAYS, _FRIDAY = frozenset(range(1, 6)), frozenset({5})

# Days of the week, and dates: days of the month, or as systemd counts them from the month's end.
_Dates = frozenset[int] | str
_When = tuple[frozenset[int], _Dates]


def calendar(schedule: str) -> list[str]:
    """The times of five cron fields, in UTC: together they are what cron means, and no two are at once.

    Raises:
        ValueError: systemd has no words for it.
    """
    cron = CronSim(schedule, datetime(2000, 1, 1, tzinfo=UTC))
    dates, days = _of_month(cron.days), _of_week(cron.weekdays)
    if (_EVERY_DAY, _EVERY_DATE) in dates:
        found = days
    elif (_EVERY_DAY, _EVERY_DATE) in days:
        found = dates
    else:
        found = [_both(a, b, schedule) for a in dates for b in days] if cron.day_and else [*dates, *days]
    months, at = _numbers(cron.months, 12, 1), f"{_numbers(cron.hours, 24)}:{_numbers(cron.minutes, 60)}:00 UTC"
    return [_words(when, months, at) for when in found if when[0] and when[1]]


def _of_month(days: set[int]) -> list[_When]:
    found: list[_When] = []
    if plain := frozenset(day for day in days if day > 0):
        found.append((_EVERY_DAY, plain))
    if CronSim.LAST in days:
        found.append((_EVERY_DAY, "~01"))
    if CronSim.LAST_WEEKDAY in days:
        found += [(_WORKDAYS, "~01"), (_FRIDAY, "~02"), (_FRIDAY, "~03")]
    return found


def _of_week(days: set[int | tuple[int, int]]) -> list[_When]:
    found: list[_When] = []
    if plain := frozenset(day % 7 for day in days if isinstance(day, int)):
        found.append((plain, _EVERY_DATE))
    for day, turn in sorted(each for each in days if isinstance(each, tuple)):
        dates: _Dates = "~07/1" if turn == CronSim.LAST else frozenset(range(7 * turn - 6, min(7 * turn, 31) + 1))
        found.append((frozenset({day % 7}), dates))
    return found


def _both(first: _When, second: _When, schedule: str) -> _When:
    days, one, other = first[0] & second[0], first[1], second[1]
    if isinstance(one, str) or isinstance(other, str):
        if _EVERY_DATE not in (one, other):
            raise ValueError(f"{schedule!r} wants days of the week counted in a month and certain dates at once")
        return days, other if one == _EVERY_DATE else one
    return days, one & other


def _words(when: _When, months: str, at: str) -> str:
    days, dates = when
    week = "" if days == _EVERY_DAY else ",".join(_DAYS[day] for day in sorted(days)) + " "
    return f"{week}*-{months}{dates if isinstance(dates, str) else '-' + _numbers(dates, 31, 1)} {at}"


def _numbers(numbers: Iterable[int], count: int, first: int = 0) -> str:
    listed = sorted(numbers)
    return "*" if len(listed) == count and listed[0] == first else ",".join(f"{number:02d}" for number in listed)
