"""What people do to the running service on Cloud Run: status, logs, exec."""

import sys
import time
import uuid
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
from infra.targets.gcp import deployed, executions, log_lines, one_off
from infra.targets.gcp.deployed import Deployed
from infra.targets.gcp.executions import Execution, Job
from infra.targets.gcp.log_lines import Line, News, Source
from infra.targets.gcp.run_api import Revision, Scope, Service, Share, moment
from infra.targets.gcp.session import connected
from infra.targets.gcp.stopped import exit_code, why, why_not

FAILED_SHOWN = 5

# Of executions no longer ago it is told that they failed. A command's job that is older was left by a killed one.
RECENT = timedelta(hours=1)

# Seconds that a command may take.
LONGEST_COMMAND = 24 * 3600

# The exit code of what Ctrl-C ended, as shells have it.
INTERRUPTED = 130

# So often the log is looked at for what a command wrote at its end.
_LAST_LOOKS = 4

EXAMPLES = {"options.project": "my-project-123", "options.region": "europe-west1"}


def status(stack: str) -> int:
    """A table of the revisions, the executions that failed last, and what the address answers."""
    # Written into a file or a pipe, a line stays a line.
    console = Console() if sys.stdout.isatty() else Console(width=240)
    with _connected(stack) as here:
        found = here.services()
        if not found:
            console.print(here.nothing())
            return 1
        web = next((service for service in found if service.process == "web"), None)
        known = {service.name: here.revisions(service) for service in found}
        well = True
        for line, good in _answers(here, web, known[web.name]) if web else [("there is no web service", False)]:
            console.print(line, highlight=False)
            well = well and good
        console.print(_services_table(found, known))
        failed = _failed_executions(here)
        if failed:
            console.print("\nExecutions that failed in the last hour:")
            console.print(_failed_table(here, failed))
        return 0 if well else 1


def _answers(here: Deployed, web: Service, known: Sequence[Revision]) -> Iterator[tuple[str, bool]]:
    """What is answered where, and whether it should be."""
    by_name = {each.name: each for each in known}
    shares = deployed.serving(web)
    wanted = [probe.told(of.release, of.deployment) for of in (by_name.get(each.revision) for each in shares) if of]
    where = here.address(web)
    if not here.is_open(web):
        yield f"{where} is not asked: not everybody reaches it", bool(wanted)
        return
    yield shown.answer(where, wanted)
    for share, only in zip(shares, wanted, strict=False):
        # A load balancer's service answers under no name of its own.
        if share.tag and share.url and web.ingress == deployed.OPEN:
            yield shown.answer(share.url, [only])


def _services_table(found: Sequence[Service], known: dict[str, list[Revision]]) -> Table:
    table = Table("process", "name", "gets", "deployment", "revision", "since", "state", box=None, pad_edge=False)
    for service in found:
        shares = {share.revision: share for share in service.shares if share.percent}
        for each in known[service.name]:
            if each.name not in shares and each.name != service.latest:
                continue
            table.add_row(
                service.process,
                each.name,
                _share(service, each, shares.get(each.name)),
                each.deployment,
                each.release,
                shown.moment(moment(each.created)),
                _state(service, each),
            )
    return table


def _share(service: Service, revision: Revision, share: Share | None) -> str:
    what = "requests" if service.kind == "services" else "instances"
    if share is None:
        # A worker pool tells nothing of its instances where all are of one revision.
        whole = service.kind == "workerPools" and not service.shares and revision.name == service.ready
        return f"100 % of the {what}" if whole else "nothing"
    tag = f" ({share.tag})" if share.tag else ""
    return f"{share.percent} % of the {what}{tag}"


def _state(service: Service, revision: Revision) -> str:
    if revision.condition.failed:
        return f"failed: {why_not(revision.condition)}"
    if not revision.condition.done or not service.settled:
        return "is being started"
    return "ready"


def _failed_executions(here: Deployed) -> list[tuple[Job, Execution]]:
    """The last of them, of whatever job."""
    since = datetime.now(UTC) - RECENT
    failed = [
        (job, execution)
        for job in here.jobs()
        for execution in executions.of_job(here.session, job.name)
        if execution.ended and not execution.well and _at(execution.ended) > since
    ]
    return sorted(failed, key=lambda each: each[1].ended, reverse=True)[:FAILED_SHOWN]


def _failed_table(here: Deployed, failed: Iterable[tuple[Job, Execution]]) -> Table:
    table = Table("process", "execution", "ended", "why", box=None, pad_edge=False)
    for job, execution in failed:
        told = why(execution, executions.attempt(here.session, execution.name))
        table.add_row(job.process, execution.id, shown.moment(moment(execution.ended)), f"it {told}")
    return table


def logs(stack: str, lines: int, follow: bool, process: str | None) -> int:
    """The last lines of each process, which is named before its line."""
    with _connected(stack) as here:
        found = here.services()
        if not found:
            print(here.nothing())
            return 1
        sources = _sources(here, found)
        names = sorted({source.process for source in sources})
        if process and process not in names:
            print(f"No process {process!r} has a log; there are: {', '.join(names)}")
            return 1
        asked = [source for source in sources if process in (None, source.process)]
        last = {source: log_lines.last(here.session, [source], lines) for source in asked}
        width = max(len(source.process) for source in asked)
        for some in last.values():
            shown.lines(some, width)
        if follow:
            try:
                shown.lines(log_lines.follow(here.session, last), width)
            except KeyboardInterrupt:
                pass
    return 0


def _sources(here: Deployed, found: Iterable[Service]) -> list[Source]:
    """The services, and what runs only now and then."""
    running = [log_lines.of_service(service.process, service.kind, service.id) for service in found]
    beside = [log_lines.of_job(job.process, job.id) for job in here.jobs() if job.process != one_off.EXEC]
    return sorted([*running, *beside], key=lambda source: source.process)


def exec(stack: str, command: list[str]) -> int:
    """Run a command in a job made for it, like what serves: files, environment, secrets, rights, network."""
    with _connected(stack) as here:
        web = here.web()
        revision = _exemplar(here, web) if web else None
        if web is None or revision is None:
            print(here.nothing())
            return 1
        _clear(here)
        # Two words of it at the most in one name, which is no longer than a service's.
        name = f"{web.id[:36].rstrip('-')}-{one_off.EXEC}-{uuid.uuid4().hex[:7]}"
        job = one_off.job_like(revision, here.scope, tuple(command), LONGEST_COMMAND)
        print("Cloud Run makes a job for it, which takes about half a minute ...", file=sys.stderr, flush=True)
        whole = f"{here.session.place}/jobs/{name}"
        try:
            one_off.make(here.session, name, job)
            ended = _watch(here, name, one_off.start(here.session, whole))
            attempt = executions.attempt(here.session, ended.name)
        except KeyboardInterrupt:
            print("\ninterrupted: its job is removed", file=sys.stderr)
            return INTERRUPTED
        finally:
            one_off.remove(here.session, whole)
        code = exit_code(ended, attempt)
        if code is None:
            raise DeploymentError(f"the command {why(ended, attempt)}")
        if code:
            print(f"the command {why(ended, attempt)}", file=sys.stderr)
        return code


def _exemplar(here: Deployed, web: Service) -> Revision | None:
    """What most requests go to; the newest, where nothing serves yet."""
    known = {each.name: each for each in here.revisions(web)}
    shares = [share.revision for share in deployed.serving(web)]
    return next((known[name] for name in (*shares, web.latest) if name in known), None)


def _clear(here: Deployed) -> None:
    """Remove what a killed `exec` left. One that is not old may be somebody else's that still runs."""
    since = datetime.now(UTC) - RECENT
    left = [job for job in here.jobs() if job.process == one_off.EXEC and _at(job.created) < since]
    for job in left:
        if all(execution.ended for execution in executions.of_job(here.session, job.name)):
            one_off.remove(here.session, job.name)


def _watch(here: Deployed, job: str, execution: str) -> Execution:
    """Print what it writes until it has ended."""
    source = log_lines.of_execution(one_off.EXEC, job, execution.rpartition("/")[2])
    news = News(here.session, [source], log_lines.WRITTEN)
    ended: Execution | None = None
    for ended in one_off.looks(here.session, execution):  # noqa: B007 -- the last look counts
        _write(news.new())
    for _ in range(_LAST_LOOKS):
        time.sleep(one_off.POLL)
        _write(news.new())
    assert ended is not None
    return ended


def _write(lines: Iterable[Line]) -> None:
    for line in lines:
        print(line.text, flush=True)


def _at(text: str) -> datetime:
    return moment(text) or datetime.min.replace(tzinfo=UTC)


def state(stack: str, deployment: str) -> State:
    """What Cloud Run says of the web service's deployment."""
    with _connected(stack) as here:
        return deployed.state(here, deployment)


def sweep(_stack: str, _known: Sequence[str]) -> list[str] | None:
    """Nothing is removed: the stack's labels may be on what somebody made by hand, or by another state."""
    return None


def last_lines(stack: str) -> list[str]:
    """The last lines of what was deployed last to the web service; why it did not start, where it wrote none."""
    with _connected(stack) as here:
        return deployed.last_lines(here)


@contextmanager
def _connected(stack: str) -> Generator[Deployed]:
    config = config_in(ROOT / "stacks" / f"Pulumi.{stack}.yaml")
    options: dict[str, str] = config.get("options") or {}
    for key, example in EXAMPLES.items():
        if not options.get(key.partition(".")[2]):
            raise DeploymentError(f"{key_of(key)}: is required. Fix: {set_command(key, example, stack)}")
    with connected(options["project"], options["region"]) as session:
        yield Deployed(session, Scope(load_service().name, stack), config.get("domain") or "")
