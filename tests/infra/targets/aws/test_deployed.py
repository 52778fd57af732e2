"""What ECS says of a deployment becomes what `up` is told: serving, not yet, or never, and why."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from infra.targets import State
from infra.targets.aws import deployed
from infra.targets.aws.fargate_operations import last_lines, state
from tests.infra.targets.aws.completed_moto import Fate
from tests.infra.targets.aws.conftest import Played

BREAKER = "ECS deployment circuit breaker: tasks failed to start."
OUT_OF_MEMORY = Fate(137, container_reason="OutOfMemoryError: Container killed due to memory usage")
FIX = "Fix: make logs STACK=prod"
FIX_AFTER_ROLLBACK = f"{FIX}; when it is mended: make refresh STACK=prod && make up STACK=prod"


def test_a_deployment_that_ecs_calls_completed_serves(played: Played) -> None:
    played.serve(deployment="aaa")
    assert state("prod", "aaa") == State(serving=True, told="2 of 2 tasks run")


def test_a_deployment_in_progress_does_not_serve_yet(played: Played) -> None:
    web = played.serve(deployment="aaa")
    played.deploy(web, "bbb", runningCount=1, failedTasks=3)
    assert state("prod", "bbb") == State(serving=False, told="1 of 2 tasks run, 3 failed")


def test_a_failed_deployment_is_told_with_the_reasons_of_its_tasks_alone(played: Played) -> None:
    web = played.serve(deployment="aaa")
    played.task(web, Fate(1))
    played.deploy(web, "bbb", rolloutState="FAILED", rolloutStateReason=BREAKER, failedTasks=2)
    played.task(web, OUT_OF_MEMORY)
    played.task(web, OUT_OF_MEMORY)
    failed = f"the deployment bbb failed: {BREAKER}\n  2 x a task ran out of memory (exit code 137)\n{FIX}"
    assert state("prod", "bbb") == State(serving=False, failed=failed, told="0 of 2 tasks run, 2 failed")


def test_a_rollback_under_way_is_told_with_the_reason_of_the_failed_deployment(played: Played) -> None:
    web = played.serve(deployment="aaa")
    played.deploy(web, "bbb", rolloutState="FAILED", rolloutStateReason=BREAKER)
    played.task(web, Fate(None, stop_code="TaskFailedToStart", stop_reason="CannotPullContainerError: not found"))
    web.deployments.reverse()
    played.set(web, status="PRIMARY", rolloutState="IN_PROGRESS")
    web.deployments[1]["status"] = "ACTIVE"
    failed = "\n".join(
        [
            f"ECS rolled back to the deployment aaa, as bbb did not come to serve: {BREAKER}",
            "  1 x a task never started: its image cannot be pulled (CannotPullContainerError: not found)",
            FIX_AFTER_ROLLBACK,
        ]
    )
    assert state("prod", "bbb") == State(serving=False, failed=failed)


def test_a_rollback_that_is_over_is_told_by_what_ecs_did(played: Played) -> None:
    web = played.serve(deployment="aaa")
    said = "(service web) (deployment ecs-svc/2) deployment failed: alarm detected."
    played.event(web, said)
    played.event(web, "(service web) (task 0a1b) (port 8000) is unhealthy in (target-group t) due to (reason 503)")
    played.event(web, "(service web) (task 2c3d) (port 8000) is unhealthy in (target-group t) due to (reason 503)")
    failed = "\n".join(
        [
            f"ECS rolled back to the deployment aaa, as bbb did not come to serve: {said}",
            "  (service web) (port 8000) is unhealthy in (target-group t) due to (reason 503)",
            FIX_AFTER_ROLLBACK,
        ]
    )
    assert state("prod", "bbb") == State(serving=False, failed=failed)


def test_another_deployment_without_a_word_of_ecs_is_told_only_after_several_looks(
    played: Played, calls: Callable[[], list[str]]
) -> None:
    web = played.serve(deployment="aaa")
    played.event(
        web, "(service web) (deployment ecs-svc/0) deployment failed: tasks failed to start.", timedelta(days=1)
    )
    failed = (
        "the web service runs the deployment aaa and not bbb: ECS rolled back, or another up came after this one\n"
        + FIX_AFTER_ROLLBACK
    )
    assert state("prod", "bbb") == State(serving=False, failed=failed)
    assert calls().count("DescribeServices") == 1 + deployed.LOOKS


def test_what_was_so_a_moment_ago_is_not_taken_for_a_rollback(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    web = played.serve(deployment="aaa")
    waited: list[float] = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        played.deploy(web, "bbb")

    monkeypatch.setattr(deployed.time, "sleep", sleep)
    assert state("prod", "bbb") == State(serving=False, told="0 of 2 tasks run")
    assert len(waited) == 1


def test_a_stack_without_a_web_service_is_told(played: Played) -> None:
    played.serve("worker.mail", deployment="aaa")
    played.serve(deployment="aaa", cluster=played.make_cluster("slipway-2222222", stack="dev"))
    assert state("prod", "aaa") == State(
        serving=False, failed="there is no web service of the stack prod on ECS in eu-central-1"
    )


def test_while_a_service_or_its_cluster_is_replaced_the_newer_one_counts(played: Played) -> None:
    played.serve(deployment="aaa")
    played.serve(deployment="bbb", suffix="2")
    assert state("prod", "bbb").serving
    played.serve(deployment="ccc", cluster=played.make_cluster("slipway-2222222"))
    played.ecs.delete_service(cluster=played.cluster, service="slipway-web-2", force=True)
    assert state("prod", "ccc").serving


def test_a_cluster_that_is_gone_does_not_count(played: Played) -> None:
    played.serve(deployment="aaa")
    newer = played.make_cluster("slipway-2222222")
    played.serve(deployment="bbb", cluster=newer)
    played.ecs.delete_cluster(cluster=newer)
    assert state("prod", "aaa").serving


def test_a_second_look_is_a_single_call(played: Played, calls: Callable[[], list[str]]) -> None:
    played.serve(deployment="aaa")
    state("prod", "aaa")
    calls()
    state("prod", "aaa")
    assert calls() == ["DescribeServices"]


def test_services_beyond_a_call_s_ten_are_found(played: Played) -> None:
    for number in range(11):
        played.serve(f"worker.w{number}")
    played.serve(deployment="aaa")
    assert state("prod", "aaa").serving


def test_tasks_beyond_a_call_s_hundred_are_found(played: Played) -> None:
    web = played.serve(deployment="aaa")
    played.task(web, Fate(1, lines=["first of all"]))
    silent = played.deploy(web, "bbb")
    for _ in range(11):
        played.ecs.run_task(
            cluster=played.cluster,
            taskDefinition=silent,
            launchType="FARGATE",
            networkConfiguration=played.network,
            group=f"service:{web.name}",
            count=10,
        )
    played.task(web, Fate(1, lines=["last of all"]))
    assert last_lines("prod") == ["last of all"]


def test_the_last_lines_are_those_of_the_newest_task_that_wrote_any(played: Played) -> None:
    web = played.serve(deployment="aaa")
    played.task(web, Fate(0, lines=["old"]))
    definition = played.deploy(web, "bbb")
    played.task(web, Fate(1, lines=["first"]))
    played.task(web, Fate(1, lines=[f"line {n}" for n in range(30)]))
    played.task(web)
    # One that ECS started for the deployment that it rolled back to.
    played.task(web, definition=web.deployments[1]["taskDefinition"])
    assert last_lines("prod") == [f"line {n}" for n in range(10, 30)]
    assert definition


def test_where_no_task_wrote_a_line_the_last_lines_are_the_reasons(played: Played) -> None:
    web = played.serve(deployment="aaa")
    assert last_lines("prod") == []
    played.task(web, Fate(None, stop_code="TaskFailedToStart", stop_reason="CannotPullContainerError: no"))
    assert last_lines("prod") == ["1 x a task never started: its image cannot be pulled (CannotPullContainerError: no)"]


def test_where_no_task_was_ever_placed_the_last_lines_are_what_ecs_could_not_do(played: Played) -> None:
    web = played.serve(deployment="aaa")
    played.event(web, "(service web) was unable to place a task. Reason: Capacity is unavailable at this time.")
    played.event(web, "(service web) has started 1 tasks: (task 0a1b).")
    assert last_lines("prod") == [
        "(service web) was unable to place a task. Reason: Capacity is unavailable at this time."
    ]


def test_a_stack_that_is_not_there_has_no_last_lines(played: Played) -> None:
    assert last_lines("prod") == []
