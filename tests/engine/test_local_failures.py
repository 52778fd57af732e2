"""What goes wrong on this machine, for real: `up` says so and why, what served still serves, and the next `up` mends it."""

import os
import re
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psutil
import pytest

from infra.targets import specs
from tests.engine.conftest import Stack, free_port
from tools.bench.load import Load

FACTORY = "app/service/factory.py"
HOOK = "    errors.register(app)\n"
NEVER_READY = "    app.add_url_rule('/readyz', view_func=lambda: ({'status': 'the database is away'}, 503))\n" + HOOK
LIE = "{'revision': '000000000000', 'deployment': '000000000000'}"
LYING = f"    app.add_url_rule('/version', view_func=lambda: {LIE})\n" + HOOK
# Every other time the app leaves the path to the wrapper, which tells the truth.
FLAPPING = (
    "    import itertools, flask; turns = itertools.count()\n"
    f"    app.add_url_rule('/version', view_func=lambda: {LIE} if next(turns) % 2 else flask.abort(404))\n" + HOOK
)
SLOW_START = "    import time; time.sleep(6)\n" + HOOK


def failed_up(stack: Stack) -> str:
    """`make up`, which must fail without a traceback of the program or of a provider; what it said."""
    done = stack.make("up")
    assert done.returncode != 0
    said = done.stdout + done.stderr
    assert not re.search(r"/infra/\S+\.py\", line", said), said
    return said


def wait_for(done: Callable[[], bool], timeout: float = 20) -> None:
    """Ask until it is so. While a server is killed and started again, an answer may be cut off."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        with suppress(OSError, HTTPException):
            if done():
                return
        time.sleep(0.2)
    raise AssertionError("it did not come to be in time")


@contextmanager
def watching_command_lines() -> Iterator[set[str]]:
    """Every command line that any process of this machine shows meanwhile."""
    seen: set[str] = set()
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.1):
            for process in psutil.process_iter():
                with suppress(psutil.Error):
                    seen.add(" ".join(process.cmdline()))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield seen
    finally:
        done.set()
        thread.join()


def kill_all(processes: list[psutil.Process]) -> None:
    """What a machine's sudden end does to them."""
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(processes, timeout=10)


def test_a_taken_port_is_told_before_anything_is_created(stack: Stack) -> None:
    with ThreadingHTTPServer(("127.0.0.1", stack.port), BaseHTTPRequestHandler):
        said = failed_up(stack)
    assert f"service:options.port: {stack.port} is taken on 127.0.0.1 by process {os.getpid()} " in said
    assert f"Fix: pulumi config set --path service:options.port 8001 --stack {stack.name}" in said
    assert not stack.folder.exists()


def test_mistakes_in_the_stacks_file_are_all_told_and_nothing_is_created(stack: Stack) -> None:
    good = dict(stack.config)
    stack.set(target="lokal", size={"cpu": 0}, sise="big")
    said = failed_up(stack)
    for line in (
        "service:sise: is not a known key (did you mean service:size?). ",
        "service:size.cpu: 0 must be more than 0. ",
        f"service:target: 'lokal' is not one of {', '.join(sorted(specs()))}. ",
    ):
        assert line in said
    assert not stack.folder.exists()
    stack.config = good
    stack.set()


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('"""Makes the app."""\n', '"""Makes the app."""\nimport not_there\n', "No module named 'not_there'"),
        (HOOK, "    raise RuntimeError('no disk')\n", "RuntimeError: no disk"),
        (HOOK, NEVER_READY, "the database is away"),
        (HOOK, LYING, "it says revision 000000000000, deployment 000000000000"),
    ],
    ids=["a missing module", "an error at start", "never ready", "says to be another"],
)
def test_a_revision_that_does_not_come_to_serve_fails_and_the_old_one_still_serves(
    stack: Stack, old: str, new: str, reason: str
) -> None:
    stack.set(rollout_timeout=5)
    stack.up()
    before = stack.version()
    with (
        stack.checkout.edited(FACTORY, old, new),
        Load(("127.0.0.1", stack.port), "/version", keep_bodies=True) as load,
    ):
        said = failed_up(stack)
        tally = load.stop()
    assert reason in said
    assert (tally.failed.total(), len(tally.bodies)) == (0, 1)
    assert stack.version() == before
    stack.up()
    assert stack.version() == before


def test_a_service_that_flaps_makes_up_fail_and_is_quoted(stack: Stack) -> None:
    stack.set(rollout_timeout=5)
    with stack.checkout.edited(FACTORY, HOOK, FLAPPING):
        said = failed_up(stack)
    assert "does not steadily serve what was asked for" in said
    assert " x revision 000000000000, deployment 000000000000" in said
    assert "The last log lines:" in said
    stack.up()


def test_a_failing_release_task_stops_the_rollout_and_shows_its_lines(stack: Stack) -> None:
    stack.up()
    before = stack.version()
    with stack.checkout.edited("app/service.toml", '"release"]', '"no-such-command"]'):
        said = failed_up(stack)
    assert "the release task ended with exit code 2; nothing was switched." in said
    assert "No such command 'no-such-command'" in said
    assert stack.version() == before


def test_a_server_that_dies_is_noticed_by_refresh_and_set_going_by_up(stack: Stack) -> None:
    stack.up()
    before = stack.version()
    kill_all(stack.processes())
    assert not stack.answers()
    refreshed = stack.make("refresh")
    assert "what was deployed does not serve: its processes are gone" in refreshed.stdout
    stack.up()
    assert stack.version() == before


def test_after_the_machine_was_restarted_up_alone_mends_it(stack: Stack) -> None:
    stack.up()
    kill_all(stack.processes())
    stack.up()
    assert stack.answers()
    assert "8 unchanged" in stack.make("preview").stdout


def test_a_port_that_answers_something_else_is_noticed(stack: Stack) -> None:
    class Impostor(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<h1>It works!</h1>")

        def log_message(self, format: str, *args: object) -> None:
            pass

    stack.up()
    kill_all(stack.processes())
    with ThreadingHTTPServer(("127.0.0.1", stack.port), Impostor) as server:
        threading.Thread(target=server.serve_forever).start()
        try:
            refreshed = stack.make("refresh")
            said = failed_up(stack)
        finally:
            server.shutdown()
    assert (
        "what was deployed does not serve: its processes are gone, "
        f"and port {stack.port} answers: an answer that is not the service's"
    ) in refreshed.stdout
    assert f"service:options.port: {stack.port} is taken" in said


def test_a_replacement_that_a_person_asks_for_ends_with_the_service_serving(stack: Stack) -> None:
    stack.up()
    before = stack.version()
    urns = [
        line.strip()
        for line in stack.checkout.pulumi("stack", "--show-urns", "--stack", stack.name).stdout.splitlines()
    ]
    urn = next(line.split("URN: ")[1] for line in urns if "slipway:Deployment::deployment" in line)
    # A dollar sign is escaped for make and for the shell.
    stack.up("--replace", urn.replace("$", "\\$$"))
    assert stack.version() == before


def test_a_lowered_timeout_does_not_cut_the_request_that_still_runs(stack: Stack) -> None:
    route = "    import time; app.add_url_rule('/slow', view_func=lambda: (time.sleep(18), 'slow')[1])\n" + HOOK
    stack.set(timeout=60, rollout_timeout=5)
    answers: list[str] = []
    with stack.checkout.edited(FACTORY, HOOK, route):
        stack.up()
        client = threading.Thread(target=lambda: answers.append(stack.get("/slow", timeout=60)))
        client.start()
        time.sleep(0.5)
        stack.set(timeout=1)
        stack.up()
        client.join()
    assert answers == ["slow"]
    assert stack.answers()


def test_another_host_and_another_port_are_taken_over(stack: Stack) -> None:
    stack.up()
    stack.set(options={"host": "0.0.0.0", "port": stack.port})
    stack.up()
    assert stack.answers()
    old, stack.port = stack.port, free_port()
    stack.set(options={"port": stack.port})
    stack.up()
    assert stack.answers()
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", old)) != 0


def test_a_runner_killed_alone_leaves_no_secret_and_no_process_behind(stack: Stack) -> None:
    stack.up()
    web = stack.web()
    runner = web.parent()
    assert runner is not None
    kill_all([runner])
    stack.up()
    assert stack.answers()
    assert len(list((stack.folder / "instances").glob("*/secrets/SECRET_KEY"))) == 1
    assert not web.is_running() or web.status() == psutil.STATUS_ZOMBIE


def test_a_crashed_web_process_is_started_again_and_status_counts_it(stack: Stack) -> None:
    stack.up()
    crashed = stack.web()
    crashed.kill()
    wait_for(lambda: stack.restarts("web") == 1)
    wait_for(stack.answers)
    assert stack.web() != crashed


def test_a_release_whose_files_were_edited_no_longer_passes_for_its_revision(stack: Stack) -> None:
    stack.up()
    revision = stack.version()["revision"]
    page = next((stack.folder / "releases" / revision).rglob("factory.py"))
    page.write_text(page.read_text(encoding="utf-8") + "\n# edited in place\n", encoding="utf-8")
    stack.web().kill()
    wait_for(lambda: stack.version()["revision"] == f"{revision}-modified")
    assert f"does not serve: port {stack.port} answers: revision {revision}-modified" in stack.make("refresh").stdout


@pytest.mark.parametrize("moment", ["starting the service", "running the release task", "installing requirements"])
def test_an_up_killed_at_any_moment_is_mended_by_the_next_one(stack: Stack, moment: str) -> None:
    with stack.checkout.edited(FACTORY, HOOK, SLOW_START):
        run = subprocess.Popen(
            stack.checkout.command("up", STACK=stack.name),
            cwd=stack.checkout.root,
            env=stack.checkout.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        assert run.stdout is not None
        for line in run.stdout:
            if moment in line:
                break
        family = psutil.Process(run.pid).children(recursive=True)
        kill_all(
            [p for p in family if "serving" not in p.cmdline() and "infra.targets.local.runner" not in p.cmdline()]
        )
        run.kill()
        run.communicate()
        stack.up()
        assert stack.answers()
        assert len([p for p in stack.processes() if "infra.targets.local.runner" in p.cmdline()]) == 1
        assert "8 unchanged" in stack.make("preview").stdout


def test_an_interrupted_update_leaves_the_old_one_or_the_new_one_whole(stack: Stack) -> None:
    stack.up()
    before = stack.version()
    with stack.checkout.edited(FACTORY, HOOK, SLOW_START), Load(("127.0.0.1", stack.port), "/version") as load:
        run = subprocess.Popen(
            stack.checkout.command("up", STACK=stack.name),
            cwd=stack.checkout.root,
            env=stack.checkout.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert run.stdout is not None
        for line in run.stdout:
            if "starting the service" in line:
                break
        run.send_signal(signal.SIGINT)
        run.communicate(timeout=60)
        assert stack.answers()
        stack.up()
        tally = load.stop()
    assert tally.failed.total() == 0, tally
    assert stack.version()["revision"] != before["revision"]


def test_state_logs_plan_and_command_lines_hold_no_secret(stack: Stack) -> None:
    secret = "correct-horse-battery-staple"
    stack.set_secret("SECRET_KEY", secret)
    with watching_command_lines() as lines:
        said = stack.make("preview", ARGS="--diff").stdout + stack.up().stdout
    assert [line for line in lines if secret in line] == []
    assert any("serving" in line for line in lines)
    stack.get("/")
    said += stack.make("logs").stdout + stack.make("status").stdout
    assert secret not in said
    assert secret not in stack.file.read_text(encoding="utf-8")
    shown = stack.make("exec", CMD="cat " + str(secret_file(stack)))
    assert secret in shown.stdout
    places = [
        path for path in (stack.checkout.root / ".slipway").rglob("*") if path.is_file() and "envs" not in path.parts
    ]
    holding = [path for path in places if secret.encode() in path.read_bytes()]
    assert holding == [secret_file(stack)]
    assert secret_file(stack).stat().st_mode & 0o777 == 0o600


def secret_file(stack: Stack) -> Path:
    return next((stack.folder / "instances").glob("*/secrets/SECRET_KEY"))


def test_a_changed_secret_alone_starts_a_new_deployment_with_it(stack: Stack) -> None:
    stack.set_secret("SECRET_KEY", "first-value-of-the-secret")
    stack.up()
    before = stack.version()
    stack.set_secret("SECRET_KEY", "second-value-of-the-secret")
    stack.up()
    after = stack.version()
    assert after["revision"] == before["revision"]
    assert after["deployment"] != before["deployment"]
    assert secret_file(stack).read_text(encoding="utf-8") == "second-value-of-the-secret"


@pytest.mark.parametrize("server", ["gunicorn", "uwsgi", "waitress"])
def test_updates_under_load_fail_no_request(stack: Stack, server: str) -> None:
    stack.set(server=server)
    stack.up()
    with Load(("127.0.0.1", stack.port), "/api/hello", connections=32) as load:
        for number in (1, 2):
            stack.set(environment={"GREETING": f"number {number}"})
            stack.up()
        tally = load.stop()
    assert tally.failed.total() == 0, tally
    assert tally.ok > 1000
