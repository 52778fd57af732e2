"""How the offline plan plays Azure: ids and outputs, what replaces, names and sizes, what each type is for and costs.

What replaces was read from the templates' reference; prices are those of East US, pay as you go.
"""

from infra.targets.azure.offline import values
from infra.targets.azure.offline.types import TYPES
from tools.offline.tables import Package

PACKAGES = (
    Package(
        name="azure-native",
        types=TYPES,
        judges=values.JUDGES,
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
        functions={
            "azure-native:authorization:getClientConfig": lambda _arguments, facts: {
                "clientId": "00000000-0000-4000-8000-000000000003",
                "objectId": "00000000-0000-4000-8000-000000000004",
                "subscriptionId": facts["subscriptionId"],
                "tenantId": facts["tenantId"],
            },
        },
        references=(
            r"/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.(Network|App|ContainerRegistry|ManagedIdentity)/.+",
        ),
    ),
)
