"""What is deployed of a stack on Cloud Run, and whether what was asked for came to serve."""

import functools
import time
from collections.abc import Iterator
from dataclasses import dataclass

from infra.targets import State
from infra.targets.gcp import executions, log_lines, run_api
from infra.targets.gcp.executions import Job
from infra.targets.gcp.run_api import CANARY, Revision, Scope, Service, Share
from infra.targets.gcp.session import Session
from infra.targets.gcp.stopped import why_not

LOG_LINES = 20

# Cloud Run may answer with what was so a moment ago. Before another deployment is told to be in the place of the one
# that was asked for, it is asked so often, so many seconds apart.
LOOKS = 3
BETWEEN = 2.0

OPEN, OF_BALANCER = "INGRESS_TRAFFIC_ALL", "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"


@dataclass(frozen=True)
class Deployed:
    """A stack on Cloud Run. `domain`: empty where the service's own name is the address."""

    session: Session
    scope: Scope
    domain: str

    def services(self) -> list[Service]:
        """Those of all processes."""
        return run_api.services(self.session, self.scope)

    def web(self) -> Service | None:
        """The web service, found once and then asked for by one call."""
        for _ in range(2):
            try:
                name = _web_name(self.session, self.scope)
            except LookupError:
                return None
            found = run_api.service(self.session, name)
            if found:
                return found
            _web_name.cache_clear()
        return None

    def revisions(self, service: Service) -> list[Revision]:
        """Those of a service, the newest first."""
        return run_api.revisions(self.session, service.name)

    def jobs(self) -> list[Job]:
        """Those of the stack, that of the release task too."""
        return executions.jobs(self.session, self.scope)

    def address(self, web: Service) -> str:
        """Where the web service is asked."""
        return f"https://{self.domain}" if self.domain else web.url

    def is_open(self, web: Service) -> bool:
        """Whether anybody may ask it, from anywhere."""
        return web.anyone and (web.ingress == OPEN or (web.ingress == OF_BALANCER and bool(self.domain)))

    def nothing(self) -> str:
        """That there is nothing."""
        stack, region = self.scope.stack, self.session.region
        return f"Nothing of the stack {stack} runs on Cloud Run in {region}. To start it: make up STACK={stack}"


@functools.cache
def _web_name(session: Session, scope: Scope) -> str:
    """The web service's whole name. Raises LookupError, which is not remembered, where there is none."""
    for service in run_api.services(session, scope):
        if service.process == "web":
            return service.name
    raise LookupError


def serving(web: Service) -> list[Share]:
    """The revisions that get requests, that which gets a part on trial last."""
    return sorted((each for each in web.shares if each.percent), key=lambda each: (each.tag == CANARY, -each.percent))


def state(here: Deployed, deployment: str) -> State:
    """Whether a deployment serves; why it never will."""
    web, known = None, []
    for look in range(LOOKS):
        if look:
            time.sleep(BETWEEN)
        web = here.web()
        known = here.revisions(web) if web else []
        told = _told(web, known, deployment) if web else ""
        if web and told:
            return State(serving=web.settled, told=told)
        if web and not web.settled:
            return State(serving=False, told="Cloud Run is about to start it")
    if web is None:
        why = f"there is no web service of the stack {here.scope.stack} on Cloud Run in {here.session.region}"
        return State(serving=False, failed=why)
    return State(serving=False, failed="\n".join(_failed(here, web, known, deployment)))


def last_lines(here: Deployed) -> list[str]:
    """The last lines of what was deployed last to the web service; why it did not start, where it wrote none."""
    web = here.web()
    known = here.revisions(web) if web else []
    if web is None or not known:
        return []
    newest = known[0]
    lines = log_lines.last(here.session, [log_lines.of_revision("web", web.id, newest.name)], LOG_LINES)
    if lines:
        return [line.text for line in lines]
    return [f"{newest.name}: {why_not(newest.condition)}"] if newest.condition.failed else []


def _told(web: Service, known: list[Revision], deployment: str) -> str:
    """What the deployment gets of the requests, in words; nothing where it gets none."""
    own = {each.name for each in known if each.deployment == deployment}
    return ", ".join(
        f"{each.revision} gets {each.percent} % of the requests" for each in serving(web) if each.revision in own
    )


def _failed(here: Deployed, web: Service, known: list[Revision], deployment: str) -> Iterator[str]:
    own = next((each for each in known if each.deployment == deployment), None)
    names = {each.name: each.deployment for each in known}
    others = ", ".join(f"{each.revision} (deployment {names.get(each.revision, '?')})" for each in serving(web))
    if own and own.condition.failed:
        yield f"the deployment {deployment} did not come to serve: of {own.name}, {why_not(own.condition)}"
    elif own:
        yield f"the deployment {deployment} gets no requests, though {own.name} is there"
    else:
        yield f"there is no revision of the deployment {deployment}: another up came after this one"
    yield f"  all requests go to {others}" if others else "  nothing serves"
    if web.condition.failed and not (own and own.condition.failed):
        yield f"  Cloud Run says: {why_not(web.condition)}"
    yield f"Fix: make logs STACK={here.scope.stack}; when it is mended: make up STACK={here.scope.stack}"
