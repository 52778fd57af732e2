"""How old the prices are, by a clock that is played."""

from datetime import date, timedelta

import pytest

from tools.delivery.difference import between
from tools.offline.packages import types
from tools.offline.tables import Played, Price, Source
from tools.plan import inventory
from tools.plan.inventory import OLD, plan
from tools.plan.preview import Planned, Preview

READ = date(2026, 11, 23)
OLDER, NEWER = (Source(f"https://prices.example/{name}", day) for name, day in (("old", "2026-11-23"), ("new", "2026-11-30")))  # fmt: skip
SEEN = Preview(
    tuple(Planned(f"urn:pulumi:dev::slipway::a:b:{name}::{name}", f"a:b:{name}", {}, ()) for name in ("C", "D"))
)
TABLES = {"a:b:C": Played(prices=[Price(0.1, "hour", NEWER)]), "a:b:D": Played(prices=[Price(1, "month", OLDER)])}
SAID = "prices may be others by now: the oldest was read 181 days ago, on 2026-11-23, at https://prices.example/old"


@pytest.mark.parametrize(("days", "warnings"), [(0, ()), (OLD, ()), (OLD + 1, (SAID,))])
def test_a_plan_says_when_its_oldest_price_was_read_long_ago(days, warnings):
    made = plan("dev", "a.b", SEEN, TABLES, today=READ + timedelta(days=days))
    assert made.warnings == warnings
    assert made.document()["warnings"] == list(warnings)


def test_a_price_of_what_the_plan_has_not_makes_no_warning():
    made = plan("dev", "a.b", Preview(SEEN.resources[:1]), TABLES, today=READ + timedelta(days=OLD + 1))
    assert made.warnings == ()


def test_the_comment_says_it_too(monkeypatch):
    class Later(inventory.datetime):
        @classmethod
        def now(cls, tz=None):
            return cls(2027, 5, 23, tzinfo=tz)

    monkeypatch.setattr(inventory, "datetime", Later)
    assert between("dev", "a.b", None, SEEN, TABLES, "").warnings == (SAID,)


def test_every_price_says_the_day_on_which_it_was_read():
    days = {date.fromisoformat(price.source.dated) for played in types().values() for price in played.prices}
    assert min(days) >= date(2026, 1, 1)
