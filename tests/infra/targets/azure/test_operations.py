"""What people do to the service on the played Container Apps: look at it, read what it wrote, run a command in it."""

import re
from pathlib import Path

import pytest

from infra.errors import DeploymentError
from infra.targets.azure import container_apps_operations, log_lines, shell
from infra.targets.azure.container_apps_operations import INTERRUPTED, exec, logs, status, sweep
from tests.infra.targets.azure.conftest import ENVIRONMENT, WEB, Played
from tests.offline.internet.container_apps import DOMAIN, Fate, Refusal
from tests.offline.internet.log_analytics import SYSTEM

ADDRESS = f"https://slipway-prod.{DOMAIN}"
NOTHING = "Nothing of the stack prod runs on Container Apps in slipway-prod. To start it: make up STACK=prod\n"
HEAD = ["process", "name", "gets", "deployment", "revision", "since", "replicas", "state"]


def without_times(said: str) -> list[list[str]]:
    """The rows that are shown, by their cells."""
    rows = [re.split(r" {2,}", line.strip()) for line in said.splitlines()]
    return [[cell for cell in row if not re.fullmatch(r"[\d: -]{19}", cell)] for row in rows]


def test_the_status_is_what_the_address_answers_and_what_there_is(
    played: Played, capsys: pytest.CaptureFixture[str]
) -> None:
    played.serve(deployment="aaa")
    played.serve("worker.mail", deployment="aaa")
    assert status("prod") == 0
    assert without_times(capsys.readouterr().out) == [
        [f"{ADDRESS} answers revision r-aaa, deployment aaa"],
        HEAD,
        ["web", "slipway-prod--aaa", "100 % of the requests", "aaa", "r-aaa", "1", "ready"],
        ["worker.mail", "slipway-prod-mail--aaa", "no requests", "aaa", "r-aaa", "1", "ready"],
    ]
    played.apps.failing = 1
    played.serve(deployment="bbb")
    played.apps.resting.add("slipway-prod--aaa")
    assert status("prod") == 0
    said = capsys.readouterr().out
    assert re.search(r"web +slipway-prod--bbb +nothing +bbb .* failed: its process ended by itself \(", said)
    # It was asked, and so it runs.
    assert re.search(r"web +slipway-prod--aaa +100 % of the requests +aaa .* 1 +ready *\n", said)


def test_a_canary_is_asked_by_its_own_address_too(played: Played, capsys: pytest.CaptureFixture[str]) -> None:
    played.serve(deployment="aaa")
    played.serve(deployment="bbb", shares=[("slipway-prod--bbb", 10, "canary"), ("slipway-prod--aaa", 90)])
    assert status("prod") == 0
    rows = without_times(capsys.readouterr().out)
    assert rows[0][0].startswith(f"{ADDRESS} answers revision r-")
    assert rows[1:] == [
        [f"https://slipway-prod---canary.{DOMAIN} answers revision r-bbb, deployment bbb"],
        HEAD,
        ["web", "slipway-prod--bbb", "10 % of the requests (canary)", "bbb", "r-bbb", "1", "ready"],
        ["web", "slipway-prod--aaa", "90 % of the requests", "aaa", "r-aaa", "1", "ready"],
    ]


def test_what_answers_otherwise_is_no_success(
    played: Played, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    played.serve(deployment="aaa")
    monkeypatch.setattr(played.apps, "answering", lambda _: None)
    assert status("prod") == 1
    wanted = f"{ADDRESS} answers status 404; asked for revision r-aaa, deployment aaa\n"
    assert capsys.readouterr().out.startswith(wanted)
    del played.apps.kept[WEB]
    played.serve("worker.mail")
    assert status("prod") == 1
    assert capsys.readouterr().out.startswith("there is no web app\n")


@pytest.mark.parametrize("how", ["inside", "allowed", "environment"])
def test_what_not_everybody_reaches_is_not_asked(played: Played, capsys: pytest.CaptureFixture[str], how: str) -> None:
    only = [{"name": "office", "ipAddressRange": "203.0.113.0/24", "action": "Allow"}]
    played.serve(deployment="aaa", external=how != "inside", ipSecurityRestrictions=only if how == "allowed" else [])
    played.apps.kept[ENVIRONMENT]["properties"]["vnetConfiguration"]["internal"] = how == "environment"
    assert status("prod") == 0
    assert re.match(r"https://\S+ is not asked: not everybody reaches it\n", capsys.readouterr().out)
    played.apps.revisions(WEB)[0]["properties"]["healthState"] = "Unhealthy"
    assert status("prod") == 1


def test_executions_that_failed_of_late_are_told_with_why(played: Played, capsys: pytest.CaptureFixture[str]) -> None:
    played.serve(deployment="aaa")
    job = played.job("job.tidy")
    for fate in (Fate(0), Fate(1)):
        made = played.apps.jobs_start(f"{job}/start", {})
        played.apps.end(played.apps.kept[made["id"]], fate)
    assert status("prod") == 0
    assert without_times(capsys.readouterr().out)[-3:] == [
        ["Executions that failed in the last hour:"],
        ["process", "execution", "ended", "why"],
        ["job.tidy", played.apps.begun[1]["name"], "it ended with exit code 1"],
    ]


def test_where_nothing_runs_it_is_told_how_to_start_it(played: Played, capsys: pytest.CaptureFixture[str]) -> None:
    assert (status("prod"), logs("prod", 10, False, None), exec("prod", ["true"])) == (1, 1, 1)
    played.azure.refusals = [Refusal(404, "ResourceGroupNotFound", "Resource group 'slipway-prod' was not found.")]
    assert status("prod") == 1
    assert capsys.readouterr().out == NOTHING * 4
    assert sweep("prod", []) is None


def test_a_stack_s_file_without_a_subscription_is_refused(played: Played, stack_file: Path) -> None:
    stack_file.write_text("config:\n  service:target: azure.container_apps\n", encoding="utf-8")
    with pytest.raises(DeploymentError) as told:
        status("prod")
    key = "service:options.subscription"
    fix = f"pulumi config set --path {key} {container_apps_operations.EXAMPLE} --stack prod"
    assert str(told.value) == f"{key}: is required. Fix: {fix}"


# -- logs


def test_the_last_lines_of_each_process_are_shown_under_its_name(
    played: Played, capsys: pytest.CaptureFixture[str]
) -> None:
    played.serve(deployment="aaa")
    played.serve("worker.mail", deployment="aaa")
    made = played.apps.jobs_start(f"{played.job()}/start", {})
    played.apps.container_apps_api_job_execution(made["id"], {})
    played.write("slipway-prod--aaa", ["one", "two", "three"])
    played.write("slipway-prod--aaa", ["Replica was started"], table=SYSTEM)
    played.apps.lines.write("sent", ContainerAppName_s="slipway-prod-mail")
    played.apps.lines.write("another stack's", ContainerAppName_s="slipway-dev")
    assert logs("prod", 3, False, None) == 0
    assert capsys.readouterr().out.splitlines() == [
        "release     | ran flask release",
        "web         | two",
        "web         | three",
        "web         | Replica was started",
        "worker.mail | sent",
    ]
    assert logs("prod", 1, False, "worker.mail") == 0
    assert capsys.readouterr().out == "worker.mail | sent\n"
    assert logs("prod", 1, False, "mail") == 1
    assert capsys.readouterr().out == "No process 'mail' has a log; there are: release, web, worker.mail\n"


def test_without_a_workspace_it_is_told_that_nothing_is_kept(
    played: Played, capsys: pytest.CaptureFixture[str]
) -> None:
    played.serve(deployment="aaa")
    del played.apps.kept[ENVIRONMENT]["properties"]["appLogsConfiguration"]
    assert logs("prod", 3, False, None) == 1
    assert capsys.readouterr().out.endswith("their environment has no Log Analytics workspace\n")


def test_what_comes_late_is_followed_and_nothing_is_shown_twice(
    played: Played, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    played.serve(deployment="aaa")
    played.serve("worker.mail", deployment="aaa")
    played.write("slipway-prod--aaa", ["long ago"], ago=240)
    played.write("slipway-prod--aaa", ["first"], ago=120)
    played.apps.lines.write("not to be sent", ContainerAppName_s="slipway-prod-mail", ago=3600)
    to_come = [(["second", "second"], 60), ([], 0), (["third"], 0)]

    def sleep(_seconds: float) -> None:
        if not to_come:
            raise KeyboardInterrupt
        lines, ago = to_come.pop(0)
        # They were written before anybody followed them, and are stored now.
        played.write("slipway-prod--aaa", lines, ago=ago)

    monkeypatch.setattr(log_lines.time, "sleep", sleep)
    assert logs("prod", 1, True, None) == 0
    said = capsys.readouterr()
    lines = ["web         | first", "worker.mail | not to be sent"]
    assert said.out.splitlines() == [*lines, *(f"web         | {each}" for each in ("second", "second", "third"))]
    assert said.err == "Log Analytics has a line a minute or more after it was written ...\n"


# -- exec


def test_a_command_runs_in_what_most_requests_go_to_and_ends_as_it_ended(
    played: Played, capfd: pytest.CaptureFixture[str]
) -> None:
    played.serve(deployment="aaa")
    played.serve(deployment="bbb", shares=[("slipway-prod--bbb", 10, "canary"), ("slipway-prod--aaa", 90)])
    assert exec("prod", ["printf", r"to be seen\n\n%s: 100 %%, no newline at the end", "it's $HOME, naïve"]) == 0
    told = "to be seen\n\nit's $HOME, naïve: 100 %, no newline at the end"
    assert capfd.readouterr() == (told, "")
    assert exec("prod", ["sh", "-c", "echo one; echo two >&2; exit 3"]) == 3
    assert capfd.readouterr() == ("one\ntwo\n", "the command ended with exit code 3\n")
    assert exec("prod", ["true"]) == 0
    assert capfd.readouterr() == ("", "")
    assert exec("prod", ["no-such-command"]) == 127
    assert "not found" in capfd.readouterr().out


def test_a_replica_that_came_to_rest_is_woken_by_a_request(
    played: Played, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    played.serve(deployment="aaa")
    played.apps.resting.add("slipway-prod--aaa")
    assert exec("prod", ["true"]) == 0
    assert capsys.readouterr().err == "no replica of slipway-prod--aaa runs: a request starts one ...\n"
    monkeypatch.setattr(container_apps_operations, "WAKING", -1)
    played.apps.resting.add("slipway-prod--aaa")
    with pytest.raises(DeploymentError, match="no replica of slipway-prod--aaa runs after -1 s: it is still being"):
        exec("prod", ["true"])
    played.apps.kept[WEB]["properties"]["configuration"]["ingress"]["external"] = False
    with pytest.raises(DeploymentError) as told:
        exec("prod", ["true"])
    why = "no replica of slipway-prod--aaa runs, and it cannot be started from here by a request"
    assert str(told.value) == f"{why}. Fix: pulumi config set --path service:scale.min 1 --stack prod; make up"


def test_a_console_that_goes_away_is_no_success(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    played.serve(deployment="aaa")
    closed = "the console of slipway-prod--aaa-5d8-x1 was closed before the command had ended"
    with pytest.raises(DeploymentError, match=closed):
        exec("prod", ["sh", "-c", "echo half of; kill -9 $PPID"])
    with pytest.raises(DeploymentError, match=r"the command has \d+ characters, and a console takes 4000"):
        exec("prod", ["echo", "x" * 4000])
    monkeypatch.setattr(played.apps, "container_apps_get_auth_token", lambda *_: {"properties": {"token": "of nobody"}})
    with pytest.raises(DeploymentError, match=r"slipway-prod--aaa-5d8-x1 has no console \(status 401\)"):
        exec("prod", ["true"])


def test_what_the_console_itself_says_is_told(played: Played) -> None:
    played.serve(deployment="aaa")
    received = shell._received(_Socket([b"\x01hello", b"\x02 no sh here \n"]), _replica())
    with pytest.raises(DeploymentError, match=r"the console of r says: no sh here$"):
        list(received)


def test_an_interrupted_command_is_interrupted_where_it_runs(
    played: Played, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    played.serve(deployment="aaa")

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(shell, "_read", interrupt)
    assert exec("prod", ["sleep", "600"]) == INTERRUPTED
    assert capsys.readouterr().err.endswith("interrupted\n")


class _Socket:
    def __init__(self, frames: list[bytes]) -> None:
        self._frames = frames

    def recv(self) -> bytes:
        return self._frames.pop(0) if self._frames else b""


def _replica() -> container_apps_operations.Replica:
    return container_apps_operations.Replica("r", "Running", True, 0, "")
