"""Which permissions each type of resource takes: those of the requests by which the provider makes, reads, removes it.

They are named as Azure Resource Manager names the requests:
https://learn.microsoft.com/azure/role-based-access-control/resource-provider-operations, read 2026-11-30. Tests hold
them to what the SDKs of Azure's own ask.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Rights:
    """The permissions for one type, as `Microsoft.App/jobs/read,write Microsoft.App/jobs/start/action`.

    `{input}` in one of them is that input.

    Attributes:
        read: also needed to see what came of another act; all that a preview needs.
        use: what a deployer does with it beyond the provider: pushing images, running jobs, looking at logs.
        on: what they are given on, by its id, where that is not of the stack's own: `{input}` is an input.
        joins: further permissions on what an input names by its id: the input's path, and what is asked for there.
        grants: the input that names the role which it gives to somebody; nothing where it gives none.
    """

    create: str = ""
    read: str = ""
    update: str = ""
    delete: str = ""
    use: str = ""
    on: str = ""
    joins: tuple[tuple[str, str], ...] = ()
    grants: str = ""


NOTHING = Rights()

_GROUP = "/subscriptions/{subscription}/resourceGroups/{resourceGroupName}/providers"
_ZONE = f"{_GROUP}/Microsoft.Network/dnsZones/{{zoneName}}"
_VAULT = f"{_GROUP}/Microsoft.KeyVault/vaults/{{vaultName}}"
_CLUSTERS = "Microsoft.ContainerService/managedClusters"
_CLUSTER = f"{_GROUP}/{_CLUSTERS}/{{resourceName}}"
_AS_IDENTITY = " Microsoft.ManagedIdentity/userAssignedIdentities/assign/action"
_NETWORK = f"{_GROUP}/Microsoft.Network/virtualNetworks/{{virtualNetworkName}}"

# What goes on after a request is answered is asked for where it lies.
_APP, _APP_GOES_ON = "Microsoft.App", " Microsoft.App/locations/*/read"
_NETWORKS, _NETWORK_GOES_ON = "Microsoft.Network", " Microsoft.Network/locations/operationResults,operations/read"
_PRIVATE_GOES_ON = " Microsoft.Network/privateDnsOperationStatuses,privateDnsOperationResults/read"
_INSIGHTS = "Microsoft.Insights"
_RUNS = " Microsoft.App/managedEnvironments/join/action Microsoft.ManagedIdentity/userAssignedIdentities/assign/action"
_SUBNET = (("vnetConfiguration.infrastructureSubnetId", "Microsoft.Network/virtualNetworks/subnets/join/action"),)


def _plain(resource: str, more: str = "", *, use: str = "", on: str = "", goes_on: str = "") -> Rights:
    """A resource that is made and changed by the same request. `more`: asked for with it; `goes_on`: by looking on."""
    return Rights(
        create=f"{resource}/write{more}",
        read=f"{resource}/read{goes_on}",
        update=f"{resource}/write{more}",
        delete=f"{resource}/delete",
        use=use,
        on=on,
    )


RIGHTS: Mapping[str, Rights] = {
    # What acts by what may be done with the others, or not on Azure.
    "docker-build:index:Image": NOTHING,
    "pulumi-python:dynamic/slipway:GeneratedSecret": NOTHING,
    "pulumi-python:dynamic/slipway:Publication": NOTHING,
    "pulumi-python:dynamic/slipway:ReleaseTask": NOTHING,
    # A preview asks which revision serves.
    "pulumi-python:dynamic/slipway:Revision": Rights(
        read="Microsoft.App/containerApps/read Microsoft.App/containerApps/revisions/read"
    ),
    "pulumi-python:dynamic/slipway:Rollout": NOTHING,
    "pulumi-python:dynamic/slipway:Routing": Rights(use="Microsoft.ContainerService/managedClusters/read,write"),
    "pulumi-python:dynamic/slipway:Settled": NOTHING,
    "pulumi-python:dynamic/slipway:Trial": Rights(
        use="Microsoft.App/containerApps/write Microsoft.App/containerApps/revisions/activate,deactivate/action"
    ),
    "azure-native:app:ContainerApp": _plain(
        f"{_APP}/containerApps",
        _RUNS,
        use="Microsoft.App/containerApps/revisions/read Microsoft.App/containerApps/revisions/replicas/read"
        " Microsoft.App/containerApps/getAuthtoken,exec,logstream/action",
        goes_on=_APP_GOES_ON,
    ),
    "azure-native:app:Job": _plain(
        f"{_APP}/jobs",
        _RUNS,
        use="Microsoft.App/jobs/start/action Microsoft.App/jobs/stop/execution/action"
        " Microsoft.App/jobs/execution,executions/read",
        goes_on=_APP_GOES_ON,
    ),
    "azure-native:app:ManagedCertificate": _plain(
        f"{_APP}/managedEnvironments/managedCertificates", goes_on=_APP_GOES_ON
    ),
    "azure-native:app:ManagedEnvironment": Rights(
        create="Microsoft.App/managedEnvironments/write",
        read=f"Microsoft.App/managedEnvironments/read{_APP_GOES_ON}",
        update="Microsoft.App/managedEnvironments/write",
        delete="Microsoft.App/managedEnvironments/delete",
        joins=_SUBNET,
    ),
    "azure-native:applicationinsights:Component": _plain(
        f"{_INSIGHTS}/components", " Microsoft.OperationalInsights/workspaces/sharedKeys/action"
    ),
    "azure-native:applicationinsights:Workbook": _plain(f"{_INSIGHTS}/workbooks"),
    "azure-native:authorization:RoleAssignment": Rights(
        create="Microsoft.Authorization/roleAssignments/write",
        read="Microsoft.Authorization/roleAssignments/read",
        delete="Microsoft.Authorization/roleAssignments/delete",
        on="{scope}",
        grants="roleDefinitionId",
    ),
    "azure-native:containerregistry:Registry": _plain(
        "Microsoft.ContainerRegistry/registries",
        # No stack takes an image away; the registry's own task does.
        use="Microsoft.ContainerRegistry/registries/pull/read Microsoft.ContainerRegistry/registries/push/write",
        goes_on=" Microsoft.ContainerRegistry/registries/operationStatuses/read",
    ),
    "azure-native:containerregistry:Task": _plain("Microsoft.ContainerRegistry/registries/tasks"),
    # Who may do what in it is said by the roles that the stack gives on it.
    "azure-native:containerservice:ManagedCluster": Rights(
        create=f"{_CLUSTERS}/write{_AS_IDENTITY}",
        read=f"{_CLUSTERS}/read Microsoft.ContainerService/locations/operations/read",
        update=f"{_CLUSTERS}/write{_AS_IDENTITY}",
        delete=f"{_CLUSTERS}/delete",
        use=f"{_CLUSTERS}/listClusterUserCredential/action",
        joins=(("agentPoolProfiles.0.vnetSubnetID", "Microsoft.Network/virtualNetworks/subnets/join/action"),),
    ),
    "azure-native:dns:RecordSet": _plain("Microsoft.Network/dnsZones/{recordType}", on=_ZONE),
    # Its secrets are made through Azure Resource Manager, which tells nobody their values.
    "azure-native:keyvault:Secret": Rights(
        create="Microsoft.KeyVault/vaults/secrets/write",
        read="Microsoft.KeyVault/vaults/secrets/read",
        update="Microsoft.KeyVault/vaults/secrets/write",
    ),
    "azure-native:keyvault:Vault": _plain(
        "Microsoft.KeyVault/vaults", goes_on=" Microsoft.KeyVault/locations/operationResults/read"
    ),
    "azure-native:managedidentity:FederatedIdentityCredential": _plain(
        "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials"
    ),
    "azure-native:managedidentity:UserAssignedIdentity": _plain("Microsoft.ManagedIdentity/userAssignedIdentities"),
    "azure-native:monitor:ActionGroup": _plain(f"{_INSIGHTS}/actionGroups"),
    "azure-native:monitor:MetricAlert": _plain(f"{_INSIGHTS}/metricAlerts"),
    # Whoever has something asked must be allowed to ask it himself.
    "azure-native:monitor:ScheduledQueryRule": _plain(
        f"{_INSIGHTS}/scheduledQueryRules", " Microsoft.OperationalInsights/workspaces/query/read"
    ),
    "azure-native:network:NetworkSecurityGroup": _plain(f"{_NETWORKS}/networkSecurityGroups", goes_on=_NETWORK_GOES_ON),
    "azure-native:network:Subnet": _plain(
        f"{_NETWORKS}/virtualNetworks/subnets",
        " Microsoft.Network/networkSecurityGroups/join/action",
        goes_on=_NETWORK_GOES_ON,
    ),
    "azure-native:network:VirtualNetwork": _plain(
        f"{_NETWORKS}/virtualNetworks",
        goes_on=_NETWORK_GOES_ON,
    ),
    "azure-native:operationalinsights:Workspace": _plain(
        "Microsoft.OperationalInsights/workspaces",
        goes_on=" Microsoft.OperationalInsights/locations/operationStatuses/read",
        # The tables of Container Apps are custom ones:
        # https://learn.microsoft.com/azure/azure-monitor/logs/manage-access, read 2026-11-30.
        use="Microsoft.OperationalInsights/workspaces/query/read"
        " Microsoft.OperationalInsights/workspaces/query/Tables.Custom/read",
    ),
    "azure-native:privatedns:PrivateRecordSet": _plain("Microsoft.Network/privateDnsZones/{recordType}"),
    "azure-native:privatedns:PrivateZone": _plain(f"{_NETWORKS}/privateDnsZones", goes_on=_PRIVATE_GOES_ON),
    "azure-native:privatedns:VirtualNetworkLink": Rights(
        create="Microsoft.Network/privateDnsZones/virtualNetworkLinks/write",
        read=f"Microsoft.Network/privateDnsZones/virtualNetworkLinks/read{_PRIVATE_GOES_ON}",
        update="Microsoft.Network/privateDnsZones/virtualNetworkLinks/write",
        delete="Microsoft.Network/privateDnsZones/virtualNetworkLinks/delete",
        joins=(("virtualNetwork.id", "Microsoft.Network/virtualNetworks/join/action"),),
    ),
    "azure-native:resources:ResourceGroup": _plain(
        "Microsoft.Resources/subscriptions/resourceGroups",
        goes_on=" Microsoft.Resources/subscriptions/operationresults/read",
    ),
}

FUNCTIONS: Mapping[str, Rights] = {
    "azure-native:app:getContainerApp": Rights(read="Microsoft.App/containerApps/read"),
    "azure-native:app:listContainerAppCustomHostNameAnalysis": Rights(
        read="Microsoft.App/containerApps/listCustomHostNameAnalysis/action"
    ),
    "azure-native:authorization:getClientConfig": NOTHING,
    "azure-native:authorization:getClientToken": NOTHING,
    "azure-native:containerservice:getManagedCluster": Rights(read=f"{_CLUSTERS}/read", on=_CLUSTER),
    # It tells where a cluster is, and nothing to log in with.
    "azure-native:containerservice:listManagedClusterUserCredentials": Rights(
        read=f"{_CLUSTERS}/listClusterUserCredential/action", on=_CLUSTER
    ),
    "azure-native:dns:getZone": Rights(read="Microsoft.Network/dnsZones/read", on=_ZONE),
    "azure-native:keyvault:getSecret": Rights(read="Microsoft.KeyVault/vaults/secrets/read", on=_VAULT),
    "azure-native:keyvault:getVault": Rights(read="Microsoft.KeyVault/vaults/read", on=_VAULT),
    "azure-native:network:getSubnet": Rights(read="Microsoft.Network/virtualNetworks/subnets/read", on=_NETWORK),
    # They are for writing logs, and tell none.
    "azure-native:operationalinsights:getSharedKeys": Rights(
        read="Microsoft.OperationalInsights/workspaces/sharedKeys/action"
    ),
}

# https://www.pulumi.com/docs/iac/concepts/state-and-backends/: a preview takes no lock and writes nothing.
STATE = Rights(
    read="Microsoft.Storage/storageAccounts/blobServices/containers/read"
    " Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read",
    use="Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write,delete",
    on="{container}",
)
# What the secrets in the state, and in the stack's file, are encrypted with: a preview must read them.
KEY = Rights(
    read="Microsoft.KeyVault/vaults/keys/read Microsoft.KeyVault/vaults/keys/decrypt/action",
    use="Microsoft.KeyVault/vaults/keys/encrypt/action",
    on="{key}",
)

# Those that are about what is in a resource, and no request of Azure Resource Manager's; a role has them apart:
# https://learn.microsoft.com/azure/role-based-access-control/role-definitions, read 2026-11-30.
DATA = frozenset(
    {
        "Microsoft.App/containerApps/exec/action",
        "Microsoft.App/containerApps/logstream/action",
        "Microsoft.KeyVault/vaults/keys/decrypt/action",
        "Microsoft.KeyVault/vaults/keys/encrypt/action",
        "Microsoft.KeyVault/vaults/keys/read",
        "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete",
        "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read",
        "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write",
    }
)
