"""When the updates under load count as well done."""

from __future__ import annotations

from dataclasses import replace

from tools.bench.updates import Updates

WELL = Updates("gunicorn", 2, 25_000, {}, {"update 0": 9_000, "update 1": 9_000, "update 2": 7_000}, 5.0)


def test_only_enough_requests_none_failed_and_every_deployment_seen_is_well_done() -> None:
    assert WELL.met
    assert not replace(WELL, failed={"connection refused": 1}).met
    assert not replace(WELL, sent=19_999).met
    assert not replace(WELL, answered_by={"update 0": 18_000, "update 2": 7_000}).met
