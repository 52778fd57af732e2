"""Workers times threads: that many requests run side by side, and no more."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.app.suite.eventually import eventually
from tests.app.suite.place import SHAPES, Served
from tests.app.suite.wire import Address, ask


def slow_requests(address: Address, count: int, seconds: float) -> list[dict[str, Any]]:
    """What the probe tells of `count` slow requests sent at once, each on a connection of its own."""
    with ThreadPoolExecutor(count) as pool:
        answers = list(pool.map(lambda _: ask(address, f"/slow?seconds={seconds}", timeout=30), range(count)))
    assert [answer.status for answer in answers] == [200] * count
    return [answer.json() for answer in answers]


def most_at_once(spans: list[dict[str, Any]]) -> int:
    """The largest number of requests that ran at the same moment."""
    edges = sorted([(span["began"], 1) for span in spans] + [(span["ended"], -1) for span in spans])
    running = most = 0
    for _, change in edges:
        running += change
        most = max(most, running)
    return most


def assert_every_thread_works(served: Served) -> None:
    """Requests are answered by as many threads as the service was asked to run: none hangs, none is missing."""
    workers, threads = SHAPES[served.server]
    seen: set[tuple[int, int]] = set()

    def all_seen() -> bool:
        spans = slow_requests(served.web, 2 * workers * threads, 0.05)
        seen.update((span["pid"], span["thread"]) for span in spans)
        return len(seen) >= workers * threads

    eventually(all_seen, 10, lambda: f"only {len(seen)} of {workers * threads} threads answered")


def test_every_thread_of_every_worker_runs_a_request_at_the_same_time(probe: Served) -> None:
    workers, threads = SHAPES[probe.server]
    most: list[int] = []

    def all_at_once() -> bool:
        # More than can run, and again if need be: the kernel deals connections to workers by chance.
        most.append(most_at_once(slow_requests(probe.web, 3 * workers * threads, 0.4)))
        return most[-1] >= workers * threads

    eventually(all_at_once, 15, lambda: f"ran at once: {most}")
    assert max(most) == workers * threads


def test_a_quick_request_is_answered_while_slow_ones_run(probe: Served) -> None:
    _, threads = SHAPES[probe.server]
    with ThreadPoolExecutor(threads) as pool:
        slow = [pool.submit(ask, probe.web, "/slow?seconds=1.5") for _ in range(threads - 1)]
        quick = [ask(probe.web, "/who", timeout=1).status for _ in range(20)]

        assert (quick, any(future.done() for future in slow)) == ([200] * 20, False)
        assert [future.result().status for future in slow] == [200] * (threads - 1)
