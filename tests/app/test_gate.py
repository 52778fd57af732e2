"""The proof that an app gets ready, before it is given the sockets."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.app.conftest import environment, eventually

SOURCE = """
import os, signal, sys
from functools import partial
from pathlib import Path
from serving.contract import Contract
from serving.gate import pass_gate
from serving.identity import Identity
from serving.logs import configure

configure("INFO")

def load():
    if os.environ.get("FAIL"):
        raise RuntimeError("no such database")
    def app(environ, start_response):
        if environ["PATH_INFO"] == "/version?":
            start_response("200 OK", [])
            return [os.environ.get("SAYS", '{"revision": "r1", "deployment": "d1"}').encode()]
        assert environ["PATH_INFO"] == "/ready?"
        if Path(sys.argv[2]).exists():
            start_response("200 OK", [])
            return [b"ready"]
        start_response("503 Service Unavailable", [])
        return [b"the sails ", b"are wet"]
    return app

fork = os.fork
def late():
    child = fork()
    if child:
        os.read(heard, 1)
    return child
if os.environ.get("LATE"):
    # A signal is heard of there, however early it comes.
    heard, told = os.pipe()
    os.set_blocking(told, False)
    signal.set_wakeup_fd(told)
    os.fork = late

contract = Contract("shop", "shop:app", ready="/ready?", version="/version?")
identity = Identity("shop", "r1", os.environ.get("DEPLOYMENT", "d1"), "gunicorn", "local", "dev")
passed = pass_gate(Path(sys.argv[1]), load, contract, identity)
print('{"message": "passed"}' if passed else '{"message": "refused"}')
"""


class Gate:
    def __init__(self, folder: Path, **variables: str) -> None:
        self.gate, self.ready, self.logged = folder / "gate", folder / "ready", folder / "log"
        self.gate.touch()
        self._variables = variables

    def open(self) -> None:
        with self.logged.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-c", SOURCE, str(self.gate), str(self.ready)],
                env=environment(**self._variables),
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def messages(self) -> list[str]:
        return [json.loads(line)["message"] for line in self.logged.read_text().splitlines()]

    def says(self, text: str) -> None:
        eventually(lambda: any(text in message for message in self.messages()), self.logged.read_text)


@pytest.fixture
def gate(tmp_path: Path) -> Gate:
    return Gate(tmp_path)


WAITING = "waiting for the app to get ready before it is given the sockets"


def test_without_the_file_there_is_no_gate(gate: Gate) -> None:
    gate.gate.unlink()
    gate.open()

    assert gate.process.wait(10) == 0
    assert gate.messages() == ["passed"]


def test_a_ready_app_passes(gate: Gate) -> None:
    gate.ready.touch()
    gate.open()

    assert gate.process.wait(10) == 0
    assert gate.messages() == [WAITING, "the app is ready", "passed"]


def test_an_app_passes_when_it_gets_ready_and_why_not_is_said_once(gate: Gate) -> None:
    gate.open()
    gate.says("the sails are wet")
    gate.ready.touch()

    assert gate.process.wait(10) == 0
    assert gate.messages() == [
        WAITING,
        "the app is not ready: 503 Service Unavailable the sails are wet",
        "the app is ready",
        "passed",
    ]


@pytest.mark.parametrize(
    ("says", "told"),
    [
        ('{"revision": "r1", "deployment": "d0"}', "it says revision r1, deployment d0"),
        ('{"revision": "r0", "deployment": "d1"}', "it says revision r0, deployment d1"),
        ('{"revision": "r1"}', "it does not say which revision it is"),
        ("<h1>1.0</h1>", "it does not say which revision it is"),
    ],
)
def test_an_app_that_says_to_be_another_does_not_pass(tmp_path: Path, says: str, told: str) -> None:
    gate = Gate(tmp_path, SAYS=says)
    gate.ready.touch()
    gate.open()
    gate.says(told)
    gate.process.send_signal(signal.SIGTERM)

    assert gate.process.wait(10) == 0
    assert gate.messages() == [WAITING, f"the app is not ready: {told}", "refused"]


def test_a_stop_that_comes_as_soon_as_there_is_a_child_ends_both(tmp_path: Path) -> None:
    gate = Gate(tmp_path, LATE="1")
    gate.open()
    gate.says("the sails are wet")
    gate.process.send_signal(signal.SIGTERM)

    assert gate.process.wait(10) == 0
    assert gate.messages()[-1] == "refused"


def test_an_app_that_was_given_no_name_passes_under_any(tmp_path: Path) -> None:
    gate = Gate(tmp_path, SAYS="1.0", DEPLOYMENT="")
    gate.ready.touch()
    gate.open()

    assert gate.process.wait(10) == 0
    assert gate.messages() == [WAITING, "the app is ready", "passed"]


def test_a_gate_that_is_taken_away_holds_nobody_back(gate: Gate) -> None:
    gate.open()
    gate.says("the sails are wet")
    gate.gate.unlink()

    assert gate.process.wait(10) == 0
    assert gate.messages()[-1] == "passed"


def test_an_app_that_cannot_be_loaded_is_refused(tmp_path: Path) -> None:
    gate = Gate(tmp_path, FAIL="1")
    gate.open()

    assert gate.process.wait(10) == 0
    assert gate.messages() == [WAITING, "the app cannot be loaded", "refused"]
    assert "RuntimeError: no such database" in gate.logged.read_text()


def test_a_stop_while_waiting_is_obeyed_and_leaves_no_child(gate: Gate) -> None:
    gate.open()
    gate.says("the sails are wet")
    children = Path(f"/proc/{gate.process.pid}/task/{gate.process.pid}/children").read_text().split()
    gate.process.send_signal(signal.SIGTERM)

    assert gate.process.wait(10) == 0
    assert (gate.messages()[-1], len(children)) == ("refused", 1)
    with pytest.raises(ProcessLookupError):
        os.kill(int(children[0]), 0)
