"""Asks the hosts by Ansible, which changes nothing by it."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from infra.errors import DeploymentError
from infra.targets.hosts import failures
from infra.targets.hosts.place import Place
from infra.targets.hosts.playbook import Event, Playbook, Run, run

OBSERVED = Path(__file__).parent / "observed.py"


def answers(
    place: Place, what: str, module: Mapping[str, Any], variables: Mapping[str, Any], hosts: Sequence[str] = ()
) -> Run:
    """Run one module on all hosts, or on those that are named. It never fails because of what a command ends with.

    Raises:
        DeploymentError: a host that is named is none of the stack's.
    """
    task = {"name": what, **module, "changed_when": False, "failed_when": False}
    play = {"name": what, "hosts": "all", "gather_facts": False, "tasks": [task]}
    found = run(Playbook("question.json", [play], limit=hosts), place.connection, variables, _nobody)
    if not found.counts:
        raise DeploymentError(
            f"no host of the stack is called {', '.join(hosts)}" if hosts else "the stack has no host"
        )
    return found


def words(place: Place, what: str, command: Sequence[str], hosts: Sequence[str] = ()) -> Run:
    """Run a command, each word of which is taken as it is."""
    return answers(
        place,
        what,
        {"ansible.builtin.command": {"argv": "{{ words }}", "expand_argument_vars": False}},
        {"words": list(command)},
        hosts,
    )


def observed(place: Place, hosts: Sequence[str] = ()) -> tuple[dict[str, Mapping[str, Any]], list[str]]:
    """What each host is like, and what is said of those that could not be asked."""
    argv = ["python3", "-", place.name, place.root, place.url + place.version]
    module = {"ansible.builtin.command": {"argv": "{{ words }}", "stdin": "{{ program }}"}}
    program = OBSERVED.read_text(encoding="utf-8")
    found = answers(place, "see what runs", module, {"words": argv, "program": program}, hosts)
    seen = {e.host: json.loads(e.answer["stdout"]) for e in found.events if e.kind == "ok" and e.answer.get("stdout")}
    return seen, [failures.words(event) for event in found.failures]


def _nobody(_event: Event) -> None:
    """Nothing is told while it runs."""
