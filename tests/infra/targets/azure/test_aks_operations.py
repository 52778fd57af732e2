"""How a stack's cluster on AKS is found, logged in to and has Gateways, where people look at what runs in it."""

import base64
import json
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from infra.errors import DeploymentError
from infra.targets.azure import aks_operations, aks_routing, session
from infra.targets.azure.aks_kubeconfig import kubeconfig
from infra.targets.kubernetes.session import Cluster

SUBSCRIPTION = "00000000-0000-4000-8000-000000000001"
GROUPS = f"/subscriptions/{SUBSCRIPTION}/resourceGroups"
CLUSTERS = "providers/Microsoft.ContainerService/managedClusters"
SERVER = {"server": "https://web.hcp.westeurope.azmk8s.io:443", "certificate-authority-data": "b2ZmbGluZQ=="}
RUNNING = {"properties": {"provisioningState": "Succeeded"}}
WEB = f"{GROUPS}/slipway-prod/{CLUSTERS}/slipway-prod"


class Azure:
    """Knows some clusters by their ids, and what is put to them."""

    def __init__(self, clusters: Mapping[str, Any]) -> None:
        self.clusters, self.put_there = clusters, dict[str, Any]()

    def found(self, id_: str) -> dict[str, Any]:
        return self.clusters.get(id_, {})

    def post(self, path: str, *, again: bool) -> dict[str, Any]:
        id_, _, what = path.rpartition("/")
        assert (id_ in self.clusters, what, again) == (True, "listClusterUserCredential", True)
        # As Azure tells it: with a user that logs in by a way of its own.
        told = f"""
clusters: [{{name: web, cluster: {json.dumps(SERVER)}}}]
users: [{{name: clusterUser, user: {{auth-provider: {{name: azure}}}}}}]
"""
        return {"kubeconfigs": [{"name": "clusterUser", "value": base64.b64encode(told.encode()).decode()}]}

    def put(self, id_: str, body: dict[str, Any]) -> None:
        self.put_there[id_] = body


@pytest.fixture
def azure(monkeypatch: pytest.MonkeyPatch) -> Callable[[Mapping[str, Any]], Azure]:
    """Azure with some clusters."""

    @contextmanager
    def connected(_subscription: str, _group: str) -> Generator[None]:
        yield

    def made(clusters: Mapping[str, Any]) -> Azure:
        played = Azure(clusters)
        monkeypatch.setattr(session, "connected", connected)
        monkeypatch.setattr(aks_routing, "connected", connected)
        for module in (aks_operations, aks_routing):
            monkeypatch.setattr(module, "Ground", lambda *_: played)
        return played

    return made


def found(**cluster: Any) -> Cluster:
    return aks_operations._cluster("slipway", "prod", {"subscription": SUBSCRIPTION, "cluster": cluster})


def test_the_stacks_own_cluster_is_found_by_its_name(azure: Any) -> None:
    azure({WEB: RUNNING})
    assert found() == Cluster(kubeconfig=kubeconfig("slipway-prod", *SERVER.values()))


def test_another_is_found_where_the_stack_says_that_it_is(azure: Any) -> None:
    azure({f"{GROUPS}/platform/{CLUSTERS}/shared": RUNNING})
    assert found(name="platform/shared") == Cluster(kubeconfig=kubeconfig("shared", *SERVER.values()))


def test_a_kubeconfig_of_the_stacks_is_taken_and_azure_is_not_asked() -> None:
    cluster = found(name="platform/shared", kubeconfig="/etc/tunnel", context="shared")
    assert cluster == Cluster("shared", "/etc/tunnel")


def test_a_cluster_that_is_not_there_or_not_yet_is_told(azure: Any) -> None:
    azure({})
    with pytest.raises(DeploymentError) as missing:
        found()
    assert str(missing.value) == ("there is no cluster slipway-prod in slipway-prod. To make it: make up STACK=prod")
    azure({WEB: {"properties": {"provisioningState": "Creating"}}})
    with pytest.raises(DeploymentError) as begun:
        found()
    assert str(begun.value) == "the cluster slipway-prod in slipway-prod is creating, and cannot be asked"


def test_a_stack_that_does_not_say_where_is_told_how_to() -> None:
    with pytest.raises(DeploymentError) as told:
        aks_operations._cluster("slipway", "prod", {"location": "westeurope"})
    assert str(told.value) == (
        "service:options.subscription: is required. "
        f"Fix: pulumi config set --path service:options.subscription {SUBSCRIPTION} --stack prod"
    )


def test_whoever_has_the_kubeconfig_logs_in_by_microsofts_program_and_there_is_no_credential_in_it() -> None:
    told = json.loads(kubeconfig("web", *SERVER.values()))
    assert told["clusters"] == [{"name": "web", "cluster": SERVER}]
    (user,) = told["users"]
    assert set(user["user"]) == {"exec"}
    assert [user["user"]["exec"][name] for name in ("command", "args")] == [
        "kubelogin",
        ["get-token", "--server-id", "6dae42f8-4368-4678-94ff-3960e28e3630", "--login", "azurecli"],
    ]


def test_a_cluster_is_had_serve_gateways_and_stays_what_else_it_is(azure: Any) -> None:
    routing = {"enabled": True, "nginx": {"defaultIngressControllerType": "None"}}
    before = {"dnsPrefix": "web", "ingressProfile": {"webAppRouting": routing}}
    identity = {"type": "UserAssigned", "userAssignedIdentities": {"/i": {"clientId": "1", "principalId": "2"}}}
    found = {"id": WEB, "name": "web", "location": "westeurope", "identity": identity, "properties": before}
    played, said = azure({WEB: found}), list[str]()
    aks_routing.enable(SUBSCRIPTION, "slipway-prod", "slipway-prod", said.append)
    istio = {"appRoutingIstio": {"mode": "Enabled"}}
    after = {
        "gatewayAPI": {"installation": "Standard"},
        "webAppRouting": {**routing, "gatewayAPIImplementations": istio},
    }
    wanted = {
        "identity": {"type": "UserAssigned", "userAssignedIdentities": {"/i": {}}},
        "location": "westeurope",
        "properties": {"dnsPrefix": "web", "ingressProfile": after},
    }
    assert (played.put_there, said) == (
        {WEB: wanted},
        ["having slipway-prod serve Gateways, which takes some minutes"],
    )
    again = azure({WEB: wanted})
    aks_routing.enable(SUBSCRIPTION, "slipway-prod", "slipway-prod", said.append)
    assert again.put_there == {}


def test_a_cluster_that_is_not_there_cannot_serve_gateways(azure: Any) -> None:
    azure({})
    with pytest.raises(DeploymentError, match="there is no cluster slipway-prod in slipway-prod"):
        aks_routing.enable(SUBSCRIPTION, "slipway-prod", "slipway-prod", print)
