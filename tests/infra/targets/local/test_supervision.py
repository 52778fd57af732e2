"""Real processes under the runner's care: started again, kept within bounds, run on schedule, ended to the last."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil
import pytest

from infra.targets.local import supervision
from infra.targets.local.instance import JobSpec
from infra.targets.local.supervision import Child, Log, run_jobs

PYTHON = sys.executable


def child(path: Path, code: str, *, name: str = "web", restart: bool = False, sockets: Sequence[int] = ()) -> Child:
    return Child(
        name,
        [PYTHON, "-c", code],
        cwd=str(path),
        environment={"PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1"},
        sockets=sockets,
        log=Log(path / f"{name}.log"),
        restart=restart,
        changed=lambda: None,
    )


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


async def until(done: Callable[[], bool], timeout: float = 10) -> None:
    async with asyncio.timeout(timeout):
        while not done():
            await asyncio.sleep(0.02)


def runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_what_a_process_writes_is_all_in_its_log(tmp_path: Path) -> None:
    async def scenario() -> int:
        return await child(
            tmp_path, "import sys; print('out'); print('x' * 200000); sys.stderr.write('err'); sys.exit(3)"
        ).wait()

    assert asyncio.run(scenario()) == 3
    assert text(tmp_path / "web.log") == "out\n" + "x" * 200000 + "\nerr"


def test_a_process_that_ends_is_started_again_after_a_growing_pause(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervision, "FIRST_PAUSE", 0.05)

    async def scenario() -> Child:
        crashing = child(tmp_path, "raise SystemExit(7)", restart=True)
        await until(lambda: len(crashing.exits) >= 3)
        await crashing.stop(5)
        return crashing

    crashing = asyncio.run(scenario())
    assert set(crashing.exits) == {7}
    pauses = re.findall(
        r"slipway: web ended with exit code 7; it is started again in ([\d.]+) s", text(tmp_path / "web.log")
    )
    assert pauses[:3] == ["0.1", "0.2", "0.4"]


def test_a_program_that_is_not_there_is_told_in_the_log(tmp_path: Path) -> None:
    async def scenario() -> int:
        missing = child(tmp_path, "")
        missing._command = ["no-such-program"]  # pyright: ignore[reportPrivateUsage]
        return await missing.wait()

    assert asyncio.run(scenario()) == 127
    assert "slipway: web cannot be started: no-such-program: No such file or directory\n" in text(tmp_path / "web.log")


def test_stop_asks_first_and_loses_no_last_words(tmp_path: Path) -> None:
    code = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: (print('bye'), sys.exit(0)))\n"
        "print('hello')\n"
        "time.sleep(60)\n"
    )

    async def scenario() -> list[int]:
        polite = child(tmp_path, code, restart=True)
        await until(lambda: text(tmp_path / "web.log") == "hello\n")
        await polite.stop(5)
        return polite.exits

    assert asyncio.run(scenario()) == [0]
    assert text(tmp_path / "web.log") == "hello\nbye\n"


def test_stop_kills_what_does_not_end_and_its_children_with_it(tmp_path: Path) -> None:
    code = (
        "import os, signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "grandchild = subprocess.Popen([sys.executable, '-c', 'import signal, time;"
        " signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)'])\n"
        "print(os.getpid(), grandchild.pid)\n"
        "time.sleep(60)\n"
    )

    async def scenario() -> None:
        stubborn = child(tmp_path, code)
        await until(lambda: bool(text(tmp_path / "web.log")))
        await stubborn.stop(0.3)

    asyncio.run(scenario())
    first, *rest = text(tmp_path / "web.log").splitlines()
    assert rest[0].endswith("slipway: web did not end in 0.3 s and is killed")
    # The system takes a moment to end what is killed.
    asyncio.run(until(lambda: not any(runs(int(pid)) for pid in first.split())))


def test_stop_during_the_pause_starts_nothing_again(tmp_path: Path) -> None:
    async def scenario() -> tuple[list[int], float]:
        crashing = child(tmp_path, "raise SystemExit(7)", restart=True)
        await until(lambda: bool(crashing.exits))
        before = time.monotonic()
        await crashing.stop(5)
        return crashing.exits, time.monotonic() - before

    exits, took = asyncio.run(scenario())
    assert exits == [7]
    assert took < 1


def test_sockets_arrive_as_descriptors_from_three_on(tmp_path: Path) -> None:
    code = "import socket\nfor n in (3, 4): print(socket.socket(fileno=n).getsockname()[1])"

    async def scenario() -> list[int]:
        with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
            ports = [two.getsockname()[1], one.getsockname()[1]]
            await child(tmp_path, code, sockets=[two.fileno(), one.fileno()]).wait()
            return ports

    ports = asyncio.run(scenario())
    assert text(tmp_path / "web.log").split() == [str(port) for port in ports]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_a_process_ends_with_the_runner_that_started_it(tmp_path: Path) -> None:
    code = (
        "import asyncio, sys\n"
        "from pathlib import Path\n"
        "from infra.targets.local.supervision import Child, Log\n"
        "async def main():\n"
        "    path = Path(sys.argv[1])\n"
        "    Child('web', [sys.executable, '-c', 'import os, time; print(os.getpid(), flush=True); time.sleep(60)'],\n"
        "        cwd=str(path), environment={}, sockets=(), log=Log(path / 'web.log'), restart=True, changed=lambda: None)\n"
        "    await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    runner = subprocess.Popen([PYTHON, "-c", code, str(tmp_path)])
    log = tmp_path / "web.log"
    deadline = time.monotonic() + 10
    while not text(log) and time.monotonic() < deadline:
        time.sleep(0.05)
    web = psutil.Process(int(text(log)))
    runner.send_signal(signal.SIGKILL)
    runner.wait()
    assert psutil.wait_procs([web], timeout=5)[1] == []


def test_a_full_log_is_turned_over_and_the_oldest_dropped(tmp_path: Path) -> None:
    log = Log(tmp_path / "web.log", limit=20, files=2)
    for number in range(6):
        log.write(f"line number {number}\n".encode())
    log.close()
    assert {path.name: text(path) for path in tmp_path.iterdir()} == {
        "web.log.1": "line number 4\nline number 5\n",
    }


def test_a_job_runs_on_its_schedule_and_never_twice_at_a_time(tmp_path: Path) -> None:
    started: list[Child] = []
    most = 0

    def start(name: str, command: Sequence[str], *, restart: bool) -> Child:
        nonlocal most
        assert not restart
        started.append(child(tmp_path, "import time; time.sleep(1.5)", name=name))
        most = max(most, len([job for job in started if not job.finished]))
        return started[-1]

    async def scenario() -> None:
        jobs = asyncio.create_task(
            run_jobs({"tidy": JobSpec(command=("x",), schedule="* * * * * *", timeout=10)}, start)
        )
        await until(lambda: len(started) >= 3, timeout=15)
        jobs.cancel()
        await asyncio.wait([jobs])
        await asyncio.gather(*(job.stop(1) for job in started))

    asyncio.run(scenario())
    assert most == 1
    assert text(tmp_path / "job.tidy.log").count("slipway: job tidy ended with exit code 0") >= 2


def test_a_job_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    started: list[Child] = []

    def start(name: str, command: Sequence[str], *, restart: bool) -> Child:
        started.append(child(tmp_path, "import time; time.sleep(60)", name=name))
        return started[-1]

    async def scenario() -> None:
        jobs = asyncio.create_task(
            run_jobs({"tidy": JobSpec(command=("x",), schedule="* * * * * *", timeout=1)}, start)
        )
        await until(lambda: bool(started) and bool(started[0].exits))
        jobs.cancel()
        await asyncio.wait([jobs])
        await asyncio.gather(*(job.stop(1) for job in started))

    asyncio.run(scenario())
    assert started[0].exits == [-signal.SIGTERM]
    assert "slipway: job tidy took more than 1 s and is ended" in text(tmp_path / "job.tidy.log")
