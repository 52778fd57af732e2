"""Totals are those of all workers, the dead ones' included; what only the living can say is said by them alone."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.app.conftest import APP, Wrap, call, environ_of

# A worker: answers as many requests as it is told, then stays or ends.
WORKER = """
import sys
sys.path[:0] = [{app!r}, {root!r}]
from serving.settings import Settings
from serving.wrapper import Wrapper
from tests.app.conftest import CONTRACT, IDENTITY, call, environ_of, hello

wrapper = Wrapper(hello, CONTRACT, Settings(server="gunicorn", access_log=False), IDENTITY)
for _ in range(int(sys.argv[1])):
    assert call(wrapper, environ_of("/")).status == "200 OK"
wrapper.metrics.set_active(int(sys.argv[2]))
print("done", flush=True)
sys.stdin.read()
"""

READER = """
import sys
sys.path[:0] = [{app!r}, {root!r}]
from serving.metrics import Metrics
from tests.app.conftest import IDENTITY
sys.stdout.buffer.write(Metrics(IDENTITY).text())
"""


def run(source: str, directory: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", source.format(app=str(APP), root=str(APP.parent)), *arguments],
        env=os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(directory)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def samples(text: str) -> dict[str, float]:
    return {name: float(value) for name, value in re.findall(r"^(\w+(?:\{[^}]*\})?) (\S+)$", text, re.MULTILINE)}


def test_totals_are_those_of_all_workers_and_the_dead_are_not_alive(tmp_path: Path) -> None:
    workers = [run(WORKER, tmp_path, str(requests), "1") for requests in (3, 4, 5)]
    try:
        for worker in workers:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "done\n"
        workers[2].kill()
        workers[2].wait()
        text, _ = run(READER, tmp_path).communicate()
    finally:
        for worker in workers:
            worker.communicate("")
    found = samples(text)

    assert found['http_request_duration_seconds_count{method="GET",route="",status="200"}'] == 12
    assert found['http_request_duration_seconds_bucket{le="+Inf",method="GET",route="",status="200"}'] == 12
    # The reader is a live worker too, and has no request of its own.
    assert (found["service_workers"], found["http_requests_active"]) == (3, 2)
    (info,) = [name for name in found if name.startswith("service_info")]
    assert (info, found[info]) == (
        'service_info{deployment="fedcba987654",revision="0123456789ab",server="gunicorn",service="shop"}',
        1,
    )


def test_unknown_methods_share_one_series(wrap: Wrap) -> None:
    wrapper = wrap()
    for method in ("BREW", "WHEN"):
        call(wrapper, environ_of("/", method=method))

    assert (
        samples(wrapper.metrics.text().decode())[
            'http_request_duration_seconds_count{method="OTHER",route="",status="200"}'
        ]
        == 2
    )


def test_a_flask_app_is_counted_by_its_rules_and_not_by_its_paths(wrap: Wrap) -> None:
    from flask import Flask

    app = Flask(__name__)
    app.add_url_rule("/boats/<name>", view_func=lambda name: name)
    wrapper = wrap(app)
    for name in ("ada", "bea"):
        assert call(wrapper, environ_of(f"/boats/{name}")).body == name.encode()
    call(wrapper, environ_of("/no/such/path"))
    counts = {key: value for key, value in samples(wrapper.metrics.text().decode()).items() if "_count{" in key}

    assert counts == {
        'http_request_duration_seconds_count{method="GET",route="/boats/<name>",status="200"}': 2,
        'http_request_duration_seconds_count{method="GET",route="",status="404"}': 1,
    }


@pytest.mark.parametrize(("seconds", "bucket"), [(0.0005, "0.001"), (0.03, "0.05"), (100, "+Inf")])
def test_durations_fall_into_the_bucket_they_belong_to(wrap: Wrap, seconds: float, bucket: str) -> None:
    wrapper = wrap()
    wrapper.metrics.observer("GET", "/", "200 OK")(seconds)
    text = wrapper.metrics.text().decode()
    filled = [le for le, value in re.findall(r'_bucket\{le="([^"]+)"[^}]*\} (\S+)', text) if float(value)]

    assert filled[0] == bucket
