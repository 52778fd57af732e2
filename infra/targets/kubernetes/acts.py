"""The operations of a target on a cluster, by how its cluster is reached: the face that is `Operations`."""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from infra.paths import ROOT
from infra.service import load_service
from infra.stackfile import config_in
from infra.targets import State
from infra.targets.kubernetes import deployed, running
from infra.targets.kubernetes.address import address_of
from infra.targets.kubernetes.deployed import Deployed
from infra.targets.kubernetes.names import scope_of
from infra.targets.kubernetes.session import Cluster, connected
from infra.targets.kubernetes.shape import within


@dataclass(frozen=True)
class Acts:
    """What people do to the running service in a cluster.

    Attributes:
        cluster: how it is reached, by the service's name, the stack's, and the stack's options.
        address: where the service is asked from here, by its stack's configuration; nothing where it is not.
    """

    cluster: Callable[[str, str, Mapping[str, Any]], Cluster]
    address: Callable[[Deployed, Mapping[str, Any]], str] = address_of

    @contextmanager
    def connected(self, stack: str) -> Generator[tuple[Deployed, Callable[[], str]]]:
        """A stack in its cluster, and what says where it is asked."""
        config = config_in(ROOT / "stacks" / f"Pulumi.{stack}.yaml")
        options = within(config, "options")
        service = load_service()
        scope = scope_of(service.name, stack, within(options, "namespace").get("name"))
        with connected(self.cluster(service.name, stack, options)) as session:
            here = Deployed(session, scope, service.web.port)
            yield here, partial(self.address, here, config)

    def status(self, stack: str) -> int:
        """A table of the pods, and what the address answers."""
        with self.connected(stack) as (here, address):
            return running.status(here, address())

    def logs(self, stack: str, lines: int, follow: bool, process: str | None) -> int:
        """The last lines of every pod."""
        with self.connected(stack) as (here, _):
            return running.logs(here, lines, follow, process)

    def exec(self, stack: str, command: list[str]) -> int:
        """Run a command in a pod of what serves."""
        with self.connected(stack) as (here, _):
            return running.exec(here, command)

    def state(self, stack: str, deployment: str) -> State:
        """What the cluster says of the web process's deployment."""
        with self.connected(stack) as (here, _):
            return deployed.state(here, deployment)

    def sweep(self, _stack: str, _known: Sequence[str]) -> list[str] | None:
        """Nothing is removed: what has the labels may be another state's; what a killed run made has its place."""
        return None

    def last_lines(self, stack: str) -> list[str]:
        """The last lines of what was deployed last of the web process."""
        with self.connected(stack) as (here, _):
            return deployed.last_lines(here)
