"""What editors and readers are told of the keys is what the settings models say."""

import json
from typing import Any

import jsonschema
import pytest
import yaml

from infra import reference
from infra.commands import key_of
from infra.paths import ROOT
from infra.service import load_service
from infra.settings import Settings
from infra.stackfile import fields


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(reference.schema(load_service()))


def errors(validator: jsonschema.Draft202012Validator, config: dict[str, Any]) -> list[str]:
    return sorted(error.json_path for error in validator.iter_errors({"config": config}))


def test_the_written_schema_and_table_have_not_drifted(capsys: pytest.CaptureFixture[str]) -> None:
    assert reference.main(["--check"]) == 0, capsys.readouterr().out


def test_drift_is_noticed_and_the_mending_command_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(reference, "table", lambda: "| another |\n")
    assert reference.main(["--check"]) == 1
    assert capsys.readouterr().out == "README.md is not what the settings say. Fix: make reference\n"


def test_every_key_is_in_the_table_and_in_the_schema() -> None:
    table = reference.table()
    properties = reference.schema(load_service())["properties"]["config"]["properties"]
    for path, field in fields(Settings):
        assert field.description, path
        assert path == "options" or f"| `{key_of(path)}` |" in table
        assert key_of(path.split(".")[0]) in properties


def test_every_shipped_stack_fits_the_schema(validator: jsonschema.Draft202012Validator) -> None:
    stacks = sorted((ROOT / "stacks").glob("Pulumi.*.yaml"))
    assert stacks
    for path in stacks:
        assert path.read_text(encoding="utf-8").startswith("# yaml-language-server: $schema=schema.json\n")
        assert list(validator.iter_errors(yaml.safe_load(path.read_text(encoding="utf-8")))) == [], path


@pytest.mark.parametrize(
    ("config", "where"),
    [
        ({}, ["$.config"]),
        ({"service:target": "mars"}, ["$.config['service:target']"]),
        ({"service:target": "local", "service:sise": 1}, ["$.config"]),
        ({"service:target": "local", "service:size": {"cpus": 1}}, ["$.config['service:size']"]),
        ({"service:target": "local", "service:size": {"cpu": 0}}, ["$.config['service:size'].cpu"]),
        ({"service:target": "local", "service:options": {"prt": 1}}, ["$.config['service:options']"]),
        ({"service:target": "local", "service:environment": {"NOPE": "x"}}, ["$.config['service:environment']"]),
        ({"service:target": "local", "service:secrets": {"SECRET_KEY": "x"}}, ["$.config['service:secrets'].SECRET_KEY"]),
    ],
    ids=json.dumps,
)  # fmt: skip
def test_an_editor_is_shown_what_is_wrong(
    validator: jsonschema.Draft202012Validator, config: dict[str, Any], where: list[str]
) -> None:
    assert errors(validator, config) == where


def test_an_editor_is_not_shown_what_is_right(validator: jsonschema.Draft202012Validator) -> None:
    config = {
        "service:target": "local",
        "service:size": {"cpu": "0.5", "memory": "1GiB"},
        "service:options": {"port": "8001"},
        "service:environment": {"GREETING": "hi"},
        "service:secrets": {"SECRET_KEY": {"secure": "v1:x"}},
        "aws:region": "eu-west-1",
    }
    assert errors(validator, config) == []
