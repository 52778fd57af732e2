"""What people do to the running service in any cluster: status, logs, exec."""

from collections.abc import Mapping
from typing import Any

from infra.commands import key_of, set_command
from infra.errors import DeploymentError
from infra.targets.kubernetes.acts import Acts
from infra.targets.kubernetes.session import Cluster


def _cluster(_service: str, stack: str, options: Mapping[str, Any]) -> Cluster:
    """How the stack's cluster is reached: by the context that it names."""
    if not options.get("context"):
        required = "options.context"
        raise DeploymentError(f"{key_of(required)}: is required. Fix: {set_command(required, 'staging', stack)}")
    return Cluster.by_file(options)


_acts = Acts(_cluster)
status, logs, exec = _acts.status, _acts.logs, _acts.exec
state, sweep, last_lines = _acts.state, _acts.sweep, _acts.last_lines
