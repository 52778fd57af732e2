"""What Azure's functions answer: who asks, what a workspace's keys are, and what is there before any stack is."""

from collections.abc import Callable, Mapping

from infra.targets.azure.offline import there
from tools.offline.backend import Failure
from tools.offline.values import Secret, Values

Facts = Mapping[str, str]
Function = Callable[[Values, Facts], Values]
Assumed = Callable[[Values, Facts, int], Values]

CLIENT = "00000000-0000-4000-8000-000000000003"
OBJECT = "00000000-0000-4000-8000-000000000004"

CONFIG = "azure-native:authorization:getClientConfig"
TOKEN = "azure-native:authorization:getClientToken"  # noqa: S105 - a function
KEYS = "azure-native:operationalinsights:getSharedKeys"
NETWORK, SUBNET = "azure-native:network:getVirtualNetwork", "azure-native:network:getSubnet"
ZONE = "azure-native:dns:getZone"
DOMAIN = "azure-native:app:listContainerAppCustomHostNameAnalysis"
CLUSTER = "azure-native:containerservice:getManagedCluster"
CREDENTIALS = "azure-native:containerservice:listManagedClusterUserCredentials"
VAULT, SECRET = "azure-native:keyvault:getVault", "azure-native:keyvault:getSecret"


def _config(_arguments: Values, facts: Facts) -> Values:
    return {
        "clientId": CLIENT,
        "objectId": OBJECT,
        "subscriptionId": facts["subscriptionId"],
        "tenantId": facts["tenantId"],
    }


def _token(_arguments: Values, _facts: Facts) -> Values:
    return {"token": Secret("offline")}


def _keys(_arguments: Values, _facts: Facts) -> Values:
    return {"primarySharedKey": Secret("b2ZmbGluZQ=="), "secondarySharedKey": Secret("b2ZmbGluZTI=")}


def _domain(arguments: Values, _facts: Facts) -> Values:
    """How the world's DNS points: at no app that is there, but for one domain, which points at whatever is asked of."""
    app, name = _said(arguments, "containerAppName"), _said(arguments, "customHostname")
    if name != there.POINTED:
        raise Failure(_missing("Microsoft.App/containerApps", app, _said(arguments, "resourceGroupName")))
    return there.pointed(app, name)


def _missing(type_: str, name: str, group: str) -> str:
    says = f"The Resource '{type_}/{name}' under resource group '{group}' was not found."
    return f'Status=404 Code="ResourceNotFound" Message="{says}"'


def _said(arguments: Values, name: str) -> str:
    return str(arguments.get(name, ""))


def _network(arguments: Values, facts: Facts) -> Values:
    group, name = _said(arguments, "resourceGroupName"), _said(arguments, "virtualNetworkName")
    return there.network(facts["subscriptionId"], group, name)


def _subnet(arguments: Values, facts: Facts) -> Values:
    group, network = _said(arguments, "resourceGroupName"), _said(arguments, "virtualNetworkName")
    if _said(arguments, "subnetName") == there.NODES:
        return there.nodes(facts["subscriptionId"], group, network)
    return there.subnet(facts["subscriptionId"], group, network, _said(arguments, "subnetName"))


def _zone(arguments: Values, facts: Facts) -> Values:
    return there.zone(facts["subscriptionId"], _said(arguments, "resourceGroupName"), _said(arguments, "zoneName"))


def _vault(arguments: Values, facts: Facts) -> Values:
    group, name = _said(arguments, "resourceGroupName"), _said(arguments, "vaultName")
    return there.vault(facts["subscriptionId"], group, name, facts["tenantId"])


def _secret(arguments: Values, facts: Facts) -> Values:
    group, vault = _said(arguments, "resourceGroupName"), _said(arguments, "vaultName")
    return there.secret(facts["subscriptionId"], group, vault, _said(arguments, "secretName"))


def _cluster(arguments: Values, facts: Facts) -> Values:
    group, name = _said(arguments, "resourceGroupName"), _said(arguments, "resourceName")
    return there.cluster(facts["subscriptionId"], group, name, facts["tenantId"])


def _credentials(arguments: Values, _facts: Facts) -> Values:
    """Of whichever cluster."""
    return there.credentials(_said(arguments, "resourceName"))


NODES = {"virtualNetworkName": there.NETWORK, "subnetName": there.NODES}

# What may be looked up: the arguments that name it in its group, what is there of it, and how Azure calls it.
LOOKED_UP: Mapping[str, tuple[Function, Mapping[str, str], str]] = {
    NETWORK: (_network, {"virtualNetworkName": there.NETWORK}, "Microsoft.Network/virtualNetworks"),
    SUBNET: (
        _subnet,
        {"virtualNetworkName": there.NETWORK, "subnetName": there.SUBNET},
        "Microsoft.Network/virtualNetworks/subnets",
    ),
    ZONE: (_zone, {"zoneName": there.ZONE}, "Microsoft.Network/dnsZones"),
    CLUSTER: (_cluster, {"resourceName": there.CLUSTER}, "Microsoft.ContainerService/managedClusters"),
    VAULT: (_vault, {"vaultName": there.VAULT}, "Microsoft.KeyVault/vaults"),
    SECRET: (_secret, {"vaultName": there.VAULT, "secretName": there.SECRET}, "Microsoft.KeyVault/vaults/secrets"),
}


def _known(function: Function, names: Mapping[str, str], type_: str) -> Function:
    """Answers for what is there, and says of all else what Azure says."""

    groups = there.ZONE_GROUPS if function is _zone else (there.GROUP,)

    def answer(arguments: Values, facts: Facts) -> Values:
        group = _said(arguments, "resourceGroupName")
        asked = {name: _said(arguments, name) for name in names}
        if group.lower() in groups and (asked == names or (function is _subnet and asked == NODES)):
            return function(arguments, facts)
        raise Failure(_missing(type_, "/".join(asked.values()), group))

    return answer


def _assumed(function: Function) -> Assumed:
    return lambda arguments, facts, _before: function(arguments, facts)


FUNCTIONS: Mapping[str, Function] = {
    CONFIG: _config,
    TOKEN: _token,
    KEYS: _keys,
    CREDENTIALS: _credentials,
    DOMAIN: _domain,
    **{token: _known(*what) for token, what in LOOKED_UP.items()},
}

# What a subscription may have, though nobody here knows of it.
ASSUMED: Mapping[str, Assumed] = {token: _assumed(function) for token, (function, _, _) in LOOKED_UP.items()}
