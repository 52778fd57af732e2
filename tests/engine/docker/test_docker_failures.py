"""What goes wrong on a Docker Engine, for real: `up` says so and why, what served still serves, the next `up` mends it."""

import re
import socket
import subprocess
import time

import docker
import psutil
import pytest

from infra.service import load_service
from tests.engine.conftest import Checkout, failed_up
from tests.engine.docker.conftest import DockerStack, Stacks
from tests.engine.test_local_failures import FACTORY, HOOK, LYING, NEVER_READY, kill_all, wait_for
from tools.bench.load import Load


def serves_again(stack: DockerStack, expected: dict[str, str], since: str) -> None:
    """Wait until the web container, started anew, has answered steadily for a second."""
    wait_for(lambda: stack.web().attrs["State"]["StartedAt"] != since, timeout=30)
    wait_for(lambda: all(stack.version() == expected and not time.sleep(0.2) for _ in range(5)), timeout=40)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (HOOK, "    raise RuntimeError('no disk')\n", "RuntimeError: no disk"),
        (HOOK, NEVER_READY, "the database is away"),
        (HOOK, LYING, "revision 000000000000, deployment 000000000000"),
    ],
    ids=["an error at start", "never ready", "says to be another"],
)
def test_a_revision_that_does_not_come_to_serve_fails_and_the_old_one_still_serves(
    shared: DockerStack, old: str, new: str, reason: str
) -> None:
    shared.set(rollout_timeout=8)
    before, beside = shared.version(), [shared.containers(name)[0].id for name in ("worker.heartbeat", "job.tidy")]
    with (
        shared.checkout.edited(FACTORY, old, new),
        Load(("127.0.0.1", shared.port), "/version", keep_bodies=True) as load,
    ):
        said = failed_up(shared)
        tally = load.stop()
    assert reason in said
    assert (tally.failed.total(), len(tally.bodies)) == (0, 1), str(tally)
    assert shared.version() == before
    assert [shared.containers(name)[0].id for name in ("worker.heartbeat", "job.tidy")] == beside
    shared.up()
    assert shared.version() == before
    assert len(shared.containers("web")) == 1


def test_a_release_task_that_fails_is_quoted_and_nothing_is_switched(shared: DockerStack) -> None:
    before = (shared.version(), shared.web().id)
    broken = '    raise click.ClickException("migration 7 fails")\n    client = current_app.test_client()\n'
    with shared.checkout.edited("app/service/commands.py", "    client = current_app.test_client()\n", broken):
        said = failed_up(shared)
    assert "the release task ended with exit code 1; nothing was switched. Its last lines:" in said
    assert "Error: migration 7 fails" in said
    assert (shared.version(), shared.web().id) == before
    assert shared.containers("release") == []
    shared.up()


def test_a_crashed_web_process_is_started_again_and_meanwhile_no_connection_is_refused(shared: DockerStack) -> None:
    before, web = shared.version(), shared.web()
    started = web.attrs["State"]["StartedAt"]
    pid = int(web.top()["Processes"][0][1])
    for child in psutil.Process(pid).children(recursive=True):
        if "serving" in child.cmdline() and "serving.replica" not in child.cmdline():
            child.kill()
            break
    serves_again(shared, before, since=started)
    with socket.create_connection(("127.0.0.1", shared.port), timeout=5):
        pass
    assert shared.web().id == web.id


def test_a_listener_that_was_killed_comes_back_and_the_service_with_it(shared: DockerStack) -> None:
    before, started = shared.version(), shared.web().attrs["State"]["StartedAt"]
    psutil.Process(int(shared.containers("listener")[0].attrs["State"]["Pid"])).kill()
    serves_again(shared, before, since=started)


def test_all_containers_started_anew_in_any_order_serve_as_before(shared: DockerStack) -> None:
    before, started = shared.version(), shared.web().attrs["State"]["StartedAt"]
    everything = [c for c in shared.containers() if c.labels["slipway.process"] != "secrets"]
    for container in everything:
        container.stop(timeout=5)
    for process in ("job.tidy", "web", "worker.heartbeat", "listener"):
        shared.containers(process)[0].start()
    serves_again(shared, before, since=started)


def test_a_container_that_somebody_removed_is_made_again_after_a_refresh(shared: DockerStack) -> None:
    before = shared.version()
    shared.web().remove(force=True)
    assert shared.make("refresh", ARGS="--skip-preview").returncode == 0
    shared.up()
    assert shared.version() == before


def test_a_listener_that_was_removed_comes_back_on_the_newest_image(shared: DockerStack) -> None:
    with shared.checkout.edited(FACTORY, '"""Makes the app."""', '"""Makes the app and no more."""'):
        shared.up()
        assert shared.containers("listener")[0].attrs["Image"] != shared.web().attrs["Image"]
        # As the README has it: docker rm, make refresh, make up.
        shared.containers("listener")[0].remove(force=True)
        assert shared.make("refresh", ARGS="--skip-preview").returncode == 0
        shared.up()
        assert shared.containers("listener")[0].attrs["Image"] == shared.web().attrs["Image"]
        revision = shared.output("revision")
        wait_for(lambda: shared.version()["revision"] == revision, timeout=40)
    shared.up()


def test_an_up_that_was_killed_is_finished_by_the_next_one(shared: DockerStack) -> None:
    with shared.checkout.edited(FACTORY, HOOK, HOOK + "    app.extensions['killed'] = 1\n"):
        up = subprocess.Popen(
            shared.checkout.command("up", STACK=shared.name, ARGS="--skip-preview"),
            cwd=shared.checkout.root,
            env=shared.checkout.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        wait_for(lambda: len(shared.containers("web")) == 2, timeout=60)
        kill_all([*psutil.Process(up.pid).children(recursive=True), psutil.Process(up.pid)])
        up.wait()
        shared.up()
        revision = shared.version()["revision"]
    assert revision == shared.output("revision")
    assert len(shared.containers("web")) == 1


def test_what_another_service_runs_under_the_same_stacks_name_is_nobodys_business(
    shared: DockerStack, docker_engine: docker.DockerClient
) -> None:
    ours = load_service().name
    labels = {"slipway.service": f"{ours}-too", "slipway.stack": shared.name, "slipway.process": "web"}
    image = shared.web().attrs["Image"]
    other = docker_engine.containers.run(image, ["sleep", "60"], labels=labels, detach=True)
    try:
        swept = shared.checkout.operate("sweep", shared.name, "[]")
        assert f"removed: the container {ours}-web" in swept.stderr
        other.reload()
        assert other.status == "running"
        assert str(other.short_id) not in shared.make("status").stdout
    finally:
        other.remove(force=True)
    assert shared.make("refresh", ARGS="--skip-preview").returncode == 0
    shared.up()


def test_looking_at_a_stack_without_an_engine_ends_in_one_line(shared: DockerStack) -> None:
    nowhere = {**shared.checkout.variables, "DOCKER_HOST": "unix:///not/there.sock"}
    done = Checkout(shared.checkout.root, nowhere).make("status", STACK=shared.name)
    assert done.returncode != 0
    assert done.stderr.startswith("no Docker Engine answers at unix:///not/there.sock (")
    assert "Traceback" not in done.stderr


def test_a_taken_port_is_told_before_anything_is_created(stacks: Stacks) -> None:
    stack = stacks()
    with socket.create_server(("127.0.0.1", stack.port)):
        said = failed_up(stack, "")
    fix = f"pulumi config set --path service:options.port 8001 --stack {stack.name}"
    assert f"service:options.port: {stack.port} is taken on 127.0.0.1. Fix: {fix}" in said
    assert stack.left() == []
    stack.up()
    assert stack.version()["stack"] == stack.name


def test_no_docker_engine_is_told_with_what_mends_it(stacks: Stacks) -> None:
    stack = stacks()
    nowhere = {**stack.checkout.variables, "DOCKER_HOST": "unix:///not/there.sock"}
    elsewhere = DockerStack(Checkout(stack.checkout.root, nowhere), stack.name, stack.port)
    said = failed_up(elsewhere)
    assert "no Docker Engine answers at unix:///not/there.sock" in said
    assert "Fix: start Docker, or set service:options.engine or DOCKER_HOST" in said


def test_a_loaded_image_that_was_removed_is_told_and_built_again_by_the_command(stacks: Stacks) -> None:
    stack = stacks()
    stack.config.pop("service:registry")
    stack.set()
    # No other stack's image: one that runs cannot be removed.
    with stack.checkout.edited(FACTORY, '"""Makes the app."""', '"""Makes the app of this test."""'):
        stack.up()
        image = stack.output("image")
        for container in stack.containers():
            container.remove(force=True)
        stack.engine.images.remove(image, force=True)
        assert stack.make("refresh", ARGS="--skip-preview").returncode == 0
        told = re.search(r"is no longer there\. Fix: make up STACK=\S+ ARGS=\"(.+)\"", failed_up(stack))
        assert told
        stack.up(told[1])
        assert stack.output("image") == image
