"""ECS's reasons, as AWS writes them, in words for whoever is woken by them."""

import pytest

from infra.targets.aws.ecs import Task
from infra.targets.aws.stopped import is_failure, reasons, why


def stopped(
    reason: str = "Essential container in task exited",
    code: int | None = 1,
    container: str = "",
    stop_code: str = "EssentialContainerExited",
    status: str = "STOPPED",
    started_by: str = "ecs-svc/1",
) -> Task:
    arn = "arn:aws:ecs:eu-central-1:1:task/c/0a1b"
    return Task(arn, "d:1", started_by, status, None, None, None, stop_code, reason, code, container)


ECR = (
    "ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth from Amazon"
    " ECR: There is a connection issue between the task and Amazon ECR. Check your task network configuration."
)
SECRET = (
    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to"
    " retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret"
)
PULL = "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref"
LOGS = "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times"
GROUP = "arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/web/1"


@pytest.mark.parametrize(
    ("task", "told"),
    [
        (stopped(), "ended with exit code 1"),
        (stopped(code=0), "ended with exit code 0"),
        (
            stopped(code=137, container="OutOfMemoryError: Container killed due to memory usage"),
            "ran out of memory (exit code 137)",
        ),
        (
            stopped(code=137),
            "was killed (exit code 137): for want of memory, or as it did not end when asked to",
        ),
        (stopped(PULL, None, stop_code="TaskFailedToStart"), f"never started: its image cannot be pulled ({PULL})"),
        (stopped(ECR, None, stop_code="TaskFailedToStart"), f"never started: its image cannot be pulled ({ECR})"),
        (stopped(SECRET, None, stop_code="TaskFailedToStart"), f"never started: a secret cannot be read ({SECRET})"),
        (stopped(LOGS, None, stop_code="TaskFailedToStart"), f"never started: its log cannot be written ({LOGS})"),
        (
            stopped(
                "Timeout waiting for network interface provisioning to complete.", None, stop_code="TaskFailedToStart"
            ),
            "never started: it got no network interface"
            " (Timeout waiting for network interface provisioning to complete.)",
        ),
        (
            stopped("Capacity is unavailable at this time.", None, stop_code="TaskFailedToStart"),
            "never started: AWS has no capacity left for it (Capacity is unavailable at this time.)",
        ),
        (
            stopped(
                code=None,
                container='CannotStartContainerError: exec: "flask": not found',
                stop_code="TaskFailedToStart",
            ),
            'never started: its container cannot be started (CannotStartContainerError: exec: "flask": not found)',
        ),
        (stopped("", None, stop_code=""), "never started: ECS does not say why"),
        (
            stopped(
                f"Task failed ELB health checks in (target-group {GROUP})", 137, stop_code="ServiceSchedulerInitiated"
            ),
            f"failed the health check of the load balancer (Task failed ELB health checks in (target-group {GROUP}))",
        ),
        (
            stopped("Task failed container health checks", 143, stop_code="ServiceSchedulerInitiated"),
            "failed its own health check (exit code 143)",
        ),
        (
            stopped("Your Spot Task was interrupted.", 137, stop_code="SpotInterruption"),
            "was interrupted: AWS took its spare capacity back",
        ),
        (
            stopped("Task stopped by user", 143, stop_code="UserInitiated"),
            "was stopped by somebody (Task stopped by user)",
        ),
        (
            stopped("Scaling activity initiated by (deployment ecs-svc/1)", 0, stop_code="ServiceSchedulerInitiated"),
            "was stopped, as it was not needed any more (Scaling activity initiated by (deployment ecs-svc/1))",
        ),
    ],
)
def test_the_reason_is_told_in_plain_words(task: Task, told: str) -> None:
    assert why(task) == told


@pytest.mark.parametrize(
    ("task", "failed"),
    [
        (stopped(), True),
        (stopped(code=0), True),
        (stopped(code=0, started_by="slipway-release/0a"), False),
        (stopped(started_by="slipway-release/0a"), True),
        (stopped(code=None, started_by=""), True),
        (stopped("Task failed ELB health checks in (...)", 0, stop_code="ServiceSchedulerInitiated"), True),
        (stopped("Scaling activity initiated by (...)", 137, stop_code="ServiceSchedulerInitiated"), False),
        (stopped(status="RUNNING"), False),
    ],
)
def test_a_failure_is_what_ended_and_should_not_have(task: Task, failed: bool) -> None:
    assert is_failure(task) == failed


def test_the_same_reason_is_told_once_and_what_a_deployment_ended_is_none() -> None:
    wanted = stopped("Scaling activity initiated by (deployment ecs-svc/1)", 0, stop_code="ServiceSchedulerInitiated")
    refused = [stopped(f"{SECRET}, RequestID: {id_}", None) for id_ in ("0a-1", "0b-2")]
    running = stopped(status="RUNNING")
    assert list(reasons([*refused, wanted, stopped(), running, stopped(), stopped()])) == [
        "3 x a task ended with exit code 1",
        f"2 x a task never started: a secret cannot be read ({SECRET}, RequestID: ...)",
    ]
