"""How the offline plan plays Azure: ids and outputs, what replaces, names and sizes, what each type is for and costs.

What replaces was read from the templates' reference; prices are those of West Europe, pay as you go.
"""

from infra.targets.azure.offline import requests, there, values
from infra.targets.azure.offline.aks import AKS
from infra.targets.azure.offline.domain import DOMAIN
from infra.targets.azure.offline.functions import ASSUMED, FUNCTIONS
from infra.targets.azure.offline.groups import GROUPS
from infra.targets.azure.offline.identity import IDENTITIES
from infra.targets.azure.offline.network import NETWORKS
from infra.targets.azure.offline.registry import REGISTRIES
from infra.targets.azure.offline.service import SERVICE
from infra.targets.azure.offline.vault import VAULTS
from infra.targets.azure.offline.watching import WATCHING
from tools.offline.tables import Package

# What an id may name that has to be of the plan; the group `existing` is there before any stack is. Registries and
# vaults are named by their ids where a role is given alone, which may be on another's.
_OF_PLANS = "App|ContainerService|Insights|ManagedIdentity|Network|OperationalInsights"

PACKAGES = (
    Package(
        name="azure-native",
        types={**GROUPS, **NETWORKS, **REGISTRIES, **IDENTITIES, **VAULTS, **DOMAIN, **SERVICE, **WATCHING, **AKS},
        judges=(requests.judge, *values.JUDGES),
        place=frozenset({"environment", "location", "subscriptionId", "tenantId"}),
        facts={
            "subscriptionId": "00000000-0000-4000-8000-000000000001",
            "tenantId": "00000000-0000-4000-8000-000000000002",
            "location": "eastus",
        },
        outputs={
            "azureApiVersion": "",
            "etag": "{hex12}",
            "fqdn": "{logical}-{hex8}.{location}.cloudapp.azure.com",
            "ipAddress": "203.0.113.{digits2}",
            "location": "{location}",
            "name": "{logical}",
            "principalId": "{uuid}",
            "provisioningState": "Succeeded",
        },
        prepare=requests.prepare,
        sent=requests.body,
        functions=FUNCTIONS,
        assumed=ASSUMED,
        references=(
            rf"/subscriptions/[^/]+/resourceGroups/(?!{there.GROUP}/)[^/]+/providers/Microsoft\.({_OF_PLANS})/.+",
        ),
    ),
)
