"""The operations of a target on a cluster, by how its cluster is reached: the face that is `Operations`."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from infra.targets import State
from infra.targets.kubernetes import deployed, running
from infra.targets.kubernetes.deployed import Deployed

Connected = Callable[[str], AbstractContextManager[tuple[Deployed, Callable[[], str]]]]
"""By a stack's name, the stack in its cluster, and what says where it is asked from here: nothing where it is not."""


@dataclass(frozen=True)
class Acts:
    """What people do to the running service in a cluster."""

    connected: Connected

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
