"""What is wanted of the hosts, brought about by the playbooks; and what of it is no longer so."""

import io
import secrets
import tarfile
import tempfile
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from infra.errors import DeploymentError, SettingsError
from infra.paths import APP
from infra.revision import Release
from infra.targets.hosts import failures
from infra.targets.hosts.connection import Connection
from infra.targets.hosts.playbook import Event, Playbook, Run, run

SITE, LEAVE, DESTROY = "site.yml", "leave.yml", "destroy.yml"
Say = Callable[[str], None]

# What stands for an identity that is not known before secrets are made: a preview of the first `up`.
NOT_YET = "0" * 12


@dataclass(frozen=True)
class Wanted:
    """What is wanted of the hosts. `secrets` are the service's own, `private` the variables that are the deployer's."""

    connection: Connection
    variables: Mapping[str, Any]
    release: Release | None
    secrets: Mapping[str, str]
    private: Mapping[str, Any]

    @classmethod
    def of(cls, props: Mapping[str, Any]) -> "Wanted":
        """From what the engine hands over. In a preview some of it may not be known yet."""
        files, inputs = _table(props.get("files")), _table(props.get("inputs"))
        told = {"revision": props["revision"], "deployment": props["deployment"]}
        known = {f"slipway_{name}": value if _is_known(value) else NOT_YET for name, value in told.items()}
        return cls(
            Connection.plain_of(_table(props["connection"])),
            {**_known_only(_table(props["variables"])), **known},
            Release(APP, files, inputs) if files else None,
            {name: value for name, value in _table(props.get("secrets")).items() if _is_known(value)},
            _table(props.get("private")),
        )


def bring_about(wanted: Wanted, say: Say) -> dict[str, Any]:
    """Make the hosts what is wanted, each after the other; what is so already stays untouched.

    Returns:
        The hosts, and when this ended.

    Raises:
        DeploymentError: a host could not be changed; which one, in what task, and how it is with the others.
    """
    found = _played(Playbook(SITE), wanted, _telling(say, "changed"))
    if found.broken:
        raise DeploymentError(f"the hosts could not be set up:\n{failures.told(found)}")
    say(f"{_counted(found.hosts)}: changed={found.changed}")
    return {"hosts": found.hosts, "started": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", "drift": ""}


def drift(wanted: Wanted, say: Say) -> str:
    """What a run would change on the hosts, by Ansible's check mode; nothing where all is as it should be."""
    found = _played(Playbook(SITE, check=True), wanted, _telling(say, "differs"))
    broken = [failures.words(event) for event in found.failures]
    for line in broken:
        say(line)
    changes = [f"{event.host}: {event.what}" for event in found.changes]
    return "; ".join(dict.fromkeys([*broken, *changes]))


def take_away(connection: Connection, name: str, say: Say) -> None:
    """Remove from the hosts what was made there, and nothing else.

    Raises:
        DeploymentError: a host could not be cleared.
    """
    found = run(Playbook(DESTROY), connection, {"slipway_name": name}, _telling(say, "removed"))
    if found.broken:
        raise DeploymentError(f"the hosts could not be cleared:\n{failures.told(found)}")


def leave(before: Connection, name: str, hosts: Sequence[str], now: Connection, say: Say) -> None:
    """Clear hosts that no longer belong to the stack. One that cannot be reached any more keeps nobody waiting.

    A machine that has only another name `now` is left as it is: those of the stack are marked meanwhile.
    """
    mark = f"/run/{name}.kept-{secrets.token_hex(6)}"
    _marked(now, mark, "touch")
    alone, variables = replace(before, hosts=hosts), {"slipway_name": name, "slipway_mark": mark}
    try:
        found = run(Playbook(LEAVE, limit=hosts), alone, variables, _telling(say, "removed"))
    finally:
        _marked(now, mark, "absent")
    for event in found.failures:
        say(f"{failures.words(event)}. It is no host of the stack any more; what was made on it is still there")


def _marked(connection: Connection, mark: str, state: str) -> None:
    """Raises DeploymentError: one that has no mark could be cleared by its other name."""
    task = {"name": "mark it", "ansible.builtin.file": {"path": mark, "state": state, "mode": "0644"}}
    play = {"hosts": "all", "become": True, "gather_facts": False, "tasks": [task]}
    found = run(Playbook("mark.json", [play]), connection, {}, lambda _event: None)
    if found.broken:
        raise DeploymentError(
            f"the hosts of the stack could not be told from those that leave it:\n{failures.told(found)}"
        )


def _played(playbook: Playbook, wanted: Wanted, told: Callable[[Event], None]) -> Run:
    with _archive(wanted.release) as archive:
        variables = {
            **wanted.variables,
            **wanted.private,
            "slipway_secrets": dict(wanted.secrets),
            "slipway_archive": archive,
        }
        return run(playbook, wanted.connection, variables, told)


@contextmanager
def _archive(release: Release | None) -> Generator[str]:
    """The release as one file. Nothing where this checkout holds other content: what is on the hosts is looked at."""
    with tempfile.TemporaryDirectory(prefix="slipway-") as folder:
        content, archive = Path(folder) / "release", Path(folder) / "release.tar.gz"
        try:
            if release:
                content.mkdir()
                release.write(content)
        except (SettingsError, FileNotFoundError):
            release = None
        if release is None:
            yield ""
            return
        with tarfile.open(archive, "w:gz") as packed:
            for path in sorted(content.rglob("*")):
                packed.addfile(_entry(packed, path, content), io.BytesIO(path.read_bytes()) if path.is_file() else None)
        yield str(archive)


def _entry(packed: tarfile.TarFile, path: Path, root: Path) -> tarfile.TarInfo:
    entry = packed.gettarinfo(path, str(path.relative_to(root)))
    entry.uid = entry.gid = entry.mtime = 0
    entry.uname = entry.gname = "root"
    return entry


def _telling(say: Say, what: str) -> Callable[[Event], None]:
    def told(event: Event) -> None:
        if event.kind == "ok" and event.changed:
            say(f"{event.host}: {what}: {event.what}")

    return told


def _counted(hosts: Sequence[str]) -> str:
    return hosts[0] if len(hosts) == 1 else f"{len(hosts)} hosts"


def _known_only(variables: Mapping[str, Any]) -> dict[str, Any]:
    """Before it is built, the image is not known."""
    image = variables.get("slipway_image") or ""
    return {**cast("dict[str, Any]", _whole(variables)), "slipway_image": image if _is_known(image) else ""}


def _table(value: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _is_known(value: Any) -> bool:
    from pulumi.runtime.rpc import UNKNOWN

    return isinstance(value, str) and value != UNKNOWN


def _whole(value: Any) -> Any:
    """The engine makes every number a float; the role's are whole where they can be."""
    if isinstance(value, dict):
        return {name: _whole(each) for name, each in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [_whole(each) for each in cast("list[Any]", value)]
    return int(value) if isinstance(value, float) and value.is_integer() else value
