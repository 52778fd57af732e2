"""Documents: kept and read again, and refused where a fork wrote anything else."""

import json

import pytest

from tests.tools.delivery.made import change, difference
from tools.delivery.comment import Subject, comment
from tools.delivery.documents import keep, kept
from tools.delivery.event import from_a_fork, run, why_no_preview
from tools.delivery.expected import expect, with_missing
from tools.delivery.planned import read, written
from tools.errors import ToolError
from tools.offline.values import UNKNOWN, Secret
from tools.plan.preview import Planned, Preview


def test_what_is_kept_is_read_again_in_the_order_of_the_stacks(tmp_path):
    found = [difference("b", change("delete", "web", forced=("name",))), difference("a")]
    for each in found:
        keep(each, tmp_path)
    assert kept(tmp_path) == found[::-1]


@pytest.mark.parametrize(
    "edit",
    [
        {"stack": "a b"},
        {"stack": "x" * 200},
        {"changes": [{"act": "explode", "type": "a:b:C", "name": "x", "urn": "u"}]},
        {"changes": [{"act": "create", "type": "no type", "name": "x", "urn": "u"}]},
        {"changes": [{"act": "create", "type": "a:b:C", "name": "x" * 501, "urn": "u"}]},
        {"cost": {"after": 1e300}},
        {"why": "x" * 501},
        {"run": "rm"},
    ],
)
def test_a_document_of_another_form_is_refused_with_where_it_is_wrong(tmp_path, edit):
    (tmp_path / "a.json").write_text(json.dumps({**json.loads(difference("a").model_dump_json()), **edit}))
    with pytest.raises(ToolError, match=f"a.json is not what a change does to a stack: {next(iter(edit))}"):
        kept(tmp_path)


def test_a_document_that_is_a_link_or_no_json_is_refused(tmp_path):
    (tmp_path / "else").write_text(difference("a").model_dump_json())
    (tmp_path / "a.json").symlink_to(tmp_path / "else")
    with pytest.raises(ToolError, match=r"a\.json is not a file of at most"):
        kept(tmp_path)
    (tmp_path / "a.json").unlink()
    (tmp_path / "a.json").write_text("{")
    with pytest.raises(ToolError, match=r"a\.json is not what a change does to a stack: the document"):
        kept(tmp_path)


def test_a_stack_whose_run_died_is_missed(tmp_path):
    expect(["a", "b"], tmp_path)
    a, b = with_missing([difference("a")], tmp_path)
    assert a == difference("a")
    assert (b.stack, b.problems) == ("b", ("its run ended before it said anything: look at the run",))


def test_a_run_that_did_not_find_out_which_stacks_it_touches_is_not_one_that_touches_none(tmp_path):
    expect([], tmp_path)
    assert with_missing([], tmp_path) == []
    (tmp_path / "affected").unlink()
    (lost,) = with_missing([], tmp_path)
    assert lost.problems == ("which stacks it touches was not found out: look at the run",)
    assert "No stack is affected" not in comment([lost], Subject("a" * 40))


def test_names_that_no_stack_has_are_not_expected(tmp_path):
    (tmp_path / "affected").write_text("../../x\n<b>\n")
    assert with_missing([], tmp_path) == []


def test_a_plan_comes_through_from_one_checkout_to_another():
    inputs = {"x": UNKNOWN, "y": Secret("z"), "n": [1, {"m": True}]}
    resource = Planned("urn:1", "a:b:C", inputs, ("urn:0",), "urn:2")
    provider = Planned("urn:2", "pulumi:providers:a", {"region": "here"})
    plan = Preview((resource,), ("p",), providers=(provider,))
    assert read(written(plan)) == plan


def test_what_is_no_plan_is_told():
    with pytest.raises(ToolError, match="that is no plan:\nTraceback"):
        read("Traceback ...")


def event(head: str) -> dict:
    return {"repository": {"full_name": "acme/orders"}, "pull_request": {"head": {"repo": {"full_name": head}}}}


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (event("acme/orders"), "no credentials were given"),
        (event("stranger/orders"), "it comes from a fork, whose code gets no credentials"),
        ({"repository": {"full_name": "acme/orders"}, "pull_request": {"head": {"repo": None}}}, "it comes from a fork, whose code gets no credentials"),
        ({"push": {}}, "no credentials were given"),
    ],
)  # fmt: skip
def test_why_there_is_no_preview_is_said_plainly(tmp_path, said, why):
    (tmp_path / "event").write_text(json.dumps(said))
    assert why_no_preview({"GITHUB_EVENT_PATH": str(tmp_path / "event")}) == why


def test_outside_of_a_run_nothing_is_a_fork():
    assert not from_a_fork({})
    assert run({}) == ""


def test_the_run_that_is_reported_is_linked_before_the_one_that_reports(tmp_path):
    here = {"GITHUB_SERVER_URL": "https://hub.example", "GITHUB_REPOSITORY": "acme/orders", "GITHUB_RUN_ID": "2"}
    assert run(here) == "https://hub.example/acme/orders/actions/runs/2"
    (tmp_path / "event").write_text(
        json.dumps({"workflow_run": {"html_url": "https://hub.example/acme/orders/actions/runs/1"}})
    )
    assert (
        run({**here, "GITHUB_EVENT_PATH": str(tmp_path / "event")}) == "https://hub.example/acme/orders/actions/runs/1"
    )
