"""What goes wrong in a cluster, for real: `up` says so and why, what served still serves, the next `up` mends it."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
import yaml

from tests.engine.conftest import Checkout, failed_up
from tests.engine.kubernetes.conftest import KubernetesStack, Stacks
from tests.engine.kubernetes.test_kubernetes_stack import FACTORY, HOOK
from tests.engine.test_local_failures import LYING, NEVER_READY, kill_all, wait_for
from tools.bench.load import Load

pytestmark = pytest.mark.timeout(900)


@pytest.mark.parametrize(
    ("file", "old", "new", "reason"),
    [
        (FACTORY, HOOK, "    raise RuntimeError('no disk')\n", "RuntimeError: no disk"),
        (FACTORY, HOOK, NEVER_READY, "the database is away"),
        ("app/Dockerfile", 'CMD ["python", "-m", "serving"]', 'CMD ["no-such-program"]', "no-such-program"),
    ],
    ids=["an error at start", "never ready", "a broken image"],
)
def test_a_revision_that_does_not_come_to_serve_fails_and_the_old_one_still_serves(
    shared: KubernetesStack, file: str, old: str, new: str, reason: str
) -> None:
    shared.set(rollout_timeout=25)
    before = shared.version()
    with (
        shared.checkout.edited(file, old, new),
        Load(("127.0.0.1", shared.port), "/version", connections=8, pause=0.05, keep_bodies=True) as load,
    ):
        said = failed_up(shared)
        tally = load.stop()
    assert reason in said
    assert (tally.failed.total(), len(tally.bodies)) == (0, 1), str(tally)
    assert shared.version() == before
    shared.up()
    assert shared.version() == before
    wait_for(lambda: len(shared.all("Pod", process="web")) == 2, timeout=60)


def test_a_revision_that_says_to_be_another_fails_and_the_next_up_mends_it(shared: KubernetesStack) -> None:
    before = shared.version()
    shared.set(rollout_timeout=25)
    with shared.checkout.edited(FACTORY, HOOK, LYING):
        assert "revision 000000000000, deployment 000000000000" in failed_up(shared)
    shared.up()
    assert shared.version() == before


def test_a_release_task_that_fails_is_quoted_and_nothing_is_switched(shared: KubernetesStack) -> None:
    before = (shared.version(), sorted(shared.running()))
    broken = '    raise click.ClickException("migration 7 fails")\n    client = current_app.test_client()\n'
    with shared.checkout.edited("app/service/commands.py", "    client = current_app.test_client()\n", broken):
        said = failed_up(shared)
    assert "the release task" in said
    assert "Error: migration 7 fails" in said
    assert (shared.version(), sorted(shared.running())) == before
    shared.up()


@pytest.mark.parametrize("moment", ["while the pods are rolled", "while a worker is made"])
def test_an_up_that_was_killed_is_finished_by_the_next_one(stacks: Stacks, moment: str) -> None:
    stack = stacks()
    if moment == "while the pods are rolled":
        stack.up()
        stack.set(environment={"GREETING": "Killed"})
        killed(stack, lambda: len(stack.all("ReplicaSet", "apps/v1", "web")) == 2)
    else:
        # Its name is fixed: were it made again, the cluster would say that it is there already.
        killed(stack, lambda: bool(stack.all("ReplicaSet", "apps/v1", "worker.heartbeat")))
    stack.up()
    assert stack.version()["deployment"] == stack.output("deployment")
    wait_for(lambda: len(stack.all("Pod", process="web")) == 2, timeout=60)


def killed(stack: KubernetesStack, when: Callable[[], bool]) -> None:
    """Kill an `up`, and all that it started, as soon as it has come so far."""
    up = subprocess.Popen(
        stack.checkout.command("up", STACK=stack.name, ARGS="--skip-preview"),
        cwd=stack.checkout.root,
        env=stack.checkout.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    wait_for(when, timeout=120)
    kill_all([*psutil.Process(up.pid).children(recursive=True), psutil.Process(up.pid)])
    up.wait()


def test_what_somebody_deleted_is_made_again_after_a_refresh(shared: KubernetesStack) -> None:
    before = shared.version()
    for kind, version in (("Deployment", "apps/v1"), ("Service", "v1")):
        for each in shared.all(kind, version, "web"):
            shared.cluster.delete({"apiVersion": version, "kind": kind, **each})
    wait_for(lambda: not shared.all("Deployment", "apps/v1", "web"), timeout=60)
    assert shared.make("refresh", ARGS="--skip-preview").returncode == 0
    shared.up()
    assert shared.version() == before


def test_a_cluster_that_does_not_answer_is_told_in_one_line(shared: KubernetesStack, tmp_path: Path) -> None:
    nowhere = tmp_path / "kubeconfig"
    context = shared.config["service:options"]["context"]
    told = {
        "clusters": [{"name": "c", "cluster": {"server": "http://127.0.0.1:1"}}],
        "users": [{"name": "u", "user": {}}],
        "contexts": [{"name": context, "context": {"cluster": "c", "user": "u"}}],
        "current-context": context,
    }
    nowhere.write_text(yaml.safe_dump({"apiVersion": "v1", "kind": "Config", **told}), encoding="utf-8")
    away = Checkout(shared.checkout.root, {**shared.checkout.variables, "KUBECONFIG": str(nowhere)})
    done = away.make("status", STACK=shared.name)
    assert done.returncode != 0
    assert "does not answer at http://127.0.0.1:1" in done.stderr
    assert "Traceback" not in done.stderr
