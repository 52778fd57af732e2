"""Azure's identities and what they may do: ids, outputs, what replaces, rules."""

from infra.targets.azure.offline.names import kind, named, under
from tools.offline.backend import Kind
from tools.offline.tables import Played

UUID = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
FREE = "what may be done is free to say"


def _assignment(_logical: str, digits: str) -> str:
    return f"{digits}0-0000-4000-8000-{(digits * 2)[:12]}"


IDENTITY: dict[str, Played] = {
    "azure-native:managedidentity:UserAssignedIdentity": Played(
        purpose="identity",
        id=under("Microsoft.ManagedIdentity/userAssignedIdentities", "resourceName"),
        outputs={
            "name": "{resourceName}",
            "principalId": "{uuid}",
            "clientId": "{uuid}",
            "tenantId": "{tenantId}",
            "type": "Microsoft.ManagedIdentity/userAssignedIdentities",
        },
        kind=kind("resourceName"),
        rules=(named("resourceName", 3, 128, r"[A-Za-z0-9][\w-]*", "letters, digits, hyphens and underscores"),),
        free="an identity is free",
    ),
    "azure-native:managedidentity:FederatedIdentityCredential": Played(
        purpose="identity",
        id=under(
            "Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}/federatedIdentityCredentials",
            "federatedIdentityCredentialResourceName",
        ),
        outputs={"name": "{federatedIdentityCredentialResourceName}"},
        kind=kind("federatedIdentityCredentialResourceName", "resourceName", located=False),
        free="a credential is free",
    ),
    "azure-native:authorization:RoleAssignment": Played(
        purpose="identity",
        id="{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}",
        outputs={"name": "{roleAssignmentName}", "createdOn": "2026-01-01T00:00:00.0000000Z"},
        kind=Kind(
            replaces=frozenset({"principalId", "principalType", "roleAssignmentName", "roleDefinitionId", "scope"}),
            autonamed="roleAssignmentName",
            name=_assignment,
        ),
        rules=(named("roleAssignmentName", 36, 36, UUID, "characters: a UUID"),),
        free=FREE,
    ),
    "azure-native:authorization:RoleDefinition": Played(
        purpose="identity",
        id="{scope}/providers/Microsoft.Authorization/roleDefinitions/{roleDefinitionId}",
        outputs={"name": "{roleDefinitionId}"},
        kind=Kind(replaces=frozenset({"roleDefinitionId", "scope"}), autonamed="roleDefinitionId", name=_assignment),
        rules=(named("roleDefinitionId", 36, 36, UUID, "characters: a UUID"),),
        free=FREE,
    ),
}
