"""What each process of the service is on Container Apps: templates of revisions and of jobs, in the API's own words."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from infra.revision import canonical
from infra.targets.azure import limits
from infra.targets.azure.arm import CONTAINER, DEPLOYMENT, REVISION
from infra.targets.azure.spec import ScaleRules
from infra.targets.azure.vault import Reference
from infra.wsgi import Check

GIB = 1024**3

# Seconds that a starting replica may take until it is ready, and between two questions whether it is.
START, START_PERIOD, START_TIMEOUT = 150, 5, 4

# Characters of the hash that tells one configuration from another in a revision's name.
HASH = 8


@dataclass(frozen=True)
class TemplatesArgs:
    """What all processes of a deployment have in common.

    Attributes:
        image: by its digest.
        revision: of the image.
        deployment: the deployment's identity.
        cpu: cores of a replica.
        memory: bytes of a replica.
        client: the identity that they run as, by which a process asks for its tokens.
        environment: of every process.
        secrets: of the app, by the variable that the process finds each in.
        stop: seconds between SIGTERM and SIGKILL.
    """

    image: pulumi.Input[str]
    revision: pulumi.Input[str]
    deployment: pulumi.Input[str]
    cpu: float
    memory: int
    client: pulumi.Input[str]
    environment: Mapping[str, str]
    secrets: Mapping[str, Reference]
    stop: int


@dataclass(frozen=True)
class WebArgs:
    """What only the process that answers requests has.

    Attributes:
        environment: beside that of every process.
        port: that it listens on.
        ready: the path that answers 200 where it may have requests.
        alive: the path that answers 200 while it is well.
        check: how often it is asked, and how patiently.
        concurrency: requests at a time that a replica is to have.
        rules: what else more replicas are started for.
        least: replicas that there are at least.
        most: replicas that there are at most.
    """

    environment: Mapping[str, str]
    port: int
    ready: str
    alive: str
    check: Check
    concurrency: int
    rules: ScaleRules
    least: int
    most: int


class Templates:
    """Makes the templates of a deployment's processes."""

    def __init__(self, args: TemplatesArgs) -> None:
        self._args = args

    def web(self, web: WebArgs) -> dict[str, Any]:
        """Of the revision that answers requests, without its suffix."""
        check = web.check
        period = min(check.interval, limits.LONGEST_PERIOD)
        container = {
            **self._container(web.environment),
            "probes": [
                _probe("Startup", web.ready, web.port, START_PERIOD, START_TIMEOUT, START // START_PERIOD),
                _probe("Readiness", web.ready, web.port, period, check.timeout, check.bad),
                _probe("Liveness", web.alive, web.port, period, check.timeout, check.bad),
            ],
        }
        return self._template(container, _scale(web))

    def worker(self, command: Sequence[str]) -> dict[str, Any]:
        """Of a worker's revision: one replica. While another takes its place there are two for a moment."""
        container = {**self._container({}), "args": list(command)}
        return self._template(container, {"minReplicas": 1, "maxReplicas": 1})

    def job(self, command: Sequence[str]) -> dict[str, Any]:
        """Of a job's executions."""
        return {"containers": [{**self._container({}), "args": list(command)}]}

    def _template(self, container: dict[str, Any], scale: dict[str, Any]) -> dict[str, Any]:
        return {"containers": [container], "scale": scale, "terminationGracePeriodSeconds": self._args.stop}

    def _container(self, environment: Mapping[str, str]) -> dict[str, Any]:
        args = self._args
        variables: dict[str, pulumi.Input[str]] = {
            **args.environment,
            **environment,
            "AZURE_CLIENT_ID": args.client,
            DEPLOYMENT: args.deployment,
            REVISION: args.revision,
        }
        env: list[dict[str, Any]] = [{"name": name, "value": variables[name]} for name in sorted(variables)]
        env += [{"name": name, "secretRef": given.name} for name, given in sorted(args.secrets.items())]
        return {
            "name": CONTAINER,
            "image": args.image,
            "env": env,
            "resources": {"cpu": args.cpu, "memory": memory(args.memory)},
        }


def memory(size: int) -> str:
    """Bytes as Container Apps writes them."""
    return f"{size / GIB:g}Gi"


def suffix(template: pulumi.Input[Mapping[str, Any]]) -> pulumi.Output[str]:
    """What ends a revision's name by what it is made of, so that a name never stands for two configurations."""

    def named(known: Mapping[str, Any]) -> str:
        return hashlib.sha256(canonical(known)).hexdigest()[:HASH]

    return pulumi.Output.from_input(template).apply(named)


def _scale(web: WebArgs) -> dict[str, Any]:
    rules: list[dict[str, Any]] = [
        {"name": "requests", "http": {"metadata": {"concurrentRequests": str(web.concurrency)}}}
    ]
    if web.rules.cpu is not None:
        wanted = {"type": "Utilization", "value": str(web.rules.cpu)}
        rules.append({"name": "cpu", "custom": {"type": "cpu", "metadata": wanted}})
    for number, cron in enumerate(web.rules.cron, 1):
        wanted = {
            "timezone": cron.timezone,
            "start": cron.start,
            "end": cron.end,
            "desiredReplicas": str(cron.replicas),
        }
        rules.append({"name": f"cron-{number}", "custom": {"type": "cron", "metadata": wanted}})
    return {"minReplicas": web.least, "maxReplicas": web.most, "rules": rules}


def _probe(kind: str, path: str, port: int, period: int, timeout: int, bad: int) -> dict[str, Any]:
    return {
        "type": kind,
        "httpGet": {"path": path, "port": port, "scheme": "HTTP"},
        "periodSeconds": period,
        "timeoutSeconds": timeout,
        "failureThreshold": min(bad, limits.MOST_FAILURES),
    }
