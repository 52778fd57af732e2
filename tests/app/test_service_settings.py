"""The service's settings: every variable, every mistake, all of them at once, and no secret anywhere."""

import tomllib
from pathlib import Path

import pytest

from service.settings import Settings, SettingsError, load_settings
from tests.app.conftest import APP


def test_all_that_is_needed_is_the_secret() -> None:
    assert load_settings({"SECRET_KEY": "s3cret"}) == Settings(
        secret_key="s3cret", greeting="It floats.", log_level="INFO", max_body=16777216
    )


def test_every_variable_is_read() -> None:
    environ = {"SECRET_KEY": "s3cret", "GREETING": "Ahoy", "LOG_LEVEL": "debug", "WEB_MAX_BODY": "10"}

    assert load_settings(environ) == Settings("s3cret", "Ahoy", "DEBUG", 10)


def test_a_secret_may_stand_in_a_file_whose_last_line_end_is_not_part_of_it(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(" s3cret \n")

    assert load_settings({"SECRET_KEY_FILE": str(tmp_path / "key")}).secret_key == " s3cret "


@pytest.mark.parametrize(
    ("environ", "problems"),
    [
        ({}, ("SECRET_KEY is required: set it, or SECRET_KEY_FILE to the path of a file that holds it",)),
        (
            {"SECRET_KEY": ""},
            ("SECRET_KEY is required: set it, or SECRET_KEY_FILE to the path of a file that holds it",),
        ),
        (
            {"SECRET_KEY": "a", "SECRET_KEY_FILE": "/b"},
            ("SECRET_KEY and SECRET_KEY_FILE are both set: which one counts?",),
        ),
        ({"SECRET_KEY_FILE": "/no/such"}, ("SECRET_KEY_FILE: cannot read /no/such: No such file or directory",)),
        ({"SECRET_KEY_FILE": "/dev/null"}, ("SECRET_KEY_FILE: /dev/null is empty",)),
        ({"SECRET_KEY": "a", "LOG_LEVEL": "loud"}, ("LOG_LEVEL: 'loud' is none of DEBUG, INFO, WARNING, ERROR",)),
        ({"SECRET_KEY": "a", "WEB_MAX_BODY": "1MB"}, ("WEB_MAX_BODY: '1MB' is not a number of bytes",)),
        (
            {"LOG_LEVEL": "loud", "WEB_MAX_BODY": "-1"},
            (
                "SECRET_KEY is required: set it, or SECRET_KEY_FILE to the path of a file that holds it",
                "LOG_LEVEL: 'loud' is none of DEBUG, INFO, WARNING, ERROR",
                "WEB_MAX_BODY: '-1' is not a number of bytes",
            ),
        ),
    ],
)
def test_each_mistake_is_named_with_its_variable(environ: dict[str, str], problems: tuple[str, ...]) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(environ)

    assert caught.value.problems == problems


def test_a_file_that_is_no_text_is_refused_without_showing_it(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError) as caught:
        load_settings({"SECRET_KEY_FILE": str(tmp_path / "key")})

    assert caught.value.problems == (f"SECRET_KEY_FILE: cannot read {tmp_path}/key: it is not UTF-8",)


def test_a_secret_is_not_in_the_representation() -> None:
    assert "s3cret" not in repr(load_settings({"SECRET_KEY": "s3cret"}))


def test_the_contract_declares_every_variable_of_the_service_and_no_other() -> None:
    contract = tomllib.loads((APP / "service.toml").read_text())

    # WEB_MAX_BODY is among the variables that every web process is started with.
    assert set(contract["environment"]) | set(contract["secrets"]) == {"GREETING", "LOG_LEVEL", "SECRET_KEY"}
    assert contract["environment"]["GREETING"]["default"] == Settings.greeting
    assert contract["environment"]["LOG_LEVEL"]["default"] == Settings.log_level
