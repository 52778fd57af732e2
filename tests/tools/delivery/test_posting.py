"""The comment under a pull request of a simulated hub: once, and from then on in its place."""

import json

import pytest

from tests.tools.delivery.conftest import TOKEN
from tests.tools.delivery.made import change, difference
from tests.tools.delivery.test_comment import crowd
from tools.delivery import __main__ as delivery
from tools.delivery import asking
from tools.delivery.comment import LIMIT, MARK, Subject
from tools.delivery.documents import keep
from tools.delivery.github import github as hub_of
from tools.delivery.posting import note, own, post, subject
from tools.delivery.review_note import part
from tools.errors import ToolError

HEAD, LATER = "a" * 40, "c" * 40


def test_the_first_time_a_comment_is_written_and_then_it_is_updated_in_its_place(simulated, hub):
    simulated.pull(7, HEAD)
    simulated.comment(7, "Looks fine to me.", "rosa")
    assert post(hub, 7, f"{MARK}\none", HEAD) == "written: https://hub.example/acme/orders/pull/7#issuecomment-2"
    simulated.comment(7, "And now?", "rosa")
    assert post(hub, 7, f"{MARK}\ntwo", HEAD) == "updated: https://hub.example/acme/orders/pull/7#issuecomment-2"
    assert simulated.bodies(7) == ["Looks fine to me.", f"{MARK}\ntwo", "And now?"]


def test_its_comment_is_found_on_a_later_page(simulated, hub):
    simulated.page = 2
    simulated.pull(7, HEAD)
    for number in range(5):
        simulated.comment(7, f"talk {number}", "rosa")
    simulated.comment(7, f"{MARK}\nold")
    post(hub, 7, f"{MARK}\nnew", HEAD)
    assert simulated.bodies(7)[-1] == f"{MARK}\nnew"
    assert len(simulated.comments) == 6


def test_a_comment_that_somebody_else_wrote_with_the_mark_is_left_alone(simulated, hub):
    simulated.pull(7, HEAD)
    simulated.comment(7, f"{MARK}\nall is well, trust me", "mallory")
    post(hub, 7, f"{MARK}\nmine", HEAD)
    assert simulated.bodies(7) == [f"{MARK}\nall is well, trust me", f"{MARK}\nmine"]


def test_of_two_that_were_written_at_once_one_is_kept(simulated, hub):
    simulated.pull(7, HEAD)
    for body in ("one", "two"):
        simulated.comment(7, f"{MARK}\n{body}")
    post(hub, 7, f"{MARK}\nthree", HEAD)
    assert simulated.bodies(7) == [f"{MARK}\nthree"]


def test_where_another_job_writes_its_first_comment_at_the_same_time_one_is_left_with_both_parts(simulated, hub):
    simulated.pull(7, HEAD)
    simulated.meanwhile = [f"{MARK}{part('https://review.example.com')}"]
    assert post(hub, 7, f"{MARK}\nours", HEAD) == "updated: https://hub.example/acme/orders/pull/7#issuecomment-1"
    assert simulated.bodies(7) == [f"{MARK}\nours{part('https://review.example.com')}"]
    simulated.pull(8, HEAD)
    simulated.meanwhile = [f"{MARK}\nwhat it does"]
    note(hub, 8, "https://review.example.com")
    assert simulated.bodies(8) == [f"{MARK}\nwhat it does{part('https://review.example.com')}"]


def test_of_forty_large_stacks_and_the_address_of_its_own_the_hub_takes_one_comment(simulated, tmp_path, monkeypatch):
    for name, value in {"API_URL": simulated.url, "REPOSITORY": "acme/orders", "TOKEN": TOKEN}.items():
        monkeypatch.setenv(f"GITHUB_{name}", value)
    monkeypatch.setenv("CHANGES", str(tmp_path))
    simulated.pull(7, HEAD)
    simulated.comment(7, f"{MARK}{part('https://review.example.com')}")
    names = [f"aws-{number:02}" for number in range(40)]
    for name in names:
        keep(crowd(name, 300, warnings=("w" * 9000,)), tmp_path)
    assert delivery.main(["comment", "--pull-request", "7"]) == 0
    (body,) = simulated.bodies(7)
    assert [name for name in names if f"\n| `{name}` | real preview | 75 | 75 | **75** | **75** |" not in body] == []
    assert body.endswith(part("https://review.example.com"))
    assert 60_000 < len(body) <= LIMIT


def test_a_comment_that_another_job_has_deleted_already_is_no_error(simulated, hub):
    simulated.pull(7, HEAD)
    simulated.comment(7, f"{MARK}\none")
    (mine,) = own(hub, 7, MARK)
    for _ in range(2):
        hub.take_away(7, mine)
    assert simulated.bodies(7) == []


def test_where_there_were_too_many_it_waits_as_the_hub_says_and_then_writes(simulated, hub, monkeypatch):
    waited = []
    monkeypatch.setattr(asking.time, "sleep", waited.append)
    monkeypatch.setattr(asking.time, "time", lambda: 1000.0)
    simulated.failing = [(403, {"Retry-After": "9"}), (403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1020"})]  # fmt: skip
    hub.comment(7, "one")
    simulated.failing = [429]
    hub.comment(7, "two")
    assert (waited, simulated.bodies(7)) == ([9, 21, 60], ["one", "two"])
    simulated.failing = [(403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "4600"})]
    with pytest.raises(ToolError, match="with 403: later\nFix: wait until the hub takes more, then run it again"):
        hub.comment(7, "three")
    simulated.failing = [403]
    with pytest.raises(ToolError, match=r"Fix: let the token write what it is for"):
        hub.comment(7, "four")
    assert (len(waited), simulated.bodies(7)) == (3, ["one", "two"])


def test_a_slow_run_does_not_cover_what_a_later_one_said(simulated, hub):
    simulated.pull(7, LATER)
    simulated.comment(7, f"{MARK}\nlater")
    assert post(hub, 7, f"{MARK}\nearlier", HEAD) == "nothing was written: #7 has moved on to cccccccccccc"
    assert simulated.bodies(7) == [f"{MARK}\nlater"]


def test_the_pull_request_of_a_fork_is_found_by_what_the_hub_knows_of_it(simulated, hub):
    simulated.pull(7, HEAD, owner="acme")
    simulated.pull(8, HEAD, owner="stranger")
    simulated.pull(9, LATER, owner="other")
    assert hub.pull_request(HEAD, "change", "stranger") == 8
    assert hub.pull_request(HEAD, "change", "other") is None
    assert hub.pull_request(HEAD, "change", "nobody") is None
    simulated.pull(10, HEAD, owner="stranger", branch="x&state=all#1+é")
    assert hub.pull_request(HEAD, "x&state=all#1+é", "stranger") == 10


def test_the_subject_is_what_the_hub_says_and_names_the_stacks_whose_file_is_removed(simulated, hub):
    simulated.pull(7, HEAD)
    simulated.files[7] = [
        {"filename": "stacks/Pulumi.old.yaml", "status": "removed"},
        {"filename": "stacks/Pulumi.new.yaml", "status": "added"},
        {"filename": "docs/Pulumi.x.yaml", "status": "removed"},
    ]
    assert subject(hub, 7, "https://hub.example/run/1") == Subject(
        HEAD, "b" * 40, "https://hub.example/run/1", ("old",)
    )


def test_what_passes_is_tried_again_and_no_comment_is_written_twice(simulated, hub):
    simulated.pull(7, HEAD)
    simulated.failing = [502, 503]
    post(hub, 7, f"{MARK}\none", HEAD)
    assert simulated.bodies(7) == [f"{MARK}\none"]
    simulated.failing = [502]
    with pytest.raises(ToolError, match=r"answered POST http://\S+/issues/7/comments with 502: later"):
        hub.send("POST", "issues/7/comments", {"body": "x"})
    assert [each for each in simulated.asked if each.startswith("POST")] == [
        "POST /repos/acme/orders/issues/7/comments"
    ] * 2


def test_what_the_hub_refuses_is_told_in_its_words(simulated, hub):
    with pytest.raises(ToolError, match=r"422: Validation Failed; Body is too long \(maximum is 65536 characters\)"):
        hub.send("POST", "issues/7/comments", {"body": "x" * 65_537})


def test_a_token_that_may_not_is_told_with_what_to_give_it(simulated):
    told = {"GITHUB_API_URL": simulated.url, "GITHUB_REPOSITORY": "acme/orders", "GITHUB_TOKEN": "ghs_another"}
    with pytest.raises(ToolError) as refused:
        hub_of(told).one("pulls/7")
    assert str(refused.value) == (
        f"the hub answered GET {simulated.url}/repos/acme/orders/pulls/7 with 401: Bad credentials\n"
        "Fix: let the token write what it is for: `permissions:` of the job, issues: write and pull-requests: write"
    )


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        ({}, "GITHUB_REPOSITORY does not say which repository\nFix: export GITHUB_REPOSITORY=owner/name"),
        ({"GITHUB_REPOSITORY": "a/../../b"}, "GITHUB_REPOSITORY does not say which repository\nFix: export GITHUB_REPOSITORY=owner/name"),
        ({"GITHUB_REPOSITORY": "acme/orders"}, 'GITHUB_TOKEN is not set\nFix: export GITHUB_TOKEN="$(gh auth token)"'),
    ],
)  # fmt: skip
def test_what_is_missing_to_speak_with_the_hub_is_told(told, wrong):
    with pytest.raises(ToolError) as refused:
        hub_of(told)
    assert str(refused.value) == wrong


def test_a_hub_that_is_not_there_is_told(hub, simulated):
    gone = type(hub)("http://127.0.0.1:9", "acme/orders", "t", pauses=(0.01,))
    with pytest.raises(ToolError, match=r"the hub cannot be reached at http://127\.0\.0\.1:9"):
        gone.one("pulls/7")


@pytest.mark.parametrize(("owner", "seen"), [("stranger", "offline plan"), ("acme", "real preview")])
def test_what_a_forks_code_says_of_itself_is_told_as_a_plan(simulated, tmp_path, monkeypatch, owner, seen):
    simulated.pull(7, HEAD, owner=owner)
    reported = {"head_sha": HEAD, "head_branch": "change", "html_url": "https://hub.example/run/1", "head_repository": {"full_name": f"{owner}/orders", "owner": {"login": owner}}}  # fmt: skip
    (tmp_path / "event.json").write_text(json.dumps({"workflow_run": reported, "repository": {"full_name": "acme/orders"}}))  # fmt: skip
    keep(difference("aws-dev", change("delete", "web")), tmp_path / "changes")
    for name, value in {"EVENT_PATH": str(tmp_path / "event.json"), "API_URL": simulated.url, "REPOSITORY": "acme/orders", "TOKEN": TOKEN}.items():  # fmt: skip
        monkeypatch.setenv(f"GITHUB_{name}", value)
    monkeypatch.setenv("CHANGES", str(tmp_path / "changes"))
    assert delivery.main(["comment"]) == 0
    (body,) = simulated.bodies(7)
    assert f"| `aws-dev` | {seen} | " in body
    assert ("it comes from a fork, whose code gets no credentials" in body) == (owner == "stranger")
