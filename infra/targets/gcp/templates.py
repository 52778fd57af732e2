"""What each process of the service is on Cloud Run: templates of revisions and of jobs, in the provider's words."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi

from infra.revision import canonical
from infra.targets.gcp import limits
from infra.targets.gcp.run_api import CONTAINER, DEPLOYMENT, PROCESS, REVISION, label
from infra.targets.gcp.vault import Reference
from infra.wsgi import Check

MIB = 1024 * 1024
WEB = "web"

# Seconds that a starting instance may take until it is ready, all that there are, and how it is asked:
# https://cloud.google.com/run/docs/configuring/healthchecks, read 2026-11-29.
START, START_PERIOD, START_TIMEOUT = 240, 5, 4

# Characters of the hash that tells one configuration from another in a revision's name.
HASH = 8


@dataclass(frozen=True)
class TemplatesArgs:
    """What all processes of a deployment have in common.

    Attributes:
        image: by its digest.
        revision: of the image.
        deployment: the deployment's identity.
        cpu: cores of an instance.
        memory: bytes of an instance.
        account: the e-mail of the service account that they run as.
        environment: of every process.
        secrets: the version of each, by the variable that the process finds it in.
        network: the network, the subnet, and what goes through them (`private` or `all`); nothing where nothing does.
        generation: the execution environment of instances, `gen1` or `gen2`.
    """

    image: pulumi.Input[str]
    revision: pulumi.Input[str]
    deployment: pulumi.Input[str]
    cpu: float
    memory: int
    account: pulumi.Input[str]
    environment: Mapping[str, str]
    secrets: Mapping[str, Reference]
    network: tuple[pulumi.Input[str], pulumi.Input[str], str] | None = None
    generation: str = "gen2"


@dataclass(frozen=True)
class WebArgs:
    """What only the process that answers requests has.

    Attributes:
        environment: beside that of every process.
        port: that it listens on.
        ready: the path that answers 200 where it may have requests.
        alive: the path that answers 200 while it is well.
        check: how often it is asked, and how patiently.
        timeout: seconds that a request may take.
        concurrency: requests that an instance gets at a time.
        most: instances that there are at most.
        boost: whether it has more CPU while it starts.
        idle: whether it has CPU only while it answers.
        affinity: whether a client's requests go to one instance where possible.
    """

    environment: Mapping[str, str]
    port: int
    ready: str
    alive: str
    check: Check
    timeout: int
    concurrency: int
    most: int
    boost: bool = True
    idle: bool = True
    affinity: bool = False


@dataclass(frozen=True)
class Command:
    """A process that answers nothing: its name (`worker.mail`), what it runs, and how long that may take, seconds."""

    process: str
    command: Sequence[str]
    timeout: int = 0
    environment: Mapping[str, str] = field(default_factory=dict[str, str])


class Templates:
    """Makes the templates of a deployment's processes."""

    def __init__(self, args: TemplatesArgs) -> None:
        self._args = args

    def web(self, web: WebArgs) -> dict[str, Any]:
        """Of a service's revision, without its name."""
        args = self._args
        size = {"cpu": cpu(args.cpu), "memory": f"{args.memory // MIB}Mi"}
        container = {
            **self._container(web.environment),
            "ports": {"containerPort": web.port},
            "resources": {"limits": size, "cpuIdle": web.idle, "startupCpuBoost": web.boost},
            "startupProbe": _probe(web.ready, web.port, START_PERIOD, START_TIMEOUT, START // START_PERIOD),
            "livenessProbe": _probe(web.alive, web.port, web.check.interval, web.check.timeout, web.check.bad),
        }
        return {
            **self._shared(WEB),
            "containers": [container],
            "executionEnvironment": f"EXECUTION_ENVIRONMENT_{args.generation.upper()}",
            "maxInstanceRequestConcurrency": web.concurrency,
            "scaling": {"maxInstanceCount": web.most},
            "sessionAffinity": web.affinity,
            "timeout": f"{web.timeout}s",
        }

    def worker(self, worker: Command) -> dict[str, Any]:
        """Of a worker pool's revision."""
        return {**self._shared(worker.process), "containers": [self._task(worker)]}

    def job(self, job: Command) -> dict[str, Any]:
        """Of a job's executions. What fails is not tried again: nobody said that it may be run twice."""
        shared = self._shared(job.process)
        labels = shared.pop("labels")
        task = {
            **shared,
            "containers": [self._task(job)],
            "executionEnvironment": "EXECUTION_ENVIRONMENT_GEN2",
            "maxRetries": 0,
            "timeout": f"{job.timeout}s",
        }
        return {"labels": labels, "parallelism": 1, "taskCount": 1, "template": task}

    def _shared(self, process: str) -> dict[str, Any]:
        args = self._args
        shared: dict[str, Any] = {
            "labels": {
                PROCESS: label(process),
                REVISION: _labelled(args.revision),
                DEPLOYMENT: args.deployment,
            },
            "serviceAccount": args.account,
        }
        if args.network:
            network, subnet, egress = args.network
            interface = {"network": network, "subnetwork": subnet}
            shared["vpcAccess"] = {"egress": egress, "networkInterfaces": [interface]}
        return shared

    def _task(self, command: Command) -> dict[str, Any]:
        """The container of what is no service, which has a CPU and so much memory at the least."""
        size = {
            "cpu": cpu(max(self._args.cpu, limits.LEAST_CPU_OF_A_TASK)),
            "memory": f"{max(self._args.memory // MIB, limits.LEAST_MEMORY_OF_A_TASK)}Mi",
        }
        container = self._container(command.environment)
        return {**container, "args": list(command.command), "resources": {"limits": size}}

    def _container(self, environment: Mapping[str, str]) -> dict[str, Any]:
        args = self._args
        variables: dict[str, pulumi.Input[str]] = {
            **args.environment,
            **environment,
            "SERVICE_DEPLOYMENT": args.deployment,
        }
        envs: list[dict[str, Any]] = [{"name": name, "value": variables[name]} for name in sorted(variables)]
        for name, given in sorted(args.secrets.items()):
            reference = {"secret": given.secret, "version": given.version}
            envs.append({"name": name, "valueSource": {"secretKeyRef": reference}})
        return {"name": CONTAINER, "image": args.image, "envs": envs}


def cpu(cores: float) -> str:
    """Cores as Cloud Run writes them."""
    return f"{cores:g}" if cores >= 1 else f"{round(cores * 1000)}m"


def revision_name(service: str, template: pulumi.Input[Mapping[str, Any]]) -> pulumi.Output[str]:
    """What a revision is called by what it is made of, so that a name never stands for two configurations."""

    def named(known: Mapping[str, Any]) -> str:
        return f"{service}-{hashlib.sha256(canonical(known)).hexdigest()[:HASH]}"

    return pulumi.Output.from_input(template).apply(named)


def _labelled(text: pulumi.Input[str]) -> pulumi.Input[str]:
    return label(text) if isinstance(text, str) else pulumi.Output.from_input(text).apply(label)


def _probe(path: str, port: int, period: int, timeout: int, bad: int) -> dict[str, Any]:
    return {
        "httpGet": {"path": path, "port": port},
        "periodSeconds": period,
        "timeoutSeconds": timeout,
        "failureThreshold": bad,
    }
