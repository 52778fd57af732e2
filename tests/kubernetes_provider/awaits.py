"""Waits for an object to work, and for one to be gone, as the provider does."""

import threading
import time

from tests.kubernetes_provider import claim, deployment, ingress, job
from tests.kubernetes_provider.cluster import Cluster
from tests.kubernetes_provider.service import Endpoints
from tests.kubernetes_provider.verdict import Check
from tools.offline.values import Values

POLL_SECONDS = 0.25
SKIPPED = "pulumi.com/skipAwait"
# Of these the annotation skips the wait for their end too: provider/pkg/metadata/overrides.go, allowsSkipAwaitWithDelete.
SKIPPED_IN_THE_END = ("Namespace", "Pod", "ReplicationController", "DaemonSet", "Deployment", "StatefulSet", "Job")


class Unready(Exception):
    """An object does not work, or does not go: in what state it is, and why as far as is known."""

    def __init__(self, live: Values, summary: str, said: tuple[str, ...] = ()) -> None:
        super().__init__("\n".join([summary, *(f"    - {each}" for each in said)]))
        self.live = live


def until_ready(cluster: Cluster, live: Values, seconds: float, stopped: threading.Event) -> Values:
    """The object once it works. Raises Unready."""
    check = _check(live)
    if check is None or _skips(live):
        return live
    name, deadline = live["metadata"]["name"], time.monotonic() + seconds
    while True:
        now = _now(cluster, live)
        if now is None:
            raise Unready(live, f"'{name}' was deleted while it was waited for")
        verdict = check(cluster, now)
        if verdict.ready:
            return now
        if verdict.hopeless:
            raise Unready(now, f"Resource '{name}' was created but failed to initialize", verdict.said)
        if time.monotonic() > deadline:
            raise Unready(now, f"'{name}' timed out waiting to be Ready", verdict.said)
        if stopped.wait(POLL_SECONDS):
            raise Unready(now, f"Resource operation was cancelled for '{name}'", verdict.said)


def glance(cluster: Cluster, live: Values) -> tuple[str, ...] | None:
    """Why an object does not work at this moment, or None where it does or nothing tells."""
    check = Endpoints(settle=0) if live["kind"] == "Service" else _check(live)
    if check is None or _skips(live):
        return None
    verdict = check(cluster, live)
    return None if verdict.ready else verdict.said


def until_gone(cluster: Cluster, live: Values, inputs: Values, seconds: float, stopped: threading.Event) -> None:
    """Wait until an object, and no other of its name, is gone. Raises Unready."""
    if _skips(inputs) and live["kind"] in SKIPPED_IN_THE_END:
        return
    deadline = time.monotonic() + seconds
    while (now := _now(cluster, live)) and now["metadata"]["uid"] == live["metadata"]["uid"]:
        if time.monotonic() > deadline:
            held = ", ".join(now["metadata"].get("finalizers") or ()) or "none"
            raise Unready(now, f"'{live['metadata']['name']}' timed out waiting to be deleted (finalizers: {held})")
        if stopped.wait(POLL_SECONDS):
            raise Unready(now, f"deleting '{live['metadata']['name']}' was cancelled")


def _check(live: Values) -> Check | None:
    match live["apiVersion"], live["kind"]:
        case "apps/v1", "Deployment":
            return deployment.rolled_out
        case "v1", "Service":
            return Endpoints()
        case "batch/v1", "Job":
            return job.finished
        case "networking.k8s.io/v1", "Ingress":
            return ingress.served
        case "v1", "PersistentVolumeClaim":
            return claim.bound
        case _:
            return None


def _skips(wanted: Values) -> bool:
    return (wanted["metadata"].get("annotations") or {}).get(SKIPPED) == "true"


def _now(cluster: Cluster, live: Values) -> Values | None:
    metadata = live["metadata"]
    return cluster.get(live["apiVersion"], live["kind"], metadata["name"], metadata.get("namespace"))
