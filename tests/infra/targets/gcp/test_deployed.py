"""What Cloud Run says of a deployment becomes what `up` is told: serving, not yet, or never, and why."""

from collections.abc import Callable

import pytest

from infra.targets import State
from infra.targets.gcp import deployed
from infra.targets.gcp.cloud_run_operations import last_lines, state
from tests.infra.targets.gcp.conftest import WEB, Played
from tests.offline.internet.cloud_run import NOT_STARTED

FIX = "Fix: make logs STACK=prod; when it is mended: make up STACK=prod"


def test_a_deployment_that_gets_all_requests_serves(played: Played) -> None:
    played.serve(deployment="aaa")
    assert state("prod", "aaa") == State(serving=True, told="slipway-prod-aaa gets 100 % of the requests")


def test_a_canary_serves_and_so_does_what_it_is_tried_against(played: Played) -> None:
    played.serve(deployment="aaa")
    played.serve(deployment="bbb", shares=[("slipway-prod-bbb", 10, "canary"), ("slipway-prod-aaa", 90)])
    assert state("prod", "bbb") == State(serving=True, told="slipway-prod-bbb gets 10 % of the requests")
    assert state("prod", "aaa") == State(serving=True, told="slipway-prod-aaa gets 90 % of the requests")


def test_what_cloud_run_is_not_done_with_does_not_serve_yet(played: Played) -> None:
    played.serve(deployment="aaa")["reconciling"] = True
    assert state("prod", "aaa") == State(serving=False, told="slipway-prod-aaa gets 100 % of the requests")
    assert state("prod", "bbb") == State(serving=False, told="Cloud Run is about to start it")


def test_a_revision_that_failed_is_told_with_why_and_with_what_serves_on(played: Played) -> None:
    played.serve(deployment="aaa")
    played.run.failing = 1
    played.serve(deployment="bbb")
    failed = "\n".join(
        [
            "the deployment bbb did not come to serve: of slipway-prod-bbb, its container did not start, or failed its startup probe"
            f" (Revision 'slipway-prod-bbb' is not ready and cannot serve traffic. {NOT_STARTED})",
            "  all requests go to slipway-prod-aaa (deployment aaa)",
            FIX,
        ]
    )
    assert state("prod", "bbb") == State(serving=False, failed=failed)


def test_a_first_revision_that_failed_leaves_nothing_that_serves(played: Played) -> None:
    played.run.failing = 1
    played.serve(deployment="aaa")
    assert "  nothing serves\n" in state("prod", "aaa").failed


def test_a_deployment_without_requests_is_told_only_after_several_looks(
    played: Played, asked: Callable[[], list[str]]
) -> None:
    played.serve(deployment="aaa")
    played.serve(deployment="bbb")
    gone = ["  all requests go to slipway-prod-bbb (deployment bbb)", FIX]
    told = ["the deployment aaa gets no requests, though slipway-prod-aaa is there", *gone]
    assert state("prod", "aaa") == State(serving=False, failed="\n".join(told))
    assert asked().count("run.projects.locations.services.get") == deployed.LOOKS
    told = ["there is no revision of the deployment zzz: another up came after this one", *gone]
    assert state("prod", "zzz") == State(serving=False, failed="\n".join(told))


def test_what_was_so_a_moment_ago_is_not_taken_for_a_failure(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    played.serve(deployment="aaa")
    monkeypatch.setattr(deployed.time, "sleep", lambda _: played.serve(deployment="bbb"))
    assert state("prod", "bbb") == State(serving=True, told="slipway-prod-bbb gets 100 % of the requests")


def test_after_a_failure_the_newer_revision_of_the_same_deployment_counts(played: Played) -> None:
    played.run.failing = 1
    played.serve(deployment="aaa")
    again = {"revision": "slipway-prod-aaa-2", **played.run.kept[WEB]["template"]} | {"revision": "slipway-prod-aaa-2"}
    played.serve(deployment="aaa", template=again, shares=[("slipway-prod-aaa-2", 100)])
    assert state("prod", "aaa") == State(serving=True, told="slipway-prod-aaa-2 gets 100 % of the requests")


def test_what_cloud_run_says_of_the_service_itself_is_told(played: Played) -> None:
    played.serve(deployment="aaa")
    condition = {"type": "Ready", "state": "CONDITION_FAILED", "message": "There is no more room."}
    played.run.kept[WEB]["terminalCondition"] = condition
    assert "  Cloud Run says: There is no more room.\n" in state("prod", "zzz").failed


def test_a_stack_without_a_web_service_is_told(played: Played) -> None:
    played.serve("worker.mail", name="slipway-prod-mail")
    played.serve(stack="dev", name="slipway-dev")
    failed = "there is no web service of the stack prod on Cloud Run in europe-west1"
    assert state("prod", "aaa") == State(serving=False, failed=failed)


def test_a_second_look_asks_for_the_service_and_its_revisions_alone(
    played: Played, asked: Callable[[], list[str]]
) -> None:
    played.serve(deployment="aaa")
    state("prod", "aaa")
    asked()
    state("prod", "aaa")
    assert asked() == ["run.projects.locations.services.get", "run.projects.locations.services.revisions.list"]


def test_a_service_that_was_replaced_is_found_again(played: Played) -> None:
    played.serve(deployment="aaa")
    state("prod", "aaa")
    del played.run.kept[WEB]
    played.serve(deployment="bbb", name="slipway-other")
    assert state("prod", "bbb").serving


def test_the_last_lines_are_those_of_the_newest_revision(played: Played) -> None:
    played.serve(deployment="aaa")
    played.write("slipway-prod-aaa", ["old"])
    played.run.failing = 1
    played.serve(deployment="bbb")
    played.write("slipway-prod-bbb", [f"line {n}" for n in range(30)])
    played.write("slipway-prod-bbb", ["Container called exit(1)."], log="varlog/system")
    assert last_lines("prod") == [*(f"line {n}" for n in range(11, 30)), "Container called exit(1)."]


def test_where_it_wrote_nothing_the_last_lines_are_why_it_failed(played: Played) -> None:
    assert last_lines("prod") == []
    played.serve(deployment="aaa")
    assert last_lines("prod") == []
    played.run.failing = 1
    played.serve(deployment="bbb")
    (line,) = last_lines("prod")
    assert line.startswith("slipway-prod-bbb: its container did not start, or failed its startup probe (")
