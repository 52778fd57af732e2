"""GitHub as the hub: its REST API for comments, issues and pull requests, and no more of it."""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode

import requests

from tools.delivery.asking import PAUSES, ask, limited
from tools.delivery.hub import Request, Text
from tools.errors import ToolError

API = "https://api.github.com"
# Of docs.github.com/en/rest/about-the-rest-api/api-versions, read 2026-11-29.
VERSION = "2022-11-28"
_GONE = 404


@dataclass(frozen=True)
class GitHub:
    """A repository on GitHub, and who speaks with it."""

    api: str
    repository: str
    token: str
    login: str = "github-actions[bot]"
    pauses: tuple[float, ...] = PAUSES

    def request(self, number: int) -> Request:
        found = self.one(f"pulls/{number}")
        head, base = str(found["head"]["sha"]), str(found["base"]["sha"])
        return Request(f"#{number}", head, base, found.get("state") == "closed")

    def removed(self, number: int) -> list[str]:
        return [str(each["filename"]) for each in self.every(f"pulls/{number}/files") if each["status"] == "removed"]

    def comments(self, number: int) -> list[Text]:
        found = [self._text(each, "id") for each in self.every(f"issues/{number}/comments") if self._is_own(each)]
        return sorted(found, key=lambda each: each.number)

    def comment(self, number: int, body: str) -> Text:
        return self._text(self.send("POST", f"issues/{number}/comments", {"body": body}), "id")

    def rewrite(self, number: int, comment: Text, body: str) -> None:
        self.send("PATCH", f"issues/comments/{comment.number}", {"body": body})

    def take_away(self, number: int, comment: Text) -> None:
        self.send("DELETE", f"issues/comments/{comment.number}")

    def issues(self) -> list[Text]:
        every = self.every("issues?state=open")
        found = [self._text(each, "number") for each in every if "pull_request" not in each and self._is_own(each)]
        return sorted(found, key=lambda each: each.number)

    def open_issue(self, title: str, body: str) -> Text:
        return self._text(self.send("POST", "issues", {"title": title, "body": body}), "number")

    def rewrite_issue(self, issue: Text, title: str, body: str) -> None:
        self.send("PATCH", f"issues/{issue.number}", {"title": title, "body": body})

    def close_issue(self, issue: Text, word: str) -> None:
        if word:
            self.send("POST", f"issues/{issue.number}/comments", {"body": word})
        why = "completed" if word else "not_planned"
        self.send("PATCH", f"issues/{issue.number}", {"state": "closed", "state_reason": why})

    def pull_request(self, head: str, branch: str, owner: str) -> int | None:
        """The number of the open pull request whose newest commit is `head`, as GitHub itself says.

        The run of a fork can claim any number: it is asked for by the commit, branch and owner that GitHub knows of it.
        """
        # A branch may be called `x&state=all`.
        for found in self.every(f"pulls?{urlencode({'state': 'open', 'head': f'{owner}:{branch}'})}"):
            if found["head"]["sha"] == head:
                return int(found["number"])
        return None

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
        return cast("dict[str, Any]", answer.json()) if answer.ok and answer.content else {}

    def _is_own(self, each: Mapping[str, Any]) -> bool:
        return (each.get("user") or {}).get("login") == self.login

    def _text(self, each: Mapping[str, Any], number: str) -> Text:
        return Text(int(each[number]), str(each.get("body") or ""), str(each["html_url"]))

    def _url(self, path: str) -> str:
        return f"{self.api}/repos/{self.repository}/{path}"

    def _ask(self, method: str, url: str, body: Mapping[str, Any] | None = None) -> requests.Response:
        headers = {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {self.token}",
            "X-GitHub-Api-Version": VERSION,
        }
        answer = ask(method, url, headers, body, self.pauses)
        if answer is None:
            raise ToolError(f"the hub cannot be reached at {self.api}", "see that it is there, then run it again")
        # What is to be deleted and is gone, another job was faster with.
        gone = method == "DELETE" and answer.status_code == _GONE
        if not gone and (not answer.ok or answer.is_redirect):
            raise ToolError(f"the hub answered {method} {url} with {answer.status_code}: {_said(answer)}", _fix(answer))
        return answer


def github(variables: Mapping[str, str] = os.environ) -> GitHub:
    """The hub of the run's variables, which GitHub Actions sets but for the token. ToolError for those missing."""
    repository, token = variables.get("GITHUB_REPOSITORY", ""), variables.get("GITHUB_TOKEN", "")
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", repository):
        raise ToolError("GITHUB_REPOSITORY does not say which repository", "export GITHUB_REPOSITORY=owner/name")
    if not token:
        raise ToolError("GITHUB_TOKEN is not set", 'export GITHUB_TOKEN="$(gh auth token)"')
    login = variables.get("HUB_LOGIN") or GitHub.login
    return GitHub(variables.get("GITHUB_API_URL", API).rstrip("/"), repository, token, login)


def _said(answer: requests.Response) -> str:
    try:
        told = answer.json()
    except ValueError:
        return answer.reason
    errors = [str(each.get("message")) for each in told.get("errors") or [] if isinstance(each, dict)]
    return "; ".join(filter(None, [str(told.get("message", "")), *errors])) or answer.reason


def _fix(answer: requests.Response) -> str | None:
    if limited(answer):
        return "wait until the hub takes more, then run it again"
    if answer.status_code in (401, 403):
        return "let the token write what it is for: `permissions:` of the job, issues: write and pull-requests: write"
    return None
