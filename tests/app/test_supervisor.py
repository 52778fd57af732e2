"""The parent of uWSGI and Waitress, with children that do as they are told."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.app.conftest import environment, eventually

SOURCE = """
import os, signal, sys, time
from pathlib import Path
from serving.logs import configure
from serving.rundir import RunDirectory
from serving.supervisor import Supervisor

folder, ending, count, drain, grace = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4]), float(sys.argv[5])
configure("INFO")

def start():
    (folder / f"child-{os.getpid()}").touch()
    if ending.startswith("exit"):
        return int(ending[4:])
    def stop(number, frame):
        if ending == "obey":
            sys.exit(0)
    signal.signal(signal.SIGTERM, stop)
    while True:
        time.sleep(0.05)

def stop(child):
    os.kill(child, signal.SIGTERM)

sys.exit(Supervisor(start, stop, count, RunDirectory(folder), drain, grace).run())
"""


class Parent:
    def __init__(self, folder: Path) -> None:
        self.folder, self.logged = folder, folder / "log"

    def start(self, ending: str, count: int = 1, drain: float = 0, grace: float = 5) -> None:
        with self.logged.open("w") as output:
            arguments = [str(self.folder), ending, str(count), str(drain), str(grace)]
            self.process = subprocess.Popen(
                [sys.executable, "-c", SOURCE, *arguments], env=environment(), stdout=output, stderr=subprocess.STDOUT
            )
        self.await_children(count)

    def children(self) -> list[int]:
        return [int(path.name.partition("-")[2]) for path in self.folder.glob("child-*")]

    def await_children(self, count: int) -> None:
        eventually(lambda: len(self.children()) >= count, self.logged.read_text)
        # They are in their loops, with handlers of their own.
        time.sleep(0.2)

    def messages(self) -> list[str]:
        return [json.loads(line)["message"] for line in self.logged.read_text().splitlines()]


@pytest.fixture
def parent(tmp_path: Path) -> Parent:
    return Parent(tmp_path)


def test_sigterm_ends_all_children_and_then_the_parent(parent: Parent) -> None:
    parent.start("obey", count=3)
    parent.process.send_signal(signal.SIGTERM)

    assert parent.process.wait(10) == 0
    assert parent.messages() == ["told to stop by SIGTERM"]
    assert {(parent.folder / mark).exists() for mark in ("draining", "stopping")} == {True}


def test_a_killed_child_is_replaced(parent: Parent) -> None:
    parent.start("obey", count=2)
    time.sleep(2)
    victim = parent.children()[0]
    subprocess.run(["kill", "-9", str(victim)], check=True)
    parent.await_children(3)
    parent.process.send_signal(signal.SIGTERM)

    assert parent.process.wait(10) == 0
    assert parent.messages() == [
        f"worker {victim} ended (SIGKILL, perhaps out of memory) and is replaced",
        "told to stop by SIGTERM",
    ]


def test_a_child_that_cannot_start_ends_the_parent(parent: Parent) -> None:
    parent.start("exit3")

    assert parent.process.wait(10) == 3
    assert parent.messages() == [f"worker {parent.children()[0]} could not be started (exit code 3)"]


def test_children_that_keep_crashing_are_replaced_ever_more_slowly(parent: Parent) -> None:
    parent.start("exit1")
    time.sleep(2.5)
    parent.process.send_signal(signal.SIGTERM)

    assert parent.process.wait(10) == 0
    # After 0.5, 1.5 and 3.5 seconds.
    assert 2 <= len(parent.children()) <= 4


def test_while_draining_children_live_on(parent: Parent) -> None:
    parent.start("obey", drain=1)
    parent.process.send_signal(signal.SIGTERM)
    told = time.monotonic()
    eventually(lambda: (parent.folder / "draining").exists(), parent.logged.read_text)

    assert not (parent.folder / "stopping").exists()
    assert parent.process.wait(10) == 0
    assert 1 <= time.monotonic() - told < 3


@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_ends_the_drain(parent: Parent, second: int) -> None:
    parent.start("obey", drain=60)
    parent.process.send_signal(signal.SIGTERM)
    eventually(lambda: (parent.folder / "draining").exists(), parent.logged.read_text)
    parent.process.send_signal(second)

    assert parent.process.wait(10) == 0


def test_a_child_that_does_not_obey_is_killed_after_the_grace(parent: Parent) -> None:
    parent.start("defy", grace=0)
    parent.process.send_signal(signal.SIGTERM)
    told = time.monotonic()

    assert parent.process.wait(10) == 0
    assert 1.5 < time.monotonic() - told < 5
    assert parent.messages()[-1] == f"worker {parent.children()[0]} did not end in time and is killed"
