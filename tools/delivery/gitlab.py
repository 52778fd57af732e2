"""The comment as a note of a merge request, by GitLab's API for notes, and no more of it."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from tools.delivery.comment import MARK, Subject
from tools.delivery.posting import STACK_FILE
from tools.errors import ToolError

# What passes by itself. A note that GitLab failed to answer for may have been made: it is never made twice.
_PASSING = (429, 500, 502, 503, 504)
_AGAIN = Retry(3, status_forcelist=_PASSING, allowed_methods=("GET", "PUT"), backoff_factor=0.5, raise_on_status=False)
_TIMEOUT = 30


@dataclass(frozen=True)
class GitLab:
    """A project on GitLab, by its number or encoded path, and a token of whoever writes there."""

    api: str
    project: str
    token: str

    def subject(self, number: int, run: str) -> Subject:
        """The change of a merge request, by what GitLab knows of it."""
        found = self._ask("GET", self._of(number)).json()
        gone = [each["old_path"] for each in self._every(f"{self._of(number)}/diffs") if each.get("deleted_file")]
        removed = [named[1] for named in map(STACK_FILE.fullmatch, gone) if named]
        base = str((found.get("diff_refs") or {}).get("base_sha") or "")
        return Subject(str(found["sha"]), base, run, tuple(removed))

    def post(self, number: int, body: str, head: str) -> str:
        """Write the note in the place of the one before, while `head` is the newest commit; what was done."""
        found = self._ask("GET", self._of(number)).json()
        if found["sha"] != head:
            return f"nothing was written: !{number} has moved on to {found['sha'][:12]}"
        me, notes = self._ask("GET", f"{self.api}/user").json()["id"], f"{self._of(number)}/notes"
        # Anybody can write the mark.
        mine = [
            each
            for each in self._every(notes)
            if each["author"]["id"] == me and str(each["body"]).startswith(MARK) and not each.get("system")
        ]
        if not mine:
            made = self._ask("POST", notes, {"body": body}).json()
            return f"written: {found['web_url']}#note_{made['id']}"
        first, *more = sorted(mine, key=lambda each: int(each["id"]))
        self._ask("PUT", f"{notes}/{first['id']}", {"body": body})
        for each in more:
            self._ask("DELETE", f"{notes}/{each['id']}")
        return f"updated: {found['web_url']}#note_{first['id']}"

    def _of(self, number: int) -> str:
        return f"{self.api}/projects/{self.project}/merge_requests/{number}"

    def _every(self, url: str) -> Iterator[dict[str, Any]]:
        page = "1"
        while page:
            answer = self._ask("GET", f"{url}?per_page=100&page={page}")
            yield from answer.json()
            page = answer.headers.get("X-Next-Page", "")

    def _ask(self, method: str, url: str, body: Mapping[str, str] | None = None) -> requests.Response:
        with requests.Session() as session:
            for scheme in ("http://", "https://"):
                session.mount(scheme, HTTPAdapter(max_retries=_AGAIN))
            session.headers["PRIVATE-TOKEN"] = self.token
            try:
                answer = session.request(method, url, json=body, timeout=_TIMEOUT, allow_redirects=False)
            except requests.RequestException:
                raise ToolError(f"GitLab cannot be reached at {self.api}", "see that it is there") from None
        if not answer.ok or answer.is_redirect:
            told = f"GitLab answered {method} {url} with {answer.status_code}: {answer.text[:200]}"
            fix = "GITLAB_TOKEN wants the scope api and the role Reporter" if answer.status_code in (401, 403) else None
            raise ToolError(told, fix)
        return answer


def gitlab(variables: Mapping[str, str] = os.environ) -> GitLab | None:
    """The project of a job's variables, which GitLab sets but for the token; None where this is no job of GitLab."""
    api, project = variables.get("CI_API_V4_URL", ""), variables.get("CI_PROJECT_ID", "")
    if not (api and project):
        return None
    if not variables.get("GITLAB_TOKEN"):
        raise ToolError("GITLAB_TOKEN is not set", "give the project an access token (docs/gitlab.md)")
    return GitLab(api.rstrip("/"), project, variables["GITLAB_TOKEN"])
