"""Why something stopped or never came to serve is told in words that a person woken at night understands."""

import pytest

from infra.targets.gcp.executions import Execution
from infra.targets.gcp.run_api import Condition
from infra.targets.gcp.stopped import exit_code, why, why_not

FAILED = "CONDITION_FAILED"


def ended(message: str = "", reason: str = "", state: str = FAILED) -> Execution:
    return Execution("jobs/j/executions/e", "1", "2", "3", Condition(state, message, reason))


@pytest.mark.parametrize(
    ("execution", "attempt", "told", "code"),
    [
        (ended(state="CONDITION_SUCCEEDED"), {"status": {}}, "ended with exit code 0", 0),
        (ended("The task failed.", "NON_ZERO_EXIT_CODE"), {"exitCode": 3}, "ended with exit code 3", 3),
        (ended("It was cancelled.", "CANCELLED"), {}, "was cancelled by somebody", None),
        (
            ended("Memory limit of 512 MiB exceeded with 513 MiB used."),
            {"exitCode": 137},
            "ran out of memory (Memory limit of 512 MiB exceeded with 513 MiB used.)",
            137,
        ),
        (
            ended("Task did not complete: it reached its timeout."),
            {"termSignal": 9},
            "took longer than it may (Task did not complete: it reached its timeout.)",
            None,
        ),
        (ended("It crashed."), {"exitCode": 1, "termSignal": 11}, "was killed by signal 11: It crashed.", None),
        (
            ended(),
            {"exitCode": 137},
            "was killed (exit code 137): for want of memory, or as it did not end when asked to",
            137,
        ),
        (
            ended("Image 'x' not found.", "CONTAINER_MISSING"),
            {},
            "never started: its image is not there (Image 'x' not found.)",
            None,
        ),
    ],
)
def test_an_execution_s_end_is_told(
    execution: Execution, attempt: dict[str, object], told: str, code: int | None
) -> None:
    assert (why(execution, attempt), exit_code(execution, attempt)) == (told, code)


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        (
            Condition(FAILED, "It did not listen.", "HEALTH_CHECK_CONTAINER_ERROR"),
            "its container did not start, or failed its startup probe (It did not listen.)",
        ),
        (Condition(FAILED, "", "SECRETS_ACCESS_CHECK_FAILED"), "a secret cannot be read"),
        (Condition(FAILED, "Something else.", "UNKNOWN"), "Something else."),
        (Condition(FAILED), "Cloud Run does not say why"),
    ],
)
def test_what_is_not_ready_is_told_with_google_s_own_words(condition: Condition, told: str) -> None:
    assert why_not(condition) == told
