"""The directory of a running web process: found by its workers, removed by its owner, swept when forgotten."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from serving import rundir
from serving.rundir import RunDirectory, create_run_directory, current_run_directory
from tests.app.conftest import environment


@pytest.fixture(autouse=True)
def parent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(rundir, "_parent", lambda: tmp_path)
    for name in (rundir.VARIABLE, "PROMETHEUS_MULTIPROC_DIR"):
        # Set and deleted: whatever the test sets is taken back at its end.
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    return tmp_path


def test_outside_of_a_web_process_there_is_none() -> None:
    assert current_run_directory() is None


def test_it_is_new_and_empty_and_found_by_workers() -> None:
    made = create_run_directory()
    found = current_run_directory()

    assert found is not None
    assert found.path == made.path
    assert os.environ["PROMETHEUS_MULTIPROC_DIR"] == str(made.metrics)
    assert (list(made.metrics.iterdir()), made.draining, made.stopping) == ([], False, False)
    assert made.path.stat().st_mode & 0o777 == 0o700


def test_what_one_process_marks_the_others_see(tmp_path: Path) -> None:
    mine, theirs = RunDirectory(tmp_path), RunDirectory(tmp_path)
    mine.begin_drain()
    drained = (theirs.draining, theirs.stopping)
    mine.begin_stop()

    assert (drained, (theirs.draining, theirs.stopping)) == ((True, False), (True, True))


def test_a_worker_does_not_remove_what_it_shares(tmp_path: Path) -> None:
    directory = create_run_directory()
    child = os.fork()
    if child == 0:
        directory.remove()
        os._exit(0)
    os.waitpid(child, 0)
    kept = directory.path.is_dir()
    directory.remove()

    assert (kept, directory.path.exists()) == (True, False)


def test_what_killed_processes_left_is_swept_and_nothing_else(parent: Path) -> None:
    code = f"""
import pathlib, sys
from serving import rundir
rundir._parent = lambda: pathlib.Path({str(parent)!r})
print(rundir.create_run_directory().path, flush=True)
sys.stdin.read()
"""
    command = [sys.executable, "-c", code]
    alive, killed = (
        subprocess.Popen(command, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    )
    try:
        assert alive.stdout
        assert killed.stdout
        of_alive, of_killed = (Path(process.stdout.readline().strip()) for process in (alive, killed) if process.stdout)
        killed.kill()
        killed.wait()
        for path in (of_alive, of_killed):
            os.utime(path, (0, 0))
        young = Path(tempfile.mkdtemp(prefix=rundir.PREFIX, dir=parent))
        (young / "lock").touch()
        create_run_directory()

        assert (of_alive.is_dir(), of_killed.exists(), young.is_dir()) == (True, False, True)
    finally:
        killed.communicate()
        alive.communicate("")
