"""What Google refuses becomes one line that says what to do; what it only throttles is asked again."""

import json
from pathlib import Path

import pytest

from infra.errors import DeploymentError
from infra.targets.gcp import session
from infra.targets.gcp.session import ATTEMPTS, RUN, connected
from tests.infra.targets.gcp.conftest import PLACE, PROJECT, REGION, Played
from tests.offline.internet.google import TOKEN, Refusal
from tests.offline.internet.google_login import key
from tests.offline.internet.internet import Internet

THROTTLED = Refusal(429, "RESOURCE_EXHAUSTED", "Quota exceeded for quota metric 'Read requests'.")
BROKEN = Refusal(503, "UNAVAILABLE", "The service is currently unavailable.")


def look() -> list[str]:
    """The names of the services that there are."""
    with connected(PROJECT, REGION) as here:
        return [each["name"] for each in here.listed(f"{RUN}/{PLACE}/services", "services")]


def begin() -> None:
    """Something that is not to be done twice."""
    with connected(PROJECT, REGION) as here:
        here.post(f"{RUN}/{PLACE}/jobs/none:run", {})


@pytest.mark.parametrize(
    ("refusal", "told"),
    [
        (
            Refusal(401, "UNAUTHENTICATED", "Request had invalid authentication credentials."),
            "Google Cloud does not take the credentials (Request had invalid authentication credentials). Fix: gcloud auth application-default login; gcloud auth list says whose they are",
        ),
        (
            Refusal(
                403, "PERMISSION_DENIED", "Permission 'run.services.list' denied on resource.", "IAM_PERMISSION_DENIED"
            ),
            "the credentials of Google Cloud may not do that in acme-dev (Permission 'run.services.list' denied on resource). Fix: gcloud auth list says whose they are; give that right",
        ),
        (
            Refusal(403, "PERMISSION_DENIED", "Cloud Run Admin API has not been used.", "SERVICE_DISABLED"),
            "the project acme-dev has not enabled run.googleapis.com (Cloud Run Admin API has not been used). Fix: gcloud services enable run.googleapis.com --project acme-dev",
        ),
        (
            Refusal(400, "INVALID_ARGUMENT", "There is something wrong."),
            "Google Cloud refuses what is asked of run.googleapis.com in acme-dev: There is something wrong (400)",
        ),
    ],
    ids=lambda value: value.code if isinstance(value, Refusal) else "",
)
def test_a_refusal_is_told_in_one_line_with_what_to_do(played: Played, refusal: Refusal, told: str) -> None:
    # A login that is refused is renewed, and tried again.
    played.google.refusals = [refusal] * 3
    with pytest.raises(DeploymentError) as error:
        look()
    assert str(error.value) == told


def test_what_is_throttled_or_broken_for_a_while_is_asked_again(played: Played) -> None:
    played.serve()
    played.google.refusals = [THROTTLED, BROKEN, THROTTLED]
    assert look() == [f"{PLACE}/services/slipway-prod"]


def test_what_stays_throttled_is_told(played: Played) -> None:
    played.google.refusals = [THROTTLED] * ATTEMPTS
    with pytest.raises(DeploymentError, match="Google Cloud throttles acme-dev, 6 times in a row"):
        look()
    assert len(played.google.asked) == ATTEMPTS


def test_what_may_have_been_done_is_not_asked_again(played: Played) -> None:
    played.google.refusals = [BROKEN]
    with pytest.raises(DeploymentError, match=r"The service is currently unavailable \(503\)"):
        begin()
    assert played.google.asked == ["run.projects.locations.jobs.run"]


def test_all_pages_are_read(played: Played) -> None:
    for number in range(101):
        played.serve("worker.w", name=f"w{number}")
        played.serve("web", name=f"s{number}")
    assert len(look()) == 101


def test_without_credentials_it_is_told_how_to_get_some(no_credentials: None, internet: Internet) -> None:
    with pytest.raises(DeploymentError) as error:
        look()
    assert "Google Cloud cannot be asked without credentials that it takes (" in str(error.value)
    assert str(error.value).endswith("Fix: gcloud auth application-default login; gcloud auth list says whose they are")


def test_where_nobody_answers_the_network_is_to_be_looked_at(credentials: None, internet: Internet) -> None:
    with pytest.raises(DeploymentError, match=r"Google Cloud does not answer \(.*\). Fix: look at the network"):
        look()


@pytest.mark.parametrize("how", ["token", "content", "path"])
def test_the_credentials_that_pulumi_s_provider_takes_are_taken(
    played: Played, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, how: str
) -> None:
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS")
    (tmp_path / "other.json").write_text(json.dumps(key()), encoding="utf-8")
    given = {"content": json.dumps(key()), "path": str(tmp_path / "other.json")}
    if how == "token":
        monkeypatch.setenv("GOOGLE_OAUTH_ACCESS_TOKEN", TOKEN)
    else:
        monkeypatch.setenv("GOOGLE_CREDENTIALS", given[how])
    assert look() == []


def test_an_answer_that_is_no_google_s_is_told_all_the_same() -> None:
    import requests

    response = requests.Response()
    response.status_code, response.reason = 502, "Bad Gateway"
    response._content = b"<html>"
    refused = session._refusal(response, f"{RUN}/x")
    assert (refused.status, refused.said, refused.service) == (502, "Bad Gateway", "run.googleapis.com")
