"""The release task is a Job that is run once for each revision, and told with its last lines when it fails."""

from typing import Any

import pytest

from infra.errors import DeploymentError
from infra.targets.kubernetes import release_task
from infra.targets.kubernetes.names import Scope
from infra.targets.kubernetes.release_task import ReleaseTask, clear, run_once
from tests.infra.targets.kubernetes.played import Api, Objects, Served

SCOPE = Scope("slipway", "dev", "slipway-dev")
JOBS, PODS = "/apis/batch/v1/namespaces/slipway-dev/jobs", "/api/v1/namespaces/slipway-dev/pods"
MANIFEST = {"metadata": {"labels": SCOPE.labels("release")}, "spec": {"backoffLimit": 0}}


def task(revision: str = "r1", timeout: int = 60) -> ReleaseTask:
    return ReleaseTask(SCOPE, revision, ("flask", "release"), timeout, MANIFEST)


def ends(api: Api, **status: Any) -> None:
    """Whatever Job is made ends so at once; its pod is as `pod` says."""
    pod = status.pop("pod", {})

    def made(path: str, job: Objects) -> None:
        job["status"] = status
        name = path.rpartition("/")[2]
        api.put(f"{PODS}/{name}-x", metadata={"labels": {"batch.kubernetes.io/job-name": name}}, status=pod)
        api.logs[f"{name}-x"] = "one\ntwo\n"

    api.made = made


def ran(api: Api) -> int:
    return api.asked.count(f"POST {JOBS}")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release_task, "POLL", 0.01)


COMPLETE = {"conditions": [{"type": "Complete", "status": "True"}]}
CODE = {"containerStatuses": [{"state": {"terminated": {"exitCode": 3}}}]}
LONG = {"containerStatuses": [{"state": {"running": {"startedAt": "2026-01-01T00:00:00Z"}}}]}
UNPULLED = {"containerStatuses": [{"state": {"waiting": {"reason": "ImagePullBackOff", "message": "no such image"}}}]}


def test_a_job_that_completes_is_a_release(served: Served, api: Api) -> None:
    said: list[str] = []
    ends(api, **COMPLETE)
    run_once(served.cluster, task(), said.append)
    assert said == ["running the release task: flask release"]
    made = api.objects[f"{JOBS}/{task().name}"]
    assert (made["metadata"]["labels"]["slipway.process"], made["spec"]) == ("release", {"backoffLimit": 0})


def test_what_a_killed_run_began_is_waited_for_and_not_run_twice(served: Served, api: Api) -> None:
    said: list[str] = []
    api.put(f"{JOBS}/{task().name}", metadata={"labels": SCOPE.labels("release")}, status=COMPLETE)
    run_once(served.cluster, task(), said.append)
    assert (said, ran(api)) == (["an earlier run began the release task: flask release"], 0)


def test_what_failed_before_and_what_another_revision_left_is_removed_and_it_runs_anew(
    served: Served, api: Api
) -> None:
    failed = {"conditions": [{"type": "Failed", "status": "True"}]}
    for name, status in ((task().name, failed), (task("r0").name, COMPLETE)):
        api.put(f"{JOBS}/{name}", metadata={"labels": SCOPE.labels("release")}, status=status)
    ends(api, **COMPLETE)
    run_once(served.cluster, task(), lambda _: None)
    assert [path for path in api.objects if path.startswith(JOBS)] == [f"{JOBS}/{task().name}"]
    assert ran(api) == 1


@pytest.mark.parametrize(
    ("pod", "timeout", "told"),
    [
        (CODE, 60, "the release task ended with exit code 3"),
        (LONG, 60, "the release task took more than 60 s"),
    ],
)
def test_a_release_that_fails_is_told_with_its_last_lines_and_nothing_of_it_stays(
    served: Served, api: Api, pod: dict[str, Any], timeout: int, told: str
) -> None:
    ends(api, pod=pod)
    with pytest.raises(DeploymentError) as failed:
        run_once(served.cluster, task(timeout=timeout), lambda _: None)
    assert str(failed.value) == f"{told}; nothing was switched. Its last lines:\none\ntwo"
    assert [path for path in api.objects if path.startswith(JOBS)] == []


def test_one_that_never_starts_is_told_with_the_pods_reason(served: Served, api: Api) -> None:
    ends(api, pod=UNPULLED)
    with pytest.raises(
        DeploymentError, match=r"was not started: the pod .+ does not start: ImagePullBackOff: no such image"
    ):
        run_once(served.cluster, task(), lambda _: None)


def test_one_that_the_cluster_refuses_is_told_in_its_words(served: Served, api: Api) -> None:
    answer = api.answer

    def refused(method: str, url: str, body: Objects | None) -> tuple[int, Any]:
        return (422, {"message": "spec.template: is invalid"}) if method == "POST" else answer(method, url, body)

    api.answer = refused  # type: ignore[method-assign]
    with pytest.raises(DeploymentError, match=r"the release task cannot be started: spec\.template: is invalid"):
        run_once(served.cluster, task(), lambda _: None)


def test_another_revision_or_command_is_another_job_with_a_name_that_fits() -> None:
    long = ReleaseTask(Scope("s" * 40, "t" * 60, "n"), "r1", ("a",), 1, MANIFEST)
    names = {task().name, task("r2").name, long.name}
    assert (len(names), max(map(len, names)) <= 63) == (3, True)


def test_clearing_takes_the_jobs_of_the_stack_alone(served: Served, api: Api) -> None:
    api.put(f"{JOBS}/mine", metadata={"labels": SCOPE.labels("release")})
    api.put(f"{JOBS}/theirs", metadata={"labels": Scope("slipway", "prod", "slipway-dev").labels("release")})
    clear(served.cluster, SCOPE)
    assert [path for path in api.objects if path.startswith(JOBS)] == [f"{JOBS}/theirs"]
