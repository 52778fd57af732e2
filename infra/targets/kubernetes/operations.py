"""What people do to the running service in any cluster: status, logs, exec."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from infra.commands import key_of, set_command
from infra.errors import DeploymentError
from infra.paths import ROOT
from infra.service import load_service
from infra.stackfile import config_in
from infra.targets.kubernetes.acts import Acts
from infra.targets.kubernetes.address import address_of
from infra.targets.kubernetes.deployed import Deployed
from infra.targets.kubernetes.names import scope_of
from infra.targets.kubernetes.session import Cluster, connected
from infra.targets.kubernetes.shape import within


@contextmanager
def _connected(stack: str) -> Generator[tuple[Deployed, Callable[[], str]]]:
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
        here = Deployed(session, scope, service.web.port)
        yield here, partial(address_of, here, config)


_acts = Acts(_connected)
status, logs, exec = _acts.status, _acts.logs, _acts.exec
state, sweep, last_lines = _acts.state, _acts.sweep, _acts.last_lines
