"""Whether the identity of an app may do what the app wants of it: pull images, read secrets."""

from collections.abc import Iterator
from typing import Any

from infra.targets.azure.offline.names import last
from infra.targets.azure.offline.roles import PULL, READER
from infra.targets.azure.offline.running import IMAGES, SECRETS
from tools.offline.backend import Problem
from tools.offline.judge import found, one
from tools.offline.tables import Others
from tools.offline.values import UNKNOWN, Values

ASSIGNMENT = "azure-native:authorization:RoleAssignment"
IDENTITY = "azure-native:managedidentity:UserAssignedIdentity"
REGISTRY, VAULT = "azure-native:containerregistry:Registry", "azure-native:keyvault:Vault"


def reads(inputs: Values, others: Others) -> Iterator[Problem]:
    """That roles of the plan let the identity pull from the plan's registry and read the secrets of its vault."""
    for path, registry in found(inputs, "configuration.registries[*]"):
        for id_, there in others(REGISTRY):
            if there.get("loginServer") == one(registry, "server") and not _may(registry, PULL, id_, others):
                says = f"{last(one(registry, 'identity'))} has no AcrPull on {there.get('name')} in this plan"
                yield Problem(f"{path}.identity", f"{says} ({IMAGES})")
    for path, secret in found(inputs, "configuration.secrets[*]"):
        address = one(secret, "keyVaultUrl")
        for id_, there in others(VAULT):
            vault = one(there, "properties.vaultUri")
            if not isinstance(address, str) or not isinstance(vault, str) or not address.startswith(vault):
                continue
            name = address.removeprefix(f"{vault}secrets/").partition("/")[0]
            if not _may(secret, READER, f"{id_}/secrets/{name}", others):
                says = f"{last(one(secret, 'identity'))} may not read {name} of {there.get('name')} in this plan"
                yield Problem(f"{path}.identity", f"{says} ({SECRETS})")


def _may(what: Any, role: str, on: str, others: Others) -> bool:
    """Whether the identity that is named has a role there, or on what it is in; what is not known yet may be so."""
    identity = one(what, "identity")
    known = [principal.get("principalId") for id_, principal in others(IDENTITY) if id_ == identity]
    if not known or UNKNOWN in known:
        return True
    return any(
        each.get("principalId") in (known[0], UNKNOWN)
        and last(each.get("roleDefinitionId")) in (role, str(UNKNOWN))
        and (each.get("scope") is UNKNOWN or f"{on}/".startswith(f"{each.get('scope')}/"))
        for _, each in others(ASSIGNMENT)
    )
