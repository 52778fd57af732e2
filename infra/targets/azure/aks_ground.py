"""What a stack in a cluster of AKS stands on: beside what every one on Azure does, a cluster that is there already."""

from dataclasses import dataclass
from typing import Any, cast

import pulumi

from infra.commands import key_of
from infra.errors import Problem, SettingsError
from infra.service import Service
from infra.settings import Settings
from infra.targets.azure.aks_kubeconfig import told
from infra.targets.azure.aks_spec import AksOptions
from infra.targets.azure.raw import ask
from infra.targets.azure.resource_group import GroupArgs, ResourceGroup
from infra.targets.kubernetes.shape import within
from infra.targets.looks import Looks
from infra.targets.raw import reason

CLUSTER, CREDENTIALS = "containerservice:getManagedCluster", "containerservice:listManagedClusterUserCredentials"


@dataclass(frozen=True)
class GivenCluster:
    """A cluster that is there already.

    Attributes:
        kubeconfig: by which it is reached.
        issuer: of its pods' tokens; empty where it gives them none.
        nodes: who its nodes are, by the object's id; empty where that is not told.
    """

    kubeconfig: str
    issuer: str
    nodes: str


class AksGround(ResourceGroup):
    """What a stack on AKS stands on.

    Attributes:
        options: the stack's.
        cluster: the one that is there already, where it names one.
    """

    def __init__(self, service: Service, settings: Settings) -> None:
        self.options = options = cast("AksOptions", settings.options)
        args = GroupArgs(
            subscription=options.subscription,
            location=options.location,
            tier=options.registry,
            images_kept=options.images_kept,
            dns_zone=options.dns_zone,
        )
        super().__init__(service, settings, args)

    def look(self, settings: Settings, looks: Looks) -> None:
        """The cluster, the nodes' subnet and the certificate's vault too."""
        super().look(settings, looks)
        options, provider = self.options, self.provider
        self.cluster: GivenCluster | None = None
        if options.cluster.name:
            name = options.cluster.name
            self.cluster = looks.tried(lambda: _cluster(name, options, provider), None)
        if options.network.subnet:
            subnet = options.network.subnet
            looks.tried(lambda: _subnet(subnet, provider), None)
        if options.certificate:
            certificate = options.certificate
            looks.tried(lambda: _vault(certificate, provider), None)


def _found(token: str, about: dict[str, Any], provider: pulumi.ProviderResource, key: str, fix: str) -> dict[str, Any]:
    """What is looked up. Raises SettingsError where it cannot be."""
    try:
        return ask(token, about, pulumi.InvokeOptions(provider=provider))
    except Exception as error:  # noqa: BLE001 - whatever the provider says is the reason
        group, name = list(about.values())[:2]
        rule = f"{name} in {group} cannot be looked up ({reason(error)})"
        raise SettingsError([Problem(key_of(key), rule, fix)]) from None


def _cluster(named: str, options: AksOptions, provider: pulumi.ProviderResource) -> GivenCluster:
    group, name = named.split("/")
    key, fix = "options.cluster.name", f"az aks list --resource-group {group} --output table"
    about = {"resourceGroupName": group, "resourceName": name}
    found = _found(CLUSTER, about, provider, key, fix)
    update = f"az aks update --resource-group {group} --name {name}"
    if not within(found, "aadProfile").get("managed"):
        rule = f"whoever enters the cluster {name} is not known to Entra, by which a stack logs in"
        raise SettingsError([Problem(key_of(key), rule, f"{update} --enable-aad --enable-azure-rbac")])
    issuer = str(within(found, "oidcIssuerProfile").get("issuerURL") or "")
    known = issuer and within(found, "securityProfile", "workloadIdentity").get("enabled")
    problems: list[Problem] = []
    if not known and (options.roles or options.certificate):
        key = "options.roles" if options.roles else "options.certificate"
        rule = f"the cluster {name} has no workload identity, by which Entra knows its pods"
        problems.append(Problem(key_of(key), rule, f"{update} --enable-oidc-issuer --enable-workload-identity"))
    if options.certificate and not within(found, "ingressProfile", "webAppRouting").get("enabled"):
        rule = f"the cluster {name} has no application routing, which serves it"
        fix = f"az aks approuting enable --resource-group {group} --name {name} --enable-kv"
        routes = f"{update} --enable-gateway-api --enable-app-routing-istio"
        problems.append(Problem(key_of("options.certificate"), rule, f"{fix}; {routes}"))
    if problems:
        raise SettingsError(problems)
    answer = _found(CREDENTIALS, about, provider, key, fix)
    nodes = str(within(found, "identityProfile", "kubeletidentity").get("objectId") or "")
    return GivenCluster(told(name, answer), issuer, nodes)


def _subnet(subnet: str, provider: pulumi.ProviderResource) -> None:
    """That nodes may stand in it. Raises SettingsError."""
    words = subnet.split("/")
    group, network, name = words[4], words[8], words[10]
    key, command = "options.network.subnet", f"--resource-group {group} --vnet-name {network}"
    about = {"resourceGroupName": group, "subnetName": name, "virtualNetworkName": network}
    found = _found("network:getSubnet", about, provider, key, f"az network vnet subnet list {command}")
    handed = [str(each.get("serviceName")) for each in found.get("delegations") or ()]
    if handed:
        rule = f"{name} of {network} in {group} is delegated to {', '.join(handed)}, beside which no node may stand"
        fix = f"az network vnet subnet update {command} --name {name} --remove delegations"
        raise SettingsError([Problem(key_of(key), rule, fix)])


def _vault(certificate: str, provider: pulumi.ProviderResource) -> None:
    """That its vault is there and asks Azure's roles who may read it. The certificate is not read to be seen."""
    group, vault, _ = certificate.split("/")
    about = {"resourceGroupName": group, "vaultName": vault}
    fix = f"az keyvault list --resource-group {group}"
    found = _found("keyvault:getVault", about, provider, "options.certificate", fix)
    if not within(found, "properties").get("enableRbacAuthorization"):
        rule = f"{vault} does not ask Azure's roles who may read its secrets"
        fix = f"az keyvault update --name {vault} --enable-rbac-authorization true"
        raise SettingsError([Problem(key_of("options.certificate"), rule, fix)])
