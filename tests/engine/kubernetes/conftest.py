"""Stacks of the target `kubernetes`: real builds into a real registry, run by a real cluster.

pulumi-kubernetes's own plugin cannot be had everywhere: a stand-in takes its place that makes each object for real, by the
API server (tests/kubernetes_provider).
"""

import itertools
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.service import load_service
from tests.engine.conftest import Checkout, Stack, copy_of_this
from tests.kubernetes_provider.cluster import Cluster
from tests.kubernetes_provider.protocol import serve
from tests.parts import told
from tools.offline.values import Values

SERVICE = load_service().name
# Of those that a cluster gives out itself, the last: they are given out from the first.
_node_ports = itertools.count(32000 + os.getpid() % 700)
_count = itertools.count(1)


@dataclass
class KubernetesStack(Stack):
    """A stack in a cluster, in a namespace of its own, with a repository of its own in the registry."""

    cluster: Cluster = None  # type: ignore[assignment]
    repository: str = ""

    @property
    def namespace(self) -> str:
        return f"{SERVICE}-{self.name}"

    def all(self, kind: str, version: str = "v1", process: str | None = None) -> list[Values]:
        """Its objects of a kind, or those of one of its processes, the newest first."""
        labels = {"slipway.process": process} if process else {}
        found = self.cluster.list(version, kind, self.namespace)
        own = [each for each in found if labels.items() <= (each["metadata"].get("labels") or {}).items()]
        return sorted(own, key=lambda each: str(each["metadata"]["creationTimestamp"]), reverse=True)

    def one(self, kind: str, name: str, version: str = "v1") -> Values:
        """An object of its namespace, by name."""
        found = self.cluster.get(version, kind, name, self.namespace)
        assert found is not None, f"there is no {kind} {name}"
        return found

    def running(self, process: str = "web") -> list[str]:
        """The names of a process's ready pods that are not about to end."""
        return [each["metadata"]["name"] for each in self.all("Pod", process=process) if _works(each)]

    def shell(self, pod: str, command: str) -> str:
        """What a shell in a pod says, errors and all."""
        within = ["kubectl", "exec", "--namespace", self.namespace, pod, "--", "sh", "-c", f"{{ {command}; }} 2>&1"]
        return subprocess.run(within, env=self.checkout.environment(), capture_output=True, text=True).stdout.strip()

    def output(self, name: str) -> str:
        """An output of the stack."""
        done = self.checkout.pulumi("stack", "output", name, "--stack", self.name)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def is_left(self) -> bool:
        """Whether anything of it is in the cluster: all that it makes is in its namespace."""
        return self.cluster.get("v1", "Namespace", self.namespace) is not None


def _works(pod: Values) -> bool:
    ready = any(each["type"] == "Ready" and each["status"] == "True" for each in pod["status"].get("conditions") or ())
    return ready and not pod["metadata"].get("deletionTimestamp")


@dataclass
class Lab:
    """What the stacks are made of."""

    checkout: Checkout
    cluster: Cluster
    kubeconfig: str
    registry: str
    builder: str

    @property
    def build(self) -> dict[str, Any]:
        """The settings of a build here, where no scanner can be pulled."""
        return {"base": f"{self.registry}/library/python:3.13-slim", "builder": self.builder, "sbom": False}

    @property
    def context(self) -> str:
        return str(yaml.safe_load(Path(self.kubeconfig).read_text())["current-context"])

    def stack(self, name: str, **values: Any) -> KubernetesStack:
        """A stack's file; the repository is the stack's own unless `values` say otherwise."""
        made = KubernetesStack(
            self.checkout, name, next(_node_ports), {}, self.cluster, f"{self.registry}/{name}/{SERVICE}"
        )
        given: dict[str, Any] = {
            "target": "kubernetes",
            "server": "gunicorn",
            "size": {"cpu": 0.2, "memory": "256MiB"},
            "options": {
                "context": self.context,
                "expose": {"kind": "node_port", "node_port": made.port, "address": "127.0.0.1"},
            },
            "build": self.build,
            "registry": {"repository": made.repository},
            "rollout_timeout": 150,
            "timeout": 10,
        }
        made.set(**{**given, **values})
        return made


@pytest.fixture(scope="session")
def kubeconfig() -> str:
    return told("cluster")


@pytest.fixture(scope="session")
def cluster(kubeconfig: str) -> Cluster:
    """The real cluster."""
    return Cluster(kubeconfig)


@pytest.fixture(scope="session")
def lab(
    kubeconfig: str, cluster: Cluster, registry: str, builder: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Lab]:
    checkout = copy_of_this(tmp_path_factory.mktemp("kubernetes") / "slipway")
    serving = serve(kubeconfig)
    checkout.variables |= {"PULUMI_DEBUG_PROVIDERS": serving.variable(), "KUBECONFIG": kubeconfig}
    yield Lab(checkout, cluster, kubeconfig, registry, builder)
    serving.close()


class Stacks:
    """Makes stacks for a test, and takes them down after it."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self._made: list[KubernetesStack] = []

    def __call__(self, **values: Any) -> KubernetesStack:
        made = self.lab.stack(f"k{os.getpid()}-{next(_count)}", **values)
        self._made.append(made)
        return made

    def end(self) -> None:
        """Destroy what is left. What `destroy` leaves behind fails the test."""
        left: list[str] = []
        for made in reversed(self._made):
            made.make("destroy", YES="1")
            if made.is_left():
                left.append(made.namespace)
                self.lab.cluster.delete(self.lab.cluster.get("v1", "Namespace", made.namespace) or {})
            made.file.unlink(missing_ok=True)
        assert left == []


@pytest.fixture
def stacks(lab: Lab) -> Iterator[Stacks]:
    made = Stacks(lab)
    yield made
    made.end()


@pytest.fixture(scope="session")
def shared(lab: Lab) -> Iterator[KubernetesStack]:
    """One stack that serves, for the tests that leave it as it was."""
    made = Stacks(lab)
    stack = made()
    stack.up()
    yield stack
    made.end()
