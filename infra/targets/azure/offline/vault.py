"""Azure's Key Vault: ids, outputs, what replaces, rules, prices."""

import hashlib
from typing import Any

from infra.targets.azure.offline.names import PRICED, READ, kind, named, under
from tools.offline.backend import Kind
from tools.offline.judge import one
from tools.offline.tables import Played, Price, Source

PRICES = Source("https://azure.microsoft.com/pricing/details/key-vault/", READ)


def _vault(words: Any) -> str:
    return f"https://{words['vaultName']}.vault.azure.net/".lower()


def _secret(words: Any) -> str:
    return f"{_vault(words)}secrets/{words['secretName']}"


def _version(words: Any) -> str:
    """Another value is another version of the same secret."""
    value = str(one(words["properties"], "value")).encode()
    return f"{_secret(words)}/{hashlib.sha256(value).hexdigest()[:32]}"


VAULT: dict[str, Played] = {
    "azure-native:keyvault:Vault": Played(
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
        ),
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
        free="a secret itself is free; what is asked of its vault is counted",
    ),
}
