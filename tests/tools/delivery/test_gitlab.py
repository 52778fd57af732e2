"""The comment, the issues of drift and the sweep of a played GitLab, and the pipeline that docs/gitlab.md gives."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
import yaml

from tests.tools.delivery.made import change, difference
from tests.tools.delivery.played import HEAD, SITE, TOKEN
from tools.delivery import __main__ as delivery
from tools.delivery import asking
from tools.delivery.comment import MARK, Subject
from tools.delivery.documents import keep
from tools.delivery.drift import Drift, Drifted
from tools.delivery.drift_issue import mark, settle
from tools.delivery.event import output, run, why_no_preview
from tools.delivery.expected import expect
from tools.delivery.gitlab import GitLab, gitlab
from tools.delivery.hubs import hub, hub_there
from tools.delivery.posting import note, post, subject
from tools.delivery.review import over
from tools.delivery.review_stack import Made
from tools.environment import SCAN
from tools.errors import ToolError
from tools.project import ENVIRONMENTS, ROOT
from tools.scan.pipeline import PAGE as PIPELINE
from tools.scan.pipeline import gitlab as scan_pipeline
from tools.scan.pipeline import text
from tools.stack import Stack, stacks
from tools.workbench import Workbench

LATER = "c" * 40
PAGE = f"{SITE}/merge_requests/3"
MAKE = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.fixture(autouse=True)
def asked_for(played):
    played.request(3)


def test_the_first_time_a_note_is_written_and_then_it_is_updated_in_its_place(played, project):
    played.page = 2
    played.note(f"{MARK}\nall is well, trust me", author=8)
    played.note(f"{MARK}\nchanged the title", system=True)
    assert post(project, 3, f"{MARK}\none", HEAD) == f"written: {PAGE}#note_302"
    for talk in ("Looks fine.", "And now?"):
        played.note(talk, author=8)
    played.note(f"{MARK}\nwritten at the same time")
    assert post(project, 3, f"{MARK}\ntwo", HEAD) == f"updated: {PAGE}#note_302"
    assert played.bodies()[2:] == [f"{MARK}\ntwo", "Looks fine.", "And now?"]


def test_of_two_jobs_that_write_at_once_one_note_is_left(played, project):
    played.meanwhile = [f"{MARK}\nthe other's"]
    assert post(project, 3, f"{MARK}\nours", HEAD) == f"updated: {PAGE}#note_300"
    assert played.bodies() == [f"{MARK}\nours"]


def test_a_slow_job_does_not_cover_what_a_later_one_said(played, project):
    played.request(3, LATER)
    assert post(project, 3, f"{MARK}\nearlier", HEAD) == "nothing was written: !3 has moved on to cccccccccccc"
    assert played.bodies() == []


def test_the_subject_names_the_stacks_whose_file_is_removed(played, project):
    played.diffs = [
        {"old_path": "stacks/Pulumi.old.yaml", "deleted_file": True},
        {"old_path": "stacks/Pulumi.new.yaml", "deleted_file": False},
    ]
    assert subject(project, 3, "https://run") == Subject(HEAD, "b" * 40, "https://run", ("old",))


def test_what_passes_is_tried_again_and_no_note_is_written_twice(played, project):
    played.failing = [502, 503]
    post(project, 3, f"{MARK}\none", HEAD)
    assert played.bodies() == [f"{MARK}\none"]
    played.failing = [502]
    with pytest.raises(ToolError, match=r"answered POST http://\S+/notes with 502"):
        project._send("POST", "merge_requests/3/notes", {"body": "x"})
    assert len([each for each in played.asked if each.startswith("POST")]) == 2


def test_where_there_were_too_many_it_waits_as_long_as_gitlab_says_and_then_writes(played, project, monkeypatch):
    waited = []
    monkeypatch.setattr(asking.time, "sleep", waited.append)
    played.failing = [(429, {"Retry-After": "17", "RateLimit-Remaining": "0"})]
    project.comment(3, "one")
    assert waited == [17]
    played.failing = [(429, {"RateLimit-Reset": "1"})]
    project._send("POST", "merge_requests/3/notes", {"body": "two"})
    assert waited == [17, 1]
    assert played.bodies() == ["one", "two"]


def test_what_is_wrong_with_the_token_or_the_address_is_told(played):
    with pytest.raises(ToolError, match=r"401: .*Unauthorized") as refused:
        post(GitLab(played.url, "5", "another"), 3, "x", HEAD)
    assert refused.value.fix == "GITLAB_TOKEN wants the scope api and the role Reporter"
    with pytest.raises(ToolError, match=r"GitLab cannot be reached at http://127\.0\.0\.1:9"):
        GitLab("http://127.0.0.1:9", "5", TOKEN, pauses=(0.01,)).comments(3)
    job = {"CI_API_V4_URL": "https://gitlab.example/api/v4/", "CI_PROJECT_ID": "5"}
    with pytest.raises(ToolError, match="GITLAB_TOKEN is not set"):
        gitlab(job)
    assert (hub_there(job), hub_there({})) == (None, None)
    assert hub({**job, "GITLAB_TOKEN": TOKEN}) == GitLab("https://gitlab.example/api/v4", "5", TOKEN)


@pytest.fixture
def job(played, tmp_path, monkeypatch):
    for name, value in {"API_V4_URL": played.url, "PROJECT_ID": "5", "PIPELINE_URL": "https://gitlab.example/run/1"}.items():  # fmt: skip
        monkeypatch.setenv(f"CI_{name}", value)
    monkeypatch.setenv("GITLAB_TOKEN", TOKEN)
    monkeypatch.setenv("CHANGES", str(tmp_path))
    monkeypatch.delenv("GITHUB_EVENT_PATH", raising=False)
    return tmp_path


def test_make_comment_writes_it_in_a_job_of_gitlab(played, job, capsys):
    keep(difference("aws-dev", change("replace", "service", forced=("name",))), job)
    expect(["aws-dev", "aws-prod"], job)
    assert delivery.main(["comment", "--pull-request", "3"]) == 0
    (body,) = played.bodies()
    assert body.startswith(f"{MARK}\n")
    assert "**replaces**" in body
    assert "| `aws-prod` | **no offline plan** |" in body
    assert "[The run that made this](https://gitlab.example/run/1)" in body
    assert TOKEN not in body
    assert capsys.readouterr().err == f"written: {PAGE}#note_300\n"


def test_a_slow_job_of_gitlab_writes_nothing_of_a_commit_that_is_not_the_newest(played, job, monkeypatch, capsys):
    expect([], job)
    monkeypatch.setenv("CI_MERGE_REQUEST_IID", "3")
    monkeypatch.setenv("CI_COMMIT_SHA", LATER)
    delivery.main(["comment", "--pull-request", "3"])
    assert played.bodies() == []
    assert capsys.readouterr().err == "nothing was written: !3 has moved on to aaaaaaaaaaaa\n"
    # Of merged results the job's commit is that of the merge.
    monkeypatch.setenv("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", HEAD)
    delivery.main(["comment", "--pull-request", "3"])
    assert "No stack is affected." in played.bodies()[0]


def test_no_text_is_an_order_to_gitlab(played, project, job):
    said = "```\n/approve\n```\n\r/close\n/merge"
    keep(difference("aws-dev", change("update", "/close"), problems=(said,), broken=(said,), warnings=(said,)), job)
    delivery.main(["comment", "--pull-request", "3"])
    settle(project, Drift("dev", problems=(said,)), "a" * 40, "https://run")
    assert "/approve" in played.bodies()[0]
    assert "/approve" in played.issues[0]["description"]
    assert played.acts == []


def drifted(*names):
    changes = tuple(Drifted("update", "aws:ecs/service:Service", name, "there", {"tags": "there"}) for name in names)
    return Drift("dev", changes=changes)


def test_an_issue_of_drift_is_opened_updated_in_its_place_and_closed_with_a_word(played, project):
    assert settle(project, drifted("web"), "a" * 40, "https://run") == f"opened: {SITE}/issues/1"
    assert settle(project, drifted("web", "api"), "a" * 40, "https://run") == f"updated: {SITE}/issues/1"
    (issue,) = played.issues
    assert (issue["title"], issue["state"]) == ("dev has drifted", "opened")
    assert issue["description"].startswith(mark("dev"))
    assert "`api`: `tags` (`up` would change it)" in issue["description"]
    assert settle(project, Drift("dev"), "a" * 40, "https://run") == f"closed: {SITE}/issues/1"
    assert (issue["state"], played.bodies("issues/1")) == ("closed", ["Nothing is different any more. Commit `aaaaaaaaaaaa`."])  # fmt: skip
    assert settle(project, Drift("dev"), "a" * 40, "https://run") == "no issue is open"
    assert settle(project, drifted("web"), "a" * 40, "https://run") == f"opened: {SITE}/issues/2"


def test_only_the_stacks_own_issue_of_the_tokens_own_user_is_touched(played, project):
    played.page = 1
    played.issue("dev has drifted", f"{mark('dev')}\nall is well, trust me", author=8)
    played.issue("another stack's", f"{mark('dev2')}\n")
    played.issue("a talk", f"about {mark('dev')}")
    before = json.dumps(played.issues)
    settle(project, Drift("dev", deployed=False), "a" * 40, "https://run")
    assert json.dumps(played.issues) == before
    for each in ("one", "two"):
        played.issue("dev has drifted", f"{mark('dev')}\n{each}")
    assert settle(project, drifted("web"), "a" * 40, "https://run") == f"updated: {SITE}/issues/4"
    assert [each["state"] for each in played.issues] == ["opened"] * 4 + ["closed"]
    assert json.dumps(played.issues[:3]) == before


def test_an_issue_as_long_as_it_gets_is_taken(played, project):
    settle(project, drifted(*("x" * 90 + str(number) for number in range(4000))), "a" * 40, "https://run")
    assert "- … and 3" in played.issues[0]["description"]


def test_make_drift_tells_it_in_a_job_of_gitlab(played, job, monkeypatch, capsys):
    monkeypatch.setattr(delivery, "drift_of", lambda stack: drifted("web"))
    assert delivery.main(["drift", "--stack", "dev"]) == 1
    assert [each["title"] for each in played.issues] == ["dev has drifted"]
    assert "[The run that saw it](https://gitlab.example/run/1)" in played.issues[0]["description"]
    assert f"dev: opened: {SITE}/issues/1\n" in capsys.readouterr().err


@pytest.mark.parametrize(("state", "why"), [("opened", ""), ("locked", ""), ("merged", "its pull request !3 is closed"), ("closed", "its pull request !3 is closed")])  # fmt: skip
def test_the_sweep_asks_gitlab_which_merge_requests_are_open(played, project, state, why):
    played.request(3, state=state)
    now = datetime(2026, 11, 30, tzinfo=UTC)
    assert over(Made(3, "dev", now), 14, project, now) == why


def test_make_sweep_in_a_job_of_gitlab_removes_the_stacks_of_what_is_merged(played, job, monkeypatch, capsys):
    for number, state in ((3, "merged"), (4, "opened")):
        played.request(number, state=state)
    stacks = [(Workbench(Stack(f"review-{number}"), None, None, None), Made(number, "dev", datetime.now(UTC))) for number in (3, 4)]  # fmt: skip
    monkeypatch.setattr("tools.delivery.review._its_own", lambda: iter(stacks))
    removed = []
    monkeypatch.setattr("tools.delivery.review._remove", lambda bench, *_: removed.append(bench.stack.name) or 0)
    assert delivery.main(["sweep", "--yes"]) == 0
    assert removed == ["review-3"]
    assert capsys.readouterr().out == "review-3: is removed: its pull request !3 is closed\nreview-4: stays\n"


def test_make_comment_with_the_address_of_a_stack_puts_it_there_in_a_job_of_gitlab(played, job):
    expect([], job)
    delivery.main(["comment", "--pull-request", "3", "--review", "https://review.example.com"])
    delivery.main(["comment", "--pull-request", "3"])
    delivery.main(["comment", "--pull-request", "3", "--review", "removed"])
    (body,) = played.bodies()
    assert "No stack is affected." in body
    assert "_The stack of this pull request is removed._" in body


def test_the_address_of_its_stack_stands_in_the_one_note(played, project):
    note(project, 3, "https://review.example.com")
    post(project, 3, f"{MARK}\n## What this change does", HEAD)
    assert played.bodies() == [f"{MARK}\n## What this change does\n\n<!-- slipway:review -->\n**The stack of this pull request** is at https://review.example.com\n<!-- /slipway:review -->"]  # fmt: skip
    note(project, 3, "")
    assert "_The stack of this pull request is removed._" in played.bodies()[0]


def test_what_a_job_of_gitlab_knows_of_itself(tmp_path):
    mine = {"CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "5", "CI_MERGE_REQUEST_PROJECT_ID": "5"}
    assert why_no_preview(mine) == "no credentials were given"
    assert why_no_preview({**mine, "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "9"}) == "it comes from a fork, whose code gets no credentials"  # fmt: skip
    assert run({"CI_PIPELINE_URL": "https://gitlab.example/run/1"}) == "https://gitlab.example/run/1"
    output("url", "https://x.example\nEVIL=1", {"OUTPUT": str(tmp_path / "review.env")})
    assert (tmp_path / "review.env").read_text() == "url=https://x.example EVIL=1\n"


class Loader(yaml.SafeLoader):
    """YAML with the tag by which GitLab refers to a part of another job."""


Loader.add_constructor("!reference", lambda loader, node: tuple(loader.construct_sequence(node)))


def pipeline() -> dict[str, Any]:
    """The one of docs/gitlab.md."""
    return yaml.load(text((ROOT / PIPELINE).read_text(encoding="utf-8")), Loader)


def jobs() -> dict[str, dict[str, Any]]:
    kept = ("stages", "default", "variables", "workflow")
    return {name: job for name, job in pipeline().items() if name not in kept and not name.startswith(".")}


def test_what_a_job_of_the_documented_pipeline_runs_is_make():
    found = {line for job in jobs().values() for line in job["script"]}
    assert {re.match(r"make ([a-z]+)", line)[1] for line in found} <= set(MAKE)
    assert all(re.fullmatch(r"make [a-z]+( [A-Z]+=[\w\"$.-]+)*", line) for line in found)


def test_the_documented_pipeline_names_stacks_that_there_are_and_parts_that_it_has():
    whole = pipeline()
    names = [name for job in jobs().values() if (name := str(job.get("environment", {}).get("name", ""))) and "/" not in name]  # fmt: skip
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


def test_in_the_documented_pipeline_what_changes_a_stack_is_never_cancelled_halfway():
    whole = pipeline()
    assert whole["default"]["interruptible"] is True
    changing = [name for name, job in jobs().items() if re.search(r"make (up|promote|review|sweep|drift)\b", str(job["script"]))]  # fmt: skip
    assert changing == ["review", "review-stop", "aws-dev", "aws-staging", "aws-prod", "drift", "sweep"]
    assert all(whole[name]["interruptible"] is False and whole[name]["resource_group"] for name in changing)


def test_in_the_documented_pipeline_whatever_is_shipped_is_held_to_the_policies():
    lines = [line for job in jobs().values() for line in job["script"] if re.match(r"make (up|review)\b(?!.* CLOSE=1)", line)]  # fmt: skip
    assert len(lines) == 2
    assert [line for line in lines if not line.endswith(" POLICY=1")] == []


def test_in_the_documented_pipeline_one_job_at_a_time_writes_the_note():
    writing = {name: job["resource_group"] for name, job in jobs().items() if re.search(r"make (comment|review)\b", str(job["script"]))}  # fmt: skip
    assert writing == dict.fromkeys(("comment", "review", "review-stop"), "merge-request-$CI_MERGE_REQUEST_IID")


def test_in_the_documented_pipeline_a_forks_code_never_runs_with_what_is_given_to_the_project():
    first = pipeline()["workflow"]["rules"][0]
    assert first["when"] == "never"
    assert first["if"].endswith("&& $CI_MERGE_REQUEST_SOURCE_PROJECT_ID != $CI_PROJECT_ID")


def test_in_the_documented_pipeline_a_merge_requests_stack_is_removed_by_gitlab_and_by_the_sweep():
    whole = jobs()
    made, gone = whole["review"], whole["review-stop"]
    assert made["environment"] == {"name": "review/$CI_MERGE_REQUEST_IID", "url": "$url", "on_stop": "review-stop", "auto_stop_in": "2 weeks"}  # fmt: skip
    assert gone["environment"] == {"name": made["environment"]["name"], "action": "stop"}
    # A job that stops has to be there under the same rules, and must wait for none that may fail.
    assert (gone["rules"][0]["if"], gone["rules"][0]["when"], gone["needs"]) == (made["rules"][0]["if"], "manual", [])
    assert "$CI_MERGE_REQUEST_LABELS =~ /(^|,)review(,|$)/" in made["rules"][0]["if"]
    assert made["variables"]["OUTPUT"] == made["artifacts"]["reports"]["dotenv"]
    assert "$GITLAB_TOKEN" in whole["sweep"]["rules"][0]["if"]
    assert whole["sweep"]["script"] == ["make sweep YES=1"]


def test_in_the_documented_pipeline_each_cloud_is_asked_without_a_key():
    whole = pipeline()
    tokens = {cloud: list(whole[f".{cloud}"]["id_tokens"].values()) for cloud in ("aws", "gcp", "azure")}
    assert tokens == {
        "aws": [{"aud": "$CI_SERVER_URL"}],
        "gcp": [{"aud": "https://iam.googleapis.com/$GCP_PROVIDER"}],
        "azure": [{"aud": "api://AzureADTokenExchange"}],
    }
    for cloud in tokens:
        (name,) = whole[f".{cloud}"]["id_tokens"]
        (line,) = whole[f".{cloud}"]["before_script"]
        assert line.startswith(f"printf '%s' \"${name}\" > ")


def test_each_variable_that_the_documented_pipeline_asks_for_is_explained():
    page = (ROOT / PIPELINE).read_text(encoding="utf-8")
    asked = {name for name in re.findall(r"\$([A-Z][A-Z_]+)", text(page)) if not name.startswith("CI_")}
    made = {name for job in pipeline().values() if isinstance(job, dict) for name in (*job.get("variables", {}), *job.get("id_tokens", {}))}  # fmt: skip
    assert {name for name in asked - made - {"STACK"} if f"`{name}`" not in page} == set()


@pytest.mark.skipif(
    not (ENVIRONMENTS / SCAN / "bin" / "check-jsonschema").exists(), reason="there is no check-jsonschema (make scan gets it)"
)  # fmt: skip
def test_the_documented_pipeline_is_one_by_gitlabs_own_schema_and_a_planted_mistake_is_found(tmp_path, capfd):
    (tmp_path / "docs").mkdir()
    page = (ROOT / PIPELINE).read_text(encoding="utf-8")
    (tmp_path / PIPELINE).write_text(page, encoding="utf-8")
    assert scan_pipeline(tmp_path) == 0
    (tmp_path / PIPELINE).write_text(page.replace("resource_group: sweep", "resource_queue: sweep"), encoding="utf-8")
    assert scan_pipeline(tmp_path) == 1
    assert "'resource_queue' was unexpected" in capfd.readouterr().out
