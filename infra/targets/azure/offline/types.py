"""Azure's types: ids and outputs, what replaces, names, what each is for and costs."""

from typing import Any

from infra.targets.azure.offline.rules import READ, address_space, scaling, secrets, sizes, traffic
from tools.offline import judges
from tools.offline.backend import Kind
from tools.offline.judge import one
from tools.offline.tables import Played, Price, Rule, Source
from tools.offline.values import Values

NAMES = Source("https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules", READ)
SCALE = Source("https://learn.microsoft.com/azure/container-apps/scale-app", READ)
REGISTRY_PRICE = Source("https://learn.microsoft.com/azure/container-registry/container-registry-skus", READ)

GROUP = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}"
DAYS = 365 / 12
# Whose prices the tables have.
PRICED = "East US"


def _id(provider: str, name: str) -> str:
    return f"{GROUP}/providers/{provider}/{{{name}}}"


def _named(path: str, least: int, most: int, alphabet: str, says: str) -> Rule:
    return Rule(path, NAMES, f"be {least} to {most} {says}", pattern=f"(?=.{{{least},{most}}}$){alphabet}")


def _kind(name: str, *more: str, suffix: str = "-", secrets: str = "") -> Kind:
    """The name, the group and the place of a resource are its identity."""
    replaces = frozenset({name, "resourceGroupName", "location", *more})
    return Kind(
        replaces=replaces,
        autonamed=name,
        name=lambda logical, digits: f"{logical}{suffix}{digits}",
        secrets=frozenset(secrets.split()),
    )


def _registry_price(sku: str, dollars: float) -> Price:
    def units(inputs: Values) -> float:
        return float(one(inputs, "sku.name") == sku)

    return Price(dollars * DAYS, "month", REGISTRY_PRICE, units, PRICED)


def _assignment(_logical: str, digits: str) -> str:
    return f"{digits}0-0000-4000-8000-{(digits * 2)[:12]}"


def _login_server(words: Any) -> str:
    return f"{words['registryName']}.azurecr.io".lower()


LETTERS = "letters, digits and hyphens"

TYPES: dict[str, Played] = {
    "azure-native:resources:ResourceGroup": Played(
        purpose="other",
        id=GROUP,
        outputs={"name": "{resourceGroupName}", "type": "Microsoft.Resources/resourceGroups"},
        kind=_kind("resourceGroupName", suffix=""),
        rules=(
            _named(
                "resourceGroupName",
                1,
                90,
                r"[\w().-]*[\w()-]",
                "letters, digits, underscores, parentheses, hyphens and periods, no period at the end",
            ),
        ),
        free="a resource group is free",
    ),
    "azure-native:containerregistry:Registry": Played(
        purpose="registry",
        id=_id("Microsoft.ContainerRegistry/registries", "registryName"),
        outputs={
            "name": "{registryName}",
            "loginServer": _login_server,
            "type": "Microsoft.ContainerRegistry/registries",
        },
        kind=_kind("registryName", suffix=""),
        rules=(
            _named("registryName", 5, 50, r"[A-Za-z0-9]+", "letters and digits"),
            Rule("sku.name", REGISTRY_PRICE, "be Basic, Standard or Premium", choices=("Basic", "Standard", "Premium")),
        ),
        prices=(_registry_price("Basic", 0.167), _registry_price("Standard", 0.667), _registry_price("Premium", 1.667)),
    ),
    "azure-native:keyvault:Secret": Played(
        purpose="data",
        id=_id("Microsoft.KeyVault/vaults/{vaultName}/secrets", "secretName"),
        outputs={"name": "{secretName}", "type": "Microsoft.KeyVault/vaults/secrets"},
        kind=Kind(
            replaces=frozenset({"resourceGroupName", "secretName", "vaultName"}),
            autonamed="secretName",
            secrets=frozenset({"properties.value"}),
        ),
        free="a secret itself is free; what is asked of its vault is counted",
    ),
    "azure-native:network:VirtualNetwork": Played(
        purpose="network",
        id=_id("Microsoft.Network/virtualNetworks", "virtualNetworkName"),
        outputs={"name": "{virtualNetworkName}", "type": "Microsoft.Network/virtualNetworks"},
        kind=_kind("virtualNetworkName"),
        rules=(
            _named(
                "virtualNetworkName",
                2,
                64,
                r"[A-Za-z0-9][\w.-]*\w",
                "letters, digits, underscores, periods and hyphens",
            ),
            _named(
                "subnets[*].name",
                1,
                80,
                r"[A-Za-z0-9]([\w.-]*\w)?",
                "letters, digits, underscores, periods and hyphens",
            ),
        ),
        judges=(address_space,),
        free="a virtual network is free",
    ),
    "azure-native:network:Subnet": Played(
        purpose="network",
        id=_id("Microsoft.Network/virtualNetworks/{virtualNetworkName}/subnets", "subnetName"),
        outputs={"name": "{subnetName}"},
        kind=Kind(
            replaces=frozenset({"resourceGroupName", "subnetName", "virtualNetworkName"}), autonamed="subnetName"
        ),
        rules=(
            _named(
                "subnetName", 1, 80, r"[A-Za-z0-9]([\w.-]*\w)?", "letters, digits, underscores, periods and hyphens"
            ),
        ),
        beside=(
            judges.subnets(
                "azure-native:network:Subnet",
                "addressPrefix",
                "virtualNetworkName",
                ("azure-native:network:VirtualNetwork", "name", "addressSpace.addressPrefixes[*]"),
            ),
        ),
        free="a subnet is free",
    ),
    "azure-native:operationalinsights:Workspace": Played(
        purpose="watching",
        id=_id("Microsoft.OperationalInsights/workspaces", "workspaceName"),
        outputs={"name": "{workspaceName}", "customerId": "{uuid}", "type": "Microsoft.OperationalInsights/workspaces"},
        kind=_kind("workspaceName"),
        rules=(_named("workspaceName", 4, 63, r"[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9]", LETTERS),),
        prices=(
            Price(
                2.30, "GB ingested", Source("https://azure.microsoft.com/pricing/details/monitor/", READ), region=PRICED
            ),
        ),
    ),
    "azure-native:managedidentity:UserAssignedIdentity": Played(
        purpose="identity",
        id=_id("Microsoft.ManagedIdentity/userAssignedIdentities", "resourceName"),
        outputs={"name": "{resourceName}", "principalId": "{uuid}", "clientId": "{uuid}", "tenantId": "{tenantId}"},
        kind=_kind("resourceName"),
        rules=(_named("resourceName", 3, 128, r"[A-Za-z0-9][\w-]*", "letters, digits, hyphens and underscores"),),
        free="an identity is free",
    ),
    "azure-native:authorization:RoleAssignment": Played(
        purpose="identity",
        id="{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}",
        outputs={"name": "{roleAssignmentName}"},
        kind=Kind(
            replaces=frozenset({"principalId", "principalType", "roleAssignmentName", "roleDefinitionId", "scope"}),
            autonamed="roleAssignmentName",
            name=_assignment,
        ),
        rules=(
            _named("roleAssignmentName", 36, 36, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "characters: a UUID"),
        ),
        free="a role assignment is free",
    ),
    "azure-native:app:ManagedEnvironment": Played(
        purpose="service",
        id=_id("Microsoft.App/managedEnvironments", "environmentName"),
        outputs={
            "name": "{environmentName}",
            "defaultDomain": "{logical}-{hex8}.eastus.azurecontainerapps.io",
            "staticIp": "20.0.0.1",
        },
        kind=_kind("environmentName", "infrastructureResourceGroup", "vnetConfiguration", "zoneRedundant"),
        rules=(_named("environmentName", 1, 60, r"[A-Za-z]([A-Za-z0-9-]*[A-Za-z0-9])?", LETTERS),),
        free="an environment on the consumption plan is free; its apps are not",
    ),
    "azure-native:app:ContainerApp": Played(
        purpose="service",
        id=_id("Microsoft.App/containerApps", "containerAppName"),
        outputs={
            "name": "{containerAppName}",
            "latestRevisionName": "{containerAppName}--{hex7}",
            "latestRevisionFqdn": "{containerAppName}--{hex7}.eastus.azurecontainerapps.io",
        },
        kind=_kind("containerAppName", "environmentId", "managedEnvironmentId", secrets="configuration.secrets"),
        rules=(
            _named(
                "containerAppName",
                2,
                32,
                r"[a-z](?!.*--)[a-z0-9-]*[a-z0-9]",
                "lower-case letters, digits and single hyphens, from a letter on",
            ),
            Rule("configuration.ingress.targetPort", SCALE, "be a port", least=1, most=65535),
            Rule("template.scale.maxReplicas", SCALE, "be from 1 to 1000", least=1, most=1000),
            Rule(
                "configuration.secrets[*].name",
                NAMES,
                "be lower-case letters, digits, periods and hyphens",
                pattern=r"[a-z0-9]([-.a-z0-9]*[a-z0-9])?",
            ),
        ),
        judges=(sizes, scaling, traffic, secrets),
    ),
}
