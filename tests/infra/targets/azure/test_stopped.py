"""Azure's words for why something does not run become words that a person understands at night."""

import pytest

from infra.targets.azure.arm import Replica, Revision
from infra.targets.azure.executions import Execution
from infra.targets.azure.stopped import gave_up, why, why_not

FAILED = Revision("slipway-prod--a", "a", "r-a", "", True, "Failed", "Failed", "Unhealthy")


def replica(restarts: int = 0, details: str = "", *, ready: bool = False) -> Replica:
    return Replica("r", "Running" if ready else "NotRunning", ready, restarts, details)


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        ("Invalid value: 'x/y@sha256:1': MANIFEST_UNKNOWN: manifest unknown", "its image is not there"),
        ("GET https:?scope=pull: UNAUTHORIZED: authentication required", "its image cannot be pulled: its identity may not"),
        ("Back-off pulling image (ImagePullBackOff)", "its image cannot be pulled"),
        ("Unable to get value using Managed identity i for secret k: Key Vault said 403", "a secret cannot be read"),
        ("The container 'app' was terminated with reason 'OOMKilled'", "it ran out of memory"),
        ("The TargetPort 8000 does not match the listening port 80", "it does not listen on the port that it is asked on"),
        ("Startup probe failed: connection refused", "it failed its startup probe"),
        ("Container app failed liveness probe", "it failed a probe"),
        ("terminated with exit code '1' and reason 'ProcessExited'", "its process ended by itself"),
        ("Insufficient cpu", "Azure has no room for it"),
        ("Operation expired. Timed out", "it took too long to start"),
    ],
)  # fmt: skip
def test_what_azure_says_is_told_with_what_it_means(error: str, meaning: str) -> None:
    said = Revision(**{**vars(FAILED), "error": error})
    assert why_not(said) == f"{meaning} ({error})"
    assert why_not(FAILED, [replica(2, error), replica(ready=True, details="is fine")]) == f"{meaning} ({error})"


def test_what_azure_says_otherwise_or_not_at_all_is_told_too() -> None:
    assert why_not(Revision(**{**vars(FAILED), "error": "Something else."})) == "Something else."
    assert why_not(FAILED) == "Azure says Failed, and not why"
    anew = "its container did not come to be ready, and was started anew 2 times"
    assert why_not(FAILED, [replica(2)]) == anew
    starting = Revision(**{**vars(FAILED), "provisioning": "Provisioning", "running": "Processing", "health": "None"})
    assert (why_not(starting), starting.unwell, starting.well) == ("it is still being started", False, False)


def test_what_is_started_three_times_and_never_ready_has_given_up() -> None:
    assert gave_up([replica(3), replica(0)])
    assert not gave_up([replica(2)])
    assert not gave_up([replica(3), replica(ready=True)])


@pytest.mark.parametrize(
    ("status", "code", "reason", "said", "told"),
    [
        ("Failed", 3, "", "", "ended with exit code 3"),
        ("Succeeded", 0, "", "", "ended with exit code 0"),
        ("Stopped", None, "", "", "was stopped by somebody"),
        ("Failed", 137, "OOMKilled", "Killed", "ran out of memory (Killed)"),
        ("Failed", 137, "", "", "was killed (exit code 137): for want of memory, or as it did not end when asked to"),
        ("Failed", None, "DeadlineExceeded", "Job was active longer than 600 s", "took longer than it may (Job was active longer than 600 s)"),
        ("Failed", None, "", "UNAUTHORIZED", "never started: its image cannot be pulled: its identity may not (UNAUTHORIZED)"),
        ("Failed", None, "", "Oh", "failed: Oh"),
        ("Failed", None, "", "", "failed: Azure does not say why"),
    ],
)  # fmt: skip
def test_why_an_execution_ended_is_told(status: str, code: int | None, reason: str, said: str, told: str) -> None:
    assert why(Execution("e", status, "", "", code, reason, said)) == told
