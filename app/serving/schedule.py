"""`python -m serving.schedule <job>`: runs a job of service.toml on its schedule, where no platform does.

`python -m serving.schedule --once <job>` runs it now, once, and no longer than it may take, where a platform keeps the
schedule and knows of no such limit. Its exit code is the job's.

Times are UTC. A run that is due while the one before still goes on is left out. At SIGTERM a run that goes on is
finished, and no other begins.
"""

import logging
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from cronsim import CronSim, CronSimError

from serving.contract import read_contract
from serving.errors import ServingError, run_or_explain

log = logging.getLogger("serving.schedule")

# A clock may be set, and a machine may sleep: the time is looked at this often.
LONGEST_SLEEP = 30.0
# Between SIGTERM and SIGKILL for a job that takes too long, as on the target local.
GRACE_SECONDS = 5.0


# Seconds, as in the contract.
DEFAULT_TIMEOUT = 300.0


@dataclass(frozen=True)
class Job:
    """`schedule` is a cron line, `timeout` in seconds."""

    name: str
    command: tuple[str, ...]
    schedule: str
    timeout: float

    def next_after(self, moment: datetime) -> datetime:
        """When it is due next."""
        return next(CronSim(self.schedule, moment))


def load_job(path: Path, name: str) -> Job:
    """The job of that name in service.toml at `path`; raises ServingError."""
    document = read_contract(path)
    jobs = cast("dict[str, Any]", document.get("jobs", {}))
    if name not in jobs:
        known = ", ".join(sorted(jobs)) or "none"
        raise ServingError([f"{path.name}: there is no job {name!r}; there is: {known}"])
    table = cast("dict[str, Any]", jobs[name])
    try:
        timeout = float(table.get("timeout", DEFAULT_TIMEOUT))
        job = Job(name, tuple(table["command"]), str(table["schedule"]), timeout)
        job.next_after(datetime.now(UTC))
    except KeyError as error:
        raise ServingError([f"{path.name}: jobs.{name}.{error.args[0]} is missing"]) from None
    except (CronSimError, StopIteration, TypeError, ValueError) as error:
        raise ServingError([f"{path.name}: jobs.{name}: {error}"]) from None
    return job


def keep_schedule(job: Job, stop: threading.Event) -> None:
    """Run the job whenever it is due, until `stop` is set."""
    due = job.next_after(datetime.now(UTC))
    log.info("job %s is next due at %s", job.name, f"{due:%Y-%m-%dT%H:%M:%SZ}")
    while True:
        while (left := (due - datetime.now(UTC)).total_seconds()) > 0:
            if stop.wait(min(left, LONGEST_SLEEP)):
                return
        log.info("job %s starts", job.name)
        code = run_once(job)
        log.log(logging.ERROR if code else logging.INFO, "job %s ended with exit code %d", job.name, code)
        if stop.is_set():
            return
        due = job.next_after(max(due, datetime.now(UTC)))


def run_once(job: Job) -> int:
    """Run its command, for no longer than its timeout, and end all that it started; its exit code as in a shell."""
    try:
        process = subprocess.Popen(job.command, stdin=subprocess.DEVNULL, start_new_session=True)
    except OSError as error:
        log.error("job %s cannot be started: %s: %s", job.name, job.command[0], error.strerror)  # noqa: TRY400
        return 127
    try:
        process.wait(job.timeout)
    except subprocess.TimeoutExpired:
        log.warning("job %s took more than %g s and is ended", job.name, job.timeout)
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(GRACE_SECONDS)
    # What it started and did not end goes with it.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    code = process.wait()
    return code if code >= 0 else 128 - code


def main(root: Path) -> int:
    """Keep the schedule of the job named on the command line until told to stop."""
    *once, name = sys.argv[1:] or [""]
    if not name or once not in ([], ["--once"]):
        raise ServingError(["name one job of service.toml: python -m serving.schedule [--once] <job>"])
    job = load_job(root / "service.toml", name)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    if once:
        return run_once(job)
    keep_schedule(job, stop)
    log.info("job %s is no longer kept", job.name)
    return 0


if __name__ == "__main__":
    sys.exit(run_or_explain(main))
