"""What people do to the running service in a cluster of AKS: status, logs, exec."""

from collections.abc import Mapping
from typing import Any

from infra.commands import key_of, set_command
from infra.errors import DeploymentError
from infra.targets.azure import session as azure
from infra.targets.azure.aks_kubeconfig import called, told
from infra.targets.azure.aks_routing import cluster_id
from infra.targets.azure.ground import Ground
from infra.targets.kubernetes.acts import Acts
from infra.targets.kubernetes.address import address_of, unreachable
from infra.targets.kubernetes.deployed import Deployed
from infra.targets.kubernetes.session import Cluster
from infra.targets.kubernetes.shape import within

REQUIRED, EXAMPLE = "options.subscription", "00000000-0000-4000-8000-000000000001"


def _cluster(service: str, stack: str, options: Mapping[str, Any]) -> Cluster:
    """How the stack's cluster is reached: by a kubeconfig of its own, or by what Azure tells of it."""
    given = within(options, "cluster")
    if given.get("kubeconfig"):
        return Cluster.by_file(given)
    if not options.get("subscription"):
        raise DeploymentError(f"{key_of(REQUIRED)}: is required. Fix: {set_command(REQUIRED, EXAMPLE, stack)}")
    subscription, own = str(options["subscription"]), called(service, stack)
    group, name = str(given.get("name") or f"{own}/{own}").split("/")
    with azure.connected(subscription, group):
        ground, id_ = Ground(subscription, group), cluster_id(subscription, group, name)
        found = ground.found(id_)
        if not found:
            raise DeploymentError(f"there is no cluster {name} in {group}. To make it: make up STACK={stack}")
        state = str(within(found, "properties").get("provisioningState"))
        if state in ("Creating", "Deleting", "Failed"):
            raise DeploymentError(f"the cluster {name} in {group} is {state.lower()}, and cannot be asked")
        answer = ground.post(f"{id_}/listClusterUserCredential", again=True)
    return Cluster(kubeconfig=told(name, answer))


def _address(here: Deployed, config: Mapping[str, Any]) -> str:
    options = within(config, "options")
    domain = config.get("domain")
    if options.get("balancer") == "none" or not domain:
        return address_of(here, config)
    return "" if unreachable(options) else f"https://{domain}"


_acts = Acts(_cluster, _address)
status, logs, exec = _acts.status, _acts.logs, _acts.exec
state, sweep, last_lines = _acts.state, _acts.sweep, _acts.last_lines
