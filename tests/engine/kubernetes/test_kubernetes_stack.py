"""The target `kubernetes` end to end: what runs is what was asked for, may do little, and is replaced without a gap."""

import base64
import json
import re

import pytest

from tests.engine.conftest import PINNED
from tests.engine.kubernetes.conftest import SERVICE, KubernetesStack, Stacks
from tests.engine.test_local_failures import wait_for
from tests.kubernetes_provider.cluster import Refused

pytestmark = pytest.mark.timeout(900)

FACTORY = "app/service/factory.py"
HOOK = "    errors.register(app)\n"


def test_the_address_serves_the_image_that_the_stack_names_by_its_digest(shared: KubernetesStack) -> None:
    version, image = shared.version(), shared.output("image")
    assert PINNED.match(image)
    assert image.startswith(f"{shared.repository}@")
    assert version == {
        "service": SERVICE,
        "revision": shared.output("revision"),
        "deployment": shared.output("deployment"),
        "server": "gunicorn",
        "target": "kubernetes",
        "stack": shared.name,
    }
    assert shared.url == shared.output("url")
    assert {pod["spec"]["containers"][0]["image"] for pod in shared.all("Pod", process="web")} == {image}


def test_every_process_of_the_contract_runs_and_the_release_task_was_run_once(shared: KubernetesStack) -> None:
    assert len(shared.running("web")) == 2
    assert len(shared.running("worker.heartbeat")) == 1
    (tidy,) = shared.all("CronJob", "batch/v1")
    assert tidy["spec"]["jobTemplate"]["spec"]["template"]["metadata"]["labels"]["slipway.process"] == "job.tidy"


def test_a_pod_may_do_little_and_the_namespace_takes_no_other(shared: KubernetesStack) -> None:
    namespace = shared.cluster.get("v1", "Namespace", shared.namespace)
    assert namespace is not None
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    (pod, *_) = shared.running("web")
    told = shared.shell(pod, "id -u; cat /proc/self/status | grep -E '^(CapEff|NoNewPrivs|Seccomp):'; touch /x")
    assert told.splitlines() == [
        "10001",
        "CapEff:\t0000000000000000",
        "NoNewPrivs:\t1",
        "Seccomp:\t2",
        "touch: cannot touch '/x': Read-only file system",
    ]
    loose = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "loose", "namespace": shared.namespace},
        "spec": {"containers": [{"name": "c", "image": "i", "securityContext": {"privileged": True}}]},
    }
    with pytest.raises(Refused, match='violates PodSecurity "restricted:latest"'):
        shared.cluster.apply(loose, "slipway-tests", dry=True)


def test_a_pod_has_no_token_and_no_names_of_its_neighbours(shared: KubernetesStack) -> None:
    (pod, *_) = shared.running("web")
    told = shared.shell(pod, "ls /var/run/secrets/kubernetes.io 2>&1; env | grep -c _SERVICE_HOST")
    # Kubernetes' own two variables are in every pod.
    assert "No such file or directory" in told
    assert int(told.splitlines()[-1]) <= 1


def test_secrets_are_files_of_the_service_and_nowhere_else(shared: KubernetesStack) -> None:
    (found,) = [each for each in shared.all("Secret") if "SECRET_KEY" in (each.get("data") or {})]
    secret = base64.b64decode(found["data"]["SECRET_KEY"]).decode()
    (pod, *_) = shared.running("web")
    assert shared.shell(pod, "cat /run/service/SECRET_KEY") == secret
    seen = json.dumps([shared.all("Pod"), shared.all("ConfigMap"), shared.all("Deployment", "apps/v1")])
    exported = shared.checkout.pulumi("stack", "export", "--stack", shared.name).stdout
    assert "ciphertext" in exported
    for text in (seen, exported):
        assert secret not in text
        assert base64.b64encode(secret.encode()).decode() not in text


def test_a_second_up_changes_nothing_and_a_refresh_finds_nothing(shared: KubernetesStack) -> None:
    done = shared.make("up", ARGS="--skip-preview --expect-no-changes")
    assert done.returncode == 0, done.stdout + done.stderr
    assert shared.make("refresh", ARGS="--skip-preview").returncode == 0
    done = shared.make("preview", ARGS="--expect-no-changes")
    assert done.returncode == 0, done.stdout + done.stderr


def test_status_logs_and_exec_show_what_runs(shared: KubernetesStack) -> None:
    status = shared.make("status")
    told = f"revision {shared.version()['revision']}, deployment {shared.version()['deployment']}"
    assert status.returncode == 0
    assert f"http://127.0.0.1:{shared.port} answers {told}\n" in status.stdout
    assert len(re.findall(r"^web +.* ready ", status.stdout, re.MULTILINE)) == 2, status.stdout
    shared.get("/")
    wait_for(
        lambda: bool(re.search(r'"path": "/"', shared.make("logs", PROCESS="web").stdout, re.MULTILINE)), timeout=10
    )
    assert "heartbeat" in shared.make("logs", PROCESS="worker.heartbeat").stdout
    done = shared.make("exec", CMD="python -c 'import os, sys; print(os.getuid()); sys.exit(3)'")
    assert (done.stdout, done.returncode != 0) == ("10001\n", True)


def test_changed_settings_and_changed_secrets_are_another_deployment_and_roll_the_pods(stacks: Stacks) -> None:
    stack = stacks()
    stack.up()
    before, pods = stack.version()["deployment"], set(stack.running())
    stack.set(environment={"GREETING": "Settings alone"})
    stack.up()
    between, moved = stack.version()["deployment"], set(stack.running())
    assert "Settings alone" in stack.get("/")
    stack.set_secret("SECRET_KEY", "a new one, much longer than before")
    stack.up()
    assert len({before, between, stack.version()["deployment"]}) == 3
    last = stack.running()
    assert len({*pods, *moved, *last}) == 6
    assert stack.shell(last[0], "cat /run/service/SECRET_KEY") == "a new one, much longer than before"
    # What was before leaves with its pods.
    wait_for(lambda: len(stack.all("Pod", process="web")) == 2, timeout=60)
    assert len([each for each in stack.all("Secret") if "SECRET_KEY" in (each.get("data") or {})]) == 1
    assert len([each for each in stack.all("ConfigMap") if "SERVICE_NAME" in (each.get("data") or {})]) == 1


def test_a_rollback_returns_to_an_earlier_revision(stacks: Stacks) -> None:
    stack = stacks()
    stack.checkout.commit("a stack in a cluster")
    stack.up()
    older = stack.version()
    with stack.checkout.changed(FACTORY, HOOK, HOOK + "    app.extensions['new'] = 1\n"):
        stack.up()
        assert stack.version()["revision"] != older["revision"]
    listed = stack.make("rollback")
    assert listed.returncode == 0, listed.stdout + listed.stderr
    oldest, *_ = listed.stdout.splitlines()[-1].split()
    done = stack.make("rollback", VERSION=oldest, YES="1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert stack.version() == older
