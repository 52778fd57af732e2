"""What Azure allows, as data, each with the page it was read from. All read 2026-11-30 unless told otherwise."""

# As of 2026-11-23, by what public repositories repeat of https://learn.microsoft.com/azure/reliability/regions-list:
# `az account list-locations` has the last word.
_NAMES = (
    "australiacentral australiacentral2 australiaeast australiasoutheast austriaeast belgiumcentral brazilsouth"
    " brazilsoutheast canadacentral canadaeast centralindia centralus chilecentral denmarkeast eastasia eastus"
    " eastus2 francecentral francesouth germanynorth germanywestcentral indiasouthcentral indonesiacentral"
    " israelcentral italynorth japaneast japanwest jioindiacentral jioindiawest koreacentral koreasouth malaysiawest"
    " mexicocentral newzealandnorth northcentralus northeurope norwayeast norwaywest polandcentral qatarcentral"
    " southafricanorth southafricawest southcentralus southeastasia southindia spaincentral swedencentral"
    " swedensouth switzerlandnorth switzerlandwest uaecentral uaenorth uksouth ukwest westcentralus westeurope"
    " westindia westus westus2 westus3"
)
LOCATIONS = frozenset(_NAMES.split())

# Cores of a replica on the consumption profile, in steps, each with twice as many GiB:
# https://learn.microsoft.com/azure/container-apps/containers#allocations
STEP, MOST_CPU = 0.25, 4.0
GIB_PER_CPU = 2

# Cores and GiB of a node of a dedicated profile, which a replica may have a part of:
# https://learn.microsoft.com/azure/container-apps/workload-profiles-overview#dedicated-profile-details
PROFILES = {
    "D4": (4, 16),
    "D8": (8, 32),
    "D16": (16, 64),
    "D32": (32, 128),
    "E4": (4, 32),
    "E8": (8, 64),
    "E16": (16, 128),
    "E32": (32, 256),
}
CONSUMPTION = "Consumption"

# Replicas of a revision: https://learn.microsoft.com/azure/container-apps/scale-app#scale-definition
MOST_REPLICAS = 1000

# Revisions that are kept without running: https://learn.microsoft.com/azure/container-apps/revisions#activation-state
MOST_INACTIVE = 100

# Seconds that ingress waits for an answer, and keeps an idle connection:
# https://learn.microsoft.com/azure/container-apps/ingress-overview#http
LONGEST_REQUEST = 240
INGRESS_IDLE = 240

# Seconds between SIGTERM and SIGKILL:
# https://learn.microsoft.com/azure/container-apps/application-lifecycle-management#shutdown
LONGEST_STOP = 600

# Seconds between two questions of a probe: the API's own description of ContainerAppProbe, 2025-02-02-preview, which
# knows ten failures at the most, where Azure's own refusal names 30: https://github.com/microsoft/azure-container-apps/issues/1100
LONGEST_PERIOD, MOST_FAILURES = 240, 30

# Characters of an app's name and a job's: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftapp
LONGEST_NAME = 32
# Of a registry's and a vault's, which the whole of Azure shares: the same page.
LONGEST_REGISTRY, LONGEST_VAULT = 50, 24

# Where an environment's subnet may be no smaller: https://learn.microsoft.com/azure/container-apps/custom-virtual-networks
SMALLEST_SUBNET = 27
# Addresses of a subnet that are not for replicas, and replicas to each of the others, of which half are for those of a
# new revision: the same page.
TAKEN_ADDRESSES, REPLICAS_PER_ADDRESS = 17, 10
# What no subnet may share addresses with, of environments with workload profiles: the same page.
RESERVED = (
    "169.254.0.0/16",
    "172.30.0.0/16",
    "172.31.0.0/16",
    "192.0.2.0/24",
    "100.100.0.0/17",
    "100.100.128.0/19",
    "100.100.160.0/19",
    "100.100.192.0/19",
)

# Days that a workspace keeps a log: https://learn.microsoft.com/azure/azure-monitor/logs/data-retention-configure
SHORTEST_RETENTION, LONGEST_RETENTION = 30, 730

# The ids of built-in roles: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
ROLES = {
    "AcrPull": "7f951dda-4ed3-4680-a7ca-43fe172d538d",
    "Azure Event Hubs Data Receiver": "a638d3c7-ab3a-418d-83e6-5f17a39d4fde",
    "Azure Event Hubs Data Sender": "2b629674-e913-4c01-ae53-ef4638d8f975",
    "Azure Service Bus Data Receiver": "4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0",
    "Azure Service Bus Data Sender": "69a216fc-b8fb-44d8-bc22-1f3c2cd27a39",
    "Cognitive Services OpenAI User": "5e0bd9bd-7b93-4f28-af87-19fc36ad61bd",
    "Key Vault Secrets User": "4633458b-17de-408a-b874-0445c86b69e6",
    "Storage Blob Data Contributor": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
    "Storage Blob Data Reader": "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
    "Storage Queue Data Contributor": "974c5e8b-45b9-4653-ba55-5f855dd0fb88",
    "Storage Table Data Contributor": "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3",
}
# Those that allow nearly everything, or to give oneself more: the same page.
BASIC_ROLES = {
    "Contributor": "b24988ac-6180-42a0-ab88-20f7382dd24c",
    "Owner": "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
    "Reader": "acdd72a7-3385-48ef-bd42-f606fba81ae7",
    "Role Based Access Control Administrator": "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
    "User Access Administrator": "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
}
