"""The life of a stack on this machine, with the real engine: preview, up, no change, change, refresh, destroy."""

import json
import re
import subprocess

import pytest

from infra.service import load_service
from tests.engine.conftest import Checkout, Stack

HEX = re.compile(r"[0-9a-f]{12}")


def unchanged(said: str) -> int:
    return int(found[1]) if (found := re.search(r"(\d+) unchanged", said)) else 0


def test_a_stack_lives_from_preview_to_destroy(stack: Stack) -> None:
    previewed = stack.make("preview")
    assert previewed.returncode == 0
    assert "8 to create" in previewed.stdout
    assert not stack.folder.exists()

    done = stack.up()
    said = done.stdout + done.stderr
    assert f"The service is at {stack.url}" in said
    version = stack.version()
    assert HEX.fullmatch(version["revision"])
    assert HEX.fullmatch(version["deployment"])
    assert {k: version[k] for k in ("service", "server", "target", "stack")} == {
        "service": load_service().name,
        "server": "gunicorn",
        "target": "local",
        "stack": stack.name,
    }

    assert unchanged(stack.up().stdout) == 8
    assert stack.version() == version

    refreshed = stack.make("refresh")
    assert refreshed.returncode == 0
    assert unchanged(refreshed.stdout) == 8

    stack.set(environment={"GREETING": "Ahoy from the test."})
    stack.up()
    changed = stack.version()
    assert changed["revision"] == version["revision"]
    assert changed["deployment"] != version["deployment"]
    assert "Ahoy from the test." in stack.get("/")

    with stack.checkout.edited("app/service/__init__.py", '"""', '"""Changed. '):
        stack.up()
        assert stack.version()["revision"] != version["revision"]

    destroyed = stack.make("destroy")
    assert destroyed.returncode == 0
    assert not stack.answers()
    assert stack.processes() == []
    assert not stack.folder.exists()


def test_up_leaves_git_status_clean(checkout: Checkout, stack: Stack) -> None:
    checkout.git("add", "stacks")
    before = checkout.git("status", "--porcelain")
    assert f"stacks/Pulumi.{stack.name}.yaml\n" in before
    stack.up()
    assert checkout.git("status", "--porcelain") == before
    checkout.git("reset", "-q")


def test_plain_pulumi_does_the_same_after_make_env(checkout: Checkout, stack: Stack) -> None:
    stack.up()
    before = stack.version()
    assert unchanged(checkout.pulumi("up", "--yes", "--stack", stack.name).stdout) == 8
    stack.set(environment={"GREETING": "By hand."})
    plain = checkout.pulumi("up", "--yes", "--stack", stack.name)
    assert plain.returncode == 0, plain.stdout + plain.stderr
    assert stack.version()["deployment"] != before["deployment"]
    assert "By hand." in stack.get("/")


@pytest.mark.parametrize("server", ["uwsgi", "waitress"])
def test_one_word_in_the_stack_chooses_the_server(stack: Stack, server: str) -> None:
    stack.set(server=server)
    stack.up()
    assert stack.version()["server"] == server


def test_two_stacks_go_up_at_once_and_run_side_by_side(stack: Stack, second_stack: Stack) -> None:
    stacks = (stack, second_stack)
    root, environment = stack.checkout.root, stack.checkout.environment()
    runs = [
        subprocess.Popen(s.checkout.command("up", STACK=s.name), cwd=root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for s in stacks
    ]  # fmt: skip
    said = [run.communicate()[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0], "\n".join(said)
    assert [s.version()["stack"] for s in stacks] == [stack.name, second_stack.name]
    second_stack.make("destroy")
    assert stack.answers()


def test_status_logs_and_exec_show_what_runs(stack: Stack) -> None:
    assert stack.make("status").returncode != 0
    stack.up()
    stack.get("/api/hello")
    status = stack.make("status")
    assert status.returncode == 0
    version = stack.version()
    assert f"{stack.url} answers revision {version['revision']}, deployment {version['deployment']}" in status.stdout
    assert re.search(r"^web\s+\d+", status.stdout, re.MULTILINE)
    assert re.search(r"^worker\.heartbeat\s+\d+", status.stdout, re.MULTILINE)
    logs = stack.make("logs", PROCESS="web", LINES="50")
    lines = [line.split(" | ", 1)[1] for line in logs.stdout.splitlines() if " | " in line]
    assert any(json.loads(line).get("path") == "/api/hello" for line in lines if line.startswith("{"))
    run = stack.make("exec", CMD="python -c \"import os, flask; print(os.environ['SERVICE_STACK'], flask.__name__)\"")
    assert run.returncode == 0
    assert f"{stack.name} flask" in run.stdout
    assert stack.make("exec", CMD="false").returncode != 0


def test_the_release_task_runs_once_per_revision_and_before_the_switch(stack: Stack) -> None:
    stack.up()
    stack.set(environment={"GREETING": "another setting"})
    stack.up()
    records = sorted(path.name for path in (stack.folder / "released").iterdir())
    revision = stack.version()["revision"]
    assert records == [revision, f"{revision}.log"]
    assert len((stack.folder / "released" / f"{revision}.log").read_text(encoding="utf-8").splitlines()) >= 1
    first = (stack.folder / "released" / revision).stat().st_mtime
    with stack.checkout.edited("app/service/__init__.py", '"""', '"""Changed. '):
        stack.up()
        assert len(list((stack.folder / "released").glob("*.log"))) == 2
    stack.up()
    assert stack.version()["revision"] == revision
    assert (stack.folder / "released" / revision).stat().st_mtime == first


def test_an_environment_holds_no_sdk_of_a_cloud(checkout: Checkout) -> None:
    packages = {
        path.name for path in (checkout.root / ".slipway/envs/local/lib").glob("python3.*/site-packages/pulumi*")
    }
    assert {name for name in packages if not name.startswith("pulumi-3")} == {"pulumi"}


def test_the_state_names_no_path_of_this_machine(stack: Stack) -> None:
    stack.up()
    state = next((stack.checkout.root / ".slipway/state").rglob(f"stacks/**/{stack.name}.json"))
    assert str(stack.checkout.root) not in state.read_text(encoding="utf-8")
