"""What people do to the running service in a cluster of GKE: status, logs, exec."""

from collections.abc import Mapping
from typing import Any

from infra.commands import key_of, set_command
from infra.errors import DeploymentError
from infra.targets.gcp import session as google
from infra.targets.gcp.gke_kubeconfig import called, kubeconfig
from infra.targets.kubernetes.acts import Acts
from infra.targets.kubernetes.address import of_edge
from infra.targets.kubernetes.session import Cluster
from infra.targets.kubernetes.shape import within

CONTAINER = "https://container.googleapis.com/v1"
EXAMPLES = {"options.project": "my-project-123", "options.region": "europe-west1"}


def _cluster(service: str, stack: str, options: Mapping[str, Any]) -> Cluster:
    """How the stack's cluster is reached: by a kubeconfig of its own, or by what Google tells of it."""
    given = within(options, "cluster")
    if given.get("kubeconfig"):
        return Cluster.by_file(given)
    for key, example in EXAMPLES.items():
        if not options.get(key.partition(".")[2]):
            raise DeploymentError(f"{key_of(key)}: is required. Fix: {set_command(key, example, stack)}")
    project, where = str(options["project"]), str(given.get("location") or options["region"])
    name = str(given.get("name") or called(service, stack))
    with google.connected(project, str(options["region"])) as session:
        try:
            told = session.get(f"{CONTAINER}/projects/{project}/locations/{where}/clusters/{name}")
        except google.Refused as refused:
            if not refused.missing:
                raise
            rule = f"there is no cluster {name} in {where} of {project}"
            raise DeploymentError(f"{rule}. To make it: make up STACK={stack}") from None
    if not told.get("endpoint"):
        state = str(told.get("status")).lower()
        raise DeploymentError(f"the cluster {name} in {where} of {project} is {state}, and cannot be asked")
    return Cluster(kubeconfig=kubeconfig(name, told["endpoint"], told["masterAuth"]["clusterCaCertificate"]))


_acts = Acts(_cluster, of_edge)
status, logs, exec = _acts.status, _acts.logs, _acts.exec
state, sweep, last_lines = _acts.state, _acts.sweep, _acts.last_lines
