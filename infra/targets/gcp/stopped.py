"""Why a revision did not come to serve, or an execution ended as it did, in words for whoever is woken by it.

Cloud Run's own are those of its discovery document (`Condition`, `TaskAttemptResult`) and of
https://cloud.google.com/run/docs/troubleshooting, read 2026-11-29.
"""

from collections.abc import Mapping
from typing import Any

from infra.targets.gcp.executions import Execution
from infra.targets.gcp.run_api import Condition

KILLED = 137  # 128 + SIGKILL

# What a condition's reason means. Its message says more.
_MEANING = {
    "CONTAINER_MISSING": "its image is not there",
    "CONTAINER_PERMISSION_DENIED": "its image cannot be pulled",
    "CONTAINER_IMAGE_UNAUTHORIZED": "its image is not allowed to run here",
    "CONTAINER_IMAGE_AUTHORIZATION_CHECK_FAILED": "its image is not allowed to run here",
    "SECRETS_ACCESS_CHECK_FAILED": "a secret cannot be read",
    "HEALTH_CHECK_CONTAINER_ERROR": "its container did not start, or failed its startup probe",
    "PROGRESS_DEADLINE_EXCEEDED": "it took too long to start",
    "MIN_INSTANCES_NOT_PROVISIONED": "its least instances could not be started",
    "VPC_NETWORK_NOT_FOUND": "its network is not there",
    "ACTIVE_REVISION_LIMIT_REACHED": "the region has as many revisions as it may have",
}


def why_not(condition: Condition) -> str:
    """Why something is not ready: `its image is not there (Image '...' not found.)`."""
    meaning, said = _MEANING.get(condition.reason, ""), condition.message
    if meaning and said:
        return f"{meaning} ({said})"
    return meaning or said or "Cloud Run does not say why"


def why(execution: Execution, attempt: Mapping[str, Any]) -> str:
    """What goes after "the task": `ended with exit code 1`. `attempt` as Cloud Run has it."""
    code, signal = exit_code(execution, attempt), attempt.get("termSignal", 0)
    told = f"{attempt.get('status', {}).get('message', '')} {execution.condition.message}".lower()
    if execution.condition.reason in ("CANCELLED", "CANCELLING"):
        return "was cancelled by somebody"
    if "memory limit" in told or "out of memory" in told:
        return f"ran out of memory ({execution.condition.message})"
    if "timeout" in told or "deadline" in told:
        return f"took longer than it may ({execution.condition.message})"
    if signal:
        return f"was killed by signal {signal}: {execution.condition.message or 'Cloud Run does not say why'}"
    if code == KILLED:
        return f"was killed (exit code {code}): for want of memory, or as it did not end when asked to"
    if code is None:
        return f"never started: {why_not(execution.condition)}"
    return f"ended with exit code {code}"


def exit_code(execution: Execution, attempt: Mapping[str, Any]) -> int | None:
    """With which it ended; nothing where its container never ran, or was killed."""
    if "exitCode" in attempt and not attempt.get("termSignal"):
        return int(attempt["exitCode"])
    # What is zero is left out of an answer.
    return 0 if execution.well else None
