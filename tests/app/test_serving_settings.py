"""The environment of the web process, and the part of service.toml that it reads."""

import tomllib
from pathlib import Path

import pytest

from serving.contract import Contract, load_contract
from serving.errors import ServingError
from serving.settings import Settings, load_settings
from tests.app.conftest import APP, CONTRACT


def settings(**environ: str) -> Settings:
    return load_settings(environ, CONTRACT, pid=77)


def test_without_any_variable_the_contract_and_the_defaults_hold() -> None:
    assert settings() == Settings(server="gunicorn", port=8000)


def test_every_variable_is_read() -> None:
    assert settings(
        WEB_SERVER="Waitress",
        HOST="0.0.0.0",
        PORT="80",
        ADMIN_HOST="10.0.0.1",
        ADMIN_PORT="81",
        WEB_CONCURRENCY="3",
        WEB_THREADS="5",
        WEB_TIMEOUT="6",
        WEB_GRACEFUL_TIMEOUT="7",
        WEB_KEEPALIVE="8",
        WEB_BACKLOG="9",
        WEB_DRAIN="1.5",
        WEB_MAX_BODY="10",
        WEB_GATE="/gate",
        TRUSTED_PROXY_HOPS="2",
        TRUSTED_PROXY_ADDRESSES="3",
        METRICS_PUBLIC="true",
        ACCESS_LOG="off",
        LOG_LEVEL="debug",
        SERVICE_TARGET="docker",
        SERVICE_STACK="prod",
        SERVICE_DEPLOYMENT="d1",
        GUNICORN_CONTROL_SOCKET="/run/control",
    ) == Settings(
        server="waitress",
        host="0.0.0.0",
        port=80,
        admin_host="10.0.0.1",
        admin_port=81,
        workers=3,
        threads=5,
        timeout=6,
        graceful_timeout=7,
        keepalive=8,
        backlog=9,
        drain=1.5,
        max_body=10,
        gate="/gate",
        proxy_hops=2,
        proxy_addresses=3,
        metrics_public=True,
        access_log=False,
        log_level="DEBUG",
        target="docker",
        stack="prod",
        deployment="d1",
        control_socket="/run/control",
    )


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("WEB_SERVER", "apache", "WEB_SERVER: 'apache' is none of gunicorn, uwsgi, waitress"),
        ("PORT", "http", "PORT: 'http' is not a number from 0 to 65535"),
        ("PORT", "65536", "PORT: '65536' is not a number from 0 to 65535"),
        ("ADMIN_PORT", "-1", "ADMIN_PORT: '-1' is not a number from 0 to 65535"),
        ("WEB_CONCURRENCY", "0", "WEB_CONCURRENCY: '0' is not a number from 1 to 1024"),
        ("WEB_THREADS", "1.5", "WEB_THREADS: '1.5' is not a whole number"),
        ("WEB_TIMEOUT", "0", "WEB_TIMEOUT: '0' is not a number at least 1"),
        ("WEB_DRAIN", "nan", "WEB_DRAIN: 'nan' is not a number at least 0"),
        ("TRUSTED_PROXY_HOPS", "many", "TRUSTED_PROXY_HOPS: 'many' is not a number from 0 to 32"),
        ("METRICS_PUBLIC", "maybe", "METRICS_PUBLIC: 'maybe' is neither true nor false"),
        ("LOG_LEVEL", "loud", "LOG_LEVEL: 'loud' is none of DEBUG, INFO, WARNING, ERROR, CRITICAL"),
    ],
)
def test_a_wrong_value_is_named_with_its_rule(name: str, value: str, problem: str) -> None:
    with pytest.raises(ServingError) as caught:
        settings(**{name: value})

    assert caught.value.problems == (problem,)


def test_all_wrong_values_are_told_at_once() -> None:
    with pytest.raises(ServingError) as caught:
        settings(PORT="x", WEB_THREADS="y")

    assert len(caught.value.problems) == 2


@pytest.mark.parametrize(
    ("environ", "inherited"),
    [
        ({"LISTEN_FDS": "2", "LISTEN_FDNAMES": "web:admin"}, ("web", "admin")),
        ({"LISTEN_FDS": "1"}, ("web",)),
        # systemd's names, where the unit gives none of its own.
        ({"LISTEN_FDS": "1", "LISTEN_FDNAMES": "shop.socket"}, ("web",)),
        ({"LISTEN_FDS": "1", "LISTEN_PID": "77"}, ("web",)),
        ({"LISTEN_FDS": "1", "LISTEN_PID": "78"}, ()),
        ({"LISTEN_FDS": "0"}, ()),
    ],
)
def test_inherited_sockets_are_taken_by_whom_they_are_meant_for(
    environ: dict[str, str], inherited: tuple[str, ...]
) -> None:
    assert settings(**environ).inherited == inherited


def test_the_bundled_contract_is_read() -> None:
    name = tomllib.loads((APP / "service.toml").read_text())["name"]
    assert load_contract(APP / "service.toml") == Contract(name=name, callable="service:create_app()")


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("name = 'a'", ["service.toml: [web] is missing"]),
        ("[web]", ["service.toml: name is missing", "service.toml: web.callable is missing"]),
        (
            "name = 'a'\n[web]\ncallable = 'app'\nserver = 'iis'\nport = '80'\nalive = 'healthz'",
            [
                "service.toml: web.callable: 'app' is not module:callable or module:factory()",
                "service.toml: web.server: 'iis' is none of gunicorn, uwsgi, waitress",
                "service.toml: web.port: '80' is no port number",
                "service.toml: web.alive: 'healthz' must begin with /",
            ],
        ),
        ("name = 1\n[web]\ncallable = 'a:b'", ["service.toml: name must be a text"]),
    ],
)
def test_a_contract_with_mistakes_names_each(tmp_path: Path, text: str, problems: list[str]) -> None:
    (tmp_path / "service.toml").write_text(text)
    with pytest.raises(ServingError) as caught:
        load_contract(tmp_path / "service.toml")

    assert list(caught.value.problems) == problems


def test_a_folder_without_a_contract_is_no_service(tmp_path: Path) -> None:
    with pytest.raises(ServingError, match=r"service\.toml: there is none in .*; start in the folder that holds it"):
        load_contract(tmp_path / "service.toml")


def test_broken_toml_is_told_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "service.toml").write_text("name =")
    with pytest.raises(ServingError, match=r"service\.toml: Invalid value"):
        load_contract(tmp_path / "service.toml")
