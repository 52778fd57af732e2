"""What a cluster tells of a deployment, in words: it serves, it is on its way, or why it never will."""

from collections.abc import Iterator
from typing import Any

import pytest

from infra.targets import State
from infra.targets.kubernetes import deployed
from infra.targets.kubernetes.deployed import Deployed
from infra.targets.kubernetes.names import Scope
from infra.targets.kubernetes.session import connected
from tests.infra.targets.kubernetes.played import Api, Served

SCOPE = Scope("slipway", "dev", "slipway-dev")
WEB = "/apis/apps/v1/namespaces/slipway-dev/deployments/slipway-dev"
PODS, EVENTS = (f"/api/v1/namespaces/slipway-dev/{plural}" for plural in ("pods", "events"))
NEW, OLD = "bbbbbbbbbbbb", "aaaaaaaaaaaa"
LABELS = {"slipway.service": "slipway", "slipway.stack": "dev", "slipway.process": "web"}
READY = {"conditions": [{"type": "Ready", "status": "True"}]}


@pytest.fixture
def here(served: Served) -> Iterator[Deployed]:
    with connected(served.cluster) as session:
        yield Deployed(session, SCOPE, 8000)


def web(api: Api, of: str = NEW, seen: int = 2, conditions: Any = (), **counts: int) -> None:
    """The Deployment, at its second generation, which wants two pods."""
    made = {"labels": {"slipway.deployment": of}, "annotations": {"slipway.revision": "r2"}}
    status = {"observedGeneration": seen, "conditions": list(conditions), **counts}
    metadata = {"generation": 2, "uid": "u-1", "annotations": {"deployment.kubernetes.io/revision": "7"}}
    api.put(WEB, metadata=metadata, spec={"replicas": 2, "template": {"metadata": made}}, status=status)


def pod(api: Api, name: str, of: str, when: str = "01", **status: Any) -> None:
    metadata = {"labels": {**LABELS, "slipway.deployment": of}, "creationTimestamp": f"2026-11-30T00:00:{when}Z"}
    api.put(f"{PODS}/{name}", metadata=metadata, status=status)


def waiting(reason: str, message: str = "") -> dict[str, Any]:
    return {"containerStatuses": [{"state": {"waiting": {"reason": reason, "message": message}}}]}


def crashed(times: int, **ended: Any) -> dict[str, Any]:
    state = {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off"}}
    return {"containerStatuses": [{"state": state, "lastState": {"terminated": ended}, "restartCount": times}]}


COMPLETE = {"replicas": 2, "updatedReplicas": 2, "availableReplicas": 2}


def test_it_serves_when_every_pod_is_new_and_available_and_no_old_one_is_left(here: Deployed, api: Api) -> None:
    web(api, **COMPLETE)
    pod(api, "new", NEW, **READY)
    found = deployed.state(here, NEW)
    assert found == State(serving=True, told="2 of 2 pods are new, 2 of all are available", started="u-1 7")


@pytest.mark.parametrize(
    ("seen", "counts"),
    [
        (1, COMPLETE),
        (2, {**COMPLETE, "replicas": 3}),
        (2, {**COMPLETE, "updatedReplicas": 1}),
        (2, {**COMPLETE, "availableReplicas": 1}),
        (2, {}),
    ],
)
def test_on_its_way_it_does_not_serve_yet(here: Deployed, api: Api, seen: int, counts: dict[str, int]) -> None:
    web(api, seen=seen, **counts)
    found = deployed.state(here, NEW)
    assert (found.serving, found.failed) == (False, "")


def test_what_a_pod_waits_for_is_told_meanwhile(here: Deployed, api: Api) -> None:
    web(api, replicas=3, updatedReplicas=1, availableReplicas=2)
    unscheduled = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/3 nodes"}
    pod(api, "new", NEW, conditions=[unscheduled])
    told = "1 of 2 pods are new, 2 of all are available; one waits (Unschedulable: 0/3 nodes)"
    assert deployed.state(here, NEW) == State(serving=False, told=told)


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (waiting("ImagePullBackOff", "manifest unknown"), "does not start: ImagePullBackOff: manifest unknown"),
        (waiting("CreateContainerConfigError", 'secret "x" not found'), 'does not start: CreateContainerConfigError: secret "x" not found'),
        (crashed(3, exitCode=1), "ended with exit code 1, 3 times started again"),
        (crashed(4, exitCode=137, reason="OOMKilled"), "ran out of memory, 4 times started again"),
    ],
)  # fmt: skip
def test_a_pod_that_will_never_run_fails_it_with_the_pods_own_reason(
    here: Deployed, api: Api, status: dict[str, Any], told: str
) -> None:
    web(api, replicas=3, updatedReplicas=1, availableReplicas=2)
    pod(api, "new", NEW, **status)
    pod(api, "old", OLD, **READY)
    event = {"reason": "Failed", "message": "it\n  failed", "count": 3, "lastTimestamp": "2026-11-30T00:00:02Z"}
    api.objects[f"{EVENTS}/one"] = {"metadata": {"name": "one", "labels": {}}, **event}
    assert deployed.state(here, NEW).failed == (
        f"the pod new {told}. Meanwhile 1 pods of {OLD} serve on\n  Failed: it failed (3 times)"
    )


@pytest.mark.parametrize(
    "status", [waiting("ErrImagePull", "timeout"), crashed(1, exitCode=1), waiting("ContainerCreating")]
)
def test_what_may_yet_come_right_is_waited_for(here: Deployed, api: Api, status: dict[str, Any]) -> None:
    web(api, replicas=3, updatedReplicas=1, availableReplicas=2)
    pod(api, "new", NEW, **status)
    assert deployed.state(here, NEW).failed == ""


def test_no_pod_at_all_is_told_with_why_none_can_be_made(here: Deployed, api: Api) -> None:
    quota = {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": "exceeded quota: small"}
    web(api, conditions=[quota])
    assert deployed.state(here, NEW).failed == "no pod can be made: exceeded quota: small. No other pod serves"


def test_what_a_controller_said_of_an_earlier_change_is_not_taken_for_this_one(here: Deployed, api: Api) -> None:
    quota = {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": "exceeded quota: small"}
    web(api, seen=1, conditions=[quota])
    assert deployed.state(here, NEW).failed == ""


def test_a_deployment_that_is_late_is_told_with_the_pod_that_is_not_ready(here: Deployed, api: Api) -> None:
    late = {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded", "message": "has timed out"}
    web(api, conditions=[late], updatedReplicas=1)
    pod(api, "new", NEW, containerStatuses=[{"state": {"running": {"startedAt": "2026-11-30T00:00:00Z"}}}])
    assert deployed.state(here, NEW).failed == ("has timed out: the pod new runs and is not ready. No other pod serves")


def test_another_deployment_in_its_place_is_told(here: Deployed, api: Api) -> None:
    assert deployed.state(here, NEW).failed == "there is no Deployment slipway-dev in slipway-dev"
    web(api, of=OLD, **COMPLETE)
    assert deployed.state(here, NEW).failed == (
        f"the Deployment slipway-dev is of the deployment {OLD}: another took its place"
    )


def test_the_last_lines_are_those_of_the_pod_that_is_unwell_or_what_the_cluster_said_of_it(
    here: Deployed, api: Api
) -> None:
    web(api)
    pod(api, "well", NEW, "02", **READY)
    pod(api, "unwell", NEW, "01", **crashed(3, exitCode=1))
    api.logs |= {"well": "fine\n", "unwell": "Traceback\nKeyError\n"}
    assert deployed.last_lines(here) == ["Traceback", "KeyError"]
    del api.logs["unwell"]
    api.objects[f"{EVENTS}/one"] = {"metadata": {"name": "one", "labels": {}}, "reason": "Failed", "message": "no"}
    assert deployed.last_lines(here) == ["  Failed: no"]
