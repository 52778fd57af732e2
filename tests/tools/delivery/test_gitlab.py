"""The comment under a merge request of a simulated GitLab, and the pipeline that docs/gitlab.md gives."""

import json
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from tools.delivery import __main__ as delivery
from tools.delivery.comment import MARK, Subject
from tools.delivery.documents import keep
from tools.delivery.gitlab import GitLab, gitlab
from tools.errors import ToolError
from tools.project import ROOT
from tools.stack import stacks

from tests.tools.delivery.made import change, difference  # isort: skip

TOKEN, ME, HEAD, LATER = "glpat-of-a-test", 7, "a" * 40, "c" * 40
PAGE = "https://gitlab.example/acme/orders/-/merge_requests/3"
MAKE = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)


@dataclass
class Simulated:
    """A merge request's notes, as GitLab's REST API keeps them, and the answers that go wrong first."""

    notes: list[dict[str, Any]] = field(default_factory=list)
    diffs: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    failing: list[int] = field(default_factory=list)
    page: int = 100
    head: str = HEAD
    url: str = ""

    def note(self, body: str, author: int = ME, system: bool = False) -> dict[str, Any]:
        made = {"id": 300 + len(self.notes), "body": body, "author": {"id": author}, "system": system}
        self.notes.append(made)
        return made

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        notes = "/projects/5/merge_requests/3/notes"
        match method, path:
            case "GET", "/user":
                return 200, {"id": ME}
            case "GET", "/projects/5/merge_requests/3":
                return 200, {"sha": self.head, "diff_refs": {"base_sha": "b" * 40}, "web_url": PAGE}
            case "GET", "/projects/5/merge_requests/3/diffs":
                return 200, self.diffs
            case "GET", _ if path == notes:
                # The newest first, as GitLab has them.
                return 200, self.notes[::-1]
            case "POST", _ if path == notes:
                return 201, self.note(body["body"])
        if found := re.fullmatch(rf"{notes}/(\d+)", path):
            mine = next(each for each in self.notes if each["id"] == int(found[1]))
            if method == "DELETE":
                self.notes.remove(mine)
                return 204, None
            mine["body"] = body["body"]
            return 200, mine
        return 404, {"message": "404 Not found"}

    def bodies(self) -> list[str]:
        return [each["body"] for each in self.notes]


@pytest.fixture
def simulated():
    made = Simulated()

    class Handler(BaseHTTPRequestHandler):
        def _do(self):
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            parts = urlsplit(self.path)
            made.asked.append(f"{self.command} {parts.path}")
            code, said = 401, {"message": "401 Unauthorized"}
            if self.headers["PRIVATE-TOKEN"] == TOKEN:
                code, said = (made.failing.pop(0), {}) if made.failing else made.answer(self.command, parts.path, body)
            self.send_response(code)
            if isinstance(said, list):
                page = int(parse_qs(parts.query)["page"][0])
                self.send_header("X-Next-Page", str(page + 1) if len(said) > page * made.page else "")
                said = said[(page - 1) * made.page : page * made.page]
            text = b"" if said is None else json.dumps(said).encode()
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PUT = do_DELETE = _do  # noqa: N815 -- http.server's names

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def project(simulated):
    return GitLab(simulated.url, "5", TOKEN)


def test_the_first_time_a_note_is_written_and_then_it_is_updated_in_its_place(simulated, project):
    simulated.page = 2
    simulated.note(f"{MARK}\nall is well, trust me", author=8)
    assert project.post(3, f"{MARK}\none", HEAD) == f"written: {PAGE}#note_301"
    for talk in ("Looks fine.", "And now?"):
        simulated.note(talk, author=8)
    simulated.note(f"{MARK}\nwritten at the same time")
    assert project.post(3, f"{MARK}\ntwo", HEAD) == f"updated: {PAGE}#note_301"
    assert simulated.bodies() == [f"{MARK}\nall is well, trust me", f"{MARK}\ntwo", "Looks fine.", "And now?"]


def test_a_slow_job_does_not_cover_what_a_later_one_said(simulated, project):
    simulated.head = LATER
    assert project.post(3, f"{MARK}\nearlier", HEAD) == "nothing was written: !3 has moved on to cccccccccccc"
    assert simulated.bodies() == []


def test_the_subject_names_the_stacks_whose_file_is_removed(simulated, project):
    simulated.diffs = [
        {"old_path": "stacks/Pulumi.old.yaml", "deleted_file": True},
        {"old_path": "stacks/Pulumi.new.yaml", "deleted_file": False},
    ]
    assert project.subject(3, "https://run") == Subject(HEAD, "b" * 40, "https://run", ("old",))


def test_what_passes_is_tried_again_and_no_note_is_written_twice(simulated, project):
    simulated.failing = [502, 503]
    project.post(3, f"{MARK}\none", HEAD)
    assert simulated.bodies() == [f"{MARK}\none"]
    simulated.failing = [502]
    with pytest.raises(ToolError, match=r"answered POST http://\S+/notes with 502"):
        project._ask("POST", f"{simulated.url}/projects/5/merge_requests/3/notes", {"body": "x"})
    assert len([each for each in simulated.asked if each.startswith("POST")]) == 2


def test_what_is_wrong_with_the_token_or_the_address_is_told(simulated):
    with pytest.raises(ToolError, match=r"401: .*Unauthorized") as refused:
        GitLab(simulated.url, "5", "another").post(3, "x", HEAD)
    assert refused.value.fix == "GITLAB_TOKEN wants the scope api and the role Reporter"
    with pytest.raises(ToolError, match=r"GitLab cannot be reached at http://127\.0\.0\.1:9"):
        GitLab("http://127.0.0.1:9", "5", TOKEN)._ask("POST", "http://127.0.0.1:9/x")
    assert gitlab({}) is None
    with pytest.raises(ToolError, match="GITLAB_TOKEN is not set"):
        gitlab({"CI_API_V4_URL": "https://gitlab.example/api/v4", "CI_PROJECT_ID": "5"})


def test_make_comment_writes_it_in_a_job_of_gitlab(simulated, tmp_path, monkeypatch, capsys):
    for name, value in {
        "API_V4_URL": simulated.url,
        "PROJECT_ID": "5",
        "PIPELINE_URL": "https://gitlab.example/run/1",
    }.items():
        monkeypatch.setenv(f"CI_{name}", value)
    monkeypatch.setenv("GITLAB_TOKEN", TOKEN)
    monkeypatch.setenv("CHANGES", str(tmp_path))
    monkeypatch.delenv("GITHUB_EVENT_PATH", raising=False)
    keep(difference("aws-dev", change("replace", "service", forced=("name",))), tmp_path)
    assert delivery.main(["comment", "--pull-request", "3"]) == 0
    (body,) = simulated.bodies()
    assert body.startswith(f"{MARK}\n")
    assert "**replaces**" in body
    assert "[The run that made this](https://gitlab.example/run/1)" in body
    assert TOKEN not in body
    assert capsys.readouterr().err == f"written: {PAGE}#note_300\n"


class Loader(yaml.SafeLoader):
    """YAML with the tag by which GitLab refers to a part of another job."""


Loader.add_constructor("!reference", lambda loader, node: tuple(loader.construct_sequence(node)))


def pipeline() -> dict[str, Any]:
    """The one of docs/gitlab.md."""
    (block,) = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs/gitlab.md").read_text(encoding="utf-8"), re.DOTALL)
    return yaml.load(block, Loader)


def jobs() -> dict[str, dict[str, Any]]:
    kept = ("stages", "default", "variables", "workflow")
    return {name: job for name, job in pipeline().items() if name not in kept and not name.startswith(".")}


def test_what_a_job_of_the_documented_pipeline_runs_is_make():
    found = {line for job in jobs().values() for line in job["script"]}
    assert {re.match(r"make ([a-z]+)", line)[1] for line in found} <= set(MAKE)
    assert all(re.fullmatch(r"make [a-z]+( [A-Z]+=[\w\"$.-]+)*", line) for line in found)


def test_the_documented_pipeline_names_stacks_that_there_are_and_parts_that_it_has():
    whole = pipeline()
    names = [str(job.get("environment", {}).get("name", "")) for job in jobs().values()]
    names += [
        stack
        for job in jobs().values()
        for each in job.get("parallel", {}).get("matrix", [])
        for stack in each["STACK"]
    ]
    assert {name for name in names if not name.startswith("$")} - {""} <= set(stacks())
    for job in jobs().values():
        extended = job.get("extends", [])
        assert {extended} if isinstance(extended, str) else set(extended) <= set(whole)
        assert job["stage"] in whole["stages"]
        assert {each if isinstance(each, str) else each["job"] for each in job.get("needs", [])} <= set(jobs())


def test_in_the_documented_pipeline_one_deployment_runs_at_a_time_and_a_person_lets_it_go_to_staging_and_prod():
    deploying = {name: job for name, job in jobs().items() if job["stage"] in ("dev", "staging", "prod")}
    for job in deploying.values():
        assert job["resource_group"] == job["environment"]["name"]
        assert job["interruptible"] is False
    assert {name: job["rules"][0].get("when") for name, job in deploying.items()} == {
        "aws-dev": None,
        "aws-staging": "manual",
        "aws-prod": "manual",
    }
