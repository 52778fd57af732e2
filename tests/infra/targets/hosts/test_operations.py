"""What is shown of the hosts, made of what they answer."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from infra.paths import ROOT
from infra.service import load_service
from infra.targets import State
from infra.targets.hosts import operations, questions
from infra.targets.hosts.connection import Connection
from infra.targets.hosts.place import Place, place_of
from infra.targets.hosts.playbook import Event, Run

HERE = Place(
    Connection(("h1", "h2"), None, None, None, None, None, None, 5, become=True),
    "slipway-prod",
    "http://127.0.0.1:8000",
    "/version",
)
SERVES = {"revision": "aaaaaaaaaaaa", "deployment": "bbbbbbbbbbbb"}


def entry(time: int, message: object, process: str = "web") -> str:
    told = {"__CURSOR": f"c{time}", "__REALTIME_TIMESTAMP": str(time), "SYSLOG_IDENTIFIER": process, "MESSAGE": message}
    return json.dumps(told)


def journal(**lines: list[str]) -> Run:
    return Run([Event("ok", host, "read the log", {"stdout": "\n".join(each)}) for host, each in lines.items()])


def test_the_lines_of_all_hosts_are_in_the_order_of_time() -> None:
    cursors: dict[str, str] = {}
    run = journal(h1=[entry(1, "one"), entry(3, "three")], h2=[entry(2, list(b"tw\xffo"), "worker.heartbeat")])
    assert list(operations._entries(run, cursors)) == [
        "h1 web | one",
        "h2 worker.heartbeat | tw\ufffdo",
        "h1 web | three",
    ]
    assert cursors == {"h1": "c3", "h2": "c2"}


@pytest.mark.parametrize(
    ("unit", "row"),
    [
        ({"Id": "slipway-prod-bbbbbbbbbbbb-web.service", "ActiveState": "active", "SubState": "running", "MemoryCurrent": str(64 * 2**20), "NRestarts": "2"}, ["web", "active (running)", "", "64 MiB", "2", "bbbbbbbbbbbb"]),
        ({"Id": "slipway-prod-web.socket", "ActiveState": "active", "SubState": "listening", "MemoryCurrent": "[not set]"}, ["web.socket", "active (listening)", "", "", "", ""]),
        ({"Id": "slipway-prod-bbbbbbbbbbbb-worker-heartbeat.service", "ActiveState": "failed", "SubState": "failed", "MemoryCurrent": str(2**64 - 1)}, ["worker.heartbeat", "failed (failed)", "", "", "", "bbbbbbbbbbbb"]),
    ],
)  # fmt: skip
def test_a_unit_is_shown_by_its_process_and_deployment(unit: dict[str, str], row: list[str]) -> None:
    assert operations._row(unit, "slipway-prod") == row


@pytest.mark.parametrize(
    ("hosts", "problems", "state"),
    [
        ({"h1": {"made": SERVES, "answer": SERVES}}, [], State(True, told="h1 answers revision aaaaaaaaaaaa, deployment bbbbbbbbbbbb")),
        ({"h1": {"made": SERVES, "answer": {"problem": "refused"}}}, [], State(False, told="h1 answers nothing (refused)")),
        ({"h1": {"made": SERVES, "answer": SERVES}}, ["h2: it cannot be reached"], State(False, told="h1 answers revision aaaaaaaaaaaa, deployment bbbbbbbbbbbb; h2: it cannot be reached")),
        ({}, [], State(False)),
    ],
)  # fmt: skip
def test_the_state_is_that_of_every_host(
    monkeypatch: pytest.MonkeyPatch, hosts: dict[str, Any], problems: list[str], state: State
) -> None:
    monkeypatch.setattr(operations, "place_of", lambda _stack: HERE)
    monkeypatch.setattr(questions, "observed", lambda _place, _hosts=(): (hosts, problems))
    assert operations.state("prod", "bbbbbbbbbbbb") == state


def test_a_command_is_run_as_it_is_typed_and_is_no_template(tmp_path: Path) -> None:
    inventory = tmp_path / "hosts.ini"
    inventory.write_text(f"h1 ansible_connection=local ansible_python_interpreter={sys.executable}\n")
    here = replace(HERE, connection=Connection((), str(inventory), None, None, None, None, None, 5, become=False))
    run = questions.words(here, "run it", ["echo", "{{ words }}", "$HOME", "a  b", "'"])
    assert [event.answer["stdout"] for event in run.events] == ["{{ words }} $HOME a  b '"]


def test_the_place_is_read_from_the_stacks_file_and_the_contract() -> None:
    place, name = place_of("hosts"), f"{load_service().name}-hosts"
    assert place.connection.hosts == ("web1.example.com", "web2.example.com")
    assert (place.name, place.root, place.url) == (name, f"/opt/{name}", "http://127.0.0.1:8000")


def test_a_target_without_hosts_is_asked_for_none() -> None:
    command = [sys.executable, "-m", "infra.operate", "status", "--stack", "local", "--host", "h1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "--host h1: the target local has no hosts to choose among\n")
