"""What is asked of the hub: GitHub's REST API for comments, issues and pull requests, and no more of it."""

import os
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

import requests

from tools.errors import ToolError

API = "https://api.github.com"
# Of docs.github.com/en/rest/about-the-rest-api/api-versions, read 2026-11-29.
VERSION = "2022-11-28"
# What passes by itself is tried again after so many seconds.
_PAUSES = (1.0, 4.0, 10.0)
_TOO_MANY = 429
_PASSING = (_TOO_MANY, 500, 502, 503, 504)


@dataclass(frozen=True)
class Hub:
    """A repository on the hub, and who speaks with it."""

    api: str
    repository: str
    token: str
    login: str = "github-actions[bot]"
    pauses: tuple[float, ...] = _PAUSES

    def one(self, path: str) -> dict[str, Any]:
        """What is at a path of the repository."""
        return cast("dict[str, Any]", self._ask("GET", self._url(path)).json())

    def every(self, path: str) -> Iterator[dict[str, Any]]:
        """Each entry of a list, through all its pages."""
        url: str | None = self._url(f"{path}{'&' if '?' in path else '?'}per_page=100")
        while url:
            answer = self._ask("GET", url)
            yield from answer.json()
            url = answer.links.get("next", {}).get("url")

    def send(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Make, change or delete something; the hub's answer."""
        answer = self._ask(method, self._url(path), body)
        return cast("dict[str, Any]", answer.json()) if answer.content else {}

    def _url(self, path: str) -> str:
        return f"{self.api}/repos/{self.repository}/{path}"

    def _ask(self, method: str, url: str, body: Mapping[str, Any] | None = None) -> requests.Response:
        headers = {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {self.token}",
            "X-GitHub-Api-Version": VERSION,
        }
        for pause in (*self.pauses, None):
            answer = _answer(method, url, body, headers)
            # A comment that the hub failed to answer for may have been made: it is never made twice.
            again = answer is None or answer.status_code in _PASSING
            once = method == "POST" and (answer is None or answer.status_code != _TOO_MANY)
            if not again or once or pause is None:
                break
            time.sleep(pause)
        else:
            raise AssertionError("the last pause is none")
        if answer is None:
            raise ToolError(f"the hub cannot be reached at {self.api}", "see that it is there, then run it again")
        if not answer.ok or answer.is_redirect:
            raise ToolError(f"the hub answered {method} {url} with {answer.status_code}: {_said(answer)}", _fix(answer))
        return answer


def _answer(
    method: str, url: str, body: Mapping[str, Any] | None, headers: Mapping[str, str]
) -> requests.Response | None:
    """The answer, or None where there is none."""
    try:
        return requests.request(method, url, json=body, headers=headers, timeout=30, allow_redirects=False)
    except requests.RequestException:
        return None


def hub(variables: Mapping[str, str] = os.environ) -> Hub:
    """The hub of the run's variables, which GitHub Actions sets but for the token. ToolError for those missing."""
    repository, token = variables.get("GITHUB_REPOSITORY", ""), variables.get("GITHUB_TOKEN", "")
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", repository):
        raise ToolError("GITHUB_REPOSITORY does not say which repository", "export GITHUB_REPOSITORY=owner/name")
    if not token:
        raise ToolError("GITHUB_TOKEN is not set", 'export GITHUB_TOKEN="$(gh auth token)"')
    login = variables.get("HUB_LOGIN") or Hub.login
    return Hub(variables.get("GITHUB_API_URL", API).rstrip("/"), repository, token, login)


def _said(answer: requests.Response) -> str:
    try:
        told = answer.json()
    except ValueError:
        return answer.reason
    errors = [str(each.get("message")) for each in told.get("errors") or [] if isinstance(each, dict)]
    return "; ".join(filter(None, [str(told.get("message", "")), *errors])) or answer.reason


def _fix(answer: requests.Response) -> str | None:
    if answer.status_code in (401, 403):
        return "let the token write what it is for: `permissions:` of the job, issues: write and pull-requests: write"
    return None
