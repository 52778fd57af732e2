"""What a container goes through in its life: crashes, no memory, no disk; each time it says why and serves on."""

import pytest

from tests.app.image.conftest import Run
from tests.app.suite.container import ContainerServed
from tests.app.suite.eventually import eventually
from tests.app.suite.wire import ask
from tools.bench.load import Load

SERVERS = ("gunicorn", "uwsgi", "waitress")


def status_of(served: ContainerServed, target: str, method: str = "GET", body: bytes = b"") -> int:
    """0 where the connection ended without an answer."""
    try:
        return ask(served.web, target, method=method, body=body).status
    except ConnectionError:
        return 0


def first_process(served: ContainerServed) -> int:
    """The service's own, below docker's init."""
    return int(served.inside("cat", "/proc/1/task/1/children").split()[0])


@pytest.mark.parametrize("server", SERVERS)
def test_a_crashed_service_is_started_again_by_the_engine(run: Run, server: str) -> None:
    served = run("probe", server, options={"restart_policy": {"Name": "always"}})
    served.kill(first_process(served))
    eventually(lambda: served.status()["RestartCount"] == 1 and served.ready(), 15, served.log)

    assert Load(served.web, "/who", connections=8, requests=200).run().ok == 200


@pytest.mark.parametrize("server", SERVERS)
def test_a_request_that_takes_all_memory_is_the_only_one_lost_and_the_log_says_so(run: Run, server: str) -> None:
    served = run("probe", server, ACCESS_LOG="false", options={"mem_limit": "192m", "memswap_limit": "192m"})
    before = served.workers()
    assert status_of(served, "/eat?mebibytes=20") == 200

    assert status_of(served, "/eat?mebibytes=400") in (0, 500, 502)
    eventually(lambda: served.workers() != before and len(served.workers()) == served.size, 15, served.log)
    assert Load(served.web, "/who", connections=8, requests=200).run().ok == 200
    eventually(lambda: any(word in served.log() for word in ("SIGKILL", "signal 9")), 5, served.log)
    assert served.status()["RestartCount"] == 0


@pytest.mark.parametrize("server", SERVERS)
def test_a_full_disk_fails_the_requests_that_need_it_and_no_other(run: Run, server: str) -> None:
    served = run("probe", server, options={"tmpfs": {"/tmp": "rw,noexec,nosuid,nodev,size=3m"}})
    workers = served.workers()
    assert status_of(served, "/store?mebibytes=1") == 200

    with Load(served.web, "/who", connections=4) as load:
        load.wait_for(50)
        assert status_of(served, "/store?mebibytes=5") == 500
        load.wait_for(load.tally.ok + 50)
    assert dict(load.tally.failed) == {}
    eventually(lambda: "No space left on device" in served.log(), 5, served.log)
    assert (served.workers(), status_of(served, "/store?mebibytes=1")) == (workers, 200)


@pytest.mark.parametrize("server", SERVERS)
def test_a_service_starts_and_serves_while_its_disk_is_full(run: Run, server: str) -> None:
    served = run("probe", server, options={"tmpfs": {"/tmp": "rw,noexec,nosuid,nodev,size=4k"}})
    served.inside("sh", "-c", "yes > /tmp/full")
    victim = served.crash_worker()
    eventually(lambda: victim not in served.workers() and len(served.workers()) == served.size, 10, served.log)

    assert Load(served.web, "/who", connections=8, requests=200).run().ok == 200


@pytest.mark.parametrize("server", SERVERS)
def test_nothing_is_written_but_to_memory(run: Run, server: str) -> None:
    served = run("bundled", server, options={"read_only": False, "init": False})
    for target in ("/", "/api/hello", "/static/style.css", "/no/such/page"):
        status_of(served, target)
    assert status_of(served, "/api/echo", "POST", bytes(500_000)) == 200
    served.crash_worker()
    eventually(lambda: len(served.workers()) == served.size and served.ready(), 10, served.log)
    served.sigterm()
    served.wait(15)

    # Where the secret is mounted.
    assert {change["Path"] for change in served.container.diff() or []} <= {
        "/run",
        "/run/secrets",
        "/run/secrets/SECRET_KEY",
    }


def test_a_service_without_an_init_process_obeys_too(run: Run) -> None:
    served = run("bundled", options={"init": False})
    served.sigterm()

    assert served.wait(15) == 0
