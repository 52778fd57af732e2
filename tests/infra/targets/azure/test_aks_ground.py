"""What a stack on AKS names that is there already: told before anything is made, with what mends it."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pytest

from infra.errors import SettingsError
from infra.targets.azure import aks_ground
from infra.targets.azure.aks_ground import GivenCluster
from infra.targets.azure.aks_kubeconfig import kubeconfig
from infra.targets.azure.aks_spec import AksOptions
from infra.targets.azure.offline import there

SUBSCRIPTION = "00000000-0000-4000-8000-000000000001"
PLACE = {"subscription": SUBSCRIPTION, "location": "westeurope"}
ROLES = [{"role": "Storage Blob Data Reader"}]
CERTIFICATE = "shared/acme-certificates/api-example-com"
UPDATE = "az aks update --resource-group platform --name shared"
ROUTING = (
    "az aks approuting enable --resource-group platform --name shared --enable-kv; "
    f"{UPDATE} --enable-gateway-api --enable-app-routing-istio"
)


class _Nobody(pulumi.ProviderResource):
    """A provider that nobody asks."""

    def __init__(self) -> None: ...


def found(monkeypatch: pytest.MonkeyPatch, cluster: Mapping[str, Any], **options: Any) -> GivenCluster:
    """A cluster as it is looked up, which differs so from one that has all."""
    whole = {**there.cluster(SUBSCRIPTION, "platform", "shared", "tenant"), **cluster}
    answers = {aks_ground.CLUSTER: whole, aks_ground.CREDENTIALS: there.credentials("shared")}
    monkeypatch.setattr(aks_ground, "ask", lambda token, *_: answers[token])
    return aks_ground._cluster("platform/shared", AksOptions.model_validate({**PLACE, **options}), _Nobody())


def test_a_cluster_is_found_with_all_that_a_stack_takes_from_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert found(monkeypatch, {}, roles=ROLES, certificate=CERTIFICATE) == GivenCluster(
        kubeconfig=kubeconfig("shared", "https://shared.hcp.eastus.azmk8s.io:443", "b2ZmbGluZQ=="),
        issuer="https://eastus.oic.prod-aks.azure.com/tenant/shared/",
        nodes="00000000-0000-4000-8000-000000000005",
    )


def test_what_nobody_wants_need_not_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = found(monkeypatch, {"oidcIssuerProfile": None, "ingressProfile": None, "identityProfile": None})
    assert (cluster.issuer, cluster.nodes) == ("", "")


@pytest.mark.parametrize(
    ("cluster", "options", "problems"),
    [
        (
            {"aadProfile": None},
            {},
            [
                (
                    "service:options.cluster.name: whoever enters the cluster shared is not known to Entra, by which a "
                    f"stack logs in. Fix: {UPDATE} --enable-aad --enable-azure-rbac"
                )
            ],
        ),
        (
            {"securityProfile": {"workloadIdentity": {"enabled": False}}},
            {"roles": ROLES},
            [
                (
                    "service:options.roles: the cluster shared has no workload identity, by which Entra knows its pods. "
                    f"Fix: {UPDATE} --enable-oidc-issuer --enable-workload-identity"
                )
            ],
        ),
        (
            {"oidcIssuerProfile": None, "ingressProfile": {"webAppRouting": None}},
            {"certificate": CERTIFICATE},
            [
                "service:options.certificate: the cluster shared has no application routing, which serves it. "
                f"Fix: {ROUTING}",
                "service:options.certificate: the cluster shared has no workload identity, by which Entra knows its "
                f"pods. Fix: {UPDATE} --enable-oidc-issuer --enable-workload-identity",
            ],
        ),
    ],
)
def test_what_a_cluster_has_not_is_told_with_what_mends_it(
    cluster: Mapping[str, Any], options: Mapping[str, Any], problems: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SettingsError) as told:
        found(monkeypatch, cluster, **options)
    assert [str(each) for each in told.value.problems] == problems


def test_a_subnet_that_is_anothers_alone_takes_no_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    subnet = there.subnet(SUBSCRIPTION, there.GROUP, there.NETWORK, there.SUBNET)
    monkeypatch.setattr(aks_ground, "ask", lambda *_: subnet)
    with pytest.raises(SettingsError) as told:
        aks_ground._subnet(subnet["id"], _Nobody())
    assert str(told.value) == (
        "service:options.network.subnet: existing of existing in existing is delegated to Microsoft.App/environments, "
        "beside which no node may stand. Fix: az network vnet subnet update --resource-group existing --vnet-name "
        "existing --name existing --remove delegations"
    )


def test_a_vault_that_asks_no_role_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    vault = {"properties": {"enableRbacAuthorization": False}}
    monkeypatch.setattr(aks_ground, "ask", lambda *_: vault)
    with pytest.raises(SettingsError) as told:
        aks_ground._vault(CERTIFICATE, _Nobody())
    assert str(told.value) == (
        "service:options.certificate: acme-certificates does not ask Azure's roles who may read its secrets. "
        "Fix: az keyvault update --name acme-certificates --enable-rbac-authorization true"
    )
