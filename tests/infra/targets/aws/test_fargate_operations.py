"""status, logs and exec of a stack on ECS."""

import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from infra import probe
from infra.errors import DeploymentError
from infra.service import load_service
from infra.targets.aws import fargate_operations, log_lines, one_off, session
from infra.targets.aws.fargate_operations import exec as execute
from infra.targets.aws.fargate_operations import logs, status, sweep
from tests.infra.targets.aws.completed_moto import Fate
from tests.infra.targets.aws.conftest import GROUP, REGION, Played, own_client

NOTHING = "Nothing of the stack prod runs on ECS in eu-central-1. To start it: make up STACK=prod\n"


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """In place of the network: what is answered at an address; any other is asked in vain."""
    known: dict[str, str] = {}
    monkeypatch.setattr(probe, "ask", lambda url: known[url])
    return known


def balanced(played: Played) -> tuple[str, list[dict[str, Any]]]:
    """A load balancer in front of a target group: its name, and what a service is told of it."""
    balancers = own_client("elbv2")
    configuration = played.network["awsvpcConfiguration"]
    vpc = played.ec2.describe_subnets(SubnetIds=configuration["subnets"])["Subnets"][0]["VpcId"]
    group = balancers.create_target_group(Name="web", Protocol="HTTP", Port=8000, VpcId=vpc, TargetType="ip")
    arn = group["TargetGroups"][0]["TargetGroupArn"]
    made = balancers.create_load_balancer(Name="web", Subnets=configuration["subnets"])["LoadBalancers"][0]
    forward = [{"Type": "forward", "TargetGroupArn": arn}]
    balancers.create_listener(LoadBalancerArn=made["LoadBalancerArn"], Protocol="HTTP", Port=80, DefaultActions=forward)
    return made["DNSName"], [{"targetGroupArn": arn, "containerName": "app", "containerPort": 8000}]


def words(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines()]


def test_status_tells_what_runs_what_failed_and_what_the_address_answers(
    played: Played, answers: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    name, behind = balanced(played)
    web = played.serve(deployment="aaa", loadBalancers=behind)
    worker = played.serve("worker.mail", deployment="aaa")
    played.task(web)
    failed = played.task(web, Fate(1))
    played.task(web, Fate(0, stop_code="ServiceSchedulerInitiated", stop_reason="Scaling activity initiated by (...)"))
    answers[f"http://{name}/version"] = "revision r1, deployment aaa"
    assert status("prod") == 0
    said = capsys.readouterr().out
    since, later = (f"{made.deployments[0]['createdAt']:%Y-%m-%d %H:%M:%S}" for made in (web, worker))
    stopped = failed.stopped_at.strftime("%Y-%m-%d %H:%M:%S")
    assert words(said) == [
        f"http://{name} answers revision r1, deployment aaa",
        "process tasks deployment revision since rollout",
        f"web 2 of 2 run aaa r1 {since} completed",
        f"worker.mail 2 of 2 run aaa r1 {later} completed",
        "",
        "Tasks that failed in the last hour:",
        "process task stopped deployment why",
        f"web {failed.id} {stopped} aaa it ended with exit code 1",
    ]


def test_status_tells_the_last_failures_and_whose_they_are(played: Played, capsys: pytest.CaptureFixture[str]) -> None:
    web = played.serve(deployment="aaa")
    for code in range(1, 6):
        played.task(web, Fate(code))
    played.moto.fates.append(Fate(6))
    assert execute("prod", ["false"]) == 6
    capsys.readouterr()
    status("prod")
    shown = [(line.split()[0], line.rpartition(" it ")[2]) for line in words(capsys.readouterr().out)[-5:]]
    assert shown == [
        ("exec", "ended with exit code 6"),
        *(("web", f"ended with exit code {code}") for code in (5, 4, 3, 2)),
    ]


def test_status_tells_of_an_update_under_way_and_of_an_address_that_answers_the_old_one(
    played: Played, answers: dict[str, str], stack_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stack_file.write_text(stack_file.read_text() + "  service:domain: api.example.com\n")
    web = played.serve(deployment="aaa")
    played.deploy(web, "bbb", runningCount=1, pendingCount=1, failedTasks=3)
    answers["https://api.example.com/version"] = "revision r1, deployment aaa"
    assert status("prod") == 1
    said = words(capsys.readouterr().out)
    assert said[0] == (
        "https://api.example.com answers revision r1, deployment aaa; asked for revision r-bbb, deployment bbb"
    )
    shown = [line.split(" 20")[0] + "|" + line.partition(":")[2].partition(" ")[2] for line in said[2:]]
    assert shown == [
        "web 1 of 2 run, 1 pending bbb r-bbb|in progress, 3 failed",
        "web 2 of 2 run aaa r1|is being replaced",
    ]


def test_status_of_a_failed_deployment_without_a_load_balancer(
    played: Played, capsys: pytest.CaptureFixture[str]
) -> None:
    web = played.serve(deployment="aaa")
    played.set(web, rolloutState="FAILED", rolloutStateReason="ECS deployment circuit breaker: tasks failed to start.")
    assert status("prod") == 1
    said = words(capsys.readouterr().out)
    assert said[0] == ("the service answers no answer (it has no load balancer); asked for revision r1, deployment aaa")
    assert said[2].endswith(" failed: ECS deployment circuit breaker: tasks failed to start.")


@pytest.mark.parametrize(
    "act", [status, lambda stack: logs(stack, 10, False, None), lambda stack: execute(stack, ["x"])]
)
def test_where_nothing_runs_that_is_told(
    act: Callable[[str], int], played: Played, capsys: pytest.CaptureFixture[str]
) -> None:
    assert act("prod") == 1
    assert capsys.readouterr().out == NOTHING


def test_logs_tells_the_last_lines_of_each_process_and_names_it(
    played: Played, capsys: pytest.CaptureFixture[str]
) -> None:
    played.serve()
    played.serve("worker.heartbeat")
    played.write(GROUP, "web/app/1", ["oldest", "older"], ago=7200)
    played.write(GROUP, "web/app/2", ["new"], ago=60)
    played.write(GROUP, "web/app/1", ["newest"])
    played.write(GROUP, "worker.heartbeat/app/3", ["beat"])
    played.write(GROUP, "job.tidy/app/4", ["swept"])
    played.write(GROUP, "webber/app/5", ["another's"])
    assert logs("prod", 3, False, None) == 0
    assert capsys.readouterr().out.splitlines() == [
        "job.tidy         | swept",
        "web              | older",
        "web              | new",
        "web              | newest",
        "worker.heartbeat | beat",
    ]


def test_logs_of_one_process_and_of_more_lines_than_a_call_gives(
    played: Played, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_lines, "PAGE", 4)
    played.serve()
    played.write(GROUP, "web/app/1", [f"line {n}" for n in range(20)], ago=60)
    assert logs("prod", 10, False, "web") == 0
    assert capsys.readouterr().out.splitlines() == [f"web | line {n}" for n in range(10, 20)]
    assert logs("prod", 0, False, "web") == 0
    assert capsys.readouterr().out == ""


def test_logs_of_a_process_that_there_is_not_names_those_that_there_are(
    played: Played, capsys: pytest.CaptureFixture[str]
) -> None:
    played.serve()
    assert logs("prod", 10, False, "wbe") == 1
    contract = load_service()
    assert (list(contract.jobs), contract.release is not None) == (["tidy"], True)
    assert capsys.readouterr().out == "No process 'wbe' has a log; there are: job.tidy, release, web\n"


class Following:
    """What is written between two questions of `logs --follow`; then it is interrupted."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *rounds: Callable[[], None]) -> None:
        self.rounds: Iterator[Callable[[], None]] = iter(rounds)
        clock = types.SimpleNamespace(time=log_lines.time.time, sleep=self.sleep)
        monkeypatch.setattr(log_lines, "time", clock)

    def sleep(self, _seconds: float) -> None:
        for write in self.rounds:
            write()
            return
        raise KeyboardInterrupt


def test_follow_goes_on_with_what_is_new_and_tells_no_line_twice(
    played: Played, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    played.serve()
    played.write(GROUP, "web/app/1", ["left out", "shown"], ago=2)
    Following(
        monkeypatch,
        lambda: played.write(GROUP, "web/app/2", ["of a new task"]),
        lambda: None,
        lambda: played.write(GROUP, "web/app/1", ["written before, stored late"], ago=1),
        lambda: played.write(GROUP, "job.tidy/app/3", ["swept"]),
        lambda: played.write(GROUP, "stranger/app/3", ["of no process"]),
    )
    assert logs("prod", 1, True, None) == 0
    assert capsys.readouterr().out.splitlines() == [
        "web      | shown",
        "web      | of a new task",
        "web      | written before, stored late",
        "job.tidy | swept",
    ]


def test_follow_of_one_process_asks_for_no_others(
    played: Played, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    played.serve()
    asked: list[dict[str, Any]] = []
    session.clients(REGION).logs.meta.events.register(
        "before-parameter-build.logs.FilterLogEvents", lambda params, **_: asked.append(params)
    )
    Following(
        monkeypatch,
        lambda: played.write(GROUP, "job.tidy/app/3", ["swept"]),
        lambda: played.write(GROUP, "web/app/1", ["begun"]),
    )
    assert logs("prod", 1, True, "web") == 0
    assert capsys.readouterr().out == "web | begun\n"
    assert [params["logStreamNamePrefix"] for params in asked] == ["web/"] * 4


def test_exec_runs_the_command_as_the_web_service_is_run_and_tells_what_it_writes(
    played: Played, capsys: pytest.CaptureFixture[str]
) -> None:
    web = played.serve(deployment="aaa")
    played.moto.fates.append(Fate(0, lines=["one", "two"]))
    assert execute("prod", ["flask", "--app", "service", "routes"]) == 0
    said = capsys.readouterr()
    assert said.out == "one\ntwo\n"
    assert said.err == "Fargate starts a task for it, which takes about a minute ...\n"
    task = played.moto.begun[-1]
    assert task.overrides == {
        "containerOverrides": [{"name": "app", "command": ["flask", "--app", "service", "routes"]}]
    }
    assert (task.task_definition_arn, task.network_configuration, task.capacity_provider_name) == (
        web.deployments[0]["taskDefinition"],
        played.network,
        "FARGATE",
    )


def test_exec_tells_lines_that_come_after_the_task_s_end(
    played: Played, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    played.serve()
    played.moto.fates.append(Fate(0, lines=["early"]))

    def sleep(_seconds: float) -> None:
        played.write(GROUP, f"web/app/{played.moto.begun[-1].id}", ["late"])

    monkeypatch.setattr(fargate_operations, "time", types.SimpleNamespace(sleep=sleep))
    assert execute("prod", ["true"]) == 0
    assert capsys.readouterr().out == "early\nlate\n"


def test_exec_ends_with_the_command_s_exit_code(played: Played, capsys: pytest.CaptureFixture[str]) -> None:
    played.serve()
    played.moto.fates.append(Fate(3, unknown_for=2))
    assert execute("prod", ["false"]) == 3
    assert capsys.readouterr().err.splitlines()[1:] == ["the task ended with exit code 3"]


def test_exec_runs_what_serves_and_not_what_does_not_come_to(played: Played) -> None:
    web = played.serve(deployment="aaa")
    serving = web.deployments[0]["taskDefinition"]
    played.deploy(web, "bbb")
    assert execute("prod", ["true"]) == 0
    assert played.moto.begun[-1].task_definition_arn == serving


def test_exec_of_a_task_that_never_starts_says_why(played: Played) -> None:
    played.serve()
    reason = "ResourceInitializationError: unable to retrieve secret from asm: AccessDeniedException"
    played.moto.fates.append(Fate(None, stop_code="TaskFailedToStart", stop_reason=reason))
    with pytest.raises(DeploymentError) as failed:
        execute("prod", ["true"])
    assert str(failed.value) == f"the task never started: a secret cannot be read ({reason})"


def test_exec_where_ecs_can_place_no_task_says_why(played: Played) -> None:
    played.serve()
    played.moto.refused.append({"reason": "Capacity is unavailable at this time", "detail": "in eu-central-1a"})
    with pytest.raises(DeploymentError) as failed:
        execute("prod", ["true"])
    assert str(failed.value) == (
        "no task can be started in eu-central-1: Capacity is unavailable at this time, in eu-central-1a"
    )


def test_exec_that_is_interrupted_stops_its_task(
    played: Played, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    played.serve()
    played.moto.fates.append(Fate(0, runs_on=True))

    def interrupt(_seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(one_off, "time", types.SimpleNamespace(monotonic=lambda: 0.0, sleep=interrupt))
    assert execute("prod", ["sleep", "1000"]) == 130
    assert played.moto.stopped_for == ["interrupted"]
    assert played.moto.begun[-1].desired_status == "STOPPED"


def test_a_task_that_ecs_never_comes_to_know_is_told(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    played.serve()
    played.moto.fates.append(Fate(0, unknown_for=1_000_000))
    clock = iter(range(0, 1_000_000, 10))
    monkeypatch.setattr(one_off, "time", types.SimpleNamespace(monotonic=lambda: next(clock), sleep=lambda _: None))
    with pytest.raises(DeploymentError, match="ECS knows nothing of the task arn:aws:ecs:eu-central-1:"):
        execute("prod", ["true"])


def test_a_stack_s_file_without_a_region_is_told_with_the_command_that_mends_it(
    stack_file: Path, credentials: None
) -> None:
    stack_file.write_text("config:\n  service:target: aws.fargate\n")
    with pytest.raises(DeploymentError) as failed:
        status("prod")
    assert str(failed.value) == (
        "service:options.region: is required."
        " Fix: pulumi config set --path service:options.region eu-central-1 --stack prod"
    )


def test_nothing_is_swept_away() -> None:
    assert sweep("prod", []) is None
