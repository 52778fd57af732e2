"""Mistakes to plant in right inputs of Azure's types, and what is legal there, as `mistakes.py` has them."""

from typing import Any

from tests.offline import gcp_mistakes
from tests.offline.azure_bases import (
    CONTAINER,
    DEFINITIONS,
    ONCE,
    PROBE,
    PULL,
    READERS,
    RULES,
    RUNNER,
    TENANT,
    at,
    task,
    workbook,
)

GONE = gcp_mistakes.GONE

APP, JOB = "azure-native:app:ContainerApp", "azure-native:app:Job"
ENVIRONMENT, CERTIFICATE = "azure-native:app:ManagedEnvironment", "azure-native:app:ManagedCertificate"
COMPONENT, WORKBOOK = "azure-native:applicationinsights:Component", "azure-native:applicationinsights:Workbook"
ASSIGNMENT, DEFINITION = "azure-native:authorization:RoleAssignment", "azure-native:authorization:RoleDefinition"
REGISTRY, TASK = "azure-native:containerregistry:Registry", "azure-native:containerregistry:Task"
CLUSTER = "azure-native:containerservice:ManagedCluster"
RECORD, ZONE = "azure-native:dns:RecordSet", "azure-native:dns:Zone"
VAULT, SECRET = "azure-native:keyvault:Vault", "azure-native:keyvault:Secret"
IDENTITY = "azure-native:managedidentity:UserAssignedIdentity"
FEDERATED = "azure-native:managedidentity:FederatedIdentityCredential"
HEARERS, METRIC = "azure-native:monitor:ActionGroup", "azure-native:monitor:MetricAlert"
QUERY = "azure-native:monitor:ScheduledQueryRule"
NETWORK, SUBNET = "azure-native:network:VirtualNetwork", "azure-native:network:Subnet"
NAT, ADDRESS = "azure-native:network:NatGateway", "azure-native:network:PublicIPAddress"
SECURITY_GROUP = "azure-native:network:NetworkSecurityGroup"
WORKSPACE = "azure-native:operationalinsights:Workspace"
PRIVATE_RECORD = "azure-native:privatedns:PrivateRecordSet"
PRIVATE_ZONE = "azure-native:privatedns:PrivateZone"
LINK = "azure-native:privatedns:VirtualNetworkLink"
GROUP = "azure-native:resources:ResourceGroup"

INGRESS, FIRST = "configuration.ingress", "template.containers[0]"
SHARED, STARTUP = f"{INGRESS}.traffic", f"{FIRST}.probes[0]"
KEPT = "configuration.secrets[0]"
CRITERION = "criteria.allOf[0]"
TASKED = "step.encodedTaskContent"

MISTAKES: list[tuple[str, str, Any, str]] = [
    # What the SDK's types refuse.
    (APP, f"{INGRESS}.targetport", 80, "configuration.ingress.targetport: unknown property (did you mean targetPort?)"),
    (APP, "template.containers", {"name": "web"}, "template.containers: must be a list, not {'name': 'web'}"),
    (APP, "resourceGroupName", GONE, "resourceGroupName: required, but missing"),
    (JOB, "configuration.replicaTimeout", GONE, "configuration.replicaTimeout: required, but missing"),
    (REGISTRY, "sku", GONE, "sku: required, but missing"),
    (VAULT, "properties.sku.name", "basic", "properties.sku.name: 'basic' is none of "),
    (METRIC, "severity", "1", "severity: must be a whole number, not '1'"),
    # What the API's own models refuse.
    (APP, "configuration.activeRevisionsMode", "Both", "configuration.activeRevisionsMode: 'Both' is none of "),
    (APP, f"{INGRESS}.transport", "htp", "configuration.ingress.transport: 'htp' is none of auto, http"),
    (APP, f"{INGRESS}.customDomains[0].bindingType", "Managed", "bindingType: 'Managed' is none of "),
    (APP, f"{FIRST}.imageType", "ContainerImage", "imageType: there is no such field in Container (the API's own model)"),
    (APP, f"{STARTUP}.type", "Ready", "probes[0].type: 'Ready' is none of Liveness, Readiness, Startup"),
    (APP, "identity.type", "User", "identity.type: 'User' is none of "),
    (JOB, "configuration.triggerType", "Cron", "configuration.triggerType: 'Cron' is none of "),
    (ENVIRONMENT, "availabilityZones", ["1"], "availabilityZones: there is no such field in ManagedEnvironment"),
    (REGISTRY, "identity", {"type": "SystemAssigned", "tenantId": TENANT}, "identity.tenantId: only Azure itself says this"),
    (REGISTRY, "publicNetworkAccess", "Off", "publicNetworkAccess: 'Off' is none of "),
    (METRIC, "windowSize", "5 minutes", "windowSize: '5 minutes' is no duration such as PT5M"),
    (METRIC, f"{CRITERION}.name", GONE, "criteria.allOf[0].name: required"),
    (HEARERS, "groupShortName", "a group of people", "groupShortName: 17 characters must be from 0 to 12"),
    (QUERY, f"{CRITERION}.operator", "Above", "criteria.allOf[0].operator: 'Above' is none of "),
    (SUBNET, "type", "apps", "type: only Azure itself says this of Subnet"),
    (WORKSPACE, "sku.name", "Basic", "sku.name: 'Basic' is none of "),
    # Names.
    (APP, "containerAppName", "Web_App", "containerAppName: 'Web_App' must be 2 to 32 lower-case letters"),
    (JOB, "jobName", "tidy--up", "jobName: 'tidy--up' must be 2 to 32 lower-case letters"),
    (ENVIRONMENT, "environmentName", "1st", "environmentName: '1st' must be 1 to 60 letters"),
    (REGISTRY, "registryName", "web-images", "registryName: 'web-images' must be 5 to 50 letters and digits"),
    (TASK, "taskName", "tidy", "taskName: 'tidy' must be 5 to 50 letters"),
    (VAULT, "vaultName", "web--keys", "vaultName: 'web--keys' must be 3 to 24 letters, digits and single hyphens"),
    (SECRET, "secretName", "api_key", "secretName: 'api_key' must be 1 to 127 letters"),
    (WORKSPACE, "workspaceName", "web", "workspaceName: 'web' must be 4 to 63 letters"),
    (IDENTITY, "resourceName", "-w", "resourceName: '-w' must be 3 to 128 letters"),
    (GROUP, "resourceGroupName", "web.", "resourceGroupName: 'web.' must be 1 to 90 letters"),
    (WORKBOOK, "resourceName", "web", "resourceName: 'web' must be a UUID"),
    (ZONE, "zoneName", "example", "zoneName: 'example' must be a domain"),
    (PRIVATE_ZONE, "privateZoneName", "web_.com.", "privateZoneName: 'web_.com.' must be a domain"),
    # Places, addresses, tags.
    (APP, "location", "marsnorth", "location: 'marsnorth' is no location such as westeurope"),
    (APP, "tags", {"owner?": "web"}, "tags.owner?: 'owner?': 'web': a key has none of <>%"),
    (HEARERS, "emailReceivers[0].emailAddress", "oncall", "emailReceivers[0].emailAddress: 'oncall' is no e-mail address"),
    (METRIC, "location", "westeurope", "location: 'westeurope' must be global"),
    (SECURITY_GROUP, "securityRules[0].access", "Allowed", "securityRules[0].access: 'Allowed' is none of Allow, Deny"),
    (SECURITY_GROUP, "securityRules[0].destinationPortRange", "99999", "destinationPortRange: '99999' is no range of ports"),
    (SECURITY_GROUP, "securityRules[0].sourceAddressPrefix", "10.0.0.0/33", "sourceAddressPrefix: '10.0.0.0/33' is no block of IPv4 addresses"),
    (SECURITY_GROUP, "securityRules[0].priority", 99, "securityRules[0].priority: 99 must be from 100 to 4096"),
    (NETWORK, "subnets[0].addressPrefix", "10.1.0.0/24", "subnets[0].addressPrefix: '10.1.0.0/24' lies in none"),
    (NETWORK, "subnets[0].addressPrefix", "10.0.0.0", "subnets[0].addressPrefix: '10.0.0.0' is no block of IPv4 addresses: it has no mask"),
    (SUBNET, "addressPrefix", "10.0.1.0/24", "addressPrefix: 10.0.1.0/24 overlaps 10.0.0.0/23"),
    (ADDRESS, "publicIPAllocationMethod", "Dynamic", "publicIPAllocationMethod: a Standard one must be Static"),
    (NAT, "sku.name", "Basic", "sku.name: 'Basic' is none of Standard"),
    # Containers: sizes, variables, probes.
    (APP, f"{FIRST}.resources.memory", "3Gi", "template.containers: 0.5 cores with 3Gi: there are 0.25 with 0.5Gi, 0.5 with 1Gi"),
    (APP, f"{FIRST}.resources", {"cpu": 4.25, "memory": "8.5Gi"}, "template.containers: 4.25 cores with 8.5Gi: there are "),
    (APP, f"{FIRST}.resources.memory", "512Mi", "resources.memory: '512Mi': memory is written as 0.5Gi, 1Gi"),
    (APP, "template.containers", [CONTAINER, {**CONTAINER, "name": "Proxy"}], "template.containers[1].name: 'Proxy' must be lower-case letters"),
    (JOB, "template.containers", [CONTAINER, CONTAINER], "template.containers[1].name: 'service' is there twice"),
    (JOB, "template.containers", [], "template.containers: there must be one at the least"),
    (APP, f"{FIRST}.image", "web.azurecr.io/my web", "containers[0].image: 'web.azurecr.io/my web' is no name of an image"),
    (APP, f"{FIRST}.env[0].name", "API_KEY", "env[1].name: API_KEY is set twice"),
    (APP, f"{FIRST}.env[0].name", "CONTAINER_APP_NAME", "env[0].name: CONTAINER_APP_NAME is set by Container Apps itself"),
    (APP, f"{FIRST}.env[0].secretRef", "api-key", "env[0].secretRef: does not go with value"),
    (APP, f"{FIRST}.env[1].secretRef", "api_key", f"{FIRST}.env[1].secretRef: 'api_key' is no secret of this app"),
    (APP, f"{FIRST}.probes[1].type", "Startup", "probes[1].type: there may be one probe of each type"),
    (APP, f"{STARTUP}.failureThreshold", 31, "probes[0].failureThreshold: 31 must be from 1 to 30"),
    (APP, f"{STARTUP}.periodSeconds", 241, "probes[0].periodSeconds: 241 must be from 1 to 240"),
    (APP, f"{STARTUP}.successThreshold", 2, "probes[0].successThreshold: must be 1 for all but a readiness probe"),
    (APP, f"{STARTUP}.httpGet.path", "readyz", "httpGet.path: 'readyz' must begin with /"),
    (APP, f"{STARTUP}.httpGet", GONE, "probes[0]: asks in one way: httpGet or tcpSocket"),
    # Secrets, images and identities.
    (APP, f"{KEPT}.name", "API_KEY", "configuration.secrets[0].name: 'API_KEY' must be lower-case letters"),
    (APP, f"{KEPT}.value", "x", "configuration.secrets[0].keyVaultUrl: does not go with value"),
    (APP, f"{KEPT}.identity", GONE, "configuration.secrets[0].identity: wanted to read it from Key Vault"),
    (APP, f"{KEPT}.identity", "system", "configuration.secrets[0].identity: 'system' is no identity of this app"),
    (JOB, f"{KEPT}.keyVaultUrl", "https://there-keys/api-key", "keyVaultUrl: 'https://there-keys/api-key' is no address such as"),
    (APP, "configuration.registries[0].username", "web", "configuration.registries[0].username: does not go with identity"),
    (APP, "configuration.registries[0].server", "https://web.azurecr.io", "server: 'https://web.azurecr.io' must be a host's name alone"),
    (APP, "identity.userAssignedIdentities", GONE, "identity.userAssignedIdentities: wanted by UserAssigned"),
    (APP, "identity.userAssignedIdentities", [at("Microsoft.ManagedIdentity/userAssignedIdentities/nobody")], "'there-runner' is no identity of this app"),
    # Ingress, traffic and revisions.
    (APP, f"{INGRESS}.targetPort", 80000, "configuration.ingress.targetPort: 80000 must be a port"),
    (APP, f"{SHARED}[0].weight", 50, "configuration.ingress.traffic: the weights add up to 60, not 100"),
    (APP, f"{SHARED}[0].latestRevision", True, "configuration.ingress.traffic[0]: names a revision, or is of the latest"),
    (APP, f"{SHARED}[0].revisionName", "api--r0123abc", "traffic[0].revisionName: 'api--r0123abc' is no revision of web"),
    (APP, f"{SHARED}[0].label", "canary", "traffic[0].label: 'canary' is there twice"),
    (APP, "configuration.activeRevisionsMode", "Single", "configuration.ingress.traffic: goes to several revisions, but one is active"),
    (APP, f"{INGRESS}.stickySessions.affinity", "sticky", "stickySessions.affinity: wants one active revision"),
    (APP, "template.revisionSuffix", "4567def0", "template.revisionSuffix: '4567def0' must be lower-case letters, digits and single hyphens, from a letter on"),
    (APP, "template.revisionSuffix", "r" * 50, "has more than 54 characters"),
    (APP, f"{INGRESS}.customDomains[0].name", "api", "customDomains[0].name: 'api' is no domain"),
    (APP, f"{INGRESS}.customDomains[0].bindingType", "SniEnabled", "customDomains[0].certificateId: wanted by SniEnabled"),
    (APP, f"{INGRESS}.ipSecurityRestrictions[1].action", "Deny", "ipSecurityRestrictions: all of them allow, or all of them deny"),
    (APP, f"{INGRESS}.ipSecurityRestrictions[0].ipAddressRange", "203.0.113.0/33", "ipAddressRange: '203.0.113.0/33' is no block"),
    (APP, "template.terminationGracePeriodSeconds", 601, "template.terminationGracePeriodSeconds: 601 must be from 0 to 600 seconds"),
    # Scaling.
    (APP, "template.scale.minReplicas", 9, "template.scale.minReplicas: 9 is more than maxReplicas, 4"),
    (APP, "template.scale.maxReplicas", 1001, "template.scale.maxReplicas: 1001 must be from 1 to 1000"),
    (APP, "template.scale.rules", RULES[1:], "template.scale.minReplicas: cpu alone start nothing from zero"),
    (APP, "template.scale.rules[1].name", "requests", "template.scale.rules[1].name: 'requests' is there twice"),
    (APP, "template.scale.rules[0].http.metadata.concurrentRequests", "0", "concurrentRequests: '0' is no number from 1 on"),
    (APP, "template.scale.rules[1].custom", {"type": "cron", "metadata": {"start": "0 8 * * *"}}, "custom.metadata.timezone: cron wants it"),
    # Jobs.
    (JOB, "configuration.manualTriggerConfig", ONCE, "configuration.manualTriggerConfig: does not go with Schedule"),
    (JOB, "configuration.triggerType", "Manual", "configuration.manualTriggerConfig: wanted where configuration.triggerType is Manual"),
    (JOB, "configuration.scheduleTriggerConfig.cronExpression", "0 15 3 * * *", "cronExpression: '0 15 3 * * *' is no schedule of five fields"),
    (JOB, "configuration.scheduleTriggerConfig.cronExpression", "61 3 * * *", "cronExpression: '61 3 * * *' is no schedule"),
    (JOB, "configuration.replicaTimeout", 0, "configuration.replicaTimeout: 0 must be a second or more"),
    # Environments and certificates.
    (ENVIRONMENT, "appLogsConfiguration.destination", "loganalytics", "appLogsConfiguration.destination: 'loganalytics' is none of log-analytics"),
    (ENVIRONMENT, "appLogsConfiguration.logAnalyticsConfiguration", GONE, "logAnalyticsConfiguration.customerId: wanted by log-analytics"),
    (ENVIRONMENT, "vnetConfiguration", GONE, "zoneRedundant: wants a subnet of one's own"),
    (ENVIRONMENT, "workloadProfiles[1].workloadProfileType", "D5", "workloadProfileType: 'D5' is none of Consumption, D4"),
    (ENVIRONMENT, "workloadProfiles[1].minimumCount", 9, "workloadProfiles[1].minimumCount: 9 is more than maximumCount, 5"),
    (ENVIRONMENT, "workloadProfiles[1].name", "Consumption", "name: 'Consumption' is there twice"),
    (ENVIRONMENT, "appInsightsConfiguration", GONE, "destinations[0]: wants appInsightsConfiguration.connectionString"),
    (ENVIRONMENT, "openTelemetryConfiguration.metricsConfiguration", {"destinations": ["appInsights"]}, "Application Insights takes no metrics"),
    (CERTIFICATE, "properties.domainControlValidation", "DNS", "domainControlValidation: 'DNS' is none of CNAME, HTTP, TXT"),
    (CERTIFICATE, "properties.subjectName", "*.example.com", "properties.subjectName: '*.example.com' is no domain"),
    # Registry, and what removes old images.
    (REGISTRY, "sku.name", "Cheap", "sku.name: 'Cheap' must be Basic, Standard or Premium"),
    (REGISTRY, "zoneRedundancy", "Enabled", "zoneRedundancy: is Premium's, not Basic's"),
    (REGISTRY, "anonymousPullEnabled", True, "anonymousPullEnabled: is Standard's, not Basic's"),
    (TASK, TASKED, "acr purge", "step.encodedTaskContent: is no YAML in base 64"),
    (TASK, TASKED, task("acr purge --filter 'web:.*' --keep 30"), "step.encodedTaskContent: acr purge wants --ago"),
    (TASK, TASKED, task("acr purge --filter 'web' --ago 30d"), "'web' is no filter such as web:.*"),
    (TASK, TASKED, task("acr purge --filter 'web:.*' --ago month"), "'month' is no age such as 30d"),
    (TASK, "trigger.timerTriggers[0].schedule", "nightly", "trigger.timerTriggers[0].schedule: 'nightly' is no schedule"),
    (TASK, "timeout", 60, "timeout: 60 must be from 300 to 28800 seconds"),
    # Key Vault.
    (VAULT, "properties.enablePurgeProtection", False, "properties.enablePurgeProtection: is left out where it is off"),
    (VAULT, "properties.enableRbacAuthorization", False, "properties.accessPolicies: wanted where Azure's roles are not asked"),
    (VAULT, "properties.softDeleteRetentionInDays", 3, "properties.softDeleteRetentionInDays: 3 must be from 7 to 90 days"),
    (VAULT, "properties.tenantId", "acme", "properties.tenantId: 'acme' must be a UUID"),
    (SECRET, "properties.value", "x" * 25601, "properties.value: must be 25600 bytes at the most"),
    (SECRET, "properties.value", GONE, "properties.value: wanted by a secret"),
    # Who may do what.
    (ASSIGNMENT, "roleDefinitionId", PULL, "is no id of a role such as /subscriptions/<id>/providers"),
    (ASSIGNMENT, "principalId", RUNNER, "must be a UUID: the object's, not the application's"),
    (ASSIGNMENT, "roleAssignmentName", "pull", "roleAssignmentName: 'pull' must be 36 to 36 characters: a UUID"),
    (ASSIGNMENT, "principalType", GONE, "principalType: must be ServicePrincipal for an identity that was just made"),
    (ASSIGNMENT, "roleDefinitionId", f"{DEFINITIONS}/{PULL}", "is in no Microsoft.ContainerRegistry/registries, on which alone this role means"),
    (DEFINITION, "permissions[0].actions[0]", "containerApps/*/write!", "is no action such as Microsoft.App/containerApps/read"),
    (DEFINITION, "assignableScopes", [], "assignableScopes: there must be one at the least"),
    # Of clusters.
    (CLUSTER, "resourceName", "-web", "resourceName: '-web' must be 1 to 63 letters, digits, underscores and hyphens"),
    (CLUSTER, "dnsPrefix", "web.prod", "dnsPrefix: 'web.prod' must be 1 to 54 letters, digits and hyphens"),
    (CLUSTER, "location", "mars", "location: 'mars' is no location such as westeurope"),
    (CLUSTER, "sku.tier", "Basic", "sku.tier: 'Basic' is none of "),
    (CLUSTER, "disableLocalAccounts", "yes", "disableLocalAccounts: must be true or false, not 'yes'"),
    (CLUSTER, "aadProfile", GONE, "disableLocalAccounts: nobody enters a cluster that does not know Entra either"),
    (CLUSTER, "apiServerAccessProfile.enablePrivateCluster", True, "authorizedIPRanges: does not go with a private cluster"),
    (CLUSTER, "networkProfile.networkPlugin", "kubenet", "networkPluginMode: goes with the plugin azure alone"),
    (CLUSTER, "networkProfile.networkPolicy", "calico", "networkPolicy: cilium goes with the dataplane cilium, and with no other"),
    (CLUSTER, "networkProfile.podCidr", "172.16.0.0/20", "podCidr: shares addresses with serviceCidr"),
    (CLUSTER, "networkProfile.podCidr", "172.16.0.1/20", "podCidr: '172.16.0.1/20' is no block of IPv4 addresses"),
    (CLUSTER, "networkProfile.dnsServiceIP", "10.0.0.10", "dnsServiceIP: 10.0.0.10 is not in serviceCidr"),
    (CLUSTER, "agentPoolProfiles[0].name", "web-nodes", "name: 'web-nodes' must be 1 to 12 lower-case letters and digits"),
    (CLUSTER, "agentPoolProfiles[0].mode", "User", "agentPoolProfiles: one must be of the mode System"),
    (CLUSTER, "agentPoolProfiles[0].minCount", 6, "minCount: 6 is more than maxCount, 5"),
    (CLUSTER, "agentPoolProfiles[0].maxCount", GONE, "minCount and maxCount are wanted with enableAutoScaling"),
    (CLUSTER, "agentPoolProfiles[0].enableAutoScaling", False, "minCount: goes with enableAutoScaling alone"),
    (CLUSTER, "agentPoolProfiles[0].osDiskSizeGB", 16, "osDiskSizeGB: 16 must be from 30 to 2048 GiB"),
    (CLUSTER, "agentPoolProfiles[0].osDiskType", "Local", "osDiskType: 'Local' is none of "),
    (CLUSTER, "agentPoolProfiles[0].availabilityZones[0]", "4", "availabilityZones[0]: '4' must be 1, 2 or 3"),
    (CLUSTER, "agentPoolProfiles[0].vnetSubnetID", at("Microsoft.Network/virtualNetworks/no/subnets/no"), "subnets/no' is no resource of this plan"),
    (CLUSTER, "oidcIssuerProfile", GONE, "oidcIssuerProfile.enabled: is wanted by workload identity"),
    (CLUSTER, "autoUpgradeProfile.upgradeChannel", "fast", "upgradeChannel: 'fast' is none of "),
    (CLUSTER, "autoUpgradeProfile.channel", "stable", "channel: unknown property"),
    (FEDERATED, "audiences[0]", "sts.amazonaws.com", "audiences[0]: 'sts.amazonaws.com' must be api://AzureADTokenExchange"),
    (FEDERATED, "issuer", "token.actions.githubusercontent.com", "issuer: 'token.actions.githubusercontent.com' must begin with https://"),
    # DNS.
    (RECORD, "recordType", "A", "aRecords: wanted by A"),
    (RECORD, "relativeRecordSetName", "@", "relativeRecordSetName: a zone's own name has no CNAME"),
    (RECORD, "cnameRecord.cname", "https://web", "cnameRecord.cname: 'https://web' is no name"),
    (RECORD, "ttl", 0, "ttl: 0 must be a second or more"),
    (PRIVATE_RECORD, "aRecords[0].ipv4Address", "10.0.0", "aRecords[0].ipv4Address: '10.0.0' is no IPv4 address"),
    (PRIVATE_RECORD, "privateZoneName", "other.example.com", "privateZoneName: 'other.example.com': there is no such zone in this plan"),
    (LINK, "virtualNetwork.id", at("Microsoft.Network/virtualNetworks/other"), "virtualNetworks/other' is no resource of this plan"),
    # Alerts, those who hear of them, workbooks.
    (METRIC, "severity", 5, "severity: 5 must be from 0 to 4"),
    (METRIC, "evaluationFrequency", "PT10M", "evaluationFrequency: 'PT10M' is none of 1, 5, 15, 30, 60 minutes"),
    (METRIC, "evaluationFrequency", "PT15M", "windowSize: PT5M is shorter than evaluationFrequency, PT15M"),
    (METRIC, f"{CRITERION}.metricName", "RequestCount", "metricName: 'RequestCount' is no metric of a container app"),
    (METRIC, f"{CRITERION}.dimensions[0].name", "status", "Requests is told apart by revisionName, podName"),
    (METRIC, "scopes", [], "scopes: there must be one at the least"),
    (QUERY, f"{CRITERION}.metricMeasureColumn", GONE, "metricMeasureColumn: wanted by Maximum"),
    (QUERY, f"{CRITERION}.failingPeriods.minFailingPeriodsToAlert", 2, "minFailingPeriodsToAlert: 2 is more than 1"),
    (QUERY, "windowSize", "PT7M", "windowSize: 'PT7M' is none of "),
    (WORKBOOK, "serializedData", "{", "serializedData: is not JSON"),
    (WORKBOOK, "serializedData", workbook(version="1.0"), 'serializedData: must have "version": "Notebook/1.0" and items'),
    (COMPONENT, "workspaceResourceId", GONE, "workspaceResourceId: wanted by LogAnalytics"),
    (WORKSPACE, "retentionInDays", 7, "retentionInDays: 7 must be from 30 to 730 days"),
    (WORKSPACE, "workspaceCapping", {"dailyQuotaGb": 0}, "workspaceCapping.dailyQuotaGb: 0 must be -1, or 0.023 or more"),
    # What must agree with something else in the plan.
    (APP, "environmentId", at("Microsoft.App/managedEnvironments/e"), "managedEnvironments/e' is no resource of this plan"),
    (APP, "workloadProfileName", "D8", "workloadProfileName: 'D8' is none of the environment's: Consumption, D4"),
    (ENVIRONMENT, "vnetConfiguration.infrastructureSubnetId", at("Microsoft.Network/virtualNetworks/there/subnets/x"), "subnets/x' is no resource of this plan"),
    (CERTIFICATE, "properties.subjectName", "api.example.com", "properties.subjectName: no app of there has taken api.example.com"),
    (TASK, "registryName", "otherimages", "registryName: 'otherimages': there is no such registry in this plan"),
    (SECRET, "vaultName", "other-keys", "vaultName: 'other-keys': there is no such vault in this plan"),
    (METRIC, "actions[0].actionGroupId", at("Microsoft.Insights/actionGroups/nobody"), "actionGroups/nobody' is no resource of this plan"),
]  # fmt: skip

SINGLE = [{"latestRevision": True, "weight": 100}]

LEGAL: list[tuple[str, str, Any]] = [
    (APP, "location", "West Europe"),
    (APP, f"{INGRESS}.transport", "Http2"),
    (APP, SHARED, SINGLE),
    (APP, f"{INGRESS}.customDomains[0]", {"name": "example.com", "bindingType": "Disabled"}),
    (APP, "workloadProfileName", "D4"),
    (APP, f"{STARTUP}", {"type": "Startup", "tcpSocket": {"port": 8000}, "initialDelaySeconds": 0}),
    (APP, f"{FIRST}.resources", {"cpu": 0.75, "memory": "1.5Gi"}),
    (APP, "template.containers", [{**CONTAINER, "probes": [PROBE]}, {**CONTAINER, "name": "proxy"}]),
    (APP, "template.scale.rules", []),
    (APP, "template.revisionSuffix", ""),
    (JOB, "configuration.scheduleTriggerConfig.cronExpression", "*/5 8-18 * * MON-FRI"),
    (ENVIRONMENT, "workloadProfiles", [{"name": "Consumption", "workloadProfileType": "Consumption"}]),
    (REGISTRY, "sku.name", "Premium"),
    (CLUSTER, "agentPoolProfiles[0].vmSize", "Standard_E4s_v6"),
    (CLUSTER, "networkProfile", {"networkPlugin": "azure", "networkPolicy": "azure"}),
    (TASK, TASKED, task("mcr.microsoft.com/acr/acr-cli:0.17 tag list -r $RegistryName --repository web")),
    (VAULT, "properties.enablePurgeProtection", GONE),
    (ASSIGNMENT, "roleDefinitionId", f"/providers/Microsoft.Authorization/roleDefinitions/{READERS}"),
    (RECORD, "relativeRecordSetName", "asuid.www"),
    (METRIC, f"{CRITERION}.dimensions", []),
    (METRIC, "windowSize", "PT12H"),
    (QUERY, "evaluationFrequency", "PT5M"),
]  # fmt: skip
