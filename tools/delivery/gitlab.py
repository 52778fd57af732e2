"""GitLab as the hub: its REST API for notes, issues and merge requests, and no more of it.

docs.gitlab.com/api/notes, /api/issues, /api/merge_requests and /api/rest (pagination), read 2026-11-30.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

import requests

from tools.delivery.asking import PAUSES, ask, limited
from tools.delivery.hub import Request, Text
from tools.errors import ToolError

_GONE = 404
_OPEN = ("opened", "locked")


@dataclass(frozen=True)
class GitLab:
    """A project on GitLab, by its number or encoded path, and a token of whoever writes there."""

    api: str
    project: str
    token: str
    pauses: tuple[float, ...] = PAUSES

    def request(self, number: int) -> Request:
        found = self._one(f"merge_requests/{number}")
        base = str((found.get("diff_refs") or {}).get("base_sha") or "")
        # `locked` is one that is just being merged.
        return Request(f"!{number}", str(found["sha"] or ""), base, found["state"] not in _OPEN)

    def removed(self, number: int) -> list[str]:
        every = self._every(f"merge_requests/{number}/diffs")
        return [str(each["old_path"]) for each in every if each.get("deleted_file")]

    def comments(self, number: int) -> list[Text]:
        me, page = self._me(), self._one(f"merge_requests/{number}")["web_url"]
        every = self._every(f"merge_requests/{number}/notes")
        found = [_note(each, page) for each in every if each["author"]["id"] == me and not each.get("system")]
        return sorted(found, key=lambda each: each.number)

    def comment(self, number: int, body: str) -> Text:
        page = self._one(f"merge_requests/{number}")["web_url"]
        return _note(self._send("POST", f"merge_requests/{number}/notes", {"body": body}), page)

    def rewrite(self, number: int, comment: Text, body: str) -> None:
        self._send("PUT", f"merge_requests/{number}/notes/{comment.number}", {"body": body})

    def take_away(self, number: int, comment: Text) -> None:
        self._send("DELETE", f"merge_requests/{number}/notes/{comment.number}")

    def issues(self) -> list[Text]:
        every = self._every(f"issues?state=opened&scope=all&author_id={self._me()}")
        return sorted(map(_issue, every), key=lambda each: each.number)

    def open_issue(self, title: str, body: str) -> Text:
        return _issue(self._send("POST", "issues", {"title": title, "description": body}))

    def rewrite_issue(self, issue: Text, title: str, body: str) -> None:
        self._send("PUT", f"issues/{issue.number}", {"title": title, "description": body})

    def close_issue(self, issue: Text, word: str) -> None:
        if word:
            self._send("POST", f"issues/{issue.number}/notes", {"body": word})
        self._send("PUT", f"issues/{issue.number}", {"state_event": "close"})

    def _me(self) -> int:
        """The number of the token's own user: anybody can write a mark."""
        return int(self._ask("GET", f"{self.api}/user").json()["id"])

    def _one(self, path: str) -> dict[str, Any]:
        return cast("dict[str, Any]", self._ask("GET", self._url(path)).json())

    def _every(self, path: str) -> Iterator[dict[str, Any]]:
        page = "1"
        while page:
            answer = self._ask("GET", self._url(f"{path}{'&' if '?' in path else '?'}per_page=100&page={page}"))
            yield from answer.json()
            page = answer.headers.get("X-Next-Page", "")

    def _send(self, method: str, path: str, body: Mapping[str, str] | None = None) -> dict[str, Any]:
        answer = self._ask(method, self._url(path), body)
        return cast("dict[str, Any]", answer.json()) if answer.ok and answer.content else {}

    def _url(self, path: str) -> str:
        return f"{self.api}/projects/{self.project}/{path}"

    def _ask(self, method: str, url: str, body: Mapping[str, str] | None = None) -> requests.Response:
        answer = ask(method, url, {"PRIVATE-TOKEN": self.token}, body, self.pauses)
        if answer is None:
            raise ToolError(f"GitLab cannot be reached at {self.api}", "see that it is there")
        # What is to be deleted and is gone, another job was faster with.
        gone = method == "DELETE" and answer.status_code == _GONE
        if not gone and (not answer.ok or answer.is_redirect):
            raise ToolError(
                f"GitLab answered {method} {url} with {answer.status_code}: {answer.text[:200]}", _fix(answer)
            )
        return answer


def _note(each: Mapping[str, Any], page: str) -> Text:
    return Text(int(each["id"]), str(each.get("body") or ""), f"{page}#note_{each['id']}")


def _issue(each: Mapping[str, Any]) -> Text:
    return Text(int(each["iid"]), str(each.get("description") or ""), str(each["web_url"]))


def _fix(answer: requests.Response) -> str | None:
    if limited(answer):
        return "wait until GitLab takes more, then run it again"
    if answer.status_code in (401, 403):
        return "GITLAB_TOKEN wants the scope api and the role Reporter"
    return None


def in_gitlab(variables: Mapping[str, str] = os.environ) -> bool:
    """Whether this is a job of GitLab, which sets these variables."""
    return bool(variables.get("CI_API_V4_URL") and variables.get("CI_PROJECT_ID"))


def gitlab(variables: Mapping[str, str] = os.environ) -> GitLab:
    """The project of a job's variables, which GitLab sets but for the token. ToolError where that is missing."""
    if not variables.get("GITLAB_TOKEN"):
        raise ToolError("GITLAB_TOKEN is not set", "give the project an access token (docs/gitlab.md)")
    return GitLab(variables["CI_API_V4_URL"].rstrip("/"), variables["CI_PROJECT_ID"], variables["GITLAB_TOKEN"])
