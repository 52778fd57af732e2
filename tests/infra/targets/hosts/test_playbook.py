"""Real playbooks, run by the real Ansible on this machine alone, and what is read of them."""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from infra.errors import DeploymentError, SettingsError
from infra.targets.hosts import inventory
from infra.targets.hosts.connection import Connection
from infra.targets.hosts.playbook import ANSIBLE, Event, Playbook, Run, run

Task = Mapping[str, Any]


@pytest.fixture
def here(tmp_path: Path) -> Connection:
    file = tmp_path / "inventory.ini"
    python = f"ansible_python_interpreter={sys.executable}"
    file.write_text(f"[web]\nh1\nh2\n[web:vars]\nansible_connection=local\n{python}\n")
    return Connection((), str(file), None, None, None, None, None, 5, become=False)


def played(here: Connection, tasks: Sequence[Task], variables: Mapping[str, Any] = {}, **how: Any) -> Run:
    play = {"hosts": "all", "gather_facts": False, "tasks": tasks}
    return run(Playbook("test.json", [play], **how), here, variables, lambda _event: None)


def said(found: Run) -> list[str]:
    return [str(event.answer.get("msg")) for event in found.events]


def test_each_host_is_counted_by_itself(here: Connection) -> None:
    found = played(
        here, [{"name": "one", "ansible.builtin.command": "true", "changed_when": "inventory_hostname == 'h1'"}]
    )
    assert (found.hosts, found.broken, found.changed) == (["h1", "h2"], [], 1)
    assert [(event.host, event.task) for event in found.changes] == [("h1", "one")]


@pytest.mark.parametrize("text", ["", "1", "true", "{{ 1 + 1 }}", "a 'b' \"c\"\n\té😀", "{% raw %}"])
def test_a_text_stays_what_it_is(here: Connection, text: str) -> None:
    show = {"ansible.builtin.debug": {"msg": "{{ [text, text is string] | to_json }}"}}
    assert json.loads(said(played(here, [show], {"text": text}, limit=["h1"]))[0]) == [text, True]


def test_a_failure_is_told_with_its_host_and_task(here: Connection) -> None:
    fail = {"name": "two", "ansible.builtin.fail": {"msg": "no"}, "when": "inventory_hostname == 'h2'"}
    found = played(here, [fail])
    assert [(e.kind, e.host, e.task, e.answer["msg"]) for e in found.failures] == [("failed", "h2", "two", "no")]
    assert found.broken == ["h2"]


def test_what_a_block_rescues_does_not_break_the_host(here: Connection) -> None:
    block = {"block": [{"ansible.builtin.fail": {"msg": "no"}}], "rescue": [{"ansible.builtin.debug": {"msg": "well"}}]}
    assert played(here, [block]).broken == []


def test_check_mode_changes_nothing_and_says_what_would_change(here: Connection, tmp_path: Path) -> None:
    copy = {"name": "write", "ansible.builtin.copy": {"content": "x", "dest": str(tmp_path / "x"), "mode": "0600"}}
    found = played(here, [copy], check=True, limit=["h1"])
    assert (found.changed, (tmp_path / "x").exists()) == (1, False)


def test_what_a_task_keeps_to_itself_is_never_told(here: Connection) -> None:
    fail = {"name": "quiet", "ansible.builtin.fail": {"msg": "{{ secret }}"}, "no_log": True}
    found = played(here, [fail], {"secret": "hunter2"})
    assert "hunter2" not in repr(found)
    assert [event.answer for event in found.failures] == [{"items": [], "changed": False, "censored": True}] * 2


def test_the_variables_are_in_no_argument_and_gone_once_they_are_read(here: Connection, tmp_path: Path) -> None:
    # It is removed at Ansible's first event, which whoever removes it may hear of a little late.
    gone = "for _ in $(seq 100); do grep -qs correct[-]horse /tmp/slipway-*/variables.json || break; sleep 0.1; done"
    look = {
        "ansible.builtin.shell": f"ps -efww; {gone}; cat /tmp/slipway-*/variables.json || true",
        "changed_when": False,
    }
    found = played(here, [look], {"secret": "correct-horse"}, limit=["h1"])
    seen = str(found.events[0].answer["stdout"])
    assert "--extra-vars @" in seen
    assert "correct-horse" not in seen


def test_a_host_that_cannot_be_reached_is_told_and_the_others_are_done(here: Connection) -> None:
    file = Path(str(here.inventory))
    python = f"ansible_python_interpreter={sys.executable}"
    file.write_text(f"h1 ansible_connection=local {python}\nh2 ansible_host=127.0.0.1 ansible_port=9\n")
    found = played(here, [{"name": "ask", "ansible.builtin.ping": {}}])
    assert [(e.kind, e.host) for e in found.failures] == [("unreachable", "h2")]
    assert "Connection refused" in str(found.failures[0].answer["msg"])


def test_the_releases_that_are_kept_are_the_newest(here: Connection) -> None:
    before = [f"d{number}" for number in range(9, 0, -1)]
    variables = {
        "slipway_found": {"current": "d10", "previous": ["d11", *before]},
        "slipway_wanted": "d11",
        "slipway_releases_kept": 3,
    }
    names = {"ansible.builtin.include_vars": str(ANSIBLE / "roles" / "slipway" / "vars" / "main.yml")}
    found = played(here, [names, {"ansible.builtin.debug": {"msg": "{{ slipway_kept }}"}}], variables, limit=["h1"])
    assert said(found)[-1] == str(["d11", "d10", "d9", "d8"])


def test_a_playbook_that_is_none_ends_with_what_ansible_says(here: Connection) -> None:
    with pytest.raises(DeploymentError, match="Ansible ended with exit code"):
        played(here, [{"no_such_module": {}}])


def test_each_result_is_told_as_it_comes(here: Connection) -> None:
    heard: list[Event] = []
    play = {"hosts": "h1", "gather_facts": False, "tasks": [{"name": "a", "ansible.builtin.ping": {}}]}
    run(Playbook("test.json", [play]), here, {}, heard.append)
    assert [(event.kind, event.task) for event in heard] == [("ok", "a")]


def test_the_hosts_of_an_inventory_are_those_that_ansible_reads_at_their_addresses(tmp_path: Path) -> None:
    file = tmp_path / "hosts.ini"
    file.write_text("[web]\nb.example.com\nweb2 ansible_host=10.0.0.2\n[more:children]\nweb\n")
    found = inventory.addresses(str(file))
    assert list(found.items()) == [("b.example.com", "b.example.com"), ("web2", "10.0.0.2")]


@pytest.mark.parametrize(("text", "rule"), [("[web:\n", "Ansible cannot read it: "), ("\n", "lists no host")])
def test_an_inventory_without_hosts_is_refused(tmp_path: Path, text: str, rule: str) -> None:
    file = tmp_path / "hosts.ini"
    file.write_text(text)
    with pytest.raises(SettingsError, match=rule):
        inventory.addresses(str(file))


@pytest.mark.parametrize(
    ("written", "what"),
    [
        ([], "Write"),
        (["/a", "/b", "/c"], "Write (/a, /b, /c)"),
        (["/a", "/b", "/c", "/d", "/e"], "Write (/a, /b, /c, and 2 more)"),
    ],
)
def test_a_change_is_told_with_the_first_of_the_files_that_it_changed(written: list[str], what: str) -> None:
    assert Event("ok", "h1", "Write", {"changed": True, "written": written}).what == what
