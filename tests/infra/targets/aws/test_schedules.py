"""Cron lines as EventBridge has them, held to cronsim: whatever is due by the one is due by the other."""

import pytest

from infra.schedule import closest
from infra.targets.aws.offline.values import schedule
from infra.targets.aws.schedules import expressions


@pytest.mark.parametrize(
    ("cron", "same"),
    [
        ("*/15 * * * *", ["cron(0,15,30,45 * * * ? *)"]),
        ("* * * * *", ["cron(* * * * ? *)"]),
        ("5 4 * * *", ["cron(5 4 * * ? *)"]),
        ("0 9-17/4 * * 1-5", ["cron(0 9,13,17 ? * MON,TUE,WED,THU,FRI *)"]),
        ("0 0 * * 7", ["cron(0 0 ? * SUN *)"]),
        ("0 0 * * 0,7", ["cron(0 0 ? * SUN *)"]),
        ("0 0 1 */3 *", ["cron(0 0 1 1,4,7,10 ? *)"]),
        ("0 0 1,15 * 1", ["cron(0 0 1,15 * ? *)", "cron(0 0 ? * MON *)"]),
        ("0 0 L * *", ["cron(0 0 L * ? *)"]),
        ("0 0 LW * *", ["cron(0 0 LW * ? *)"]),
        ("0 0 1,L * *", ["cron(0 0 1 * ? *)", "cron(0 0 L * ? *)"]),
        ("0 0 * * 5L", ["cron(0 0 ? * 6L *)"]),
        ("0 0 * * 1#2", ["cron(0 0 ? * 2#2 *)"]),
        ("0 0 * * 1,5#3", ["cron(0 0 ? * MON *)", "cron(0 0 ? * 6#3 *)"]),
        ("30 3 * JAN SUN", ["cron(30 3 ? 1 SUN *)"]),
    ],
)
def test_a_cron_line_is_one_schedule_or_several(cron: str, same: list[str]) -> None:
    assert list(expressions(cron)) == same
    assert [schedule(each) for each in same] == [""] * len(same)


def test_what_eventbridge_cannot_say_is_refused() -> None:
    with pytest.raises(ValueError, match="'0 0 \\*/2 \\* MON' is due on days of the month that are certain days"):
        expressions("0 0 */2 * MON")


@pytest.mark.parametrize(
    ("cron", "seconds"),
    [("* * * * *", 60), ("0,50 * * * *", 600), ("0 3 * * *", 86400), ("0 0 1 1 *", 365 * 86400)],
)
def test_how_close_the_times_of_a_cron_line_are(cron: str, seconds: float) -> None:
    assert closest(cron) == seconds


def test_a_leap_day_is_four_years_from_the_next() -> None:
    assert closest("0 0 29 2 *") == (4 * 365 + 1) * 86400
