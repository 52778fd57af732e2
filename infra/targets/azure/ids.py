"""The ids of what the targets on Azure make: Azure's own paths, over names that are all fixed or drawn before."""

_GROUP = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}"
_ENVIRONMENTS = f"{_GROUP}/providers/Microsoft.App/managedEnvironments"
_REGISTRIES = f"{_GROUP}/providers/Microsoft.ContainerRegistry/registries"
_IDENTITIES = f"{_GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities"
_INSIGHTS = f"{_GROUP}/providers/Microsoft.Insights"
_NETWORK = f"{_GROUP}/providers/Microsoft.Network"
_VAULTS = f"{_GROUP}/providers/Microsoft.KeyVault/vaults"

IDS = {
    "azure-native:app:ContainerApp": f"{_GROUP}/providers/Microsoft.App/containerApps/{{containerAppName}}",
    "azure-native:app:Job": f"{_GROUP}/providers/Microsoft.App/jobs/{{jobName}}",
    "azure-native:app:ManagedCertificate": (
        f"{_ENVIRONMENTS}/{{environmentName}}/managedCertificates/{{managedCertificateName}}"
    ),
    "azure-native:app:ManagedEnvironment": f"{_ENVIRONMENTS}/{{environmentName}}",
    "azure-native:applicationinsights:Component": f"{_INSIGHTS}/components/{{resourceName}}",
    "azure-native:applicationinsights:Workbook": f"{_INSIGHTS}/workbooks/{{resourceName}}",
    "azure-native:authorization:RoleAssignment": (
        "{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}"
    ),
    "azure-native:containerregistry:Registry": f"{_REGISTRIES}/{{registryName}}",
    "azure-native:containerregistry:Task": f"{_REGISTRIES}/{{registryName}}/tasks/{{taskName}}",
    "azure-native:containerservice:ManagedCluster": (
        f"{_GROUP}/providers/Microsoft.ContainerService/managedClusters/{{resourceName}}"
    ),
    "azure-native:dns:RecordSet": f"{_NETWORK}/dnsZones/{{zoneName}}/{{recordType}}/{{relativeRecordSetName}}",
    "azure-native:keyvault:Secret": f"{_VAULTS}/{{vaultName}}/secrets/{{secretName}}",
    "azure-native:keyvault:Vault": f"{_VAULTS}/{{vaultName}}",
    "azure-native:managedidentity:FederatedIdentityCredential": (
        f"{_IDENTITIES}/{{resourceName}}/federatedIdentityCredentials/{{federatedIdentityCredentialResourceName}}"
    ),
    "azure-native:managedidentity:UserAssignedIdentity": (f"{_IDENTITIES}/{{resourceName}}"),
    "azure-native:monitor:ActionGroup": f"{_INSIGHTS}/actionGroups/{{actionGroupName}}",
    "azure-native:monitor:MetricAlert": f"{_INSIGHTS}/metricAlerts/{{ruleName}}",
    "azure-native:monitor:ScheduledQueryRule": f"{_INSIGHTS}/scheduledQueryRules/{{ruleName}}",
    "azure-native:network:NetworkSecurityGroup": f"{_NETWORK}/networkSecurityGroups/{{networkSecurityGroupName}}",
    "azure-native:network:Subnet": f"{_NETWORK}/virtualNetworks/{{virtualNetworkName}}/subnets/{{subnetName}}",
    "azure-native:network:VirtualNetwork": f"{_NETWORK}/virtualNetworks/{{virtualNetworkName}}",
    "azure-native:operationalinsights:Workspace": (
        f"{_GROUP}/providers/Microsoft.OperationalInsights/workspaces/{{workspaceName}}"
    ),
    "azure-native:privatedns:PrivateRecordSet": (
        f"{_NETWORK}/privateDnsZones/{{privateZoneName}}/{{recordType}}/{{relativeRecordSetName}}"
    ),
    "azure-native:privatedns:PrivateZone": f"{_NETWORK}/privateDnsZones/{{privateZoneName}}",
    "azure-native:privatedns:VirtualNetworkLink": (
        f"{_NETWORK}/privateDnsZones/{{privateZoneName}}/virtualNetworkLinks/{{virtualNetworkLinkName}}"
    ),
    "azure-native:resources:ResourceGroup": _GROUP,
}

# Azure lets nothing be made that is there, a role's member no more than others.
ADDED = frozenset[str]()
