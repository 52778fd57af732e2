"""One table sizes every server."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.service import SERVERS, Server
from infra.wsgi import MIB, SHARED_MEMORY, WORKER_MEMORY, Plan, plan


@pytest.mark.parametrize(
    ("server", "cpu", "memory", "workers", "threads"),
    [
        ("gunicorn", 0.25, 128, 1, 4),
        ("gunicorn", 0.5, 256, 2, 4),
        ("gunicorn", 1, 512, 2, 4),
        ("gunicorn", 2, 512, 2, 4),
        ("gunicorn", 4, 512, 4, 4),
        ("gunicorn", 8, 512, 4, 4),
        ("gunicorn", 8, 2048, 8, 4),
        ("uwsgi", 2, 512, 2, 4),
        ("waitress", 0.5, 256, 1, 8),
        ("waitress", 2, 512, 1, 16),
    ],
)
def test_workers_and_threads_follow_cpu_and_memory(
    server: Server, cpu: float, memory: int, workers: int, threads: int
) -> None:
    sized = plan(server, cpu, memory * MIB)
    assert (sized.workers, sized.threads) == (workers, threads)
    assert sized.concurrency == workers * threads


@given(
    server=st.sampled_from(SERVERS),
    cpu=st.floats(0.1, 256),
    memory=st.integers(64 * MIB, 1024 * 1024 * MIB),
    request_timeout=st.integers(1, 3600),
    proxy_idle=st.none() | st.integers(1, 4000),
    drain=st.integers(0, 60),
)
def test_every_plan_runs_fits_and_outlasts_its_neighbours(
    server: Server, cpu: float, memory: int, request_timeout: int, proxy_idle: int | None, drain: int
) -> None:
    sized = plan(server, cpu, memory, request_timeout=request_timeout, proxy_idle=proxy_idle, drain=drain)
    assert sized.workers >= 1
    assert sized.threads >= 1
    assert sized.workers == 1 or SHARED_MEMORY + sized.workers * WORKER_MEMORY <= memory
    assert sized.timeout >= request_timeout
    assert sized.graceful_timeout >= request_timeout
    assert sized.stop_timeout > sized.drain + sized.graceful_timeout
    assert proxy_idle is None or sized.keepalive > proxy_idle


def test_the_plan_is_told_to_the_launcher_in_its_own_words() -> None:
    assert Plan("uwsgi", 2, 4, timeout=60, graceful_timeout=50, keepalive=5, drain=3).environment() == {
        "WEB_SERVER": "uwsgi",
        "WEB_CONCURRENCY": "2",
        "WEB_THREADS": "4",
        "WEB_TIMEOUT": "60",
        "WEB_GRACEFUL_TIMEOUT": "50",
        "WEB_KEEPALIVE": "5",
        "WEB_BACKLOG": "2048",
        "WEB_DRAIN": "3",
    }


@pytest.mark.parametrize(
    ("timeout", "interval", "bad"),
    [(1, 10, 3), (30, 10, 3), (60, 10, 6), (100, 10, 10), (101, 11, 10), (3600, 300, 10)],
)
def test_a_busy_server_is_not_given_up_before_a_request_may_be_over(timeout: int, interval: int, bad: int) -> None:
    check = plan("gunicorn", 1, 512 * MIB, request_timeout=timeout).check
    assert (check.interval, check.bad) == (interval, bad)
    assert check.interval * check.bad >= min(timeout, 3000)
    assert check.timeout < check.interval


@pytest.mark.parametrize(("drain", "graceful"), [(0, 115), (10, 105)])
def test_where_a_platform_waits_only_so_long_the_server_stops_within_it(drain: int, graceful: int) -> None:
    made = plan("gunicorn", 1, 512 * MIB, request_timeout=600, drain=drain, longest_stop=120)
    assert (made.graceful_timeout, made.stop_timeout, made.timeout) == (graceful, 120, 600)
