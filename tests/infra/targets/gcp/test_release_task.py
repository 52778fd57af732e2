"""The release task runs once per revision, before anything is switched, on the played Cloud Run."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from infra.errors import DeploymentError
from infra.targets.gcp import executions, one_off, release_task, run_api
from infra.targets.gcp.providers import ReleaseTaskProvider
from infra.targets.gcp.release_task import RELEASE, ReleaseTask, run_once
from infra.targets.gcp.session import connected
from tests.infra.targets.gcp.conftest import PLACE, PROJECT, REGION, Played
from tests.infra.targets.gcp.conftest import RELEASE as JOB
from tests.offline.internet.cloud_run import Fate

TASK = ReleaseTask(PROJECT, REGION, JOB, "r-aaa", ("flask", "release"), 120, "")
RUN_METHOD = "run.projects.locations.jobs.run"


@pytest.fixture(autouse=True)
def job(played: Played) -> str:
    return played.job()


def quietly(_text: str) -> None:
    """Nothing is said."""


def ran(played: Played) -> list[str]:
    return [each["name"] for each in played.run.begun]


def test_it_is_run_with_its_time_and_what_tells_it_from_another_release(played: Played) -> None:
    said: list[str] = []
    name = run_once(TASK, said.append)
    (execution,) = played.run.begun
    assert (name, said) == (execution["name"], ["running the release task: flask release"])
    assert execution["template"]["timeout"] == "120s"
    variables = {each["name"]: each.get("value") for each in execution["template"]["containers"][0]["env"]}
    assert variables == {"SERVICE_DEPLOYMENT": "aaa", "SECRET_KEY": None, RELEASE: TASK.release}


def test_the_same_release_is_not_run_twice(played: Played) -> None:
    said: list[str] = []
    name = run_once(TASK, quietly)
    assert run_once(TASK, said.append) == name
    assert (ran(played), said) == ([name], ["an earlier run began the release task: flask release"])


def test_one_that_a_killed_up_began_is_waited_for(played: Played) -> None:
    with connected(PROJECT, REGION) as session:
        begun = one_off.start(session, JOB, {RELEASE: TASK.release}, 120)
    assert run_once(TASK, quietly) == begun
    assert ran(played) == [begun]


@pytest.mark.parametrize("other", [{"revision": "r-bbb"}, {"command": ("flask", "migrate")}, {"before": "x"}])
def test_another_release_is_run(played: Played, other: dict[str, Any]) -> None:
    run_once(TASK, quietly)
    run_once(replace(TASK, **other), quietly)
    assert len(ran(played)) == 2


def test_a_failure_is_told_with_its_last_lines_and_the_next_up_runs_it_again(played: Played) -> None:
    played.run.fates = [Fate(3, lines=tuple(f"line {n}" for n in range(30)))]
    with pytest.raises(DeploymentError) as error:
        run_once(TASK, quietly)
    wanted = "the release task ended with exit code 3; nothing was switched. Its last lines:"
    assert str(error.value).splitlines() == [wanted, *(f"line {n}" for n in range(10, 30))]
    assert run_once(TASK, quietly) == ran(played)[1]


def test_lines_that_come_late_are_waited_for(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    played.run.fates = [Fate(1, lines=())]
    monkeypatch.setattr(
        release_task.time, "sleep", lambda _: played.run._write(played.run.begun[0], Fate(lines=("at last",)))
    )
    with pytest.raises(DeploymentError, match="Its last lines:\nat last"):
        run_once(TASK, quietly)


def test_one_that_never_starts_is_stopped(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release_task, "START", -1)
    played.run.fates = [Fate(waits=True)]
    with pytest.raises(DeploymentError, match="the release task did not start within -1 s; nothing was switched"):
        run_once(TASK, quietly)
    assert "run.projects.locations.jobs.executions.cancel" in played.google.asked


def test_one_that_takes_too_long_is_stopped(played: Played) -> None:
    played.run.fates = [Fate(runs_on=True)]
    with pytest.raises(DeploymentError, match="the release task took more than -1 s; nothing was switched"):
        run_once(replace(TASK, timeout=-1), quietly)


def test_one_that_cloud_run_does_not_know_yet_is_waited_for(played: Played) -> None:
    played.run.slow = 3
    run_once(TASK, quietly)
    assert len(ran(played)) == 1


def test_one_that_vanishes_is_told(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_off, "UNKNOWN", -1)
    played.run.slow = 9
    with pytest.raises(DeploymentError, match=f"Cloud Run knows nothing of the execution {JOB}/executions/"):
        run_once(TASK, quietly)


def test_at_its_end_what_runs_is_stopped_and_what_commands_left_is_removed(
    played: Played, asked: Callable[[], list[str]]
) -> None:
    played.run.fates = [Fate(), Fate(runs_on=True)]
    with connected(PROJECT, REGION) as session:
        ended, running = (one_off.start(session, JOB) for _ in range(2))
        assert [each.ended for each in one_off.looks(session, ended)][-1]
        left, foreign = played.job("exec"), played.job("job.tidy")
        asked()
        release_task.clear(PROJECT, REGION, JOB)
        stopped = executions.known(session, running)
        assert stopped is not None
        assert stopped.condition.reason == "CANCELLED"
        assert [job.name for job in executions.jobs(session, run_api.Scope("slipway", "prod"))] == [foreign, JOB]
    assert left not in played.run.kept
    assert asked().count("run.projects.locations.jobs.executions.cancel") == 1


def test_a_job_that_is_gone_leaves_nothing_to_clear(played: Played) -> None:
    release_task.clear(PROJECT, REGION, f"{PLACE}/jobs/none")


def test_only_another_revision_or_command_is_a_change() -> None:
    provider = ReleaseTaskProvider()
    olds = {"job": JOB, "revision": "r-aaa", "command": ["flask", "release"], "timeout": 120.0}
    assert provider.diff("", olds, {**olds, "timeout": 60.0, "job": "other"}).changes is False
    assert provider.diff("", olds, {**olds, "revision": "r-bbb"}).changes is True
    assert provider.diff("", olds, {**olds, "command": ["flask"]}).changes is True


def test_the_provider_keeps_what_ran_and_makes_going_back_a_release_of_its_own(played: Played) -> None:
    provider = ReleaseTaskProvider()
    props = {
        "project": PROJECT,
        "region": REGION,
        "job": JOB,
        "revision": "r-aaa",
        "command": ["flask", "release"],
        "timeout": 120.0,
        "__provider": "p",
    }
    made = provider.create(props)
    assert (made.id, made.outs) == (
        JOB,
        {**{key: value for key, value in props.items() if key != "__provider"}, "execution": ran(played)[0]},
    )
    assert made.outs is not None
    other = provider.update(JOB, made.outs, {**props, "revision": "r-bbb"}).outs
    assert other is not None
    again = provider.update(JOB, other, props).outs
    assert again is not None
    assert [made.outs["execution"], other["execution"], again["execution"]] == ran(played)
    provider.delete(JOB, again)
