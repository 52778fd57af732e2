"""Right inputs for a resource of each type of Azure, in which mistakes are planted."""

import base64
import json
from typing import Any

from infra.targets.azure.limits import BASIC_ROLES, ROLES

DIGEST = f"sha256:{'0' * 64}"
IMAGE = f"webimages.azurecr.io/web@{DIGEST}"
SUBSCRIPTION, TENANT = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"
DEFINITIONS = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions"
READERS = BASIC_ROLES["Reader"]
PULL, READ = "7f951dda-4ed3-4680-a7ca-43fe172d538d", ROLES["Key Vault Secrets User"]
GROUP = {"resourceGroupName": "web"}
HERE = {**GROUP, "location": "westeurope", "tags": {"slipway-stack": "dev"}}

PROBE = {
    "type": "Startup",
    "httpGet": {"path": "/readyz", "port": 8000, "scheme": "HTTP"},
    "periodSeconds": 5,
    "timeoutSeconds": 4,
    "failureThreshold": 30,
}
CONTAINER = {
    "name": "service",
    "image": IMAGE,
    "resources": {"cpu": 0.5, "memory": "1Gi"},
    "env": [{"name": "GREETING", "value": "hello"}, {"name": "API_KEY", "secretRef": "api-key"}],
}
RULES = [
    {"name": "requests", "http": {"metadata": {"concurrentRequests": "50"}}},
    {"name": "cpu", "custom": {"type": "cpu", "metadata": {"type": "Utilization", "value": "70"}}},
]
ONCE = {"parallelism": 1, "replicaCompletionCount": 1}


def task(command: str) -> str:
    """What a task of a registry is told: one command."""
    return base64.b64encode(f"version: v1.1.0\nsteps:\n  - cmd: {command}\n".encode()).decode()


def workbook(**parts: Any) -> str:
    """A workbook of one line, with something else in it."""
    whole = {"version": "Notebook/1.0", "items": [{"type": 1, "content": {"json": "Web"}}]}
    return json.dumps({**whole, **parts})


def at(path: str) -> str:
    """The id of something in the group that all is in, by what comes after `providers`."""
    return f"/subscriptions/{SUBSCRIPTION}/resourceGroups/web/providers/{path}"


def there(type_: str, inputs: dict[str, Any], output: str = "id") -> tuple[str, dict[str, Any], str]:
    """Something that right inputs name."""
    return f"azure-native:{type_}", {**GROUP, **inputs}, output


RUNNER = at("Microsoft.ManagedIdentity/userAssignedIdentities/there-runner")
REGISTRY, VAULT = at("Microsoft.ContainerRegistry/registries/thereimages"), at("Microsoft.KeyVault/vaults/there-keys")
OWN = {"type": "UserAssigned", "userAssignedIdentities": [RUNNER]}
PULLED = {"server": "thereimages.azurecr.io", "identity": RUNNER}
SECRET = {
    "name": "api-key",
    "keyVaultUrl": f"https://there-keys.vault.azure.net/secrets/api-key/{'0' * 32}",
    "identity": RUNNER,
}
APP_DOMAIN = {"name": "www.example.com", "bindingType": "Auto"}

# What right inputs name: by the words that stand for it, its type, its inputs, and by which output it is named.
THERE: dict[str, tuple[str, dict[str, Any], str]] = {
    "{azure_network}": there(
        "network:VirtualNetwork",
        {"virtualNetworkName": "there", "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}},
        "name",
    ),
    "{azure_subnet}": there(
        "network:Subnet",
        {
            "virtualNetworkName": "{azure_network}",
            "subnetName": "apps",
            "addressPrefix": "10.0.0.0/23",
            "delegations": [{"name": "apps", "serviceName": "Microsoft.App/environments"}],
        },
    ),
    "{workspace}": there("operationalinsights:Workspace", {"workspaceName": "there-logs"}),
    "{environment}": there(
        "app:ManagedEnvironment",
        {
            "environmentName": "there",
            "workloadProfiles": [
                {"name": "Consumption", "workloadProfileType": "Consumption"},
                {"name": "D4", "workloadProfileType": "D4", "minimumCount": 1, "maximumCount": 3},
            ],
        },
    ),
    "{runner}": there(
        "managedidentity:UserAssignedIdentity",
        {"resourceName": "there-runner", "location": "westeurope"},
        "principalId",
    ),
    "{images}": there("containerregistry:Registry", {"registryName": "thereimages", "sku": {"name": "Basic"}}),
    "{pulling}": (
        "azure-native:authorization:RoleAssignment",
        {
            "scope": REGISTRY,
            "principalId": "{runner}",
            "principalType": "ServicePrincipal",
            "roleDefinitionId": f"{DEFINITIONS}/{PULL}",
        },
        "id",
    ),
    "{vault}": there(
        "keyvault:Vault",
        {
            "vaultName": "there-keys",
            "properties": {
                "tenantId": TENANT,
                "sku": {"family": "A", "name": "standard"},
                "enableRbacAuthorization": True,
            },
        },
    ),
    "{reading}": (
        "azure-native:authorization:RoleAssignment",
        {
            "scope": VAULT,
            "principalId": "{runner}",
            "principalType": "ServicePrincipal",
            "roleDefinitionId": f"{DEFINITIONS}/{READ}",
        },
        "id",
    ),
    "{app}": there(
        "app:ContainerApp",
        {
            "containerAppName": "there",
            "environmentId": at("Microsoft.App/managedEnvironments/there"),
            "configuration": {"ingress": {"external": True, "targetPort": 8000, "customDomains": [APP_DOMAIN]}},
            "template": {"containers": [{"name": "service", "image": IMAGE, "resources": CONTAINER["resources"]}]},
        },
    ),
    "{hearers}": there("monitor:ActionGroup", {"actionGroupName": "there", "groupShortName": "there", "enabled": True}),
    "{private_zone}": there("privatedns:PrivateZone", {"privateZoneName": "there.example.com"}, "name"),
}

BASES: dict[str, dict[str, Any]] = {
    f"azure-native:{type_}": inputs
    for type_, inputs in {
        "app:ContainerApp": {
            **HERE,
            "containerAppName": "web",
            "environmentId": "{environment}",
            "workloadProfileName": "Consumption",
            "identity": OWN,
            "configuration": {
                "activeRevisionsMode": "Multiple",
                "ingress": {
                    "external": True,
                    "targetPort": 8000,
                    "transport": "Auto",
                    "allowInsecure": False,
                    "traffic": [
                        {"revisionName": "web--r0123abc", "weight": 90},
                        {"revisionName": "web--r4567def", "weight": 10, "label": "canary"},
                    ],
                    "stickySessions": {"affinity": "none"},
                    "ipSecurityRestrictions": [
                        {"name": "office", "ipAddressRange": "203.0.113.0/24", "action": "Allow"},
                        {"name": "home", "ipAddressRange": "198.51.100.7", "action": "Allow"},
                    ],
                    "customDomains": [{"name": "api.example.com", "bindingType": "Auto"}],
                },
                "registries": [PULLED],
                "secrets": [SECRET],
            },
            "template": {
                "revisionSuffix": "r4567def",
                "containers": [{**CONTAINER, "probes": [PROBE, {**PROBE, "type": "Readiness", "failureThreshold": 3}]}],
                "scale": {"minReplicas": 0, "maxReplicas": 4, "rules": RULES},
                "terminationGracePeriodSeconds": 60,
            },
        },
        "app:Job": {
            **HERE,
            "jobName": "tidy",
            "environmentId": "{environment}",
            "workloadProfileName": "Consumption",
            "identity": OWN,
            "configuration": {
                "triggerType": "Schedule",
                "scheduleTriggerConfig": {"cronExpression": "15 3 * * *", **ONCE},
                "replicaTimeout": 600,
                "replicaRetryLimit": 0,
                "registries": [PULLED],
                "secrets": [SECRET],
            },
            "template": {"containers": [{**CONTAINER, "args": ["tidy"]}]},
        },
        "app:ManagedCertificate": {
            **HERE,
            "environmentName": "there",
            "managedCertificateName": "www",
            "properties": {"subjectName": "www.example.com", "domainControlValidation": "CNAME"},
        },
        "app:ManagedEnvironment": {
            **HERE,
            "environmentName": "web",
            "appLogsConfiguration": {
                "destination": "log-analytics",
                "logAnalyticsConfiguration": {"customerId": TENANT, "sharedKey": "a2V5"},
            },
            "workloadProfiles": [
                {"name": "Consumption", "workloadProfileType": "Consumption"},
                {"name": "D4", "workloadProfileType": "D4", "minimumCount": 3, "maximumCount": 5},
            ],
            "zoneRedundant": True,
            "vnetConfiguration": {"infrastructureSubnetId": "{azure_subnet}", "internal": False},
            "appInsightsConfiguration": {"connectionString": "InstrumentationKey=0"},
            "openTelemetryConfiguration": {"tracesConfiguration": {"destinations": ["appInsights"]}},
        },
        "applicationinsights:Component": {
            **HERE,
            "resourceName": "web",
            "kind": "web",
            "applicationType": "web",
            "ingestionMode": "LogAnalytics",
            "workspaceResourceId": "{workspace}",
        },
        "applicationinsights:Workbook": {
            **HERE,
            "resourceName": TENANT,
            "category": "workbook",
            "kind": "shared",
            "displayName": "web",
            "serializedData": workbook(),
            "sourceId": "{workspace}",
        },
        "authorization:RoleAssignment": {
            "scope": "{app}",
            "principalId": "{runner}",
            "principalType": "ServicePrincipal",
            "roleDefinitionId": f"{DEFINITIONS}/{READERS}",
        },
        "authorization:RoleDefinition": {
            "scope": f"/subscriptions/{SUBSCRIPTION}",
            "roleName": "web deployer",
            "roleType": "CustomRole",
            "assignableScopes": [f"/subscriptions/{SUBSCRIPTION}"],
            "permissions": [{"actions": ["Microsoft.App/containerApps/*"], "dataActions": [], "notActions": []}],
        },
        "containerregistry:Registry": {
            **HERE,
            "registryName": "webimages",
            "sku": {"name": "Basic"},
            "adminUserEnabled": False,
        },
        "containerregistry:Task": {
            **HERE,
            "registryName": "thereimages",
            "taskName": "purge",
            "platform": {"os": "Linux", "architecture": "amd64"},
            "agentConfiguration": {"cpu": 2},
            "step": {
                "type": "EncodedTask",
                "encodedTaskContent": task("acr purge --filter 'web:.*' --ago 30d --keep 30 --untagged"),
            },
            "trigger": {"timerTriggers": [{"name": "nightly", "schedule": "30 2 * * *"}]},
            "status": "Enabled",
            "timeout": 3600,
        },
        "containerservice:ManagedCluster": {
            **HERE,
            "resourceName": "web",
            "dnsPrefix": "web",
            "nodeResourceGroup": "web-nodes",
            "sku": {"name": "Base", "tier": "Standard"},
            "identity": OWN,
            "aadProfile": {"managed": True, "enableAzureRBAC": True},
            "disableLocalAccounts": True,
            "apiServerAccessProfile": {"enablePrivateCluster": False, "authorizedIPRanges": ["192.0.2.0/24"]},
            "networkProfile": {
                "networkPlugin": "azure",
                "networkPluginMode": "overlay",
                "networkDataplane": "cilium",
                "networkPolicy": "cilium",
                "podCidr": "192.168.0.0/16",
                "serviceCidr": "172.16.0.0/16",
                "dnsServiceIP": "172.16.0.10",
            },
            "agentPoolProfiles": [
                {
                    "name": "nodes",
                    "mode": "System",
                    "vmSize": "Standard_D2ds_v5",
                    "osDiskType": "Ephemeral",
                    "osDiskSizeGB": 64,
                    "enableAutoScaling": True,
                    "minCount": 2,
                    "maxCount": 5,
                    "availabilityZones": ["1", "2", "3"],
                    "vnetSubnetID": "{azure_subnet}",
                }
            ],
            "oidcIssuerProfile": {"enabled": True},
            "securityProfile": {"workloadIdentity": {"enabled": True}},
            "autoUpgradeProfile": {"upgradeChannel": "stable", "nodeOSUpgradeChannel": "NodeImage"},
        },
        "dns:RecordSet": {
            **GROUP,
            "zoneName": "example.com",
            "recordType": "CNAME",
            "relativeRecordSetName": "www",
            "ttl": 300,
            "cnameRecord": {"cname": "web.kindsea-00000000.westeurope.azurecontainerapps.io"},
        },
        "dns:Zone": {**GROUP, "zoneName": "web.example.com", "location": "global"},
        "keyvault:Secret": {
            **GROUP,
            "vaultName": "there-keys",
            "secretName": "api-key",
            "properties": {"value": "x", "contentType": "text/plain"},
        },
        "keyvault:Vault": {
            **HERE,
            "vaultName": "web-keys",
            "properties": {
                "tenantId": TENANT,
                "sku": {"family": "A", "name": "standard"},
                "enableRbacAuthorization": True,
                "enableSoftDelete": True,
                "softDeleteRetentionInDays": 7,
                "enablePurgeProtection": True,
            },
        },
        "managedidentity:FederatedIdentityCredential": {
            **GROUP,
            "resourceName": "there-runner",
            "issuer": "https://token.actions.githubusercontent.com",
            "subject": "repo:acme/web:environment:prod",
            "audiences": ["api://AzureADTokenExchange"],
        },
        "managedidentity:UserAssignedIdentity": {**HERE, "resourceName": "web"},
        "monitor:ActionGroup": {
            **GROUP,
            "location": "global",
            "actionGroupName": "web",
            "groupShortName": "web",
            "enabled": True,
            "emailReceivers": [{"name": "oncall", "emailAddress": "oncall@example.com", "useCommonAlertSchema": False}],
        },
        "monitor:MetricAlert": {
            **GROUP,
            "location": "global",
            "ruleName": "web-unanswered",
            "description": "requests were not answered",
            "severity": 1,
            "enabled": True,
            "scopes": ["{app}"],
            "evaluationFrequency": "PT1M",
            "windowSize": "PT5M",
            "autoMitigate": True,
            "criteria": {
                "odataType": "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
                "allOf": [
                    {
                        "criterionType": "StaticThresholdCriterion",
                        "name": "unanswered",
                        "metricNamespace": "microsoft.app/containerapps",
                        "metricName": "Requests",
                        "timeAggregation": "Total",
                        "operator": "GreaterThan",
                        "threshold": 10,
                        "dimensions": [{"name": "statusCode", "operator": "Include", "values": ["502", "503"]}],
                        "skipMetricValidation": True,
                    }
                ],
            },
            "actions": [{"actionGroupId": "{hearers}"}],
        },
        "monitor:ScheduledQueryRule": {
            **HERE,
            "ruleName": "web-errors",
            "kind": "LogAlert",
            "severity": 1,
            "enabled": True,
            "scopes": ["{workspace}"],
            "evaluationFrequency": "PT5M",
            "windowSize": "PT5M",
            "criteria": {
                "allOf": [
                    {
                        "query": "ContainerAppConsoleLogs_CL | project percent = 1.0",
                        "metricMeasureColumn": "percent",
                        "timeAggregation": "Maximum",
                        "operator": "GreaterThan",
                        "threshold": 1,
                        "failingPeriods": {"numberOfEvaluationPeriods": 1, "minFailingPeriodsToAlert": 1},
                    }
                ]
            },
            "actions": {"actionGroups": ["{hearers}"]},
        },
        "network:NatGateway": {**HERE, "natGatewayName": "web", "sku": {"name": "Standard"}},
        "network:NetworkSecurityGroup": {
            **GROUP,
            "location": "East US",
            "securityRules": [
                {
                    "name": "https",
                    "access": "Allow",
                    "direction": "Inbound",
                    "protocol": "Tcp",
                    "priority": 100,
                    "sourceAddressPrefix": "VirtualNetwork",
                    "sourcePortRange": "*",
                    "destinationAddressPrefix": "10.0.0.0/24",
                    "destinationPortRange": "8000-8080",
                }
            ],
        },
        "network:PublicIPAddress": {
            **HERE,
            "publicIpAddressName": "web",
            "sku": {"name": "Standard"},
            "publicIPAllocationMethod": "Static",
        },
        "network:Subnet": {
            **GROUP,
            "virtualNetworkName": "{azure_network}",
            "subnetName": "more",
            "addressPrefix": "10.0.4.0/24",
        },
        "network:VirtualNetwork": {
            **GROUP,
            "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
            "subnets": [{"name": "apps", "addressPrefix": "10.0.0.0/23"}],
        },
        "operationalinsights:Workspace": {**HERE, "sku": {"name": "PerGB2018"}, "retentionInDays": 30},
        "privatedns:PrivateRecordSet": {
            **GROUP,
            "privateZoneName": "{private_zone}",
            "recordType": "A",
            "relativeRecordSetName": "*",
            "ttl": 300,
            "aRecords": [{"ipv4Address": "10.0.0.4"}],
        },
        "privatedns:PrivateZone": {**GROUP, "privateZoneName": "web.example.com", "location": "Global"},
        "privatedns:VirtualNetworkLink": {
            **GROUP,
            "location": "Global",
            "privateZoneName": "{private_zone}",
            "registrationEnabled": False,
            "virtualNetwork": {"id": at("Microsoft.Network/virtualNetworks/there")},
        },
        "resources:ResourceGroup": {**GROUP, "location": "eastus"},
    }.items()
}
