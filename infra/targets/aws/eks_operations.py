"""What people do to the running service in a cluster of EKS: status, logs, exec."""

# botocore has no types of its own.
# pyright: basic

from collections.abc import Mapping
from typing import Any

from infra.commands import key_of, set_command
from infra.errors import DeploymentError
from infra.targets.aws import session as aws
from infra.targets.aws.eks_kubeconfig import called, kubeconfig
from infra.targets.kubernetes.acts import Acts
from infra.targets.kubernetes.address import of_edge
from infra.targets.kubernetes.session import Cluster
from infra.targets.kubernetes.shape import within


def _cluster(service: str, stack: str, options: Mapping[str, Any]) -> Cluster:
    """How the stack's cluster is reached: by a kubeconfig of its own, or by what AWS tells of it."""
    given, region = within(options, "cluster"), options.get("region")
    if given.get("kubeconfig"):
        return Cluster.by_file(given)
    if not region:
        key = "options.region"
        raise DeploymentError(f"{key_of(key)}: is required. Fix: {set_command(key, 'eu-central-1', stack)}")
    name = str(given.get("name") or called(service, stack))
    with aws.connected(str(region)) as clients:
        try:
            told = clients.clusters.describe_cluster(name=name)["cluster"]
        except clients.clusters.exceptions.ResourceNotFoundException:
            fix = f"make up STACK={stack}"
            raise DeploymentError(f"there is no cluster {name} in {region}. To make it: {fix}") from None
    if not told.get("endpoint"):
        raise DeploymentError(
            f"the cluster {name} in {region} is {str(told.get('status')).lower()}, and cannot be asked"
        )
    return Cluster(kubeconfig=kubeconfig(name, str(region), told["endpoint"], told["certificateAuthority"]["data"]))


_acts = Acts(_cluster, of_edge)
status, logs, exec = _acts.status, _acts.logs, _acts.exec
state, sweep, last_lines = _acts.state, _acts.sweep, _acts.last_lines
