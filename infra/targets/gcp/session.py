"""Google Cloud, asked by its own APIs: for what no provider declares, and for looking at what runs."""

# google-auth has types for some of it alone.
# pyright: basic

import functools
import json
import os
import random
import time
import warnings
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from infra.errors import DeploymentError

if TYPE_CHECKING:
    from requests import Response

RUN = "https://run.googleapis.com/v2"
LOGGING = "https://logging.googleapis.com/v2"
SCOPE = "https://www.googleapis.com/auth/cloud-platform"

# So often a question is put; the pause between doubles, from one second.
ATTEMPTS = 6
LONGEST_PAUSE = 16.0
TIMEOUT = 60

WHOSE = "gcloud auth list says whose they are"
LOGIN = "gcloud auth application-default login"

# https://cloud.google.com/apis/design/errors#handling_errors, read 2026-11-29. Google did nothing of what it throttles;
# what else failed for a while may have been done.
_THROTTLED = 429
_FOR_A_WHILE = frozenset({500, 502, 503, 504})
_UNKNOWN, _DENIED, _MISSING = 401, 403, 404


class Refused(Exception):
    """What Google answered to a question that it did not do. `said` is its own message, `reason` a word of its own."""

    def __init__(self, status: int, reason: str, said: str, service: str) -> None:
        super().__init__(said)
        self.status, self.reason, self.said, self.service = status, reason, said, service

    @property
    def missing(self) -> bool:
        """Whether there is no such thing."""
        return self.status == _MISSING


class Session:
    """A project's region, asked with the login of whoever runs the program."""

    def __init__(self, project: str, region: str) -> None:
        self.project, self.region = project, region

    @property
    def place(self) -> str:
        """What the names of everything in the region begin with."""
        return f"projects/{self.project}/locations/{self.region}"

    @functools.cached_property
    def _http(self) -> Any:
        from google.auth.transport.requests import AuthorizedSession

        return AuthorizedSession(_login())

    def get(self, url: str) -> dict[str, Any]:
        """What is there. Raises Refused."""
        return self._asked("GET", url, again=True)

    def listed(self, url: str, key: str) -> Iterator[dict[str, Any]]:
        """All that is there, of every page."""
        token = ""
        while True:
            page = self._asked("GET", url, again=True, params={"pageSize": 100, "pageToken": token})
            yield from page.get(key, ())
            token = page.get("nextPageToken", "")
            if not token:
                return

    def post(self, url: str, body: Mapping[str, Any] | None, *, again: bool = False, **params: str) -> dict[str, Any]:
        """Have something done. `again`: it may be asked twice without harm."""
        return self._asked("POST", url, again=again, json=body, params=params)

    def patch(self, url: str, body: Mapping[str, Any], **params: str) -> dict[str, Any]:
        """Change what is there: twice does no harm."""
        return self._asked("PATCH", url, again=True, json=body, params=params)

    def put(self, url: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Put this in the place of what is there."""
        return self._asked("PUT", url, again=False, json=body)

    def delete(self, url: str) -> dict[str, Any]:
        """Have something removed."""
        return self._asked("DELETE", url, again=True)

    def _asked(self, method: str, url: str, *, again: bool, **more: Any) -> dict[str, Any]:
        for attempt in range(ATTEMPTS):
            if attempt:
                time.sleep(min(2.0 ** (attempt - 1), LONGEST_PAUSE) * random.uniform(0.8, 1.2))  # noqa: S311 -- a pause
            response: Response = self._http.request(method, url, timeout=TIMEOUT, **more)
            if response.ok:
                return dict(response.json())
            if response.status_code != _THROTTLED and not (again and response.status_code in _FOR_A_WHILE):
                break
        raise _refusal(response, url)


# One in a process: what is asked once a second must not log in each time.
session = functools.cache(Session)


@contextmanager
def connected(project: str, region: str) -> Generator[Session]:
    """A session, with the credentials that Pulumi's own provider would take.

    Raises:
        DeploymentError: there are no credentials, Google does not take them, or it refuses what is asked of it.
    """
    from google.auth.exceptions import GoogleAuthError, TransportError
    from requests import RequestException

    try:
        yield session(project, region)
    except Refused as error:
        raise DeploymentError(_told(error, project)) from error
    except (RequestException, TransportError) as error:
        said = _line(error)
        raise DeploymentError(f"Google Cloud does not answer ({said}). Fix: look at the network") from error
    except GoogleAuthError as error:
        fix = f"{LOGIN}; {WHOSE}"
        raise DeploymentError(
            f"Google Cloud cannot be asked without credentials that it takes ({_line(error)}). Fix: {fix}"
        ) from error


def _login() -> Any:
    """As https://www.pulumi.com/registry/packages/gcp/installation-configuration/ has it, read 2026-11-29."""
    import google.auth
    from google.oauth2.credentials import Credentials

    token = os.environ.get("GOOGLE_OAUTH_ACCESS_TOKEN")
    if token:
        return Credentials(token)
    given = os.environ.get("GOOGLE_CREDENTIALS")
    if given:
        content = given if given.lstrip().startswith("{") else Path(given).expanduser().read_text(encoding="utf-8")
        with warnings.catch_warnings():
            # Of credentials from elsewhere; these are whose program it is, and may be of any kind.
            warnings.simplefilter("ignore", DeprecationWarning)
            return google.auth.load_credentials_from_dict(json.loads(content), scopes=[SCOPE])[0]
    return google.auth.default(scopes=[SCOPE])[0]


def _refusal(response: "Response", url: str) -> Refused:
    service = url.removeprefix("https://").partition("/")[0]
    try:
        error = response.json()["error"]
        details: list[dict[str, Any]] = error.get("details", [])
        reason = next((each["reason"] for each in details if "reason" in each), error.get("status", ""))
        return Refused(response.status_code, reason, _line(error["message"]), service)
    except (ValueError, KeyError, TypeError, AttributeError):
        said = _line(response.reason or response.text[:200])
        return Refused(response.status_code, "", said or f"status {response.status_code}", service)


def _told(error: Refused, project: str) -> str:
    said = error.said
    if error.reason == "SERVICE_DISABLED":
        enable = f"gcloud services enable {error.service} --project {project}"
        return f"the project {project} has not enabled {error.service} ({said}). Fix: {enable}"
    if error.status == _UNKNOWN:
        return f"Google Cloud does not take the credentials ({said}). Fix: {LOGIN}; {WHOSE}"
    if error.status == _DENIED:
        return f"the credentials of Google Cloud may not do that in {project} ({said}). Fix: {WHOSE}; give that right"
    if error.status == _THROTTLED:
        return f"Google Cloud throttles {project}, {ATTEMPTS} times in a row ({said}). Fix: the same again in a minute"
    return f"Google Cloud refuses what is asked of {error.service} in {project}: {said} ({error.status})"


def _line(said: object) -> str:
    return " ".join(str(said).split()).rstrip(".")
