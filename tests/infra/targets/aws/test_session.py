"""What keeps AWS from being asked is told in one line, with what mends it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from moto.core.exceptions import JsonRESTError
from moto.ecs.responses import EC2ContainerServiceResponse

from infra.errors import DeploymentError
from infra.targets.aws import session
from infra.targets.aws.fargate_operations import status
from tests.infra.targets.aws.conftest import Played

WHOSE = "aws sts get-caller-identity says whose they are"


def told() -> str:
    with pytest.raises(DeploymentError) as failed:
        status("prod")
    return str(failed.value)


def test_without_credentials_it_is_told_how_to_get_some(no_credentials: None, stack_file: Path) -> None:
    assert told() == (
        "AWS cannot be asked without credentials (Unable to locate credentials). Fix: aws sso login, or set AWS_PROFILE,"
        f" or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; {WHOSE}"
    )


def test_half_a_pair_of_credentials_is_told(
    no_credentials: None, stack_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    assert told().startswith(
        "AWS cannot be asked without credentials (Partial credentials found in env, missing: AWS_SECRET_ACCESS_KEY). Fix:"
    )


def test_a_profile_that_there_is_not_is_told(
    no_credentials: None, stack_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "acme")
    assert told().startswith(
        "AWS cannot be asked without credentials (The config profile (acme) could not be found). Fix:"
    )


def test_an_sso_session_that_has_ended_is_told(
    no_credentials: None, stack_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config"
    config.write_text(
        "[profile acme]\nsso_session = acme\nsso_account_id = 123456789012\nsso_role_name = deploy\n"
        "[sso-session acme]\nsso_start_url = https://acme.example.com/start\nsso_region = eu-central-1\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_PROFILE", "acme")
    monkeypatch.setenv("HOME", str(tmp_path))
    said = told()
    assert said.startswith("AWS cannot be asked without credentials (")
    assert "Fix: aws sso login" in said
    assert "\n" not in said


def test_an_endpoint_that_does_not_answer_is_told(
    credentials: None, stack_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setattr(session, "ATTEMPTS", 1)
    assert told() == (
        'AWS in eu-central-1 does not answer (Could not connect to the endpoint URL: "http://127.0.0.1:9/").'
        " Fix: look at the network, and at AWS_ENDPOINT_URL if it is set"
    )


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (
            "ExpiredTokenException",
            f"the credentials of AWS have expired (told why). Fix: aws sso login, or get new ones; {WHOSE}",
        ),
        (
            "UnrecognizedClientException",
            f"AWS in eu-central-1 does not take the credentials (told why). Fix: {WHOSE};"
            " aws account get-region-opt-status --region-name eu-central-1, if the region is new",
        ),
        (
            "AccessDeniedException",
            f"the credentials of AWS may not ListClusters in eu-central-1 (told why). Fix: {WHOSE}; give them that right",
        ),
        ("InvalidParameterException", "AWS in eu-central-1 refuses ListClusters: told why (InvalidParameterException)"),
    ],
)
def test_what_aws_refuses_is_told(code: str, expected: str, played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_self: EC2ContainerServiceResponse) -> str:
        raise JsonRESTError(code, "told why.")

    monkeypatch.setattr(EC2ContainerServiceResponse, "list_clusters", refuse)
    assert told() == expected


def test_a_mistake_of_ours_is_no_matter_of_credentials(played: Played) -> None:
    with pytest.raises(DeploymentError) as failed, session.connected("eu-central-1") as clients:
        clients.ecs.describe_tasks(tasks="one")
    assert str(failed.value).startswith(
        "AWS in eu-central-1 cannot be asked: Parameter validation failed: Invalid type"
    )


def test_an_error_that_is_not_of_aws_stays_what_it_is(credentials: None) -> None:
    def fail(error: Callable[[], Exception]) -> None:
        with session.connected("eu-central-1"):
            raise error()

    with pytest.raises(ZeroDivisionError):
        fail(ZeroDivisionError)
