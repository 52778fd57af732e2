"""What can be known of the clouds' targets without an account: their options."""

from typing import Any

import pytest

from infra.errors import SettingsError
from infra.service import load_service
from infra.settings import load_settings

GIVEN: dict[str, dict[str, Any]] = {
    "aws.fargate": {"region": "eu-central-1"},
    "azure.container_apps": {"subscription": "00000000-0000-4000-8000-000000000001", "location": "westeurope"},
    "gcp.cloud_run": {"project": "my-project-123", "region": "europe-west1"},
}


def loaded(target: str, options: str) -> Any:
    return load_settings(
        load_service(), {"service:target": target, "service:options": options}, [], stack="dev"
    ).options


def json_of(options: dict[str, Any]) -> str:
    return "{" + ", ".join(f'"{key}": "{value}"' for key, value in options.items()) + "}"


@pytest.mark.parametrize("target", GIVEN)
def test_a_cloud_asks_for_a_place_and_for_nothing_else(target: str) -> None:
    options = loaded(target, json_of(GIVEN[target]))
    assert {key: value for key, value in options.model_dump().items() if key in GIVEN[target]} == GIVEN[target]


@pytest.mark.parametrize("target", GIVEN)
def test_without_a_place_nothing_is_created(target: str) -> None:
    with pytest.raises(SettingsError) as told:
        loaded(target, "{}")
    for key in GIVEN[target]:
        assert f"service:options.{key}" in str(told.value)


@pytest.mark.parametrize(
    ("target", "key", "value", "rule"),
    [
        ("aws.fargate", "region", "Frankfurt", "'Frankfurt' is not a region such as eu-central-1"),
        ("azure.container_apps", "location", "West Europe", "'West Europe' is not a location such as westeurope"),
        ("aws.fargate", "region", "eu-central-9", "'eu-central-9' is not a region such as eu-central-1"),
        ("azure.container_apps", "location", "marsnorth", "'marsnorth' is not a location such as westeurope"),
        ("gcp.cloud_run", "region", "mars-north1", "'mars-north1' is not a region such as europe-west1"),
        ("azure.container_apps", "registry", "Free", "service:options.registry"),
        (
            "azure.container_apps",
            "subscription",
            "Acme",
            "'Acme' is not the id of a subscription, a UUID in lower case",
        ),
        ("gcp.cloud_run", "project", "My Project", "'My Project' is not a project's id"),
        ("gcp.cloud_run", "region", "eu-central-1", "'eu-central-1' is not a region such as europe-west1"),
    ],
)
def test_a_place_that_there_cannot_be_is_refused(target: str, key: str, value: str, rule: str) -> None:
    with pytest.raises(SettingsError) as told:
        loaded(target, json_of(GIVEN[target] | {key: value}))
    assert rule in str(told.value)
