"""Cron's five fields as EventBridge has schedules."""

from collections.abc import Iterable, Iterator

from cronsim import CronSim

from infra.schedule import SOME_DAY

WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")


def expressions(cron: str) -> tuple[str, ...]:
    """The schedules that together are due when a cron line is.

    They are several where EventBridge has no one for it: it knows either days of the month or days of the week, and
    the last or the nth of something only by itself.
    https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html, read 2026-11-23.

    Raises:
        ValueError: the line has not five fields, or wants days of the month and of the week at once (`*/2` and `MON`).
        cronsim.CronSimError: it is no cron line.
    """
    if len(cron.split()) != 5:
        raise ValueError("wrong number of fields")
    parsed = CronSim(cron, SOME_DAY)
    time = f"{_list(parsed.minutes, range(60))} {_list(parsed.hours, range(24))}"
    months = _list(parsed.months, range(1, 13))
    any_day = parsed.days >= set(range(1, 32))
    any_weekday = parsed.weekdays >= set(range(7))
    if not any_day and not any_weekday and parsed.day_and:
        raise ValueError(f"{cron!r} is due on days of the month that are certain days of the week too")
    found: list[str] = []
    if any_weekday or not any_day:
        found += [f"cron({time} {day} {months} ? *)" for day in _days(parsed.days)]
    if not any_weekday:
        found += [f"cron({time} ? {months} {day} *)" for day in _weekdays(parsed.weekdays)]
    return tuple(found)


def _list(values: Iterable[int], every: range) -> str:
    known = sorted(values)
    return "*" if known == list(every) else ",".join(map(str, known))


def _days(days: set[int]) -> Iterator[str]:
    plain = sorted(day for day in days if day > 0)
    if plain:
        yield _list(plain, range(1, 32))
    if CronSim.LAST in days:
        yield "L"
    if CronSim.LAST_WEEKDAY in days:
        yield "LW"


def _weekdays(days: "set[int | tuple[int, int]]") -> Iterator[str]:
    plain = sorted({day % 7 for day in days if isinstance(day, int)})
    if plain:
        yield ",".join(WEEKDAYS[day] for day in plain)
    for day, nth in sorted(day for day in days if isinstance(day, tuple)):
        # EventBridge counts from Sunday, which is 1.
        yield f"{day % 7 + 1}{'L' if nth == CronSim.LAST else f'#{nth}'}"
