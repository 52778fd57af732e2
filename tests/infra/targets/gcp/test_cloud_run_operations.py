"""What people do to the service on the played Cloud Run: look at it, read what it wrote, run a command where it runs."""

import re
from pathlib import Path

import pytest

from infra.errors import DeploymentError
from infra.targets.gcp import cloud_run_operations, log_lines, one_off
from infra.targets.gcp.cloud_run_operations import INTERRUPTED, exec, logs, status, sweep
from tests.infra.targets.gcp.conftest import IMAGE, PLACE, WEB, Played
from tests.offline.internet.cloud_run import Fate

RUN_APP = "https://slipway-prod-123456789012.europe-west1.run.app"
NOTHING = "Nothing of the stack prod runs on Cloud Run in europe-west1. To start it: make up STACK=prod\n"


def table(said: str) -> list[list[str]]:
    """The rows that are shown, by their cells."""
    return [re.split(r" {2,}", line.strip()) for line in said.splitlines()]


def without_times(rows: list[list[str]]) -> list[list[str]]:
    return [[cell for cell in row if not re.fullmatch(r"[\d: -]{19}", cell)] for row in rows]


def test_the_status_is_what_the_address_answers_and_what_there_is(
    played: Played, capsys: pytest.CaptureFixture[str]
) -> None:
    played.serve(deployment="aaa")
    played.serve("worker.mail", deployment="aaa", name="slipway-prod-mail")
    assert status("prod") == 0
    assert without_times(table(capsys.readouterr().out)) == [
        [f"{RUN_APP} answers revision r-aaa, deployment aaa"],
        ["process", "name", "gets", "deployment", "revision", "since", "state"],
        ["web", "slipway-prod-aaa", "100 % of the requests", "aaa", "r-aaa", "ready"],
        ["worker.mail", "slipway-prod-mail-aaa", "100 % of the instances", "aaa", "r-aaa", "ready"],
    ]


def test_a_canary_is_asked_by_its_own_address_too(played: Played, capsys: pytest.CaptureFixture[str]) -> None:
    played.serve(deployment="aaa")
    played.serve(deployment="bbb", shares=[("slipway-prod-bbb", 10, "canary"), ("slipway-prod-aaa", 90)])
    assert status("prod") == 0
    rows = without_times(table(capsys.readouterr().out))
    tag = RUN_APP.replace("https://", "https://canary---")
    assert rows[0][0].startswith(f"{RUN_APP} answers revision r-")
    assert rows[1:] == [
        [f"{tag} answers revision r-bbb, deployment bbb"],
        ["process", "name", "gets", "deployment", "revision", "since", "state"],
        ["web", "slipway-prod-bbb", "10 % of the requests (canary)", "bbb", "r-bbb", "ready"],
        ["web", "slipway-prod-aaa", "90 % of the requests", "aaa", "r-aaa", "ready"],
    ]


def test_a_revision_that_failed_is_shown_though_another_serves(
    played: Played, capsys: pytest.CaptureFixture[str]
) -> None:
    played.serve(deployment="aaa")
    played.run.failing = 1
    played.serve(deployment="bbb")
    assert status("prod") == 0
    rows = table(capsys.readouterr().out)
    assert rows[2][:3] == ["web", "slipway-prod-bbb", "nothing"]
    assert rows[2][-1].startswith("failed: its container did not start")


def test_what_answers_otherwise_is_no_success(played: Played, capsys: pytest.CaptureFixture[str]) -> None:
    played.serve(deployment="aaa")
    played.run.kept[WEB]["uri"] = "https://other-123456789012.europe-west1.run.app"
    played.run.kept[WEB]["trafficStatuses"][0]["percent"] = 0
    assert status("prod") == 1
    said = capsys.readouterr().out
    assert said.startswith("https://other-123456789012.europe-west1.run.app answers status 404; asked for nothing")


@pytest.mark.parametrize("how", [{"ingress": "INGRESS_TRAFFIC_INTERNAL_ONLY"}, {"invokerIamDisabled": False}])
def test_what_not_everybody_reaches_is_not_asked(
    played: Played, capsys: pytest.CaptureFixture[str], how: dict[str, object]
) -> None:
    played.serve(deployment="aaa", **how)
    assert status("prod") == 0
    assert capsys.readouterr().out.startswith(f"{RUN_APP} is not asked: not everybody reaches it\n")
    played.run.failing = 1
    played.run.kept[WEB]["trafficStatuses"] = []
    assert status("prod") == 1


def test_executions_that_failed_of_late_are_told_with_why(played: Played, capsys: pytest.CaptureFixture[str]) -> None:
    played.serve(deployment="aaa")
    job = played.job("job.tidy")
    for fate in (Fate(0), Fate(1, message="The task failed.")):
        execution = played.run.execute(job, {})
        played.run.end(execution, fate)
    assert status("prod") == 0
    rows = without_times(table(capsys.readouterr().out))
    assert rows[-3:] == [
        ["Executions that failed in the last hour:"],
        ["process", "execution", "ended", "why"],
        ["job.tidy", played.run.begun[1]["name"].rpartition("/")[2], "it ended with exit code 1"],
    ]


def test_where_nothing_runs_it_is_told_how_to_start_it(played: Played, capsys: pytest.CaptureFixture[str]) -> None:
    assert (status("prod"), logs("prod", 10, False, None), exec("prod", ["true"])) == (1, 1, 1)
    assert capsys.readouterr().out == NOTHING * 3


@pytest.mark.parametrize("missing", ["project", "region"])
def test_a_stack_s_file_without_a_place_is_refused(played: Played, stack_file: Path, missing: str) -> None:
    kept = [line for line in stack_file.read_text().splitlines() if f"    {missing}:" not in line]
    stack_file.write_text("\n".join(kept))
    example = cloud_run_operations.EXAMPLES[f"options.{missing}"]
    with pytest.raises(DeploymentError) as told:
        status("prod")
    key = f"service:options.{missing}"
    assert str(told.value) == f"{key}: is required. Fix: pulumi config set --path {key} {example} --stack prod"


def test_nothing_is_swept_as_nothing_tells_whose_it_is() -> None:
    assert sweep("prod", []) is None


# -- logs


def test_the_last_lines_of_each_process_are_shown_under_its_name(
    played: Played, capsys: pytest.CaptureFixture[str]
) -> None:
    played.serve(deployment="aaa")
    played.serve("worker.mail", deployment="aaa", name="slipway-prod-mail")
    played.run.execute(played.job(), {})
    played.run.jobs_executions_get(played.run.begun[0]["name"], {}, {})
    played.write("slipway-prod-aaa", ["one", "two", {"message": "three"}, {"message": "four", "user": 4}])
    played.write("slipway-prod-aaa", ["GET /"], log="requests")
    place = {"worker_pool_name": "slipway-prod-mail", "location": "europe-west1"}
    played.google.logs.write("cloud_run_worker_pool", place, "sent")
    assert logs("prod", 3, False, None) == 0
    assert capsys.readouterr().out.splitlines() == [
        "release     | ran flask release",
        "web         | two",
        "web         | three",
        'web         | {"message": "four", "user": 4}',
        "worker.mail | sent",
    ]


def test_one_process_s_lines_alone_are_shown_and_pages_do_not_matter(
    played: Played, capsys: pytest.CaptureFixture[str]
) -> None:
    played.serve(deployment="aaa")
    played.google.logs.page = 2
    played.write("slipway-prod-aaa", [f"line {n}" for n in range(9)])
    assert logs("prod", 5, False, "web") == 0
    assert capsys.readouterr().out.splitlines() == [f"web | line {n}" for n in range(4, 9)]


def test_a_process_that_there_is_not_is_told_with_those_that_there_are(
    played: Played, capsys: pytest.CaptureFixture[str]
) -> None:
    played.serve(deployment="aaa")
    played.job()
    assert logs("prod", 5, False, "mail") == 1
    assert capsys.readouterr().out == "No process 'mail' has a log; there are: release, web\n"


def test_what_comes_later_is_followed_and_nothing_is_shown_twice(
    played: Played, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    played.serve(deployment="aaa")
    played.write("slipway-prod-aaa", ["long ago"], ago=3600)
    played.write("slipway-prod-aaa", ["first"])
    to_come = [["second"], [], ["third", "fourth"]]

    def sleep(_seconds: float) -> None:
        if not to_come:
            raise KeyboardInterrupt
        played.write("slipway-prod-aaa", to_come.pop(0))

    monkeypatch.setattr(log_lines.time, "sleep", sleep)
    assert logs("prod", 1, True, None) == 0
    assert capsys.readouterr().out.splitlines() == ["web | first", "web | second", "web | third", "web | fourth"]


# -- exec


def test_a_command_runs_in_a_job_made_like_what_serves_and_leaves_nothing(
    played: Played, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[dict[str, object]] = []
    monkeypatch.setattr(
        played.run, "job", lambda name, given: (made.append(given), type(played.run).job(played.run, name, given))
    )
    played.serve(deployment="aaa")
    played.serve(deployment="bbb", shares=[("slipway-prod-bbb", 10, "canary"), ("slipway-prod-aaa", 90)])
    played.run.slow = 1
    played.run.fates = [Fate(3, lines=("to be seen",))]
    assert exec("prod", ["flask", "routes"]) == 3
    said = capsys.readouterr()
    assert said.out == "to be seen\n"
    assert said.err.splitlines()[1:] == ["the command ended with exit code 3"]
    assert made == [
        {
            "labels": {"slipway-service": "slipway", "slipway-stack": "prod"},
            "template": {
                "labels": {"slipway-process": "exec", "slipway-deployment": "aaa", "slipway-revision": "r-aaa"},
                "taskCount": 1,
                "template": {
                    "serviceAccount": "slipway-prod@acme-dev.iam.gserviceaccount.com",
                    "containers": [
                        {
                            "name": "app",
                            "image": IMAGE,
                            "env": [
                                {"name": "SERVICE_DEPLOYMENT", "value": "aaa"},
                                {
                                    "name": "SECRET_KEY",
                                    "valueSource": {"secretKeyRef": {"secret": "s", "version": "3"}},
                                },
                            ],
                            "args": ["flask", "routes"],
                            "resources": {"limits": {"cpu": "1", "memory": "512Mi"}},
                        }
                    ],
                    "maxRetries": 0,
                    "timeout": "86400s",
                    "executionEnvironment": "EXECUTION_ENVIRONMENT_GEN2",
                },
            },
        }
    ]
    assert [name for name in played.run.kept if "/jobs/" in name] == []


def test_a_command_that_never_ran_is_told_with_why(played: Played) -> None:
    played.serve(deployment="aaa")
    played.run.fates = [Fate(None, message="The execution was cancelled.", reason="CANCELLED")]
    with pytest.raises(DeploymentError, match="the command was cancelled by somebody"):
        exec("prod", ["true"])
    assert [name for name in played.run.kept if "/jobs/" in name] == []


def test_an_interrupted_command_s_job_is_removed(
    played: Played, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    played.serve(deployment="aaa")

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cloud_run_operations, "_watch", interrupt)
    assert exec("prod", ["sleep", "600"]) == INTERRUPTED
    assert capsys.readouterr().err.endswith("interrupted: its job is removed\n")
    assert [name for name in played.run.kept if "/jobs/" in name] == []


def test_what_a_killed_command_left_is_removed_when_it_is_old_and_has_ended(played: Played) -> None:
    played.serve(deployment="aaa")
    old, running, young = (f"{PLACE}/jobs/slipway-prod-exec-{each}" for each in ("old", "running", "young"))
    like = played.run.kept[played.job("exec")]
    for name in (old, running, young):
        played.run.job(name, {key: like[key] for key in ("labels", "template")})
    for name in (old, running):
        played.run.kept[name]["createTime"] = "2026-01-01T00:00:00Z"
    played.run.execute(running, {})
    assert exec("prod", ["true"]) == 0
    assert {name for name in (old, running, young) if name in played.run.kept} == {running, young}


def test_a_job_s_name_has_room_for_long_services(played: Played) -> None:
    long = "s" * 49
    played.serve(
        deployment="aaa",
        name=long,
        template={**played.serve()["template"], "revision": f"{long}-a"},
        shares=[(f"{long}-a", 100)],
    )
    del played.run.kept[WEB]
    assert exec("prod", ["true"]) == 0
    assert re.fullmatch(f"{PLACE}/jobs/s{{36}}-exec-[0-9a-f]{{7}}", played.run.begun[0]["job"])


def test_a_container_s_sizes_are_read_in_every_unit() -> None:
    assert [one_off._bytes(text) for text in ("512Mi", "1Gi", "2G", "1024")] == [2**29, 2**30, 2 * 10**9, 1024]
    assert [one_off._cpu(text) for text in ("2", "500m", "0.08")] == [2, 0.5, 0.08]
