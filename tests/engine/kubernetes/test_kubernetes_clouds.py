"""Stacks of the clouds' own clusters, in one that is there already: the cloud is simulated, the cluster is a real one."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.engine.kubernetes.conftest import Lab, Stacks
from tools.offline.packages import installed, simulations
from tools.offline.server import serve
from tools.offline.world import World

pytestmark = pytest.mark.timeout(900)

# The simulated clouds know a cluster of this name each, and in AWS it is in this network.
PLACES: dict[str, dict[str, Any]] = {
    "aws.eks": {
        "region": "eu-central-1",
        "cluster": {"name": "shared"},
        "policies": ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"],
    },
    "gcp.gke": {
        "project": "my-project-123",
        "region": "europe-west1",
        "cluster": {"name": "existing", "location": "europe-west1-b"},
        "roles": ["roles/cloudsql.client"],
    },
    "azure.aks": {
        "subscription": "00000000-0000-4000-8000-000000000001",
        "location": "westeurope",
        "cluster": {"name": "existing/existing"},
    },
}


@pytest.fixture
def clouds(lab: Lab) -> Iterator[None]:
    """The clouds' packages are simulated; images are built for real, and the cluster is the real one."""
    real = ("kubernetes", "docker", "docker-build")
    serving = serve(simulations([name for name in installed() if name not in real], World()))
    kept = lab.checkout.variables
    attached = f"{kept['PULUMI_DEBUG_PROVIDERS']},{serving.variable()}"
    lab.checkout.variables = {**kept, "PULUMI_DEBUG_PROVIDERS": attached}
    yield
    lab.checkout.variables = kept
    serving.close()


@pytest.mark.usefixtures("clouds")
@pytest.mark.parametrize("target", PLACES)
def test_a_clouds_stack_serves_in_a_cluster_that_is_there_already(target: str, lab: Lab, stacks: Stacks) -> None:
    stack = stacks(target=target, size={"cpu": 0.25, "memory": "512MiB"})
    place = PLACES[target]
    reached = {**place["cluster"], "kubeconfig": lab.kubeconfig, "context": lab.context}
    expose = {"kind": "node_port", "node_port": stack.port, "address": "127.0.0.1"}
    stack.set(options={**place, "cluster": reached, "balancer": "none", "expose": expose})
    stack.up()
    first = stack.version()
    assert (first["target"], first["revision"]) == (target, stack.output("revision"))
    assert stack.make("up", ARGS="--skip-preview --expect-no-changes").returncode == 0

    told = f"revision {first['revision']}, deployment {first['deployment']}"
    assert f"http://127.0.0.1:{stack.port} answers {told}\n" in stack.make("status").stdout
    assert "heartbeat" in stack.make("logs", PROCESS="worker.heartbeat").stdout
    assert stack.make("exec", CMD="id -u").stdout == "10001\n"

    stack.set(environment={"GREETING": "Rolled"})
    stack.up()
    assert stack.version()["deployment"] != first["deployment"]
    assert "Rolled" in stack.get("/")
