"""A played GitLab: a local HTTP server that keeps notes, issues and merge requests as GitLab's REST API does.

It takes the attributes that docs.gitlab.com/api/notes and /api/issues list (read 2026-11-30) and no others, up to the lengths
given there. Each line of a text that begins with a slash and a word is taken for a quick action, wherever it stands: GitLab itself
lets those in code be, as far as it finds the code's end (docs.gitlab.com/user/project/quick_actions).
"""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN, ME, HEAD = "glpat-of-a-test", 7, "a" * 40
SITE = "https://gitlab.example/acme/orders/-"
_NOTE = {"body": 1_000_000}
_ISSUE = {"title": 255, "description": 1_048_576}
TAKES: dict[tuple[str, str], dict[str, int]] = {
    ("POST", "notes"): _NOTE,
    ("PUT", "notes"): _NOTE,
    ("POST", "issues"): _ISSUE,
    ("PUT", "issues"): {**_ISSUE, "state_event": 10},
}
REQUIRED = {("POST", "notes"): "body", ("POST", "issues"): "title"}


@dataclass
class Played:
    """What GitLab holds, who asked it for what, the answers that go wrong first, and what its quick actions did."""

    notes: list[dict[str, Any]] = field(default_factory=list)
    issues: list[dict[str, Any]] = field(default_factory=list)
    requests: dict[int, dict[str, Any]] = field(default_factory=dict)
    diffs: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    failing: list[int | tuple[int, dict[str, str]]] = field(default_factory=list)
    # Notes that another job writes just before the next one of ours.
    meanwhile: list[str] = field(default_factory=list)
    acts: list[str] = field(default_factory=list)
    token: str = TOKEN
    page: int = 100
    url: str = ""

    def request(self, number: int, head: str = HEAD, state: str = "opened") -> None:
        page = f"{SITE}/merge_requests/{number}"
        self.requests[number] = {"iid": number, "sha": head, "state": state, "diff_refs": {"base_sha": "b" * 40}, "web_url": page}  # fmt: skip

    def note(self, body: str, author: int = ME, of: str = "merge_requests/3", system: bool = False) -> dict[str, Any]:
        made = {"id": 300 + len(self.notes), "of": of, "body": body, "author": {"id": author}, "system": system}
        self.notes.append(made)
        return made

    def issue(self, title: str, description: str = "", author: int = ME) -> dict[str, Any]:
        number = len(self.issues) + 1
        made = {"id": 900 + number, "iid": number, "title": title, "description": description, "state": "opened", "author": {"id": author}, "web_url": f"{SITE}/issues/{number}"}  # fmt: skip
        self.issues.append(made)
        return made

    def bodies(self, of: str = "merge_requests/3") -> list[str]:
        return [each["body"] for each in self.notes if each["of"] == of]

    def answer(self, method: str, path: str, query: dict[str, list[str]], body: Any) -> tuple[int, Any]:
        if path == "/user":
            return 200, {"id": ME}
        path = path.removeprefix("/projects/5/")
        of = re.fullmatch(r"(merge_requests|issues)(?:/(\d+))?(?:/(notes|diffs)(?:/(\d+))?)?", path)
        if not of:
            return 404, {"error": "404 Not Found"}
        kind, number, part, note = of[1], int(of[2] or 0), of[3], int(of[4] or 0)
        if refused := self._refused(method, part or kind, body):
            return refused
        if kind == "merge_requests" and number not in self.requests:
            return 404, {"message": "404 Not found"}
        if part == "diffs":
            return 200, self.diffs
        if part == "notes":
            return self._notes(method, f"{kind}/{number}", note, body)
        if kind == "merge_requests":
            return 200, self.requests[number]
        return self._issues(method, number, query, body)

    def _notes(self, method: str, of: str, number: int, body: Any) -> tuple[int, Any]:
        if method == "GET":
            # The newest first, as GitLab has them.
            return 200, [each for each in self.notes[::-1] if each["of"] == of]
        if method == "POST":
            for other in (self.meanwhile.pop(0) for _ in self.meanwhile[:]):
                self.note(other, of=of)
            return 201, self.note(body["body"], of=of)
        mine = next((each for each in self.notes if each["id"] == number and each["of"] == of), None)
        if mine is None:
            return 404, {"message": "404 Not found"}
        if method == "DELETE":
            self.notes.remove(mine)
            return 204, None
        mine["body"] = body["body"]
        return 200, mine

    def _issues(self, method: str, number: int, query: dict[str, list[str]], body: Any) -> tuple[int, Any]:
        if method == "GET":
            state, author = query["state"][0], int(query.get("author_id", ["0"])[0])
            found = [each for each in self.issues[::-1] if each["state"] == state]
            return 200, [each for each in found if not author or each["author"]["id"] == author]
        if method == "POST":
            return 201, self.issue(**body)
        mine = self.issues[number - 1]
        event = body.pop("state_event", None)
        mine.update({**body, **({"state": {"close": "closed", "reopen": "opened"}[event]} if event else {})})
        return 200, mine

    def _refused(self, method: str, what: str, body: Any) -> tuple[int, Any] | None:
        takes = TAKES.get((method, what))
        if takes is None:
            return None if method in ("GET", "DELETE") else (405, {"message": "405 Method Not Allowed"})
        if (needed := REQUIRED.get((method, what))) and not body.get(needed):
            return 400, {"error": f"{needed} is missing"}
        for name, value in body.items():
            if name not in takes:
                return 400, {"error": f"{name} is not listed in the documentation"}
            if len(value) > takes[name]:
                return 400, {"message": {name: [f"is too long (maximum is {takes[name]} characters)"]}}
            self.acts += re.findall(r"(?m)^/[a-z_]+.*$", value.replace("\r", ""))
        return None

    def handler(self) -> type[BaseHTTPRequestHandler]:
        played = self

        class Handler(BaseHTTPRequestHandler):
            def _do(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length)) if length else None
                parts, more = urlsplit(self.path), {}
                query = parse_qs(parts.query)
                played.asked.append(f"{self.command} {parts.path}")
                code, said = 401, {"message": "401 Unauthorized"}
                if self.headers["PRIVATE-TOKEN"] == played.token and played.failing:
                    first = played.failing.pop(0)
                    (code, more), said = first if isinstance(first, tuple) else (first, {}), {"message": "later"}
                elif self.headers["PRIVATE-TOKEN"] == played.token:
                    code, said = played.answer(self.command, parts.path, query, body)
                self.send_response(code)
                if isinstance(said, list):
                    page = int(query["page"][0])
                    more = {"X-Next-Page": str(page + 1) if len(said) > page * played.page else ""}
                    said = said[(page - 1) * played.page : page * played.page]
                for name, value in more.items():
                    self.send_header(name, value)
                text = b"" if said is None else json.dumps(said).encode()
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_POST = do_PUT = do_DELETE = _do  # noqa: N815 - http.server's names

            def log_message(self, *_: Any) -> None:
                pass

        return Handler


@contextmanager
def served(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """The address of a server on this machine, for as long as it is wanted."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
