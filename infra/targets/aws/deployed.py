"""What is deployed of a stack on ECS, and whether what was asked for came to serve."""

import functools
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from infra.targets import State
from infra.targets.aws import ecs, log_lines
from infra.targets.aws.ecs import Definition, Deployment, Scope, Service, Task
from infra.targets.aws.session import Clients
from infra.targets.aws.stopped import reasons

LOG_LINES = 20

# How many tasks are asked for their lines, the newest first.
ASKED = 5

# ECS may answer with what was so a moment ago. Before another deployment is told to be in the place of the one that was
# asked for, it is asked so often, so many seconds apart.
LOOKS = 3
BETWEEN = 2.0

# As long as ECS tells of a task that stopped.
TOLD = timedelta(hours=1)

_COMPLAINTS = 2


@dataclass(frozen=True)
class Deployed:
    """A stack on ECS. `domain`: empty where the load balancer's own name is the address."""

    clients: Clients
    scope: Scope
    domain: str

    def services(self) -> list[Service]:
        """Those of all processes."""
        return ecs.services(self.clients.ecs, self.scope)

    def web(self) -> Service | None:
        """The web service, found once and then asked for by one call."""
        for _ in range(2):
            try:
                cluster, arn = _web_place(self.clients.ecs, self.scope)
            except LookupError:
                return None
            found = ecs.described(self.clients.ecs, cluster, [arn])
            if found:
                return found[0]
            _web_place.cache_clear()
        return None

    def definition(self, arn: str) -> Definition:
        """A task definition."""
        return ecs.definition(self.clients.ecs, arn)

    def tasks_of(self, cluster: str) -> list[Task]:
        """All tasks of a cluster, the newest first."""
        return ecs.tasks(self.clients.ecs, cluster)

    def tasks(self, service: Service) -> list[Task]:
        """Those of a service."""
        return ecs.tasks(self.clients.ecs, service.cluster, serviceName=service.name)

    def address(self, web: Service) -> str:
        """Where the web service is asked; nothing where it has no load balancer."""
        if self.domain:
            return f"https://{self.domain}"
        if not web.target_groups:
            return ""
        client = self.clients.balancers
        groups = client.describe_target_groups(TargetGroupArns=list(web.target_groups))["TargetGroups"]
        arns = [arn for group in groups for arn in group["LoadBalancerArns"]]
        if not arns:
            return ""
        return f"http://{client.describe_load_balancers(LoadBalancerArns=arns[:1])['LoadBalancers'][0]['DNSName']}"

    def nothing(self) -> str:
        """That there is nothing."""
        stack = self.scope.stack
        return f"Nothing of the stack {stack} runs on ECS in {self.clients.region}. To start it: make up STACK={stack}"


@functools.cache
def _web_place(client: Any, scope: Scope) -> tuple[str, str]:
    """The web service's cluster and its ARN. Raises LookupError, which is not remembered, where there is none."""
    for service in ecs.services(client, scope):
        if service.process == "web":
            return service.cluster, service.arn
    raise LookupError


def state(here: Deployed, deployment: str) -> State:
    """Whether a deployment serves; why it never will."""
    web = _settled(here, deployment)
    if web is None:
        why = f"there is no web service of the stack {here.scope.stack} on ECS in {here.clients.region}"
        return State(serving=False, failed=why)
    primary = web.primary
    if here.definition(primary.definition).deployment != deployment:
        return State(serving=False, failed="\n".join(_replaced(here, web, deployment)))
    told = _told(primary)
    if primary.state == "FAILED":
        return State(serving=False, failed="\n".join(_failed(here, web, deployment)), told=told)
    return State(serving=primary.state == "COMPLETED", told=told)


def last_lines(here: Deployed) -> list[str]:
    """The last lines of the newest task of what was deployed last; why its tasks stopped, where none wrote any."""
    web = here.web()
    tasks = here.tasks(web) if web else []
    if web is None or not tasks:
        return [*_complaints(web)] if web else []
    # A deployment that failed was registered after the one that ECS rolled back to.
    newest = max((here.definition(task.definition) for task in tasks), key=lambda known: known.registered)
    own = [task for task in tasks if task.definition == newest.arn]
    for task in own[:ASKED] if newest.log_group else ():
        lines = log_lines.last(here.clients.logs, newest.log_group, LOG_LINES, logStreamNames=[newest.stream(task.id)])
        if lines:
            return [line.text for line in lines]
    return [*reasons(own)] or [*_complaints(web)]


def _settled(here: Deployed, deployment: str) -> Service | None:
    """The web service, as soon as its primary deployment is the one."""
    web: Service | None = None
    for look in range(LOOKS):
        if look:
            time.sleep(BETWEEN)
        web = here.web()
        if web and here.definition(web.primary.definition).deployment == deployment:
            break
    return web


def _told(primary: Deployment) -> str:
    failed = f", {primary.failed} failed" if primary.failed else ""
    return f"{primary.running} of {primary.desired} tasks run{failed}"


def _failed(here: Deployed, web: Service, deployment: str) -> Iterator[str]:
    yield f"the deployment {deployment} failed: {web.primary.reason or 'ECS does not say why'}"
    yield from _causes(here, web, deployment)
    yield f"Fix: make logs STACK={here.scope.stack}"


def _replaced(here: Deployed, web: Service, deployment: str) -> Iterator[str]:
    other = here.definition(web.primary.definition)
    stack = here.scope.stack
    rollback = _rollback(web)
    if rollback:
        yield f"ECS rolled back to the deployment {other.deployment}, as {deployment} did not come to serve: {rollback}"
    else:
        yield (
            f"the web service runs the deployment {other.deployment} and not {deployment}:"
            " ECS rolled back, or another up came after this one"
        )
    yield from _causes(here, web, deployment)
    yield f"Fix: make logs STACK={stack}; when it is mended: make refresh STACK={stack} && make up STACK={stack}"


def _rollback(web: Service) -> str:
    """What ECS says of a deployment that it gave up; nothing where it says nothing."""
    gone = [each.reason for each in web.deployments if not each.primary and each.state == "FAILED"]
    said = [each.message for each in _recent(web) if "deployment failed" in each.message]
    # `ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/...`
    own = [web.primary.reason] if "rolling back" in web.primary.reason else []
    return next(iter([*filter(None, gone), *said, *own]), "")


def _causes(here: Deployed, web: Service, deployment: str) -> Iterator[str]:
    own = [task for task in here.tasks(web) if here.definition(task.definition).deployment == deployment]
    for line in [*reasons(own), *_complaints(web)]:
        yield f"  {line}"


def _complaints(web: Service) -> Iterator[str]:
    """What ECS could not do of late: place a task, find it healthy."""
    told: dict[str, None] = {}
    for event in _recent(web):
        if re.search(r"was unable to|is unhealthy|health checks", event.message):
            told.setdefault(re.sub(r" \(task [\w-]+\)", "", event.message))
    yield from list(told)[:_COMPLAINTS]


def _recent(web: Service) -> Iterator[ecs.Event]:
    since = datetime.now(UTC) - TOLD
    return (event for event in web.events if event.at > since)
