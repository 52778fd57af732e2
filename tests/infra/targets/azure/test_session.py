"""What Azure refuses becomes one line that says what to do; what it only throttles is asked again."""

import json
from pathlib import Path

import pytest
from flask import Response

from infra.errors import DeploymentError
from infra.targets.azure import session
from infra.targets.azure.session import ARM, ATTEMPTS, connected
from tests.infra.targets.azure.conftest import GROUP, PLACE, SUBSCRIPTION, WEB, Played
from tests.offline.internet.container_apps import Refusal
from tests.offline.internet.internet import Internet
from tests.offline.internet.microsoft import version

THROTTLED = Refusal(429, "TooManyRequests", "The request is being throttled.", after="7")
BROKEN = Refusal(503, "ServiceUnavailable", "The service is unavailable.")
BUSY = Refusal(409, "ContainerAppOperationInProgress", "Cannot modify it: there is an active provisioning operation.")


def look() -> list[str]:
    """The names of the apps that there are."""
    with connected(SUBSCRIPTION, GROUP) as here:
        return [each["name"] for each in here.listed(f"{PLACE}/containerApps")]


def begin() -> None:
    """Something that is not to be done twice."""
    with connected(SUBSCRIPTION, GROUP) as here:
        here.post(f"{PLACE}/jobs/none/start", {})


def change() -> None:
    with connected(SUBSCRIPTION, GROUP) as here:
        here.patch(WEB, {"tags": {"a": "b"}})


@pytest.mark.parametrize(
    ("refusal", "told"),
    [
        (
            Refusal(401, "ExpiredAuthenticationToken", "The access token expired."),
            "Azure does not take the credentials (The access token expired). Fix: az login; az account show says whose they are",
        ),
        (
            Refusal(403, "AuthorizationFailed", "The client does not have authorization\nto perform action 'x'."),
            "the credentials of Azure may not do that in slipway-prod (The client does not have authorization to perform action 'x'). Fix: az account show says whose they are; give that right",
        ),
        (
            Refusal(409, "MissingSubscriptionRegistration", "The subscription is not registered."),
            f"the subscription {SUBSCRIPTION} is not registered for Container Apps (The subscription is not registered). Fix: az provider register --namespace Microsoft.App --subscription {SUBSCRIPTION}",
        ),
        (
            Refusal(400, "InvalidThing", "There is something wrong."),
            "Azure refuses what is asked of slipway-prod: There is something wrong (InvalidThing)",
        ),
    ],
    ids=lambda value: value.code if isinstance(value, Refusal) else "",
)
def test_a_refusal_is_told_in_one_line_with_what_to_do(played: Played, refusal: Refusal, told: str) -> None:
    played.azure.refusals = [refusal]
    with pytest.raises(DeploymentError) as error:
        look()
    assert str(error.value) == told


def test_what_is_throttled_or_broken_for_a_while_is_asked_again_and_all_pages_are_read(played: Played) -> None:
    played.serve()
    for name in "abc":
        played.serve(f"worker.{name}")
    played.azure.page = 2
    played.azure.refusals = [THROTTLED, BROKEN, THROTTLED]
    assert len(look()) == 4
    played.azure.refusals = [THROTTLED] * ATTEMPTS
    with pytest.raises(DeploymentError, match=f"Azure throttles {SUBSCRIPTION}, 6 times in a row"):
        look()


def test_it_is_not_asked_again_before_azure_says(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(session, "LONGEST_PAUSE", 16)
    monkeypatch.setattr(session.time, "sleep", pauses.append)
    monkeypatch.setattr(session.random, "uniform", lambda *_: 1)
    played.azure.refusals = [BROKEN, BROKEN, THROTTLED, Refusal(429, "TooManyRequests", "Wait.", after="600")]
    look()
    assert pauses == [1, 2, 7, 16]


def test_what_may_have_been_done_is_not_asked_again(played: Played) -> None:
    played.azure.refusals = [BROKEN]
    with pytest.raises(DeploymentError, match=r"The service is unavailable \(ServiceUnavailable\)"):
        begin()
    assert played.azure.asked == ["jobs_start"]


def test_what_is_being_changed_already_is_changed_after_that_and_to_its_end(
    played: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    played.serve()
    played.apps.slow = 2
    played.azure.refusals = [BUSY, BUSY]
    change()
    assert played.apps.kept[WEB]["tags"]["a"] == "b"
    monkeypatch.setattr(session, "DONE", -1)
    with pytest.raises(
        DeploymentError, match=r"Azure is not done after -1 s with what was asked of slipway-prod\. Fix: make up again"
    ):
        change()
    played.azure.refusals = [BUSY]
    with pytest.raises(DeploymentError, match="an active provisioning operation"):
        change()


def test_what_failed_by_and_by_is_told_with_azure_s_own_words(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    played.serve()
    error = {"code": "ContainerAppOperationError", "message": "Failed to provision revision."}
    told_of = Response(json.dumps({"status": "Failed", "error": error}), mimetype="application/json")
    monkeypatch.setattr(played.azure, "_done", lambda _: told_of)
    with pytest.raises(DeploymentError) as told:
        change()
    said = "Azure refuses what is asked of slipway-prod: Failed to provision revision (ContainerAppOperationError)"
    assert str(told.value) == said


def test_without_credentials_it_is_told_how_to_get_some(no_credentials: None, internet: Internet) -> None:
    with pytest.raises(DeploymentError) as error:
        look()
    assert str(error.value).startswith("Azure cannot be asked without credentials that it takes (")
    assert str(error.value).endswith("Fix: az login; az account show says whose they are")


def test_where_nobody_answers_the_network_is_to_be_looked_at(played: Played, internet: Internet) -> None:
    with connected(SUBSCRIPTION, GROUP) as here:
        here._token(ARM)
    internet._sites.clear()
    with pytest.raises(DeploymentError, match=r"Azure does not answer \(.*\). Fix: look at the network"):
        look()


@pytest.mark.parametrize("how", ["token", "file", "GitHub", "nowhere"])
def test_the_tokens_that_pulumi_s_provider_takes_are_taken(
    played: Played, internet: Internet, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, how: str
) -> None:
    monkeypatch.delenv("ARM_CLIENT_SECRET")
    monkeypatch.setenv("ARM_USE_OIDC", "true")
    if how == "token":
        monkeypatch.setenv("ARM_OIDC_TOKEN", "told")
    elif how == "file":
        (tmp_path / "token").write_text("told", encoding="utf-8")
        monkeypatch.setenv("ARM_OIDC_TOKEN_FILE_PATH", str(tmp_path / "token"))
    elif how == "GitHub":
        internet.play(r"token\.actions\.example", _github)
        monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_URL", "https://token.actions.example/?v=1")
        monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "mine")
    if how == "nowhere":
        with pytest.raises(DeploymentError, match="ARM_USE_OIDC is set, and no variable says where the token is"):
            look()
    else:
        assert look() == []


def _github(environ: dict[str, str], start: object) -> list[bytes]:
    assert environ["HTTP_AUTHORIZATION"] == "Bearer mine"
    assert environ["QUERY_STRING"] == "v=1&audience=api%3A%2F%2FAzureADTokenExchange"
    start("200 OK", [("Content-Type", "application/json")])  # type: ignore[operator]
    return [b'{"value": "told"}']


def test_the_api_s_version_is_the_one_that_microsoft_s_own_package_asks_for() -> None:
    assert version() == session.VERSION


def test_an_answer_that_is_no_azure_s_is_told_all_the_same() -> None:
    import requests

    response = requests.Response()
    response.status_code, response.reason = 502, "Bad Gateway"
    response._content = b"<html>"
    refused = session._refusal(response)
    assert (refused.status, refused.code, refused.said) == (502, "", "Bad Gateway")
