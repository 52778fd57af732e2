"""What people do to the running service in any cluster: status, logs, exec."""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from infra.commands import key_of, set_command
from infra.errors import DeploymentError
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


def status(stack: str) -> int:
    """A table of the pods, and what the address answers."""
    with _connected(stack) as (here, config):
        return running.status(here, address_of(here, config))


def logs(stack: str, lines: int, follow: bool, process: str | None) -> int:
    """The last lines of every pod."""
    with _connected(stack) as (here, _):
        return running.logs(here, lines, follow, process)


def exec(stack: str, command: list[str]) -> int:
    """Run a command in a pod of what serves."""
    with _connected(stack) as (here, _):
        return running.exec(here, command)


def state(stack: str, deployment: str) -> State:
    """What the cluster says of the web process's deployment."""
    with _connected(stack) as (here, _):
        return deployed.state(here, deployment)


def sweep(_stack: str, _known: Sequence[str]) -> list[str] | None:
    """Nothing is removed: what has the labels may be another state's; what a killed run made is found by its place."""
    return None


def last_lines(stack: str) -> list[str]:
    """The last lines of what was deployed last of the web process."""
    with _connected(stack) as (here, _):
        return deployed.last_lines(here)


@contextmanager
def _connected(stack: str) -> Generator[tuple[Deployed, Mapping[str, Any]]]:
    config = config_in(ROOT / "stacks" / f"Pulumi.{stack}.yaml")
    options = within(config, "options")
    context, kubeconfig = options.get("context"), options.get("kubeconfig")
    if not context:
        required = "options.context"
        raise DeploymentError(f"{key_of(required)}: is required. Fix: {set_command(required, 'staging', stack)}")
    service = load_service()
    scope = scope_of(service.name, stack, within(options, "namespace").get("name"))
    cluster = Cluster(str(context), str(Path(kubeconfig).expanduser()) if kubeconfig else None)
    with connected(cluster) as session:
        yield Deployed(session, scope, service.web.port), config
