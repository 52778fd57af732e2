"""Azure's Key Vault: ids, outputs, what replaces, rules, prices."""

import hashlib
from collections.abc import Iterator
from typing import Any

from infra.targets.azure.offline import there
from infra.targets.azure.offline.identity import UUID
from infra.targets.azure.offline.names import PRICED, READ, kind, named, under
from tools.offline import forms
from tools.offline.backend import Kind, Problem
from tools.offline.judge import one
from tools.offline.tables import Others, Played, Price, Rule, Source
from tools.offline.values import UNKNOWN, Values

VAULT = "azure-native:keyvault:Vault"

KEPT = Source("https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview", READ)
ACCESS = Source("https://learn.microsoft.com/azure/key-vault/general/rbac-guide", READ)
LIMITS = Source("https://learn.microsoft.com/azure/key-vault/secrets/about-secrets", READ)
# Bytes of a secret.
LARGEST = 25 * 1024

PRICES = Source("https://azure.microsoft.com/pricing/details/key-vault/", READ)


def _vault(words: Any) -> str:
    return f"https://{words['vaultName']}.vault.azure.net/".lower()


def _secret(words: Any) -> str:
    return f"{_vault(words)}secrets/{words['secretName']}"


def _version(words: Any) -> str:
    """Another value is another version of the same secret."""
    value = str(one(words["properties"], "value")).encode()
    return f"{_secret(words)}/{hashlib.sha256(value).hexdigest()[:32]}"


def _protected(_type: str, inputs: Values) -> Iterator[Problem]:
    """What cannot be said to be off, and who may read."""
    if one(inputs, "properties.enablePurgeProtection") is False:
        yield Problem("properties.enablePurgeProtection", f"is left out where it is off ({KEPT})")
    if one(inputs, "properties.enableSoftDelete") is False:
        yield Problem("properties.enableSoftDelete", f"cannot be switched off ({KEPT})")
    by_role, properties = one(inputs, "properties.enableRbacAuthorization"), inputs.get("properties")
    if properties is not UNKNOWN and by_role is not True and by_role is not UNKNOWN:
        if not forms.given(inputs, "properties.accessPolicies"):
            yield Problem("properties.accessPolicies", f"wanted where Azure's roles are not asked ({ACCESS})")
    elif by_role is True and one(inputs, "properties.accessPolicies") not in (None, UNKNOWN, []):
        yield Problem("properties.accessPolicies", f"mean nothing where Azure's roles are asked ({ACCESS})")


def _value(_type: str, inputs: Values) -> Iterator[Problem]:
    value = one(inputs, "properties.value")
    if value is None and inputs.get("properties") is not UNKNOWN:
        yield Problem("properties.value", f"wanted by a secret ({LIMITS})")
    if isinstance(value, str) and len(value.encode()) > LARGEST:
        yield Problem("properties.value", f"must be {LARGEST} bytes at the most ({LIMITS})")


def _in_its_vault(inputs: Values, others: Others) -> Iterator[Problem]:
    name = inputs.get("vaultName")
    known = [there.VAULT, *(each.get("name") for _, each in others(VAULT))]
    if isinstance(name, str) and name not in known:
        yield Problem("vaultName", f"{name!r}: there is no such vault in this plan")


VAULTS: dict[str, Played] = {
    VAULT: Played(
        purpose="data",
        id=under("Microsoft.KeyVault/vaults", "vaultName"),
        outputs={"name": "{vaultName}", "type": "Microsoft.KeyVault/vaults"},
        within={"properties.vaultUri": _vault},
        kind=kind("vaultName", suffix=""),
        rules=(
            named(
                "vaultName",
                3,
                24,
                r"[A-Za-z](?!.*--)[A-Za-z0-9-]*[A-Za-z0-9]",
                "letters, digits and single hyphens, from a letter on",
            ),
            Rule("properties.tenantId", ACCESS, "be a UUID", pattern=UUID),
            Rule("properties.softDeleteRetentionInDays", KEPT, "be from 7 to 90 days", least=7, most=90),
        ),
        judges=(_protected,),
        prices=(Price(0.03, "10,000 operations on secrets", PRICES, region=PRICED),),
    ),
    "azure-native:keyvault:Secret": Played(
        purpose="data",
        id=under("Microsoft.KeyVault/vaults/{vaultName}/secrets", "secretName"),
        outputs={"name": "{secretName}", "type": "Microsoft.KeyVault/vaults/secrets"},
        within={"properties.secretUri": _secret, "properties.secretUriWithVersion": _version},
        kind=Kind(
            replaces=frozenset({"resourceGroupName", "secretName", "vaultName"}),
            autonamed="secretName",
            secrets=frozenset({"properties.value"}),
        ),
        rules=(named("secretName", 1, 127, r"[A-Za-z0-9-]+", "letters, digits and hyphens"),),
        judges=(_value,),
        beside=(_in_its_vault,),
        free="a secret itself is free; what is asked of its vault is counted",
    ),
}
