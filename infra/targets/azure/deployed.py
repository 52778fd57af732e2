"""What is deployed of a stack on Container Apps, and whether what was asked for came to serve."""

import functools
import time
from collections.abc import Iterator
from dataclasses import dataclass

from infra.targets import State
from infra.targets.azure import arm, executions, log_lines
from infra.targets.azure.arm import CANARY, App, Environment, Replica, Revision, Scope, Share
from infra.targets.azure.executions import Job
from infra.targets.azure.log_lines import Source
from infra.targets.azure.session import Session
from infra.targets.azure.stopped import gave_up, why_not

LOG_LINES = 20

# Azure may answer with what was so a moment ago. Before another deployment is told to be in the place of the one that
# was asked for, it is asked so often, so many seconds apart.
LOOKS = 3
BETWEEN = 2.0


@dataclass(frozen=True)
class Deployed:
    """A stack on Container Apps. `domain`: empty where the app's own name is the address."""

    session: Session
    scope: Scope
    domain: str

    def apps(self) -> list[App]:
        """Those of all processes."""
        return arm.apps(self.session, self.scope)

    def web(self) -> App | None:
        """The app that answers requests, found once and then asked for by one call."""
        for _ in range(2):
            try:
                id_ = _web_id(self.session, self.scope)
            except LookupError:
                return None
            found = arm.app(self.session, id_)
            if found:
                return found
            _web_id.cache_clear()
        return None

    def revisions(self, app: App) -> list[Revision]:
        """Those of an app, the newest first."""
        return arm.revisions(self.session, app.id)

    def replicas(self, app: App, revision: Revision) -> list[Replica]:
        """What runs of a revision."""
        return arm.replicas(self.session, app.id, revision.name) if revision.active else []

    def jobs(self) -> list[Job]:
        """Those of the stack, that of the release task too."""
        return executions.jobs(self.session, self.scope)

    def environment(self, app: App) -> Environment:
        """What an app runs in."""
        return arm.environment(self.session, app.environment)

    def address(self, web: App) -> str:
        """Where the app is asked."""
        return f"https://{self.domain or web.host}"

    def is_open(self, web: App) -> bool:
        """Whether anybody may ask it, from anywhere."""
        limited = arm.parts(arm.part(web.configuration, "ingress"), "ipSecurityRestrictions")
        return web.open and not limited and not self.environment(web).internal

    def nothing(self) -> str:
        """That there is nothing."""
        stack, group = self.scope.stack, self.session.group
        return f"Nothing of the stack {stack} runs on Container Apps in {group}. To start it: make up STACK={stack}"


@functools.cache
def _web_id(session: Session, scope: Scope) -> str:
    """The id of the app that answers requests. Raises LookupError, which is not remembered, where there is none."""
    for app in arm.apps(session, scope):
        if app.process == "web":
            return app.id
    raise LookupError


def serving(web: App) -> list[Share]:
    """The revisions that get requests, that which gets a part on trial last."""
    return sorted((each for each in web.shares if each.percent), key=lambda each: (each.label == CANARY, -each.percent))


def state(here: Deployed, deployment: str) -> State:
    """Whether a deployment serves; why it never will."""
    web, own = None, None
    known: list[Revision] = []
    for look in range(LOOKS):
        if look:
            time.sleep(BETWEEN)
        web = here.web()
        known = here.revisions(web) if web else []
        own = next((each for each in known if each.deployment == deployment), None)
        told = _told(web, known, deployment) if web else ""
        if web and told:
            return State(serving=web.settled, told=told)
        if web and (own is None or not own.failed) and not web.settled:
            return State(serving=False, told="Azure is about to start it")
    if web is None:
        why = f"there is no app that answers requests of the stack {here.scope.stack} in {here.session.group}"
        return State(serving=False, failed=why)
    if own and own.name == web.latest and own.active and not own.failed and not gave_up(here.replicas(web, own)):
        return State(serving=False, told=f"{own.name} is being started")
    return State(serving=False, failed="\n".join(_failed(here, web, known, deployment)))


def last_lines(here: Deployed) -> list[str]:
    """The last lines of what was deployed last of the web process; why it did not start, where it wrote none."""
    web = here.web()
    known = here.revisions(web) if web else []
    if web is None or not known:
        return []
    newest = known[0]
    replicas = here.replicas(web, newest)
    streamed = [line for each in replicas for line in log_lines.streamed(here.session, web.id, each, LOG_LINES)]
    if streamed:
        return streamed[-LOG_LINES:]
    source = Source("web", app=web.name, revision=newest.name)
    lines = log_lines.last(here.session, here.environment(web).workspace, source, LOG_LINES, told=True)
    if lines:
        return [line.text for line in lines]
    return [f"{newest.name}: {why_not(newest, replicas)}"] if newest.unwell else []


def _told(web: App, known: list[Revision], deployment: str) -> str:
    """What the deployment gets of the requests, in words; nothing where it gets none, or would not answer them."""
    own = {each.name for each in known if each.deployment == deployment and each.active and not each.unwell}
    return ", ".join(
        f"{each.revision} gets {each.percent} % of the requests" for each in serving(web) if each.revision in own
    )


def _failed(here: Deployed, web: App, known: list[Revision], deployment: str) -> Iterator[str]:
    own = next((each for each in known if each.deployment == deployment), None)
    names = {each.name: each.deployment for each in known}
    others = [each for each in serving(web) if names.get(each.revision) != deployment]
    told = ", ".join(f"{each.revision} (deployment {names.get(each.revision, '?')})" for each in others)
    replicas = here.replicas(web, own) if own else []
    if own and (own.unwell or gave_up(replicas)):
        yield f"the deployment {deployment} did not come to serve: of {own.name}, {why_not(own, replicas)}"
    elif own:
        yield f"the deployment {deployment} gets no requests, though {own.name} is there"
    else:
        yield f"there is no revision of the deployment {deployment}: another up came after this one"
    yield f"  all requests go to {told}" if told else "  nothing else serves"
    yield f"Fix: make logs STACK={here.scope.stack}; when it is mended: make up STACK={here.scope.stack}"
