"""Under load no request is lost, whatever happens to the pods: updates, scaling, a killed pod, a drained node."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.engine.kubernetes.conftest import KubernetesStack, Stacks
from tests.engine.kubernetes.test_kubernetes_stack import FACTORY, HOOK
from tests.engine.test_local_failures import wait_for
from tests.kubernetes_provider.cluster import Cluster, Refused
from tools.bench.load import Load, Tally

pytestmark = pytest.mark.timeout(900)

CONNECTIONS = 32
REQUESTS = 20_000
# So many requests take as long as the updates do, on a machine that has other work beside.
PAUSE = 0.05


def load_on(stack: KubernetesStack) -> Load:
    return Load(
        ("127.0.0.1", stack.port),
        "/version",
        connections=CONNECTIONS,
        pause=PAUSE,
        timeout=20,
        keep_bodies=True,
        sources=[f"127.0.0.{number}" for number in range(2, 2 + CONNECTIONS)],
    )


def deployments(tally: Tally) -> int:
    return len({json.loads(body)["deployment"] for body in tally.bodies})


@pytest.mark.parametrize("server", ["gunicorn", "uwsgi", "waitress"])
def test_five_updates_under_load_lose_no_request(stacks: Stacks, server: str) -> None:
    stack = stacks(server=server)
    stack.up()
    with load_on(stack) as load:
        load.wait_for(200)
        for turn in range(4):
            stack.set(environment={"GREETING": f"Settings alone {turn}"})
            stack.up()
        with stack.checkout.edited(FACTORY, HOOK, HOOK + "    app.extensions['new'] = 1\n"):
            stack.up()
            assert stack.version()["revision"] == stack.output("revision")
        load.wait_for(REQUESTS, within=240)
        tally = load.stop()
    print(tally)
    assert tally.failed.total() == 0, str(tally)
    assert tally.ok >= REQUESTS
    assert deployments(tally) == 6


def test_scaling_up_and_down_under_load_loses_no_request(stacks: Stacks) -> None:
    stack = stacks()
    stack.up()
    with load_on(stack) as load:
        for count in (4, 2):
            load.wait_for(load.tally.ok + 200)
            stack.set(scale={"min": count, "max": count})
            stack.up()
            wait_for(lambda count=count: len(stack.all("Pod", process="web")) == count, timeout=60)
        load.wait_for(load.tally.ok + 200)
        tally = load.stop()
    assert tally.failed.total() == 0, str(tally)
    assert deployments(tally) == 1


def test_a_pod_that_is_deleted_takes_no_request_with_it(shared: KubernetesStack) -> None:
    with load_on(shared) as load:
        load.wait_for(200)
        (first, *_) = shared.running()
        shared.cluster.delete(shared.one("Pod", first))
        wait_for(lambda: first not in {each["metadata"]["name"] for each in shared.all("Pod")}, timeout=60)
        wait_for(lambda: len(shared.running()) == 2, timeout=60)
        tally = load.stop()
    assert tally.failed.total() == 0, str(tally)


def test_processes_that_are_killed_come_back_while_the_other_pod_serves(shared: KubernetesStack) -> None:
    (first, *_) = shared.running()

    def workers() -> set[str]:
        return set(shared.shell(first, "cat /proc/1/task/1/children").split())

    before = workers()
    with load_on(shared) as load:
        load.wait_for(200)
        # All but the first one of its container, to which nobody inside can send this.
        shared.shell(first, "kill -9 -1")
        wait_for(lambda: len(workers()) == len(before) and not before & workers(), timeout=30)
        wait_for(lambda: len(shared.running()) == 2, timeout=60)
        answered = load.tally.ok
        load.wait_for(answered + 500)
        tally = load.stop()
    # What the killed processes had in their hands is lost; nothing else is.
    assert tally.failed.total() <= 2 * CONNECTIONS, str(tally)
    assert tally.ok > answered


def test_a_drained_node_waits_for_a_pod_elsewhere_before_the_last_one_goes(
    shared: KubernetesStack, cluster: Cluster
) -> None:
    first, second = shared.running()
    with load_on(shared) as load:
        load.wait_for(200)
        with cordoned(cluster):
            evict(shared, first)
            # There is one node: the pod in its place has nowhere to go, and the last one stays.
            with pytest.raises(Refused, match="Cannot evict pod as it would violate the pod's disruption budget"):
                evict(shared, second)
        wait_for(lambda: len(shared.running()) == 2 and first not in shared.running(), timeout=60)
        evict(shared, second)
        wait_for(lambda: len(shared.running()) == 2 and second not in shared.running(), timeout=60)
        wait_for(lambda: len(shared.all("Pod", process="web")) == 2, timeout=60)
        tally = load.stop()
    assert tally.failed.total() == 0, str(tally)


@contextmanager
def cordoned(cluster: Cluster) -> Iterator[None]:
    """No pod finds a place on any node meanwhile."""
    paths = [cluster.place("v1", "Node", name=each["metadata"]["name"]) for each in cluster.list("v1", "Node")]
    try:
        for path in paths:
            cluster.patch(path, {"spec": {"unschedulable": True}})
        yield
    finally:
        for path in paths:
            cluster.patch(path, {"spec": {"unschedulable": None}})


def evict(stack: KubernetesStack, pod: str, within: float = 10) -> None:
    """Ask for a pod's eviction, as `kubectl drain` does. The budget is reckoned a moment after a pod is ready."""
    path = f"{stack.cluster.place('v1', 'Pod', stack.namespace, pod)}/eviction"
    body = {
        "apiVersion": "policy/v1",
        "kind": "Eviction",
        "metadata": {"name": pod, "namespace": stack.namespace},
    }
    deadline = time.monotonic() + within
    while True:
        try:
            stack.cluster.ask("POST", path, json=body)
            return
        except Refused as refused:
            if refused.code != httpx.codes.TOO_MANY_REQUESTS or time.monotonic() > deadline:
                raise
        time.sleep(0.5)
