"""What Azure says of a deployment becomes what `up` is told: serving, not yet, or never, and why."""

from collections.abc import Callable

import pytest

from infra.targets import State
from infra.targets.azure import deployed
from infra.targets.azure.container_apps_operations import last_lines, state
from tests.infra.targets.azure.conftest import WEB, Played
from tests.offline.internet.container_apps import NOT_STARTED
from tests.offline.internet.log_analytics import SYSTEM

FIX = "Fix: make logs STACK=prod; when it is mended: make up STACK=prod"


def test_what_gets_requests_serves_a_canary_as_well_as_what_it_is_tried_against(played: Played) -> None:
    played.serve(deployment="aaa")
    assert state("prod", "aaa") == State(serving=True, told="slipway-prod--aaa gets 100 % of the requests")
    played.serve(deployment="bbb", shares=[("slipway-prod--bbb", 10, "canary"), ("slipway-prod--aaa", 90)])
    assert state("prod", "bbb") == State(serving=True, told="slipway-prod--bbb gets 10 % of the requests")
    assert state("prod", "aaa") == State(serving=True, told="slipway-prod--aaa gets 90 % of the requests")


def test_what_azure_is_not_done_with_does_not_serve_yet(played: Played) -> None:
    about = played.serve(deployment="aaa")["properties"]
    about["provisioningState"] = "InProgress"
    assert state("prod", "aaa") == State(serving=False, told="slipway-prod--aaa gets 100 % of the requests")
    assert state("prod", "bbb") == State(serving=False, told="Azure is about to start it")
    played.serve(deployment="bbb")
    newest, about = played.apps.revisions(WEB)[0]["properties"], played.apps.kept[WEB]["properties"]
    newest |= {"runningState": "Activating", "healthState": "None"}
    about["latestReadyRevisionName"] = "slipway-prod--aaa"
    assert state("prod", "bbb") == State(serving=False, told="slipway-prod--bbb is being started")


def test_a_revision_that_failed_is_told_with_why_and_with_what_serves_on(played: Played) -> None:
    played.serve(deployment="aaa")
    played.apps.failing = 1
    played.serve(deployment="bbb")
    why = f"its process ended by itself ({NOT_STARTED[:-1]})"
    failed = [
        f"the deployment bbb did not come to serve: of slipway-prod--bbb, {why}",
        "  all requests go to slipway-prod--aaa (deployment aaa)",
        FIX,
    ]
    assert state("prod", "bbb") == State(serving=False, failed="\n".join(failed))
    # Not failed by Azure's words, but started again and again.
    newest = played.apps.revisions(WEB)[0]["properties"]
    newest |= {"runningState": "Activating", "provisioningState": "Provisioned", "healthState": "Unhealthy"}
    assert state("prod", "bbb") == State(serving=False, failed="\n".join(failed))


def test_what_gets_requests_and_does_not_answer_them_does_not_serve(played: Played) -> None:
    played.apps.failing = 1
    played.serve(deployment="aaa", shares=[("slipway-prod--aaa", 100)])
    failed = state("prod", "aaa").failed
    assert failed.startswith("the deployment aaa did not come to serve: of slipway-prod--aaa, its process")
    assert "\n  nothing else serves\n" in failed


def test_a_deployment_without_requests_is_told_only_after_several_looks(
    played: Played, asked: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    played.serve(deployment="aaa")
    played.serve(deployment="bbb")
    gone = ["  all requests go to slipway-prod--bbb (deployment bbb)", FIX]
    told = ["the deployment aaa gets no requests, though slipway-prod--aaa is there", *gone]
    assert state("prod", "aaa") == State(serving=False, failed="\n".join(told))
    assert asked().count("container_apps_get") == deployed.LOOKS
    told = ["there is no revision of the deployment zzz: another up came after this one", *gone]
    assert state("prod", "zzz") == State(serving=False, failed="\n".join(told))
    monkeypatch.setattr(deployed.time, "sleep", lambda _: played.serve(deployment="ccc"))
    assert state("prod", "ccc") == State(serving=True, told="slipway-prod--ccc gets 100 % of the requests")


def test_a_stack_without_a_web_app_is_told_and_one_that_was_made_anew_is_found(
    played: Played, asked: Callable[[], list[str]]
) -> None:
    played.serve("worker.mail")
    failed = "there is no app that answers requests of the stack prod in slipway-prod"
    assert state("prod", "aaa") == State(serving=False, failed=failed)
    played.serve(deployment="aaa")
    assert state("prod", "aaa").serving
    asked()
    assert state("prod", "aaa").serving
    assert asked() == ["container_apps_get", "container_apps_revisions_list_revisions"]
    moved = {id_.replace(WEB, f"{WEB}2"): each for id_, each in played.apps.kept.items() if id_.startswith(WEB)}
    played.apps.kept = {id_: {**each, "id": id_} for id_, each in moved.items()}
    assert state("prod", "aaa").serving


def test_the_last_lines_are_those_of_the_newest_revision_as_its_replica_writes_them_or_as_they_are_kept(
    played: Played,
) -> None:
    assert last_lines("prod") == []
    played.serve(deployment="aaa")
    played.write("slipway-prod--aaa", ["old"])
    played.apps.failing = 1
    played.serve(deployment="bbb")
    assert last_lines("prod") == [f"slipway-prod--bbb: its process ended by itself ({NOT_STARTED[:-1]})"]
    played.write("slipway-prod--bbb", [f"line {n}" for n in range(30)])
    played.write("slipway-prod--bbb", ["Container app crashed"], table=SYSTEM)
    assert last_lines("prod") == [*(f"line {n}" for n in range(11, 30)), "Container app crashed"]
    played.azure.streams["slipway-prod--bbb-5d8-x1"] = ["as it", "is written"]
    assert last_lines("prod") == ["as it", "is written"]
