"""What people do to the running service on Container Apps: status, logs, exec."""

import sys
import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from rich.console import Console
from rich.table import Table

from infra import probe
from infra.commands import key_of, set_command
from infra.errors import DeploymentError
from infra.paths import ROOT
from infra.service import load_service
from infra.stackfile import config_in
from infra.targets import State, shown
from infra.targets.azure import deployed, executions, log_lines, shell
from infra.targets.azure.arm import App, Replica, Revision, Scope, Share
from infra.targets.azure.deployed import Deployed
from infra.targets.azure.executions import Execution, Job
from infra.targets.azure.log_lines import Source
from infra.targets.azure.names import stack_name
from infra.targets.azure.session import connected
from infra.targets.azure.stopped import why, why_not

FAILED_SHOWN = 5

# Of executions no longer ago it is told that they failed.
RECENT = timedelta(hours=1)

# Seconds until a replica runs that a request has started, and between two looks for it.
WAKING = 120
POLL = 3.0

# The exit code of what Ctrl-C ended, as shells have it.
INTERRUPTED = 130

REQUIRED, EXAMPLE = "options.subscription", "00000000-0000-4000-8000-000000000001"


def status(stack: str) -> int:
    """A table of the revisions, the executions that failed last, and what the address answers."""
    # Written into a file or a pipe, a line stays a line.
    console = Console() if sys.stdout.isatty() else Console(width=240)
    with _connected(stack) as here:
        found = here.apps()
        if not found:
            console.print(here.nothing())
            return 1
        web = next((app for app in found if app.process == "web"), None)
        known = {app.id: here.revisions(app) for app in found}
        well = True
        for line, good in _answers(here, web, known[web.id]) if web else [("there is no web app", False)]:
            console.print(line, highlight=False)
            well = well and good
        console.print(_apps_table(here, found, known))
        failed = _failed_executions(here)
        if failed:
            console.print("\nExecutions that failed in the last hour:")
            console.print(_failed_table(failed))
        return 0 if well else 1


def _answers(here: Deployed, web: App, known: Sequence[Revision]) -> Iterator[tuple[str, bool]]:
    """What is answered where, and whether it should be."""
    by_name = {each.name: each for each in known}
    shares = [share for share in deployed.serving(web) if share.revision in by_name]
    serving = [by_name[share.revision] for share in shares]
    wanted = [probe.told(of.release, of.deployment) for of in serving]
    where = here.address(web)
    if not here.is_open(web):
        well = bool(serving) and not any(of.unwell for of in serving)
        yield f"{where} is not asked: not everybody reaches it", well
        return
    yield shown.answer(where, wanted)
    for share, only in zip(shares, wanted, strict=True):
        if share.label:
            yield shown.answer(f"https://{web.canary_host}", [only])


def _apps_table(here: Deployed, found: Iterable[App], known: dict[str, list[Revision]]) -> Table:
    table = Table(
        "process", "name", "gets", "deployment", "revision", "since", "replicas", "state", box=None, pad_edge=False
    )
    for app in found:
        shares = {share.revision: share for share in app.shares if share.percent}
        for each in known[app.id]:
            if each.name not in shares and each.name != app.latest:
                continue
            replicas = here.replicas(app, each)
            table.add_row(
                app.process,
                each.name,
                _share(app, shares.get(each.name)),
                each.deployment,
                each.release,
                shown.moment(_at(each.created)),
                str(len(replicas)),
                _state(app, each, replicas),
            )
    return table


def _share(app: App, share: Share | None) -> str:
    if not app.host:
        return "no requests"
    label = f" ({share.label})" if share and share.label else ""
    return f"{share.percent} % of the requests{label}" if share else "nothing"


def _state(app: App, revision: Revision, replicas: Sequence[Replica]) -> str:
    if not revision.active:
        return "was ended"
    if revision.unwell:
        return f"failed: {why_not(revision, replicas)}"
    if not revision.well or not app.settled:
        return "is being started"
    return "ready" if replicas else "ready, and starts when it is asked"


def _failed_executions(here: Deployed) -> list[tuple[Job, Execution]]:
    """The last of them, of whatever job."""
    since = datetime.now(UTC) - RECENT
    failed = [
        (job, execution)
        for job in here.jobs()
        for execution in executions.of_job(here.session, job.id)
        if execution.over and not execution.well and (_at(execution.ended or execution.started) or since) > since
    ]
    return sorted(failed, key=lambda each: each[1].ended, reverse=True)[:FAILED_SHOWN]


def _failed_table(failed: Iterable[tuple[Job, Execution]]) -> Table:
    table = Table("process", "execution", "ended", "why", box=None, pad_edge=False)
    for job, execution in failed:
        table.add_row(job.process, execution.name, shown.moment(_at(execution.ended)), f"it {why(execution)}")
    return table


def logs(stack: str, lines: int, follow: bool, process: str | None) -> int:
    """The last lines of each process, which is named before its line."""
    with _connected(stack) as here:
        found = here.apps()
        if not found:
            print(here.nothing())
            return 1
        sources = _sources(here, found)
        names = sorted({source.process for source in sources})
        if process and process not in names:
            print(f"No process {process!r} has a log; there are: {', '.join(names)}")
            return 1
        asked = [source for source in sources if process in (None, source.process)]
        place = here.environment(found[0]).workspace
        if not place:
            print("What its processes write is kept nowhere: their environment has no Log Analytics workspace")
            return 1
        print("Log Analytics has a line a minute or more after it was written ...", file=sys.stderr, flush=True)
        last = {source: log_lines.last(here.session, place, source, lines, told=True) for source in asked}
        width = max(len(source.process) for source in asked)
        for some in last.values():
            shown.lines(some, width)
        if follow:
            try:
                shown.lines(log_lines.follow(here.session, place, last), width)
            except KeyboardInterrupt:
                pass
    return 0


def _sources(here: Deployed, found: Iterable[App]) -> list[Source]:
    """The apps, and what runs only now and then."""
    running = [Source(app.process, app=app.name) for app in found]
    beside = [Source(job.process, job=job.name) for job in here.jobs()]
    return sorted([*running, *beside], key=lambda source: source.process)


def exec(stack: str, command: list[str]) -> int:
    """Run a command in a replica of what serves: its files, its environment, its secrets, its rights, its network."""
    with _connected(stack) as here:
        web = here.web()
        revision = _exemplar(here, web) if web else None
        if web is None or revision is None:
            print(here.nothing())
            return 1
        replica = _replica(here, web, revision)
        try:
            code = shell.run(replica, here.session.token_of(web.id), command, _write)
        except KeyboardInterrupt:
            print("\ninterrupted", file=sys.stderr)
            return INTERRUPTED
        if code:
            print(f"the command ended with exit code {code}", file=sys.stderr)
        return code


def _exemplar(here: Deployed, web: App) -> Revision | None:
    """What most requests go to; the newest, where nothing serves yet."""
    known = {each.name: each for each in here.revisions(web)}
    shares = [share.revision for share in deployed.serving(web)]
    return next((known[name] for name in (*shares, web.latest) if name in known), None)


def _replica(here: Deployed, web: App, revision: Revision) -> Replica:
    """One that runs. Where all have come to rest for want of requests, one is started by asking the address."""
    begun, woken = time.monotonic(), False
    while True:
        running = [each for each in here.replicas(web, revision) if each.running == "Running" and each.stream]
        if running:
            return max(running, key=lambda each: each.ready)
        if not here.is_open(web):
            why = f"no replica of {revision.name} runs, and it cannot be started from here by a request"
            raise DeploymentError(f"{why}. Fix: {set_command('scale.min', 1, here.scope.stack)}; make up")
        if time.monotonic() - begun > WAKING:
            replicas = here.replicas(web, revision)
            raise DeploymentError(f"no replica of {revision.name} runs after {WAKING} s: {why_not(revision, replicas)}")
        if not woken:
            print(f"no replica of {revision.name} runs: a request starts one ...", file=sys.stderr, flush=True)
        woken = True
        probe.ask(here.address(web) + load_service().web.version)
        time.sleep(POLL)


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _at(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def state(stack: str, deployment: str) -> State:
    """What Azure says of the web process's deployment."""
    with _connected(stack) as here:
        return deployed.state(here, deployment)


def sweep(_stack: str, _known: Sequence[str]) -> list[str] | None:
    """Nothing is removed: the stack's tags may be on what somebody made by hand, or by another state."""
    return None


def last_lines(stack: str) -> list[str]:
    """The last lines of what was deployed last of the web process; why it did not start, where it wrote none."""
    with _connected(stack) as here:
        return deployed.last_lines(here)


@contextmanager
def _connected(stack: str) -> Generator[Deployed]:
    config = config_in(ROOT / "stacks" / f"Pulumi.{stack}.yaml")
    options: dict[str, str] = config.get("options") or {}
    subscription = options.get("subscription")
    if not subscription:
        raise DeploymentError(f"{key_of(REQUIRED)}: is required. Fix: {set_command(REQUIRED, EXAMPLE, stack)}")
    service = load_service().name
    with connected(subscription, stack_name(service, stack)) as session:
        yield Deployed(session, Scope(service, stack), config.get("domain") or "")
