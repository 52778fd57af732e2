"""The contract is read whole or refused with every problem in it."""

from pathlib import Path
from typing import Any

import pytest

from infra.errors import SettingsError
from infra.service import SERVERS, Service, load_service, parse_service

GOOD: dict[str, Any] = {"name": "orders", "files": ["service.toml", "orders"], "web": {"callable": "orders:app"}}


def fix(key: str) -> str:
    return f"Fix: edit {key} in app/service.toml"


BAD: list[tuple[dict[str, Any], str]] = [
    ({"name": "My App"}, f"name: 'My App' is not 1 to 40 lower-case letters, digits and inner hyphens, beginning with a letter. {fix('name')}"),
    ({"files": []}, f"files: [] is not a list with something in it. {fix('files')}"),
    ({"web": {}}, f"web.callable: is required. {fix('web.callable')}"),
    ({"web": {"callable": "orders"}}, f"web.callable: 'orders' is not module:callable or module:factory(). {fix('web.callable')}"),
    ({"web": {"callable": "a:b", "port": 0}}, f"web.port: 0 must be 1 or more. {fix('web.port')}"),
    ({"web": {"callable": "a:b", "ready": "readyz"}}, f"web.ready: 'readyz' is not a path beginning with /. {fix('web.ready')}"),
    ({"web": {"callable": "a:b", "server": "flask"}}, f"web.server: 'flask' is not one of gunicorn, uwsgi, waitress. {fix('web.server')}"),
    ({"release": {"command": []}}, f"release.command: [] is not a list with something in it. {fix('release.command')}"),
    ({"release": {"command": "flask"}}, f"release.command: 'flask' is not a list. {fix('release.command')}"),
    ({"workers": {"Mail": {"command": ["x"]}}}, f"workers.Mail: 'Mail' is not 1 to 40 lower-case letters, digits and inner hyphens, beginning with a letter. {fix('workers.Mail')}"),
    ({"jobs": {"tidy": {"command": ["x"]}}}, f"jobs.tidy.schedule: is required. {fix('jobs.tidy.schedule')}"),
    ({"jobs": {"tidy": {"command": ["x"], "schedule": "daily"}}}, f"jobs.tidy.schedule: 'daily' is not a cron schedule of five fields (wrong number of fields). {fix('jobs.tidy.schedule')}"),
    ({"jobs": {"tidy": {"command": ["x"], "schedule": "* * * * *", "timeout": 0}}}, f"jobs.tidy.timeout: 0 must be more than 0. {fix('jobs.tidy.timeout')}"),
    ({"secrets": {"key": {}}}, f"secrets.key: 'key' is not a variable name in capitals, digits and underscores. {fix('secrets.key')}"),
    ({"databases": {}}, "databases: is not a key of the contract. Fix: remove it from app/service.toml"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "message"), BAD, ids=[str(change) for change, _ in BAD])
def test_a_bad_contract_is_refused_in_exact_words(change: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError) as refused:
        parse_service({**GOOD, **change})
    assert str(refused.value) == f"app/service.toml: {message}"


def test_a_name_cannot_be_both_a_variable_and_a_secret() -> None:
    with pytest.raises(SettingsError) as refused:
        parse_service({**GOOD, "environment": {"TOKEN": {}}, "secrets": {"TOKEN": {}}})
    assert str(refused.value) == (
        "app/service.toml: TOKEN: stands in [environment] and in [secrets]. Fix: keep one of them in app/service.toml"
    )


def test_names_that_targets_set_and_a_contract_that_is_not_shipped_are_refused() -> None:
    with pytest.raises(SettingsError) as refused:
        parse_service(
            {
                **GOOD,
                "files": ["orders"],
                "environment": {"PATH": {}, "KEY_FILE": {}, "WEB_TIMEOUT": {}},
                "secrets": {"KEY": {}, "SERVICE_X": {}},
            }
        )
    assert str(refused.value).splitlines() == [
        "app/service.toml: environment.KEY_FILE: is a name that targets set. Fix: rename it in app/service.toml",
        "app/service.toml: environment.PATH: is a name that targets set. Fix: rename it in app/service.toml",
        "app/service.toml: environment.WEB_TIMEOUT: is a name that targets set. Fix: rename it in app/service.toml",
        "app/service.toml: files: does not name service.toml, which the launcher reads. "
        "Fix: add it to files in app/service.toml",
        "app/service.toml: secrets.SERVICE_X: is a name that targets set. Fix: rename it in app/service.toml",
    ]


def test_a_missing_or_broken_file_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(
        SettingsError, match=r"^app/service\.toml: is missing\. Fix: git checkout -- app/service\.toml$"
    ):
        load_service(tmp_path / "service.toml")
    (tmp_path / "service.toml").write_text("name = ", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"^app/service\.toml: is not TOML: .* Fix: edit app/service\.toml$"):
        load_service(tmp_path / "service.toml")


def test_the_bundled_contract_covers_all_four_kinds_of_process() -> None:
    service = load_service()
    assert service.web.server in SERVERS
    assert service.release is not None
    assert list(service.workers) == ["heartbeat"]
    assert list(service.jobs) == ["tidy"]


def test_the_contract_cannot_be_changed_by_the_program() -> None:
    service: Service = parse_service(GOOD)
    with pytest.raises(ValueError, match="frozen"):
        service.name = "other"  # type: ignore[misc]
