"""How a stack's cluster on GKE is found and logged in to, where people look at what runs in it."""

import json
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from infra.errors import DeploymentError
from infra.targets.gcp import gke_operations, session
from infra.targets.gcp.gke_kubeconfig import kubeconfig
from infra.targets.kubernetes.session import Cluster

PLACE = {"project": "acme-dev", "region": "europe-west1"}
CLUSTERS = "https://container.googleapis.com/v1/projects/acme-dev/locations"
RUNNING = {"status": "RUNNING", "endpoint": "203.0.113.9", "masterAuth": {"clusterCaCertificate": "b2ZmbGluZQ=="}}


class Google:
    """Knows some clusters by their addresses."""

    def __init__(self, clusters: Mapping[str, Any]) -> None:
        self.clusters = clusters

    def get(self, url: str) -> dict[str, Any]:
        if url not in self.clusters:
            raise session.Refused(404, "NOT_FOUND", "Not found", "container.googleapis.com")
        return self.clusters[url]


@pytest.fixture
def clusters(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Those that Google has."""
    known: dict[str, Any] = {}

    @contextmanager
    def connected(_project: str, _region: str) -> Generator[Google]:
        yield Google(known)

    monkeypatch.setattr(session, "connected", connected)
    return known


def found(**cluster: Any) -> Cluster:
    return gke_operations._cluster("slipway", "prod", {**PLACE, "cluster": cluster})


def test_the_stacks_own_cluster_is_found_by_its_name(clusters: dict[str, Any]) -> None:
    clusters[f"{CLUSTERS}/europe-west1/clusters/slipway-prod"] = RUNNING
    assert found() == Cluster(kubeconfig=kubeconfig("slipway-prod", "203.0.113.9", "b2ZmbGluZQ=="))


def test_another_is_found_where_the_stack_says_that_it_is(clusters: dict[str, Any]) -> None:
    clusters[f"{CLUSTERS}/europe-west1-b/clusters/shared"] = RUNNING
    cluster = found(name="shared", location="europe-west1-b")
    assert cluster == Cluster(kubeconfig=kubeconfig("shared", "203.0.113.9", "b2ZmbGluZQ=="))


def test_a_kubeconfig_of_the_stacks_is_taken_and_google_is_not_asked() -> None:
    assert found(name="shared", kubeconfig="/etc/tunnel", context="shared") == Cluster("shared", "/etc/tunnel")


def test_a_cluster_that_is_not_there_or_not_yet_is_told(clusters: dict[str, Any]) -> None:
    with pytest.raises(DeploymentError) as missing:
        found()
    assert str(missing.value) == (
        "there is no cluster slipway-prod in europe-west1 of acme-dev. To make it: make up STACK=prod"
    )
    clusters[f"{CLUSTERS}/europe-west1/clusters/slipway-prod"] = {"status": "PROVISIONING"}
    with pytest.raises(DeploymentError) as begun:
        found()
    assert str(begun.value) == (
        "the cluster slipway-prod in europe-west1 of acme-dev is provisioning, and cannot be asked"
    )


def test_a_stack_that_does_not_say_where_is_told_how_to() -> None:
    with pytest.raises(DeploymentError) as told:
        gke_operations._cluster("slipway", "prod", {"region": "europe-west1"})
    assert str(told.value) == (
        "service:options.project: is required. "
        "Fix: pulumi config set --path service:options.project my-project-123 --stack prod"
    )


def test_whoever_has_the_kubeconfig_logs_in_by_googles_program_with_what_the_provider_takes() -> None:
    told = json.loads(kubeconfig("web", "203.0.113.9", "b2ZmbGluZQ=="))
    assert told["clusters"] == [
        {
            "name": "web",
            "cluster": {"server": "https://203.0.113.9", "certificate-authority-data": "b2ZmbGluZQ=="},
        }
    ]
    (user,) = told["users"]
    assert {name: user["user"]["exec"][name] for name in ("command", "args", "provideClusterInfo")} == {
        "command": "gke-gcloud-auth-plugin",
        "args": ["--use_application_default_credentials"],
        "provideClusterInfo": True,
    }
    assert set(user["user"]) == {"exec"}
