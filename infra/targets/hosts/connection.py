"""How Ansible reaches the hosts of a stack: its inventory, and what it tells SSH."""

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from infra.targets.hosts.checks import path_of

if TYPE_CHECKING:
    from infra.targets.hosts.spec import HostsOptions


@dataclass(frozen=True)
class Connection:
    """The hosts, and how they are reached. Paths are as the stack's file has them; `timeout` in seconds."""

    hosts: Sequence[str]
    inventory: str | None
    user: str | None
    port: int | None
    key: str | None
    known_hosts: str | None
    config: str | None
    timeout: int
    become: bool

    @classmethod
    def of(cls, options: "HostsOptions") -> "Connection":
        """What a stack's options say."""
        ssh = options.ssh
        return cls(
            tuple(options.hosts),
            options.inventory,
            ssh.user,
            ssh.port,
            ssh.key,
            ssh.known_hosts,
            ssh.config,
            ssh.timeout,
            options.become,
        )

    @classmethod
    def plain_of(cls, values: Mapping[str, Any]) -> "Connection":
        """From what the engine hands over, where every number is a float and what is nothing is left out."""
        port = values.get("port")
        return cls(
            tuple(values.get("hosts") or ()),
            values.get("inventory"),
            values.get("user"),
            int(port) if port else None,
            values.get("key"),
            values.get("known_hosts"),
            values.get("config"),
            int(values["timeout"]),
            bool(values["become"]),
        )

    def plain(self) -> dict[str, Any]:
        """For the engine."""
        return {**asdict(self), "hosts": list(self.hosts)}

    def ssh_options(self) -> list[str]:
        """What SSH is told beside whom to reach, and as whom."""
        ssh = ["-F", str(path_of(self.config))] if self.config else []
        ssh += ["-o", "StrictHostKeyChecking=yes", "-o", f"ConnectTimeout={self.timeout}"]
        # A link that goes down in the middle is noticed in half a minute, where TCP alone would wait for hours.
        ssh += ["-o", "ServerAliveInterval=5", "-o", "ServerAliveCountMax=6"]
        if self.known_hosts:
            ssh += ["-o", f"UserKnownHostsFile={path_of(self.known_hosts)}", "-o", "GlobalKnownHostsFile=/dev/null"]
        if self.key:
            ssh += ["-o", "IdentitiesOnly=yes"]
        return ssh

    def inventories(self, folder: Path) -> list[str]:
        """The inventories to give Ansible: the stack's own file where it names one, and one written into `folder`."""
        given = {
            "ansible_user": self.user,
            "ansible_port": self.port,
            "ansible_ssh_private_key_file": str(path_of(self.key)) if self.key else None,
        }
        variables: dict[str, Any] = {
            "ansible_ssh_common_args": shlex.join(self.ssh_options()),
            "ansible_become": self.become,
            **{name: value for name, value in given.items() if value is not None},
        }
        hosts: dict[str, dict[str, Any]] = {host: {} for host in self.hosts}
        written = folder / "inventory.json"
        content = {"all": {"hosts": hosts, "vars": variables}}
        written.write_text(json.dumps(content), encoding="utf-8")
        return [*([str(path_of(self.inventory))] if self.inventory else []), str(written)]
