"""Metrics: on the admin port alone, and exact over all workers and their whole life."""

from __future__ import annotations

import re
from typing import Any

from tests.app.suite.conftest import Serve
from tests.app.suite.eventually import eventually
from tests.app.suite.place import Served
from tests.app.suite.wire import Address, ask
from tools.bench.load import Load

SAMPLE = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$")
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


def samples(served: Served, name: str) -> dict[tuple[str, ...], float]:
    """The metric's values by its labels, as `label=value` texts in order."""
    found: dict[tuple[str, ...], float] = {}
    for line in ask(served.admin, "/metrics").text.splitlines():
        match = SAMPLE.match(line)
        if match and match[1] == name:
            found[tuple(sorted(f"{key}={value}" for key, value in LABEL.findall(match[2] or "")))] = float(match[3])
    return found


def counted(served: Served, *labels: str) -> float:
    """Requests counted under all these labels."""
    of_all = samples(served, "http_request_duration_seconds_count")
    return sum(value for found, value in of_all.items() if set(labels) <= set(found))


def load_exactly(address: Address, target: str, requests: int, **options: Any) -> None:
    tally = Load(address, target, connections=16, requests=requests, **options).run()
    assert (tally.ok, dict(tally.failed)) == (requests, {})


def test_metrics_are_answered_on_the_admin_port_only(bundled: Served, probe: Served) -> None:
    for served in (bundled, probe):
        admin, public = ask(served.admin, "/metrics"), ask(served.web, "/metrics")
        disguised = ask(served.web, "/metrics", {"Host": f"{served.admin[0]}:{served.admin[1]}"})

        assert (admin.status, public.status, disguised.status) == (200, 404, 404)
        assert (admin.header("Content-Type") or "").startswith("text/plain; version=")
        assert b"http_request_duration_seconds" not in public.body + disguised.body


def test_metrics_are_public_where_that_is_asked_for(serve: Serve) -> None:
    served = serve("probe", METRICS_PUBLIC="true")

    assert b"http_request_duration_seconds_count" in ask(served.web, "/metrics").body


def test_the_admin_port_answers_none_of_the_apps_routes(bundled: Served, probe: Served) -> None:
    assert (ask(bundled.admin, "/").status, ask(probe.admin, "/who").status) == (404, 404)
    assert ask(probe.admin, "/readyz").status == 200


def test_every_request_is_counted_once_also_when_a_worker_was_replaced(serve: Serve) -> None:
    served = serve("bundled")
    hello = ("method=GET", "route=/api/hello", "status=200")
    load_exactly(served.web, "/api/hello", 500)
    eventually(lambda: counted(served, *hello) == 500, 3, lambda: str(counted(served, *hello)))
    victim = served.crash_worker()
    eventually(
        lambda: victim not in served.workers() and len(served.workers()) == served.size and served.ready(),
        10,
        served.log,
    )
    load_exactly(served.web, "/api/hello", 300)

    eventually(lambda: counted(served, *hello) == 800, 3, lambda: str(counted(served, *hello)))
    # Asked of a worker that has loaded the app: the new one may still be at it.
    eventually(
        lambda: samples(served, "service_workers") == {(): served.size},
        5,
        lambda: str(samples(served, "service_workers")),
    )


def test_the_buckets_of_the_histogram_hold_every_request(serve: Serve) -> None:
    served = serve("probe")
    load_exactly(served.web, "/slow?seconds=0.03", 60)
    eventually(lambda: counted(served, "status=200", "method=GET") >= 60)
    buckets = samples(served, "http_request_duration_seconds_bucket")
    of_app = {
        re.sub(".*=", "", label): value
        for labels, value in buckets.items()
        if "route=" in labels
        for label in labels
        if label.startswith("le=")
    }

    assert (of_app["0.025"], of_app["+Inf"], of_app["1.0"] > 50) == (0, 60, True)


def test_each_status_has_a_count_of_its_own(serve: Serve) -> None:
    served = serve("probe")
    for _ in range(3):
        assert ask(served.web, "/fail").status == 500
    load_exactly(served.web, "/deaf", 40)

    eventually(
        lambda: (counted(served, "route=", "status=500"), counted(served, "route=", "status=200")) == (3, 40),
        3,
        lambda: str(samples(served, "http_request_duration_seconds_count")),
    )


def test_unknown_paths_do_not_make_new_series(bundled: Served) -> None:
    before = set(samples(bundled, "http_request_duration_seconds_count"))
    for number in range(40):
        assert ask(bundled.web, f"/no/such/path/{number}").status == 404
    new = set(samples(bundled, "http_request_duration_seconds_count")) - before

    assert len(new) <= 1, new


def test_what_runs_is_a_metric(probe: Served) -> None:
    assert samples(probe, "service_info") == {
        (
            "deployment=suite-deployment",
            f"revision={probe.revision}",
            f"server={probe.server}",
            "service=probe",
        ): 1.0
    }
