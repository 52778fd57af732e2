"""The release task on ECS: once for each release, whatever is killed, and nothing is switched where it fails."""

import subprocess
import sys
import types
from typing import Any

import botocore.endpoint
import pytest
from moto.core.exceptions import JsonRESTError
from moto.ecs.responses import EC2ContainerServiceResponse
from moto.server import ThreadedMotoServer

from infra.errors import DeploymentError
from infra.targets.aws import one_off, release_task, session
from infra.targets.aws.providers import ReleaseTaskProvider
from tests.infra.targets.aws.completed_moto import Fate
from tests.infra.targets.aws.conftest import GROUP, REGION, Played

FAILED = Fate(1, lines=["Error: migration 7 fails"])
COMMAND = ["flask", "--app", "service", "release"]


def props(played: Played, **more: Any) -> dict[str, Any]:
    """What the target gives the resource."""
    network = played.network["awsvpcConfiguration"]
    return {
        "__provider": "...",
        "region": REGION,
        "cluster": played.cluster,
        "task_definition": played.define("release"),
        "subnets": network["subnets"],
        "security_groups": network["securityGroups"],
        "assign_public_ip": False,
        "log_group": GROUP,
        "revision": "r1",
        "deployment": "aaa",
        "command": COMMAND,
        "timeout": 120.0,
        **more,
    }


def create(given: dict[str, Any]) -> dict[str, Any]:
    """What the engine keeps of it."""
    return dict(ReleaseTaskProvider().create(given).outs or {})


def update(olds: dict[str, Any], news: dict[str, Any]) -> dict[str, Any]:
    return dict(ReleaseTaskProvider().update(news["cluster"], olds, news).outs or {})


def failure(given: dict[str, Any]) -> str:
    with pytest.raises(DeploymentError) as failed:
        create(given)
    return str(failed.value)


def test_it_is_run_to_its_end_on_demand_where_the_target_says(
    played: Played, capsys: pytest.CaptureFixture[str]
) -> None:
    given = props(played)
    created = ReleaseTaskProvider().create(given)
    assert created.id == played.cluster
    [task] = played.moto.begun
    assert created.outs == {**{k: v for k, v in given.items() if k != "__provider"}, "task": task.task_arn}
    assert task.status == "STOPPED"
    assert (task.task_definition_arn, task.network_configuration, task.capacity_provider_name, task.overrides) == (
        given["task_definition"],
        played.network,
        "FARGATE",
        {"containerOverrides": [{"name": "app", "command": COMMAND}]},
    )
    assert capsys.readouterr().err == "running the release task: flask --app service release\n"


def test_one_that_fails_is_quoted(played: Played) -> None:
    played.moto.fates.append(Fate(1, lines=[f"line {n}" for n in range(30)]))
    assert failure(props(played)).splitlines() == [
        "the release task ended with exit code 1; nothing was switched. Its last lines:",
        *(f"line {n}" for n in range(10, 30)),
    ]


def test_one_that_runs_out_of_memory_is_told_so(played: Played) -> None:
    played.moto.fates.append(Fate(137, container_reason="OutOfMemoryError: Container killed due to memory usage"))
    assert failure(props(played)) == (
        "the release task ran out of memory (exit code 137); nothing was switched. Its last lines:"
    )


def test_one_that_never_starts_says_why(played: Played) -> None:
    reason = "CannotPullContainerError: not found"
    played.moto.fates.append(Fate(None, stop_code="TaskFailedToStart", stop_reason=reason))
    assert failure(props(played)) == (
        f"the release task never started: its image cannot be pulled ({reason}); nothing was switched. Its last lines:"
    )


def test_one_that_ecs_cannot_place_says_why(played: Played) -> None:
    played.moto.refused.append({"reason": "Capacity is unavailable at this time"})
    assert failure(props(played)) == "no task can be started in eu-central-1: Capacity is unavailable at this time"


def clocked(monkeypatch: pytest.MonkeyPatch, seconds: int) -> None:
    """A clock on which so much goes by at every look."""
    now = [0]

    def monotonic() -> float:
        now[0] += seconds
        return now[0]

    kept = types.SimpleNamespace(monotonic=monotonic, time=release_task.time.time, sleep=lambda _: None)
    monkeypatch.setattr(release_task, "time", kept)


def test_one_that_takes_too_long_is_stopped(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    clocked(monkeypatch, 50)
    played.moto.fates.append(Fate(0, lines=["still at it"], runs_on=True))
    assert failure(props(played)).splitlines() == [
        "the release task took more than 120 s; nothing was switched. Its last lines:",
        "still at it",
    ]
    assert played.moto.stopped_for == ["the release task took more than 120 s"]


def test_the_time_until_it_runs_is_not_counted_but_has_its_own_limit(
    played: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    clocked(monkeypatch, 200)
    create(props(played, timeout=500.0))
    played.moto.fates.append(Fate(None, runs_on=True))
    assert failure(props(played, revision="r2")) == (
        "the release task did not start within 600 s; nothing was switched. Its last lines:"
    )


def killed(played: Played, given: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """An `up` that is killed while the release task runs."""

    def kill(_seconds: float) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(one_off, "time", types.SimpleNamespace(monotonic=lambda: 0.0, sleep=kill))
        with pytest.raises(SystemExit):
            create(given)


def test_one_that_a_killed_up_began_is_waited_for_and_not_run_twice(
    played: Played, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    killed(played, props(played), monkeypatch)
    # Another setting is another task definition, and the same release.
    outs = create(props(played, task_definition=played.define("release"), deployment="bbb"))
    assert [task.task_arn for task in played.moto.begun] == [outs["task"]]
    assert capsys.readouterr().err.splitlines() == [
        "running the release task: flask --app service release",
        "an earlier run began the release task: flask --app service release",
    ]


def test_one_that_a_killed_up_began_with_another_command_is_another(
    played: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed(played, props(played), monkeypatch)
    create(props(played, command=["true"]))
    assert len(played.moto.begun) == 2


def test_one_that_ended_well_after_up_was_killed_is_not_run_again(
    played: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed(played, props(played), monkeypatch)
    for _ in range(5):
        played.ecs.describe_tasks(cluster=played.cluster, tasks=[played.moto.begun[0].task_arn])
    assert played.moto.begun[0].status == "STOPPED"
    create(props(played))
    assert len(played.moto.begun) == 1


def test_one_that_ecs_does_not_list_yet_is_not_begun_twice(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    given = props(played)
    played.moto.fates.append(Fate(0, unknown_for=3))
    killed(played, given, monkeypatch)
    create(given)
    assert len(played.moto.begun) == 1


def test_one_that_failed_is_run_again_by_the_next_up(played: Played) -> None:
    given = props(played)
    for _ in range(2):
        played.moto.fates.append(FAILED)
        assert failure(given).endswith("Error: migration 7 fails")
    create(given)
    assert [task.containers[0].exitCode for task in played.moto.begun] == [1, 1, 0]


def test_one_that_failed_is_run_again_when_ecs_has_forgotten_it(
    played: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = props(played)
    played.moto.fates.append(FAILED)
    failure(given)
    played.backend.tasks.clear()
    later = release_task.time.time() + 3600
    kept = types.SimpleNamespace(monotonic=release_task.time.monotonic, time=lambda: later, sleep=lambda _: None)
    monkeypatch.setattr(release_task, "time", kept)
    create(given)
    assert len(played.moto.begun) == 2


def test_another_revision_or_command_runs_it_again_and_no_other_setting_does(played: Played) -> None:
    olds = create(props(played))
    provider = ReleaseTaskProvider()
    same = props(played, deployment="bbb", timeout=60.0, task_definition=played.define("release"), subnets=["subnet-1"])
    assert not provider.diff(played.cluster, olds, same).changes
    assert provider.diff(played.cluster, olds, props(played, revision="r2")).changes
    assert provider.diff(played.cluster, olds, props(played, command=["true"])).changes


def test_going_back_to_an_earlier_revision_is_a_release_of_its_own(played: Played) -> None:
    first = create(props(played))
    second = update(first, props(played, revision="r2"))
    third = update(second, props(played))
    assert [task.task_arn for task in played.moto.begun] == [first["task"], second["task"], third["task"]]


def test_what_no_service_keeps_running_is_stopped_with_the_stack(
    played: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    serving = played.task(played.serve())
    played.moto.fates.append(Fate(0, runs_on=True))
    played.ecs.run_task(
        cluster=played.cluster,
        taskDefinition=played.define("job.tidy"),
        launchType="FARGATE",
        networkConfiguration=played.network,
        startedBy="chronos-schedule/tidy",
    )
    given = props(played)
    played.moto.fates.append(Fate(0, runs_on=True))
    killed(played, given, monkeypatch)
    ReleaseTaskProvider().delete(played.cluster, given)
    assert played.moto.stopped_for == ["its stack is destroyed"] * 2
    job, release = played.moto.begun[-2:]
    assert [task.desired_status for task in (serving, job, release)] == ["RUNNING", "STOPPED", "STOPPED"]


def test_a_cluster_that_is_gone_has_nothing_to_stop(played: Played) -> None:
    ReleaseTaskProvider().delete("c", props(played, cluster="arn:aws:ecs:eu-central-1:123456789012:cluster/gone"))


def throttled(monkeypatch: pytest.MonkeyPatch, times: int) -> list[float]:
    """AWS throttles RunTask so often; how long was waited each time."""
    answer, left, waited = EC2ContainerServiceResponse.run_task, [times], list[float]()

    def run_task(self: EC2ContainerServiceResponse) -> Any:
        left[0] -= 1
        if left[0] >= 0:
            raise JsonRESTError("ThrottlingException", "Rate exceeded.")
        return answer(self)

    monkeypatch.setattr(EC2ContainerServiceResponse, "run_task", run_task)
    monkeypatch.setattr(botocore.endpoint, "time", types.SimpleNamespace(sleep=waited.append))
    return waited


def test_throttling_is_waited_out(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    waited = throttled(monkeypatch, session.ATTEMPTS - 1)
    create(props(played))
    assert (len(waited), len(played.moto.begun)) == (session.ATTEMPTS - 1, 1)


def test_throttling_that_does_not_end_is_told(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    throttled(monkeypatch, 1000)
    assert failure(props(played)) == (
        "AWS in eu-central-1 throttles RunTask, 8 times in a row (Rate exceeded). Fix: the same again in a minute"
    )


def test_another_endpoint_is_asked_where_the_environment_names_one(
    played: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = props(played)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        session.clients.cache_clear()
        with session.connected(REGION) as clients:
            assert clients.ecs.meta.endpoint_url == f"http://{host}:{port}"
            assert clients.logs.meta.endpoint_url == f"http://{host}:{port}"
        create(given)
    finally:
        server.stop()
    assert [task.status for task in played.moto.begun] == ["STOPPED"]


def test_a_plan_does_not_wait_for_the_sdk_of_aws() -> None:
    code = (
        "import sys; import infra.targets.aws.providers, infra.targets.aws.fargate_operations;"
        " sys.exit(any(name.partition('.')[0] in ('boto3', 'botocore') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
