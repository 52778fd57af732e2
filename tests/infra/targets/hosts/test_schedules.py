"""A cron schedule told to systemd means what cron means."""

import shutil
import subprocess
from datetime import UTC, datetime

import pytest
from cronsim import CronSim

from infra.targets.hosts.schedules import calendar

# A schedule, and how systemd has it.
TOLD = [
    ("*/15 * * * *", ["*-*-* *:00,15,30,45:00 UTC"]),
    ("0 3 * * 1-5", ["Mon,Tue,Wed,Thu,Fri *-*-* 03:00:00 UTC"]),
    ("30 4 1 jan,jul *", ["*-01,07-01 04:30:00 UTC"]),
    ("0 0 * * 7", ["Sun *-*-* 00:00:00 UTC"]),
    ("0 0 13 * 5", ["*-*-13 00:00:00 UTC", "Fri *-*-* 00:00:00 UTC"]),
    ("5 4 */7 * 0", ["Sun *-*-01,08,15,22,29 04:05:00 UTC"]),
    ("0 0 L * *", ["*-*~01 00:00:00 UTC"]),
    ("0 0 * * 1#2", ["Mon *-*-08,09,10,11,12,13,14 00:00:00 UTC"]),
    ("0 0 * * 5L", ["Fri *-*~07/1 00:00:00 UTC"]),
    ("0 0 LW * *", ["Mon,Tue,Wed,Thu,Fri *-*~01 00:00:00 UTC", "Fri *-*~02 00:00:00 UTC", "Fri *-*~03 00:00:00 UTC"]),
]


@pytest.mark.parametrize(("schedule", "told"), TOLD)
def test_a_schedule_is_told_in_systemds_words(schedule: str, told: list[str]) -> None:
    assert calendar(schedule) == told


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze")
@pytest.mark.parametrize("schedule", [schedule for schedule, _ in TOLD])
def test_systemd_runs_it_when_cron_would(schedule: str) -> None:
    start = datetime(2026, 1, 15, 12, 34, tzinfo=UTC)
    command = ["systemd-analyze", "calendar", "--iterations=12", f"--base-time={start:%Y-%m-%d %H:%M:%S} UTC"]
    said = subprocess.run([*command, *calendar(schedule)], capture_output=True, text=True, check=True).stdout
    times = sorted(
        {
            datetime.strptime(line.split(": ", 1)[1].strip(), "%a %Y-%m-%d %H:%M:%S %Z").replace(tzinfo=UTC)
            for line in said.splitlines()
            if line.strip().startswith(("Next elapse:", "Iter. #", "(in UTC):")) and line.rstrip().endswith("UTC")
        }
    )
    cron = CronSim(schedule, start)
    assert times[:8] == [next(cron) for _ in range(8)]
