"""What is deployed of a stack in a cluster, and whether what was asked for came to serve."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from infra import probe
from infra.service import load_service
from infra.targets import State
from infra.targets.kubernetes import shell, stopped
from infra.targets.kubernetes.names import DEPLOYMENT, PROCESS, REVISION, WEB, Scope, rolled
from infra.targets.kubernetes.session import Refused, Session, of_namespace
from infra.targets.kubernetes.shape import each, within

LOG_LINES = 20
# So many of a deployment's pods are asked themselves at each look.
ASKED = 3

# Conditions of a Deployment that end a wait for it.
# https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#deployment-status, read 2026-11-30.
LATE, UNMADE = "ProgressDeadlineExceeded", "ReplicaFailure"


@dataclass(frozen=True)
class Deployed:
    """A stack in a cluster, whichever it is. `port`: that its web process listens on."""

    session: Session
    scope: Scope
    port: int

    def path(self, version: str, plural: str, *names: str) -> str:
        """Of objects in the namespace, or of one of them."""
        return of_namespace(version, self.scope.namespace, plural, *names)

    def web(self) -> dict[str, Any] | None:
        """The Deployment that answers requests."""
        return self.session.find(self.path("apps/v1", "deployments", self.scope.called()))

    def every(self, version: str, plural: str) -> list[dict[str, Any]]:
        """All of a kind that are the stack's."""
        return self.session.every(self.path(version, plural), self.scope.own)

    def pods(self, process: str = "", deployment: str = "") -> list[dict[str, Any]]:
        """Those of a process, or of all; of one deployment where it is named. The newest first."""
        labels = self.scope.of(process) if process else self.scope.own
        found = self.session.every(
            self.path("v1", "pods"), {**labels, **({DEPLOYMENT: deployment} if deployment else {})}
        )
        return sorted(found, key=lambda pod: str(pod["metadata"]["creationTimestamp"]), reverse=True)

    def wanted(self, web: Mapping[str, Any]) -> str:
        """What a Deployment's pods are to answer, in words."""
        made = within(web, "spec", "template", "metadata")
        return probe.told(within(made, "annotations").get(REVISION), within(made, "labels").get(DEPLOYMENT))

    def ask(self, pod: Mapping[str, Any]) -> str:
        """What a pod answers, in words."""
        path = load_service().web.version
        return shell.ask(self.session, self.scope.namespace, pod["metadata"]["name"], self.port, path)

    def refusal(self, pod: Mapping[str, Any]) -> str:
        """With what a pod says that it is not ready; nothing where it does not say so."""
        path = load_service().web.ready
        return shell.refusal(self.session, self.scope.namespace, pod["metadata"]["name"], self.port, path)

    def log(self, pod: Mapping[str, Any], lines: int) -> list[str]:
        """The last lines of a pod; of its container before, where it has just been started again."""
        path = self.path("v1", "pods", pod["metadata"]["name"], "log")
        before = {"previous": "true"} if stopped.restarts(pod) and not stopped.running_since(pod) else {}
        try:
            return self.session.text(path, tailLines=str(lines), **before).splitlines()
        except Refused:
            return []  # It has never run.

    def nothing(self) -> str:
        """That there is nothing, and what starts it."""
        scope = self.scope
        return f"Nothing of the stack {scope.stack} runs in {scope.namespace}. To start it: make up STACK={scope.stack}"


def process_of(told: Mapping[str, Any]) -> str:
    """Whose an object is: web, worker.<name>, job.<name>, release."""
    return str(within(told, "metadata", "labels").get(PROCESS, ""))


def deployment_of(told: Mapping[str, Any]) -> str:
    """Which deployment a pod is of."""
    return str(within(told, "metadata", "labels").get(DEPLOYMENT, ""))


def state(here: Deployed, deployment: str) -> State:
    """Whether a deployment serves, and why not."""
    web = here.web()
    name = here.scope.called()
    if web is None:
        return State(serving=False, failed=f"there is no Deployment {name} in {here.scope.namespace}")
    of = deployment_of(within(web, "spec", "template"))
    if of != deployment:
        return State(serving=False, failed=f"the Deployment {name} is of the deployment {of}: another took its place")
    pods = here.pods(WEB, deployment)
    failed = _failed(here, web, pods)
    if failed:
        return State(serving=False, failed=failed, told=failed)
    told, complete = _progress(here, web, pods)
    if not complete:
        return State(serving=False, told=told)
    answers = {here.ask(pod) for pod in pods[:ASKED] if stopped.ready(pod)}
    wrong = sorted(answer for answer in answers if answer != here.wanted(web) and not shell.unasked(answer))
    if wrong:
        return State(serving=False, told=f"{told}; one answers {wrong[0]}")
    return State(serving=True, told=told, started=rolled(web["metadata"]))


def _failed(here: Deployed, web: Mapping[str, Any], pods: list[dict[str, Any]]) -> str:
    """Why it cannot come to serve any more; nothing while it may."""
    for pod in pods:
        why = stopped.hopeless(pod)
        if why and not stopped.going(pod):
            return "\n".join([f"{why}. {_stays(here)}", *_said(here, pod)])
    if not _seen(web):
        return ""
    for condition in each(web, "status", "conditions"):
        if condition["type"] == UNMADE and condition["status"] == "True":
            return f"no pod can be made: {condition.get('message')}. {_stays(here)}"
        if condition.get("reason") == LATE:
            why = next(
                (f"the pod {pod['metadata']['name']} {_why(here, pod)}" for pod in pods if not stopped.ready(pod)), ""
            )
            lines = [line for pod in pods[:1] for line in _said(here, pod)]
            return "\n".join([f"{condition.get('message')}{f': {why}' if why else ''}. {_stays(here)}", *lines])
    return ""


def _stays(here: Deployed) -> str:
    """What serves instead."""
    ready = [pod for pod in here.pods(WEB) if stopped.ready(pod) and not stopped.going(pod)]
    older = sorted({deployment_of(pod) for pod in ready})
    return f"Meanwhile {len(ready)} pods of {', '.join(older)} serve on" if ready else "No other pod serves"


def _why(here: Deployed, pod: Mapping[str, Any]) -> str:
    waiting = stopped.waiting(pod)
    if waiting:
        return f"waits ({waiting})"
    ended = stopped.terminated(pod)
    if ended:
        return stopped.ending(ended)
    said = here.refusal(pod) if stopped.running_since(pod) else ""
    return f"runs and is not ready: {said}" if said else "runs and is not ready"


def _said(here: Deployed, pod: Mapping[str, Any]) -> Iterator[str]:
    """What the cluster said of a pod."""
    for event in stopped.events(here.session, here.scope.namespace, pod["metadata"]["name"]):
        yield f"  {event}"


def _seen(web: Mapping[str, Any]) -> bool:
    """Whether what the controller tells is of what was asked for last."""
    return int(within(web, "status").get("observedGeneration", 0)) >= int(web["metadata"]["generation"])


def _progress(here: Deployed, web: Mapping[str, Any], pods: list[dict[str, Any]]) -> tuple[str, bool]:
    """How far it is, in words, and whether that is all the way: every pod is new, available, and no old one is left."""
    wanted, status = int(within(web, "spec").get("replicas", 1)), within(web, "status")
    counts = {name: int(status.get(name, 0)) for name in ("replicas", "updatedReplicas", "availableReplicas")}
    complete = _seen(web) and list(counts.values()) == [wanted] * 3
    told = f"{counts['updatedReplicas']} of {wanted} pods are new, {counts['availableReplicas']} of all are available"
    waits = next((_why(here, pod) for pod in pods if not stopped.ready(pod) and not stopped.going(pod)), "")
    return (f"{told}; one {waits}" if waits and not complete else told), complete


def last_lines(here: Deployed) -> list[str]:
    """The last lines of what was deployed last of the web process; what the cluster said of it, where it wrote none."""
    web = here.web()
    pods = here.pods(WEB, deployment_of(within(web, "spec", "template"))) if web else []
    unwell = [pod for pod in pods if not stopped.ready(pod)]
    for pod in (unwell or pods)[:1]:
        return here.log(pod, LOG_LINES) or list(_said(here, pod))
    return []
