"""The stand-in for kubernetes's provider, served once, and a program whose objects go away after each test."""

import itertools
import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.kubernetes_provider.cluster import Cluster
from tests.kubernetes_provider.protocol import serve
from tests.offline.client import Client
from tests.offline.program import Program
from tests.parts import told
from tools.offline.server import Serving
from tools.offline.values import Values


@pytest.fixture(scope="session")
def kubeconfig() -> str:
    return told("cluster")


@pytest.fixture(scope="session")
def cluster(kubeconfig: str) -> Cluster:
    """The real cluster."""
    return Cluster(kubeconfig)


@pytest.fixture(scope="session")
def image() -> str:
    """The name of an image with Python, as pods pull it."""
    return f"{told('registry')}/library/{os.environ.get('SLIPWAY_LAB_PYTHON_IMAGE', 'python:3.13-slim')}"


@pytest.fixture(scope="session")
def serving(kubeconfig: str) -> Iterator[Serving]:
    serving = serve(kubeconfig)
    yield serving
    serving.close()


@pytest.fixture(scope="session")
def client(serving: Serving) -> Client:
    return Client("kubernetes", serving.ports["kubernetes"])


@pytest.fixture
def program(serving: Serving, space: "Space", tmp_path: Path) -> Iterator[Program]:
    made = Program(tmp_path / "program", "kubernetes", {"PULUMI_DEBUG_PROVIDERS": serving.variable()})
    yield made
    made.run("destroy", "--yes", "--skip-preview")


@dataclass
class Space:
    """A namespace of a test's own."""

    cluster: Cluster
    name: str

    def names(self, kind: str, version: str = "v1", phase: str | None = None) -> list[str]:
        """The names of all objects of a kind, but those that every namespace has and those that are going."""
        found = [
            each["metadata"]["name"]
            for each in self.cluster.list(version, kind, self.name)
            if not each["metadata"].get("deletionTimestamp") and phase in (None, each.get("status", {}).get("phase"))
        ]
        return sorted(name for name in found if name != "kube-root-ca.crt")

    def get(self, kind: str, name: str, version: str = "v1") -> Values:
        found = self.cluster.get(version, kind, name, self.name)
        assert found is not None, f"there is no {kind} {name}"
        return found

    def apply(self, wanted: Values, force: bool = False) -> Values:
        """As somebody else does."""
        metadata = {**wanted["metadata"], "namespace": self.name}
        return self.cluster.apply({"apiVersion": "v1", **wanted, "metadata": metadata}, "somebody", force=force)

    def replace(self, live: Values, subresource: str = "") -> Values:
        """Put an object in the place of itself, as somebody else does."""
        path = self.cluster.place(live["apiVersion"], live["kind"], self.name, live["metadata"]["name"])
        path = f"{path}/{subresource}" if subresource else path
        return self.cluster.ask("PUT", path, json=live, params={"fieldManager": "somebody"})

    @contextmanager
    def watched(self, plural: str) -> Iterator[Callable[[], list[tuple[str, str]]]]:
        """What happens to objects meanwhile: each event with the object's name."""
        seen: list[tuple[str, str]] = []
        path = f"/api/v1/namespaces/{self.name}/{plural}"
        since = self.cluster.ask("GET", path)["metadata"]["resourceVersion"]
        query = {"watch": "true", "resourceVersion": since}
        with self.cluster.api.stream("GET", path, params=query) as stream:

            def follow() -> None:
                try:
                    for line in stream.iter_lines():
                        event = json.loads(line)
                        seen.append((event["type"], event["object"]["metadata"]["name"]))
                except httpx.HTTPError:
                    return

            threading.Thread(target=follow, daemon=True).start()
            yield lambda: [each for each in seen if each[0] != "MODIFIED"]


_count = itertools.count(1)


@pytest.fixture
def space(cluster: Cluster) -> Iterator[Space]:
    name = f"slipway-test-{os.getpid()}-{next(_count)}"
    made = cluster.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}, "slipway-tests")
    yield Space(cluster, name)
    cluster.delete(made)
