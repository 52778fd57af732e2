"""The release task runs once per revision, before anything is switched, on the played Container Apps."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from infra.errors import DeploymentError
from infra.targets.azure import executions, release_task
from infra.targets.azure.providers import ReleaseTaskProvider
from infra.targets.azure.release_task import ReleaseTask, clear, run_once
from infra.targets.azure.session import AGAIN
from tests.infra.targets.azure.conftest import GROUP, IMAGE, RELEASE, SUBSCRIPTION, Played
from tests.offline.internet.azure import RUNNING, _json
from tests.offline.internet.container_apps import Fate

TASK = ReleaseTask(SUBSCRIPTION, GROUP, "slipway-prod-release", "r-aaa", ("flask", "release"), 600, "")
PROPS = {
    "subscription": SUBSCRIPTION,
    "group": GROUP,
    "job": "slipway-prod-release",
    "revision": "r-aaa",
    "command": ["flask", "release"],
    "timeout": 600.0,
}


@pytest.fixture(autouse=True)
def job(played: Played) -> str:
    return played.job()


def fails(task: ReleaseTask = TASK) -> str:
    with pytest.raises(DeploymentError) as told:
        run_once(task, lambda _: None)
    return str(told.value)


def test_it_runs_with_all_that_its_job_has_and_what_tells_its_release(played: Played) -> None:
    said: list[str] = []
    played.apps.slow = 2
    name = run_once(TASK, said.append)
    assert (name, said) == (played.apps.begun[0]["name"], ["running the release task: flask release"])
    (container,) = played.apps.begun[0]["properties"]["template"]["containers"]
    assert container == {
        "name": "app",
        "image": IMAGE,
        "args": ["flask", "release"],
        "env": [
            {"name": "SERVICE_DEPLOYMENT", "value": "aaa"},
            {"name": "SERVICE_REVISION", "value": "r-aaa"},
            {"name": "SECRET_KEY", "secretRef": "secret-key"},
            {"name": "SERVICE_RELEASE", "value": TASK.release},
        ],
        "resources": {"cpu": 0.5, "memory": "1Gi"},
    }


def test_an_execution_is_found_though_azure_does_not_tell_its_name(
    played: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_once(replace(TASK, revision="r-before"), lambda _: None)
    told = {"id": f"{RUNNING}/1", "name": "1", "status": "Succeeded"}
    monkeypatch.setattr(played.azure, "_done", lambda _: _json(told))
    assert run_once(TASK, lambda _: None) == played.apps.begun[1]["name"]
    monkeypatch.setattr(executions, "UNKNOWN", 0)
    monkeypatch.setattr(played.apps, "jobs_start", lambda *_: {"name": "1", "id": "1"})
    asked = f"Azure was asked to start the job slipway-prod-release, and shows no execution of it. {AGAIN}"
    with pytest.raises(DeploymentError, match=asked):
        run_once(replace(TASK, revision="r-after"), lambda _: None)


def test_what_a_killed_up_began_is_waited_for_and_not_run_twice(
    played: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(release_task, "_wait", killed)
        with pytest.raises(KeyboardInterrupt):
            run_once(TASK, lambda _: None)
    said: list[str] = []
    assert run_once(TASK, said.append) == played.apps.begun[0]["name"]
    assert said == ["an earlier run began the release task: flask release"]
    assert run_once(TASK, said.append) == played.apps.begun[0]["name"]
    assert len(played.apps.begun) == 1
    # Going back to an earlier revision is a release of its own.
    run_once(replace(TASK, before=played.apps.begun[0]["name"]), said.append)
    assert len(played.apps.begun) == 2


def test_one_that_failed_is_told_with_its_last_lines_and_run_again(played: Played) -> None:
    played.apps.fates = [Fate(3, lines=tuple(f"line {n}" for n in range(30)))]
    wanted = ["the release task ended with exit code 3; nothing was switched. Its last lines:"]
    assert fails().splitlines() == [*wanted, *(f"line {n}" for n in range(10, 30))]
    run_once(TASK, lambda _: None)
    assert len(played.apps.begun) == 2
    # Another execution's lines are not its own.
    assert played.apps.lines.queries[0].count(played.apps.begun[0]["name"]) == 1


def test_one_that_never_started_has_no_lines_and_is_told_with_why(played: Played) -> None:
    played.apps.fates = [Fate(None, lines=(), message="Failed to pull image: MANIFEST_UNKNOWN")]
    assert fails() == (
        "the release task never started: its image is not there (Failed to pull image: MANIFEST_UNKNOWN);"
        " nothing was switched. Log Analytics has no line of it yet: make logs"
    )


def test_one_that_takes_too_long_is_stopped(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release_task, "START", -601)
    played.apps.fates = [Fate(runs_on=True)]
    assert fails().startswith("the release task took more than 600 s; nothing was switched.")
    assert played.apps.kept[played.apps.begun[0]["id"]]["properties"]["status"] == "Stopped"


def test_one_that_azure_does_not_know_is_told(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executions, "UNKNOWN", -1)
    played.apps.slow = 9
    assert fails() == f"Azure knows nothing of the execution slipway-prod-release-0000001. {AGAIN}"


def test_what_still_runs_is_stopped_when_the_task_goes(
    played: Played, job: str, asked: Callable[[], list[str]]
) -> None:
    for fate in (Fate(runs_on=True), Fate(0)):
        played.apps.fates = [fate]
        made = played.apps.jobs_start(f"{job}/start", {})
        played.apps.container_apps_api_job_execution(made["id"], {})
        played.apps.container_apps_api_job_execution(made["id"], {})
    clear(SUBSCRIPTION, GROUP, "slipway-prod-release")
    assert asked().count("jobs_stop_execution") == 1
    del played.apps.kept[RELEASE]
    clear(SUBSCRIPTION, GROUP, "slipway-prod-release")
    assert asked() == ["jobs_executions_list"]


def test_the_provider_runs_it_for_another_revision_or_command_alone(played: Played) -> None:
    provider = ReleaseTaskProvider()
    made = provider.create({**PROPS, "__provider": "p"})
    first = played.apps.begun[0]["name"]
    assert (made.id, made.outs) == ("slipway-prod-release", {**PROPS, "execution": first})
    assert made.outs is not None
    for other, changes in (({"timeout": 5.0}, False), ({"command": ["true"]}, True), ({"revision": "r-b"}, True)):
        assert provider.diff(made.id, made.outs, {**PROPS, **other}).changes is changes
    again = provider.update(made.id, made.outs, PROPS).outs
    assert again is not None
    assert again["execution"] == played.apps.begun[1]["name"] != first
    provider.delete(made.id, again)
