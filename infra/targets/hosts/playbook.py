"""Runs a playbook by the `ansible-playbook` of this environment, and reads what became of it on each host."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from infra.errors import DeploymentError
from infra.targets.hosts.connection import Connection

ANSIBLE = Path(__file__).parent / "ansible"
_CALLBACK = Path(__file__).parent / "callback"
_BOUND = Path(__file__).parent / "bound.py"
# What Ansible puts before the name of a task of the role.
_OF_ROLE = "slipway : "
_FORKS = "20"
# A first run writes dozens of files: of so many it says which.
_NAMED = 3


@dataclass(frozen=True)
class Event:
    """What a task came to on a host: `ok`, `failed`, `ignored` or `unreachable`. `answer` is the module's own."""

    kind: str
    host: str
    task: str
    answer: Mapping[str, Any]

    @property
    def changed(self) -> bool:
        """Whether the host is another than before."""
        return bool(self.answer.get("changed"))

    @property
    def what(self) -> str:
        """The task, and the first of the files and units that it changed where it tells them."""
        written = cast("Sequence[str]", self.answer.get("written") or ())
        more = [f"and {len(written) - _NAMED} more"] if len(written) > _NAMED else []
        return f"{self.task} ({', '.join([*written[:_NAMED], *more])})" if written else self.task


@dataclass
class Run:
    """What a run came to. `counts` are Ansible's own of each host: ok, changed, failures, unreachable, ..."""

    events: list[Event] = field(default_factory=list[Event])
    counts: dict[str, Mapping[str, int]] = field(default_factory=dict[str, Mapping[str, int]])
    said: str = ""

    @property
    def hosts(self) -> list[str]:
        """Those that took part."""
        return sorted(self.counts)

    @property
    def broken(self) -> list[str]:
        """The hosts on which it did not come to its end."""
        return [host for host, told in sorted(self.counts.items()) if told["failures"] or told["unreachable"]]

    @property
    def changed(self) -> int:
        """How many changes there were, or in check mode would be."""
        return sum(told["changed"] for told in self.counts.values())

    @property
    def changes(self) -> list[Event]:
        """What they were."""
        return [event for event in self.events if event.kind == "ok" and event.changed]

    @property
    def failures(self) -> list[Event]:
        """What failed on the hosts that are broken, in order."""
        broken = set(self.broken)
        return [e for e in self.events if e.kind in ("failed", "unreachable") and e.host in broken]


@dataclass(frozen=True)
class Playbook:
    """A file of ansible/, or a whole playbook as data; `check` only tells what it would change.

    `limit` names the hosts that it is run on, all where it is empty.
    """

    name: str
    plays: Sequence[Mapping[str, Any]] = ()
    check: bool = False
    limit: Sequence[str] = ()

    def path(self, folder: Path) -> str:
        """Where it is; written into `folder` where it is data."""
        if not self.plays:
            return str(ANSIBLE / self.name)
        written = folder / self.name
        written.write_text(json.dumps(self.plays), encoding="utf-8")
        return str(written)


def run(playbook: Playbook, connection: Connection, variables: Mapping[str, Any], told: Callable[[Event], None]) -> Run:
    """Run it to its end, telling each result as it comes.

    The variables, secrets among them, are in a file that this user alone can read, until Ansible has read it.

    Raises:
        DeploymentError: Ansible could not begin. What fails on a host is told by the answer.
    """
    with tempfile.TemporaryDirectory(prefix="slipway-") as name:
        folder = Path(name)
        values = folder / "variables.json"
        values.touch(mode=0o600)
        values.write_text(json.dumps(_literally(variables)), encoding="utf-8")
        command = [sys.executable, "-m", "ansible", "playbook", "--extra-vars", f"@{values}"]
        for inventory in connection.inventories(folder):
            command += ["--inventory", inventory]
        command += ["--limit", ",".join(playbook.limit)] if playbook.limit else []
        command += ["--check"] if playbook.check else []
        with (folder / "errors").open("w+b") as errors:
            process = subprocess.Popen(
                [sys.executable, str(_BOUND), str(os.getpid()), *command, playbook.path(folder)],
                env=_environment(folder, connection),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                encoding="utf-8",
            )
            found = _read(process, told, lambda: values.unlink(missing_ok=True))
            errors.seek(0)
            found.said = errors.read().decode(errors="replace").strip()
        # 2 and 4: hosts failed, hosts could not be reached; else what was asked for is no playbook or no inventory.
        if process.returncode not in (0, 2, 4) or not (found.counts or process.returncode == 0):
            raise DeploymentError(f"Ansible ended with exit code {process.returncode}:\n{found.said}")
        return found


def _literally(value: Any) -> Any:
    """Every text marked as one that is no template: a value with braces in it is what it is.

    The mark is that of Ansible's own JSON. YAML's `!unsafe` would make a number of a text of digits.
    """
    if isinstance(value, Mapping):
        return {name: _literally(each) for name, each in cast("Mapping[str, Any]", value).items()}
    if isinstance(value, list | tuple):
        return [_literally(each) for each in cast("list[Any]", value)]
    return {"__ansible_unsafe": value} if isinstance(value, str) else value


def _read(process: "subprocess.Popen[str]", told: Callable[[Event], None], begun: Callable[[], None]) -> Run:
    found = Run()
    assert process.stdout is not None
    with process.stdout:
        for line in process.stdout:
            try:
                event = cast("dict[str, Any]", json.loads(line))
                kind = event.pop("event")
            except (ValueError, TypeError, KeyError, AttributeError):
                continue
            begun()
            if kind == "stats":
                found.counts = event["hosts"]
            elif kind in ("ok", "failed", "ignored", "unreachable"):
                task = str(event.pop("task")).removeprefix(_OF_ROLE)
                found.events.append(Event(kind, event.pop("host"), task, event))
                told(found.events[-1])
    process.wait()
    return found


def _environment(folder: Path, connection: Connection) -> dict[str, str]:
    """Ansible's settings: what it writes stays in `folder`, and what a person set for other projects stays out."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "PYTHONPATH"))}
    return {
        **own,
        "ANSIBLE_CONFIG": str(ANSIBLE / "ansible.cfg"),
        "ANSIBLE_HOME": str(folder / "home"),
        "ANSIBLE_LOCAL_TEMP": str(folder / "tmp"),
        # A connection of another run's would be taken for one to the same host: whoever has another key, or is told
        # of another key of the host's, would not hear of it.
        "ANSIBLE_SSH_CONTROL_PATH_DIR": str(folder / "ssh"),
        "ANSIBLE_ROLES_PATH": str(ANSIBLE / "roles"),
        "ANSIBLE_CALLBACK_PLUGINS": str(_CALLBACK),
        "ANSIBLE_STDOUT_CALLBACK": "slipway_events",
        "ANSIBLE_FORKS": _FORKS,
        "ANSIBLE_HOST_KEY_CHECKING": "True",
        "ANSIBLE_PIPELINING": "True",
        "ANSIBLE_TIMEOUT": str(connection.timeout),
        "ANSIBLE_RETRY_FILES_ENABLED": "False",
        "ANSIBLE_NOCOLOR": "True",
        "ANSIBLE_NOCOWS": "True",
        "ANSIBLE_PYTHON_INTERPRETER": "auto_silent",
        "ANSIBLE_DEPRECATION_WARNINGS": "False",
        "LC_ALL": "C.UTF-8",
    }
