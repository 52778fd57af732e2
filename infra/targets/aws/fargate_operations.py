"""What people do to the running service on ECS Fargate: status, logs, exec."""

import sys
import time
import uuid
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.table import Table

from infra import probe
from infra.commands import key_of, set_command
from infra.errors import DeploymentError
from infra.paths import ROOT
from infra.service import load_service
from infra.stackfile import config_in
from infra.targets import State, shown
from infra.targets.aws import deployed, log_lines, one_off
from infra.targets.aws.deployed import Deployed
from infra.targets.aws.ecs import Deployment, Scope, Service, Task
from infra.targets.aws.session import connected
from infra.targets.aws.stopped import is_failure, why

STOPPED_SHOWN = 5

# What ECS says began a task of `exec`, with what tells one from another.
EXEC = "slipway-exec/"

# The exit code of what Ctrl-C ended, as shells have it.
INTERRUPTED = 130


def status(stack: str) -> int:
    """A table of the services, the tasks that stopped last, and what the address answers."""
    # Written into a file or a pipe, a line stays a line.
    console = Console() if sys.stdout.isatty() else Console(width=240)
    with _connected(stack) as here:
        found = here.services()
        if not found:
            console.print(here.nothing())
            return 1
        web = next((service for service in found if service.process == "web"), None)
        known = here.definition(web.primary.definition) if web else None
        wanted = probe.told(known.revision, known.deployment) if known else "nothing"
        where = here.address(web) if web else ""
        answer = probe.ask(where + load_service().web.version) if where else "no answer (it has no load balancer)"
        asked = "" if answer == wanted else f"; asked for {wanted}"
        console.print(f"{where or 'the service'} answers {answer}{asked}", highlight=False)
        console.print(_services_table(here, found))
        stopped = _failed_tasks(here, found)
        if stopped:
            console.print("\nTasks that failed in the last hour:")
            console.print(_stopped_table(here, stopped))
        return 0 if answer == wanted else 1


def _services_table(here: Deployed, found: Sequence[Service]) -> Table:
    table = Table("process", "tasks", "deployment", "revision", "since", "rollout", box=None, pad_edge=False)
    for service in found:
        for deployment in service.deployments:
            known = here.definition(deployment.definition)
            waiting = f", {deployment.pending} pending" if deployment.pending else ""
            table.add_row(
                service.process,
                f"{deployment.running} of {deployment.desired} run{waiting}",
                known.deployment,
                known.revision,
                shown.moment(deployment.created),
                _rollout(deployment),
            )
    return table


def _rollout(deployment: Deployment) -> str:
    if deployment.state == "FAILED":
        return f"failed: {deployment.reason}"
    if not deployment.primary:
        return "is being replaced"
    failed = f", {deployment.failed} failed" if deployment.failed else ""
    return deployment.state.lower().replace("_", " ") + failed


def _failed_tasks(here: Deployed, found: Sequence[Service]) -> list[Task]:
    """The last of them, of whatever process."""
    clusters = sorted({service.cluster for service in found})
    failed = [task for cluster in clusters for task in here.tasks_of(cluster) if is_failure(task)]
    return sorted(failed, key=_stopped_at, reverse=True)[:STOPPED_SHOWN]


def _stopped_table(here: Deployed, stopped: Iterable[Task]) -> Table:
    table = Table("process", "task", "stopped", "deployment", "why", box=None, pad_edge=False)
    for task in stopped:
        known = here.definition(task.definition)
        process = "exec" if task.started_by.startswith(EXEC) else known.process
        table.add_row(process, task.id, shown.moment(task.stopped), known.deployment, f"it {why(task)}")
    return table


def _stopped_at(task: Task) -> float:
    return task.stopped.timestamp() if task.stopped else 0


def logs(stack: str, lines: int, follow: bool, process: str | None) -> int:
    """The last lines of each process, which is named before its line."""
    with _connected(stack) as here:
        found = here.services()
        if not found:
            print(here.nothing())
            return 1
        known = _with_logs(found)
        if process and process not in known:
            print(f"No process {process!r} has a log; there are: {', '.join(known)}")
            return 1
        client, group = here.clients.logs, here.definition(found[0].primary.definition).log_group
        names = [process] if process else known
        last = {name: log_lines.last(client, group, lines, **log_lines.of_process(name)) for name in names}
        width = max(len(name) for name in names)
        for some in last.values():
            shown.lines(some, width)
        if follow:
            try:
                shown.lines(log_lines.follow(client, group, last), width)
            except KeyboardInterrupt:
                pass
    return 0


def _with_logs(found: Iterable[Service]) -> list[str]:
    """The services, and what runs only now and then."""
    contract = load_service()
    beside = [*(f"job.{name}" for name in contract.jobs), *(["release"] if contract.release else [])]
    return sorted({*(service.process for service in found), *beside})


def exec(stack: str, command: list[str]) -> int:
    """Run a command in a task of its own that is made like those that serve: files, environment, secrets, rights."""
    with _connected(stack) as here:
        web = here.web()
        if web is None:
            print(here.nothing())
            return 1
        serving = max(web.deployments, key=lambda deployment: (deployment.running > 0, deployment.primary))
        wanted = one_off.OneOff(
            cluster=web.cluster,
            definition=serving.definition,
            command=tuple(command),
            network=web.network,
            capacity=web.capacity,
            started_by=EXEC + uuid.uuid4().hex,
        )
        arn = one_off.start(here.clients, wanted)
        print("Fargate starts a task for it, which takes about a minute ...", file=sys.stderr, flush=True)
        try:
            ended = _watch(here, wanted, arn)
        except KeyboardInterrupt:
            one_off.stop(here.clients, wanted.cluster, arn, "interrupted")
            print("\ninterrupted: its task was asked to end", file=sys.stderr)
            return INTERRUPTED
        if ended.exit_code is None:
            raise DeploymentError(f"the task {why(ended)}")
        if ended.exit_code:
            print(f"the task {why(ended)}", file=sys.stderr)
        return ended.exit_code


def _watch(here: Deployed, wanted: one_off.OneOff, arn: str) -> Task:
    """Print what it writes until it has ended."""
    stream = one_off.stream(here.clients, here.definition(wanted.definition), arn)
    ended: Task | None = None
    for ended in one_off.looks(here.clients, wanted.cluster, arn):  # noqa: B007 -- the last look counts
        _write(stream.new())
    time.sleep(one_off.POLL)
    _write(stream.new())
    assert ended is not None
    return ended


def _write(lines: Iterable[str]) -> None:
    for line in lines:
        print(line, flush=True)


def state(stack: str, deployment: str) -> State:
    """What ECS says of the web service's deployment."""
    with _connected(stack) as here:
        return deployed.state(here, deployment)


def sweep(_stack: str, _known: Sequence[str]) -> list[str] | None:
    """Nothing is removed: the stack's tags may be on what somebody made by hand, or by another state."""
    return None


def last_lines(stack: str) -> list[str]:
    """The last lines of what was deployed last to the web service; why its tasks stopped, where none wrote any."""
    with _connected(stack) as here:
        return deployed.last_lines(here)


@contextmanager
def _connected(stack: str) -> Generator[Deployed]:
    config = config_in(ROOT / "stacks" / f"Pulumi.{stack}.yaml")
    options: dict[str, str] = config.get("options") or {}
    region = options.get("region")
    if not region:
        fix = set_command("options.region", "eu-central-1", stack)
        raise DeploymentError(f"{key_of('options.region')}: is required. Fix: {fix}")
    with connected(region) as clients:
        yield Deployed(clients, Scope(load_service().name, stack), config.get("domain") or "")
