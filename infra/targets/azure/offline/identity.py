"""Azure's identities and what they may do: ids, outputs, what replaces, rules."""

import re
from collections.abc import Iterator

from infra.targets.azure.offline.names import READ, kind, last, named, under
from infra.targets.azure.offline.roles import PULL, READER
from tools.offline import forms
from tools.offline.backend import Kind, Problem
from tools.offline.judge import found
from tools.offline.tables import Others, Played, Rule, Source
from tools.offline.values import UNKNOWN, Values

# On what alone a built-in role means something.
MEANT = {
    PULL: "Microsoft.ContainerRegistry/registries",
    READER: "Microsoft.KeyVault/vaults",
}
AUDIENCE = "api://AzureADTokenExchange"
IDENTITY, ASSIGNMENT = (
    "azure-native:managedidentity:UserAssignedIdentity",
    "azure-native:authorization:RoleAssignment",
)

ROLES = Source("https://learn.microsoft.com/azure/role-based-access-control/role-assignments-steps", READ)
CUSTOM = Source("https://learn.microsoft.com/azure/role-based-access-control/custom-roles", READ)
FEDERATED = Source("https://learn.microsoft.com/entra/workload-id/workload-identity-federation-create-trust", READ)

UUID = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
FREE = "what may be done is free to say"


def _assignment(_logical: str, digits: str) -> str:
    return f"{digits}0-0000-4000-8000-{(digits * 2)[:12]}"


DEFINITION = re.compile(
    rf"(?:/subscriptions/{UUID}|/providers/Microsoft\.Management/managementGroups/[^/]+)?"
    rf"/providers/Microsoft\.Authorization/roleDefinitions/{UUID}"
)
SCOPE = r"/|(/subscriptions/[^/]+|/providers/Microsoft\.Management/managementGroups/[^/]+)(/.*[^/])?"
ACTION = re.compile(r"\*|[A-Za-z]\w*(\.\w+)*/([\w*-]+/)*[\w*-]+")


def _definition(_type: str, inputs: Values) -> Iterator[Problem]:
    """That a role is told by its whole id: its UUID alone is not understood."""
    given = inputs.get("roleDefinitionId")
    if isinstance(given, str) and not DEFINITION.fullmatch(given):
        such = "/subscriptions/<id>/providers/Microsoft.Authorization/roleDefinitions/<UUID>"
        yield Problem("roleDefinitionId", f"{given!r} is no id of a role such as {such} ({ROLES})")


def _whom(inputs: Values, others: Others) -> Iterator[Problem]:
    """That a new identity's kind is told: Entra does not know of it everywhere at once (PrincipalNotFound)."""
    mine = [identity.get("principalId") for _, identity in others(IDENTITY)]
    principal, kind_of = inputs.get("principalId"), inputs.get("principalType")
    if isinstance(principal, str) and principal in mine and kind_of not in ("ServicePrincipal", UNKNOWN):
        yield Problem("principalType", f"must be ServicePrincipal for an identity that was just made ({ROLES})")


def _where(_type: str, inputs: Values) -> Iterator[Problem]:
    """That a role is given where it means something: on a thing of its kind, or on what such things are in."""
    scope, role = inputs.get("scope"), last(inputs.get("roleDefinitionId"))
    wanted = MEANT.get(role)
    if wanted and isinstance(scope, str) and "/providers/Microsoft." in scope and f"/{wanted}/" not in f"{scope}/":
        yield Problem("scope", f"{scope!r} is in no {wanted}, on which alone this role means something ({ROLES})")


def _actions(_type: str, inputs: Values) -> Iterator[Problem]:
    """That what a role allows has the form of an action, and that it may be given somewhere."""
    for name in ("actions", "dataActions", "notActions", "notDataActions"):
        for path, action in found(inputs, f"permissions[*].{name}[*]"):
            if isinstance(action, str) and not ACTION.fullmatch(action):
                yield Problem(path, f"{action!r} is no action such as Microsoft.App/containerApps/read ({CUSTOM})")
    if not forms.given(inputs, "assignableScopes") or inputs.get("assignableScopes") == []:
        yield Problem("assignableScopes", f"there must be one at the least ({CUSTOM})")


IDENTITIES: dict[str, Played] = {
    IDENTITY: Played(
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
        outputs={
            "name": "{federatedIdentityCredentialResourceName}",
            "type": "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials",
        },
        kind=kind("federatedIdentityCredentialResourceName", "resourceName", located=False),
        rules=(
            Rule("issuer", FEDERATED, "begin with https://", pattern=r"https://\S+"),
            Rule("subject", FEDERATED, "be 1 to 600 characters", pattern=r"\S.{0,599}"),
            Rule("audiences[*]", FEDERATED, f"be {AUDIENCE}", choices=(AUDIENCE,)),
        ),
        judges=(forms.at_most("audiences", 1, FEDERATED),),
        free="a credential is free",
    ),
    ASSIGNMENT: Played(
        purpose="identity",
        id="{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}",
        outputs={
            "name": "{roleAssignmentName}",
            "createdOn": "2026-01-01T00:00:00.0000000Z",
            "type": "Microsoft.Authorization/roleAssignments",
        },
        kind=Kind(
            replaces=frozenset({"principalId", "principalType", "roleAssignmentName", "roleDefinitionId", "scope"}),
            autonamed="roleAssignmentName",
            name=_assignment,
        ),
        rules=(
            named("roleAssignmentName", 36, 36, UUID, "characters: a UUID"),
            Rule("principalId", ROLES, "be a UUID: the object's, not the application's", pattern=UUID),
            Rule("scope", ROLES, "be the id of what the role is given on", pattern=SCOPE),
        ),
        judges=(_definition, _where),
        beside=(
            _whom,
            forms.distinct(ASSIGNMENT, ("scope", "principalId", "roleDefinitionId"), "this role is given already"),
        ),
        free=FREE,
    ),
    "azure-native:authorization:RoleDefinition": Played(
        purpose="identity",
        id="{scope}/providers/Microsoft.Authorization/roleDefinitions/{roleDefinitionId}",
        outputs={"name": "{roleDefinitionId}", "type": "Microsoft.Authorization/roleDefinitions"},
        kind=Kind(replaces=frozenset({"roleDefinitionId", "scope"}), autonamed="roleDefinitionId", name=_assignment),
        rules=(named("roleDefinitionId", 36, 36, UUID, "characters: a UUID"),),
        judges=(_actions,),
        free=FREE,
    ),
}
