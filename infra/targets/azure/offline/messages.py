"""Which model of Microsoft's packages a type is sent as, and which of its fields have other names than the inputs."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Message:
    """The model that a type of resource is sent as.

    `names`: the fields whose names are others than the inputs', by the input's path without its indices; an empty one
    is that of an input which no field has: it stands in the request's address, or the API's newest version has it no
    more.
    """

    package: str
    model: str
    names: Mapping[str, str] = field(default_factory=dict[str, str])


def _message(package: str, model: str, *in_address: str, **names: str) -> Message:
    return Message(package, model, {**dict.fromkeys(("resourceGroupName", *in_address), ""), **names})


# What newer versions of the APIs have, of which the packages are not.
_NEWER_RECORDS = ("dsRecords", "naptrRecords", "tlsaRecords", "trafficManagementProfile")
_NEWER_GROUPS = (
    "identity",
    "incidentReceivers",
    *(
        f"{kind}Receivers.managedIdentity"
        for kind in ("automationRunbook", "azureFunction", "eventHub", "logicApp", "webhook")
    ),
)
_NEWER_CRITERIA = tuple(
    f"criteria.allOf.{name}" for name in ("alertSensitivity", "criterionType", "ignoreDataBefore", "minRecurrenceCount")
)

_ADDRESSES = {"networkRuleSet.ipRules.iPAddressOrRange": "value"}
_DATES = {"properties.attributes.expires": "exp", "properties.attributes.notBefore": "nbf"}

MESSAGES: Mapping[str, Message] = {
    "azure-native:app:ContainerApp": _message("appcontainers", "ContainerApp", "containerAppName"),
    "azure-native:app:Job": _message("appcontainers", "Job", "jobName"),
    "azure-native:app:ManagedCertificate": _message(
        "appcontainers", "ManagedCertificate", "environmentName", "managedCertificateName"
    ),
    "azure-native:app:ManagedEnvironment": _message("appcontainers", "ManagedEnvironment", "environmentName"),
    "azure-native:containerregistry:Registry": _message("containerregistry", "Registry", "registryName", **_ADDRESSES),
    "azure-native:dns:RecordSet": _message(
        "dns", "RecordSet", "recordType", "relativeRecordSetName", "zoneName", *_NEWER_RECORDS
    ),
    "azure-native:dns:Zone": _message("dns", "Zone", "zoneName"),
    "azure-native:keyvault:Secret": _message(
        "keyvault",
        "SecretCreateOrUpdateParameters",
        "secretName",
        "vaultName",
        **_DATES,
    ),
    "azure-native:keyvault:Vault": _message("keyvault", "VaultCreateOrUpdateParameters", "vaultName"),
    "azure-native:monitor:ActionGroup": _message("monitor", "ActionGroupResource", "actionGroupName", *_NEWER_GROUPS),
    "azure-native:monitor:MetricAlert": _message("monitor", "MetricAlertResource", "ruleName"),
    "azure-native:monitor:ScheduledQueryRule": _message(
        "monitor", "ScheduledQueryRuleResource", "ruleName", *_NEWER_CRITERIA
    ),
    "azure-native:network:NatGateway": _message("network", "NatGateway", "natGatewayName"),
    "azure-native:network:NetworkSecurityGroup": _message(
        "network", "NetworkSecurityGroup", "networkSecurityGroupName"
    ),
    "azure-native:network:PublicIPAddress": _message("network", "PublicIPAddress", "publicIpAddressName"),
    "azure-native:network:Subnet": _message("network", "Subnet", "subnetName", "virtualNetworkName"),
    "azure-native:network:VirtualNetwork": _message("network", "VirtualNetwork", "virtualNetworkName"),
    "azure-native:operationalinsights:Workspace": _message("loganalytics", "Workspace", "workspaceName"),
}
