"""Jobs on their schedule, in a process of their own."""

import json
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from serving.errors import ServingError
from serving.schedule import Job, load_job
from tests.app.conftest import APP, environment, eventually

# Cron knows minutes; the schedules of these tests begin with seconds, which cronsim knows too.
EVERY_SECOND = "* * * * * *"

WRITE_AND_SLEEP = """
import os, sys, time
from pathlib import Path
Path(sys.argv[1], f"began-{time.time_ns()}").touch()
time.sleep(float(sys.argv[2]))
Path(sys.argv[1], f"ended-{time.time_ns()}").touch()
sys.exit(int(sys.argv[3]))
"""


class Schedule:
    """`python -m serving.schedule job` in a folder, and what its job left there."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.logged = folder, folder / "log"

    def start(self, command: list[str], timeout: float = 10, *, once: bool = False) -> None:
        contract = f'[jobs.job]\ncommand = {json.dumps(command)}\nschedule = "{EVERY_SECOND}"\ntimeout = {timeout}\n'
        (self.folder / "service.toml").write_text(contract)
        self.run(*(["--once"] if once else []), "job")

    def run(self, *arguments: str) -> None:
        with self.logged.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "serving.schedule", *arguments],
                cwd=self.folder,
                env=environment(),
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def job(self, seconds: float, code: int = 0) -> list[str]:
        return [sys.executable, "-c", WRITE_AND_SLEEP, str(self.folder), str(seconds), str(code)]

    def times(self, mark: str) -> list[int]:
        return sorted(int(path.name.partition("-")[2]) for path in self.folder.glob(f"{mark}-*"))

    def messages(self) -> list[str]:
        return [json.loads(line)["message"] for line in self.logged.read_text().splitlines()]

    def await_runs(self, count: int) -> None:
        eventually(lambda: len(self.times("began")) >= count, self.logged.read_text)


@pytest.fixture
def schedule(tmp_path: Path):
    made = Schedule(tmp_path)
    yield made
    made.process.kill()
    made.process.wait()


def test_a_job_runs_whenever_it_is_due_and_each_exit_code_is_told(schedule: Schedule) -> None:
    schedule.start(schedule.job(0, code=3))
    schedule.await_runs(2)
    schedule.process.send_signal(signal.SIGTERM)

    assert schedule.process.wait(10) == 0
    assert schedule.messages()[1:3] == ["job job starts", "job job ended with exit code 3"]


def test_one_run_at_a_time(schedule: Schedule) -> None:
    schedule.start(schedule.job(1.3))
    schedule.await_runs(3)

    began, ended = schedule.times("began"), schedule.times("ended")
    assert all(end < begin for end, begin in zip(ended, began[1:], strict=False))


def test_a_running_job_is_finished_at_sigterm_and_no_other_begins(schedule: Schedule) -> None:
    schedule.start(schedule.job(1.5))
    schedule.await_runs(1)
    schedule.process.send_signal(signal.SIGTERM)

    assert schedule.process.wait(10) == 0
    assert (len(schedule.times("began")), len(schedule.times("ended"))) == (1, 1)
    assert schedule.messages()[-2:] == ["job job ended with exit code 0", "job job is no longer kept"]


def test_a_job_that_takes_too_long_is_ended_with_all_that_it_started(schedule: Schedule) -> None:
    inner = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
    outer = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {inner!r}]); time.sleep(60)"
    schedule.start([sys.executable, "-c", outer], timeout=1)
    eventually(lambda: "exit code" in schedule.logged.read_text(), schedule.logged.read_text)
    started = next(int(line) for line in schedule.logged.read_text().splitlines() if line.isdecimal())

    eventually(lambda: not _lives(started), lambda: f"process {started} lives on")
    messages = [line for line in schedule.logged.read_text().splitlines() if line.startswith("{")]
    assert [json.loads(line)["message"] for line in messages][1:4] == [
        "job job starts",
        "job job took more than 1 s and is ended",
        "job job ended with exit code 143",
    ]


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_job_that_cannot_be_started_is_told_and_tried_again(schedule: Schedule) -> None:
    schedule.start(["no-such-command"])
    eventually(lambda: schedule.messages().count("job job starts") >= 2, schedule.logged.read_text)

    assert schedule.messages()[1:4] == [
        "job job starts",
        "job job cannot be started: no-such-command: No such file or directory",
        "job job ended with exit code 127",
    ]


@pytest.mark.parametrize(("seconds", "code", "timeout"), [(0, 3, 10), (60, 143, 1)])
def test_once_it_runs_now_and_its_exit_code_is_the_jobs(
    schedule: Schedule, seconds: float, code: int, timeout: float
) -> None:
    schedule.start(schedule.job(seconds, code), timeout, once=True)
    assert schedule.process.wait(10) == code
    assert len(schedule.times("began")) == 1


def test_once_it_is_finished_at_sigterm(schedule: Schedule) -> None:
    schedule.start(schedule.job(1), once=True)
    schedule.await_runs(1)
    schedule.process.send_signal(signal.SIGTERM)
    assert schedule.process.wait(10) == 0
    assert len(schedule.times("ended")) == 1


def test_without_a_job_being_due_it_ends_at_once(schedule: Schedule) -> None:
    (schedule.folder / "service.toml").write_text((APP / "service.toml").read_text().replace("*/15", "0"))
    schedule.run("tidy")
    eventually(lambda: "next due" in schedule.logged.read_text(), schedule.logged.read_text)
    schedule.process.send_signal(signal.SIGTERM)

    assert schedule.process.wait(5) == 0
    assert schedule.messages()[1:] == ["job tidy is no longer kept"]


def test_the_contract_of_the_bundled_service_is_understood() -> None:
    job = load_job(APP / "service.toml", "tidy")

    assert job == Job("tidy", ("flask", "--app", "service", "tidy"), "*/15 * * * *", 60.0)
    assert job.next_after(datetime(2024, 2, 28, 23, 50, tzinfo=UTC)) == datetime(2024, 2, 29, tzinfo=UTC)


@pytest.mark.parametrize(
    ("contract", "problem"),
    [
        ("", "service.toml: there is no job 'job'; there is: none"),
        ("[jobs.a]\n[jobs.b]", "service.toml: there is no job 'job'; there is: a, b"),
        ("[jobs.job]\nschedule = '* * * * *'", "service.toml: jobs.job.command is missing"),
        (
            "[jobs.job]\ncommand = ['x']\nschedule = 'daily'",
            "service.toml: jobs.job: Wrong number of fields",
        ),
    ],
)
def test_a_job_that_makes_no_sense_is_refused(tmp_path: Path, contract: str, problem: str) -> None:
    path = tmp_path / "service.toml"
    path.write_text(contract)
    with pytest.raises(ServingError) as refused:
        load_job(path, "job")

    assert refused.value.problems == (problem,)


def test_no_job_or_two_is_a_mistake_that_is_told(schedule: Schedule) -> None:
    schedule.run()

    assert schedule.process.wait(10) == 2
    assert schedule.messages() == ["name one job of service.toml: python -m serving.schedule [--once] <job>"]
