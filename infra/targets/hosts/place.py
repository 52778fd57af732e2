"""Where a stack's service is, for those who look after it: its hosts, and what it is called on them."""

import json
import subprocess
from dataclasses import dataclass, replace
from typing import Any, cast

from pydantic import ValidationError

from infra.errors import DeploymentError
from infra.paths import ROOT
from infra.service import load_service
from infra.stackfile import config_in
from infra.targets.hosts.connection import Connection
from infra.targets.hosts.naming import name_of
from infra.targets.hosts.spec import From, HostsOptions


@dataclass(frozen=True)
class Place:
    """The hosts of a stack. `name` is that of its units, its log and its folder below /opt.

    `url` is where the service itself is asked on a host, and `version` the path at which it says what it is.
    """

    connection: Connection
    name: str
    url: str
    version: str

    @property
    def root(self) -> str:
        """The folder on a host."""
        return f"/opt/{self.name}"


def place_of(stack: str) -> Place:
    """Read from the stack's file and the contract.

    Raises:
        DeploymentError: its options are wrong, or the stack that has the hosts cannot be asked.
    """
    service, given = load_service(), config_in(ROOT / "stacks" / f"Pulumi.{stack}.yaml")
    try:
        options = HostsOptions.model_validate(given.get("options") or {})
    except ValidationError as error:
        raise DeploymentError(
            f"service:options of the stack {stack} are wrong. See: make preview STACK={stack}"
        ) from error
    connection = Connection.of(options)
    if options.hosts_from:
        connection = replace(connection, hosts=_told(options.hosts_from))
    port = options.port or service.web.port
    return Place(connection, name_of(service.name, stack), f"http://127.0.0.1:{port}", service.web.version)


def _told(source: From) -> list[str]:
    command = ["pulumi", "stack", "output", source.output, "--json", "--stack", source.stack, "--non-interactive"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if run.returncode:
        raise DeploymentError(f"the stack {source.stack} does not tell its hosts: {run.stderr.strip()}")
    hosts: Any = json.loads(run.stdout)
    return [str(host) for host in cast("list[object]", hosts)] if isinstance(hosts, list) else []
