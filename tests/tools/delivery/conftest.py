"""A simulated hub: a local HTTP server that keeps comments, issues and labels as GitHub's REST API does."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.tools.delivery.played import Played, served
from tools.delivery.github import GitHub
from tools.delivery.gitlab import GitLab

TOKEN = "ghs_of_a_test"
BOT = "github-actions[bot]"
LIMIT = 65_536


@dataclass
class Simulated:
    """What the hub holds, who asked it for what, and the answers that go wrong first."""

    pulls: dict[int, dict[str, Any]] = field(default_factory=dict)
    files: dict[int, list[dict[str, str]]] = field(default_factory=dict)
    comments: list[dict[str, Any]] = field(default_factory=list)
    issues: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    failing: list[int | tuple[int, dict[str, str]]] = field(default_factory=list)
    # Comments that another job writes just before the next one of ours.
    meanwhile: list[str] = field(default_factory=list)
    page: int = 100
    url: str = ""

    def pull(self, number: int, head: str, owner: str = "acme", branch: str = "change", base: str = "b" * 40) -> None:
        at = {"sha": head, "ref": branch, "repo": {"full_name": f"{owner}/orders"}, "label": f"{owner}:{branch}"}
        self.pulls[number] = {"number": number, "state": "open", "head": at, "base": {"sha": base, "ref": "main"}}

    def comment(self, number: int, body: str, login: str = BOT) -> int:
        made = max([0, *(each["id"] for each in self.comments)]) + 1
        page = f"https://hub.example/acme/orders/pull/{number}#issuecomment-{made}"
        self.comments.append({"id": made, "issue": number, "body": body, "user": {"login": login}, "html_url": page})
        return made

    def issue(self, body: str, login: str = BOT, title: str = "", **more: Any) -> int:
        made = len(self.issues) + 1
        page = f"https://hub.example/acme/orders/issues/{made}"
        self.issues.append({"number": made, "title": title, "body": body, "state": "open", "user": {"login": login}, "html_url": page, **more})  # fmt: skip
        return made

    def bodies(self, number: int) -> list[str]:
        return [each["body"] for each in self.comments if each["issue"] == number]

    def answer(self, method: str, path: str, query: dict[str, list[str]], body: Any) -> tuple[int, Any]:
        if found := re.fullmatch(r"pulls/(\d+)", path):
            known = self.pulls.get(int(found[1]))
            return (200, known) if known else (404, {"message": "Not Found"})
        if found := re.fullmatch(r"pulls/(\d+)/files", path):
            return 200, self.files.get(int(found[1]), [])
        if path == "pulls":
            return 200, [each for each in self.pulls.values() if each["head"]["label"] == query["head"][0]]
        if path == "issues" and method == "GET":
            return 200, [each for each in self.issues if each["state"] == query["state"][0]]
        if path == "issues":
            return self._written(body) or (201, self.issues[self.issue(**body) - 1])
        if found := re.fullmatch(r"issues/(\d+)", path):
            mine = self.issues[int(found[1]) - 1]
            mine.update(body)
            return 200, mine
        if found := re.fullmatch(r"issues/(?:(\d+)/comments|comments/(\d+))", path):
            return self._commented(method, int(found[1] or 0), int(found[2] or 0), body)
        return 404, {"message": "Not Found"}

    def _commented(self, method: str, number: int, comment: int, body: Any) -> tuple[int, Any]:
        if method == "GET":
            return 200, [each for each in self.comments if each["issue"] == number]
        if method != "DELETE" and (refused := self._written(body)):
            return refused
        if number:
            for other in (self.meanwhile.pop(0) for _ in self.meanwhile[:]):
                self.comment(number, other)
            self.comment(number, body["body"])
            return 201, self.comments[-1]
        mine = next((each for each in self.comments if each["id"] == comment), None)
        if mine is None:
            return 404, {"message": "Not Found"}
        if method == "DELETE":
            self.comments.remove(mine)
            return 204, None
        mine["body"] = body["body"]
        return 200, mine

    def _written(self, body: dict[str, str]) -> tuple[int, Any] | None:
        if len(body["body"]) <= LIMIT:
            return None
        told = {"resource": "IssueComment", "code": "unprocessable", "message": f"Body is too long (maximum is {LIMIT} characters)"}  # fmt: skip
        return 422, {"message": "Validation Failed", "errors": [told]}


def _handler(hub: Simulated) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _do(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            parts = urlsplit(self.path)
            hub.asked.append(f"{self.command} {parts.path}")
            query = parse_qs(parts.query)
            code, said, more = 401, {"message": "Bad credentials"}, {}
            if self.headers["Authorization"] == f"Bearer {TOKEN}" and hub.failing:
                first = hub.failing.pop(0)
                (code, more), said = first if isinstance(first, tuple) else (first, {}), {"message": "later"}
            elif self.headers["Authorization"] == f"Bearer {TOKEN}":
                path = parts.path.removeprefix("/repos/acme/orders/")
                code, said = hub.answer(self.command, path, query, body)
            self.send_response(code)
            for name, value in more.items():
                self.send_header(name, value)
            if isinstance(said, list):
                page = int(query.get("page", ["1"])[0])
                if len(said) > page * hub.page:
                    self.send_header("Link", f'<{hub.url}{parts.path}?{re.sub(r"&?page=[0-9]+", "", parts.query)}&page={page + 1}>; rel="next"')  # fmt: skip
                said = said[(page - 1) * hub.page : page * hub.page]
            text = b"" if said is None else json.dumps(said).encode()
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PATCH = do_DELETE = _do  # noqa: N815 - http.server's names

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


@pytest.fixture
def simulated() -> Iterator[Simulated]:
    made = Simulated()
    with served(_handler(made)) as made.url:
        yield made


@pytest.fixture
def hub(simulated: Simulated) -> GitHub:
    return GitHub(simulated.url, "acme/orders", TOKEN, pauses=(0.01, 0.01))


@pytest.fixture
def played() -> Iterator[Played]:
    made = Played()
    with served(made.handler()) as made.url:
        yield made


@pytest.fixture
def project(played: Played) -> GitLab:
    return GitLab(played.url, "5", played.token, pauses=(0.01, 0.01))
