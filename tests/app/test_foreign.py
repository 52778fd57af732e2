"""A Flask app of one file, which knows nothing of this project, beside a service.toml."""

import http.client
import json
import signal
import time
from pathlib import Path

import pytest

from tests.app.conftest import Start, Web, eventually

SHOP = """
from flask import Flask

app = Flask(__name__)


@app.get("/boats/<name>")
def boat(name):
    return {"boat": name}
"""

CONTRACT = """
name = "shop"

[web]
callable = "shop:app"
"""

SERVERS = ("gunicorn", "uwsgi", "waitress")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "shop.py").write_text(SHOP)
    (folder / "service.toml").write_text(CONTRACT)
    return folder


def get(port: int, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def is_ready(web: Web) -> bool:
    assert web.process.poll() is None, web.log()
    try:
        return get(web.port, "/readyz")[0] == 200
    except OSError:
        return False


@pytest.mark.parametrize("server", SERVERS)
def test_it_gets_revision_health_metrics_and_drain(shop: Path, start: Start, server: str) -> None:
    web = start(shop, WEB_SERVER=server, WEB_CONCURRENCY="1", WEB_DRAIN="1", SERVICE_DEPLOYMENT="d1", SERVICE_STACK="s")
    eventually(lambda: is_ready(web), web.log)

    assert get(web.port, "/boats/ada") == (200, '{"boat":"ada"}\n')
    assert get(web.port, "/healthz") == (200, '{"status": "alive"}\n')
    assert json.loads(get(web.port, "/version")[1]) == {
        "service": "shop",
        "revision": "unreleased",
        "deployment": "d1",
        "server": server,
        "target": "",
        "stack": "s",
    }
    assert get(web.port, "/metrics")[0] == 404
    counted = 'http_request_duration_seconds_count{method="GET",route="/boats/<name>",status="200"} 1.0'
    eventually(lambda: counted in get(web.admin_port, "/metrics")[1], web.log)

    told = time.monotonic()
    web.process.send_signal(signal.SIGTERM)
    eventually(lambda: get(web.port, "/readyz")[0] == 503, web.log, 0.9)
    assert get(web.port, "/boats/bea")[0] == 200
    assert web.process.wait(10) == 0, web.log()
    assert time.monotonic() - told >= 1
    for line in web.log().splitlines():
        assert isinstance(json.loads(line), dict)


@pytest.mark.parametrize("server", SERVERS)
def test_a_wrong_callable_ends_the_process_with_its_reason(shop: Path, start: Start, server: str) -> None:
    (shop / "service.toml").write_text(CONTRACT.replace("shop:app", "shop:application"))
    web = start(shop, WEB_SERVER=server)

    assert web.process.wait(20) == 3
    assert "service.toml: web.callable: shop has no 'application'" in web.log()
    assert "Traceback" not in web.log()


@pytest.mark.parametrize("server", SERVERS)
def test_an_app_that_cannot_be_imported_ends_the_process_with_the_traceback(
    shop: Path, start: Start, server: str
) -> None:
    (shop / "shop.py").write_text("import no_such_module")
    web = start(shop, WEB_SERVER=server)

    assert web.process.wait(20) == 3
    assert "No module named 'no_such_module'" in web.log()
    for line in web.log().splitlines():
        assert isinstance(json.loads(line), dict)


def test_wrong_variables_end_the_process_at_once_and_all_are_told(shop: Path, start: Start) -> None:
    web = start(shop, WEB_THREADS="none", WEB_SERVER="iis")

    assert web.process.wait(20) == 2
    assert [json.loads(line)["message"] for line in web.log().splitlines()] == [
        "WEB_SERVER: 'iis' is none of gunicorn, uwsgi, waitress",
        "WEB_THREADS: 'none' is not a number from 1 to 1024",
    ]


@pytest.mark.parametrize("server", SERVERS)
def test_a_taken_port_is_told_and_its_owner_serves_on(shop: Path, start: Start, server: str) -> None:
    first = start(shop)
    eventually(lambda: is_ready(first), first.log)
    second = start(shop, WEB_SERVER=server, PORT=str(first.port))

    assert second.process.wait(20) == 2
    (line,) = second.log().splitlines()
    assert json.loads(line)["message"] == (
        f"PORT: cannot listen on 127.0.0.1:{first.port}: another process listens there"
    )
    assert is_ready(first)


def test_uwsgi_options_that_are_none_end_the_process(shop: Path, start: Start) -> None:
    (shop / "uwsgi.ini").write_text("[uwsgi]\nstrict = true\nno-such-option = 1\n")
    web = start(shop, WEB_SERVER="uwsgi")

    assert web.process.wait(20) == 3
    assert "no-such-option" in web.log()


def test_gunicorn_settings_of_ones_own_are_kept_and_those_of_the_environment_win(shop: Path, start: Start) -> None:
    (shop / "gunicorn.conf.py").write_text("limit_request_line = 100\nworkers = 7\n")
    web = start(shop, WEB_CONCURRENCY="1")
    eventually(lambda: is_ready(web), web.log)

    assert get(web.port, f"/boats/{'a' * 200}")[0] == 414
    assert web.log().count("Booting worker") == 1


@pytest.mark.parametrize("server", SERVERS)
def test_a_request_that_takes_too_long_costs_its_worker_and_no_other_request(
    shop: Path, start: Start, server: str
) -> None:
    (shop / "shop.py").write_text(SHOP + '\n\n@app.get("/stuck")\ndef stuck():\n    __import__("time").sleep(60)\n')
    web = start(shop, WEB_SERVER=server, WEB_CONCURRENCY="1", WEB_THREADS="2", WEB_TIMEOUT="1")
    eventually(lambda: is_ready(web), web.log)
    began = time.monotonic()
    with pytest.raises((OSError, http.client.HTTPException)):
        get(web.port, "/stuck")

    assert time.monotonic() - began < 5
    eventually(lambda: is_ready(web), web.log)
    (line,) = [json.loads(line) for line in web.log().splitlines() if "takes longer than 1 s" in line]
    assert "in stuck" in line["stack"]
