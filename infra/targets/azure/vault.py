"""Secrets in Key Vault: those that the stack gives, and those that are there already, each by its version."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi import ResourceOptions

from infra.commands import key_of
from infra.errors import Problem, SettingsError
from infra.naming import fixed_name
from infra.targets.azure import limits
from infra.targets.azure.identity import Role, assigned
from infra.targets.azure.raw import ask, resource
from infra.targets.raw import Resource, reason

READER = limits.ROLES["Key Vault Secrets User"]
# Digits that the provider ends a name with that it makes up.
DIGITS = 8
# Days that a deleted vault can be brought back in, which can never be changed:
# https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview, read 2026-11-30.
RETENTION = 90


@dataclass(frozen=True)
class Reference:
    """A version of a secret: what an app calls it, and its address in Key Vault with the version."""

    name: str
    url: pulumi.Input[str]


@dataclass(frozen=True)
class Stored:
    """A secret that is there already.

    Attributes:
        secret_id: by which a role is given on it.
        url: its address with the version that is meant, or the newest; it is part of the deployment's identity.
    """

    secret_id: str
    url: str


@dataclass(frozen=True)
class VaultArgs:
    """Which secrets there are, and who reads them.

    Attributes:
        group: the resource group, by name.
        location: that they are kept in.
        name: what begins the vault's name, cut to what fits. The provider ends it with digits of its own: a vault that
            was deleted keeps its name for months, in the whole of Azure.
        tenant: whose identities read them, a UUID.
        reader: the principal that reads them.
        values: of those that the stack has itself, by variable, as secret outputs.
        stored: those that are there already, by variable.
        tags: of the vault.
        protect: whether they outlive what else is destroyed.
    """

    group: pulumi.Input[str]
    location: str
    name: str
    tenant: pulumi.Input[str]
    reader: pulumi.Input[str]
    values: Mapping[str, pulumi.Output[str]]
    stored: Mapping[str, Stored]
    tags: Mapping[str, str]
    protect: bool = False


class Vault(pulumi.ComponentResource):
    """The secrets of a stack. Its service may read all that are in the stack's own vault, and of others those it names.

    Attributes:
        references: how an app names each, by the variable that the process finds it in.
        ready: what must be there before one is read.
        created: when each role was given to read them.
    """

    def __init__(self, name: str, args: VaultArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:azure:Vault", name, {}, opts)
        self._name, self._args, self._child = name, args, ResourceOptions(parent=self)
        self.references: dict[str, Reference] = {}
        self.ready: list[pulumi.Resource] = []
        self.created: list[pulumi.Output[str]] = []
        if args.values:
            vault = self._vault()
            self._readable(name, vault.id)
            for variable, value in args.values.items():
                self._own(variable, value, vault)
        for variable, stored in args.stored.items():
            self._readable(f"{name}-{_spelt(variable)}", stored.secret_id)
            self.references[variable] = Reference(_spelt(variable), stored.url)
        self.register_outputs({})

    def _vault(self) -> Resource:
        args = self._args
        properties: dict[str, Any] = {
            "tenantId": args.tenant,
            "sku": {"family": "A", "name": "standard"},
            "enableRbacAuthorization": True,
            "enableSoftDelete": True,
            "softDeleteRetentionInDays": RETENTION,
            # It cannot be said that it is off: https://learn.microsoft.com/rest/api/keyvault/vaults/create-or-update
            **({"enablePurgeProtection": True} if args.protect else {}),
        }
        return resource(
            "keyvault:Vault",
            fixed_name(limits.LONGEST_VAULT - DIGITS, args.name),
            {
                "resourceGroupName": args.group,
                "location": args.location,
                "properties": properties,
                "tags": args.tags,
            },
            ResourceOptions(parent=self, protect=args.protect),
            outputs=("name",),
        )

    def _own(self, variable: str, value: pulumi.Output[str], vault: Resource) -> None:
        made = resource(
            "keyvault:Secret",
            f"{self._name}-{_spelt(variable)}",
            {
                "resourceGroupName": self._args.group,
                "vaultName": vault.output("name"),
                "secretName": _spelt(variable),
                "properties": {"value": value, "contentType": "text/plain"},
            },
            # It goes with its vault alone: an earlier revision names the version that it began with, and what was
            # deleted keeps its name.
            ResourceOptions(parent=self, retain_on_delete=True),
        )
        url = made.output("properties").apply(lambda known: str(known["secretUriWithVersion"]))
        self.ready.append(made)
        self.references[variable] = Reference(_spelt(variable), pulumi.Output.unsecret(url))

    def _readable(self, name: str, scope: pulumi.Input[str]) -> None:
        given = assigned(f"{name}-read", Role(READER, scope), self._args.reader, self._child)
        self.ready.append(given)
        self.created.append(given.output("createdOn"))


def _spelt(variable: str) -> str:
    """A variable as secrets are called, by an app and in a vault: lower-case letters, digits and hyphens."""
    return variable.lower().replace("_", "-")


def stored(names: Mapping[str, str], subscription: str, provider: pulumi.ProviderResource) -> dict[str, Stored]:
    """Look up secrets that are there already, without reading any: `<group>/<vault>/<secret>`, `:<version>` behind it.

    Whether a version is there cannot be seen without reading it: the app's revision says so.

    Raises:
        SettingsError: one is not there, is switched off, or its vault does not ask Azure's roles who may read it.
    """
    opts = pulumi.InvokeOptions(provider=provider)
    found: dict[str, Stored] = {}
    problems: list[Problem] = []
    for variable, text in names.items():
        name, _, version = text.partition(":")
        group, vault, secret = name.split("/")
        in_vault = {"resourceGroupName": group, "vaultName": vault}
        try:
            about = ask("keyvault:getVault", in_vault, opts)["properties"]
            known = ask("keyvault:getSecret", {**in_vault, "secretName": secret}, opts)["properties"]
        except Exception as error:  # noqa: BLE001 - whatever the provider says is the reason
            fix = f"az keyvault secret list --vault-name {vault}"
            problems.append(_wrong(variable, f"{text} cannot be looked up ({reason(error)})", fix))
            continue
        if not about.get("enableRbacAuthorization"):
            fix = f"az keyvault update --name {vault} --enable-rbac-authorization true"
            problems.append(_wrong(variable, f"{vault} does not ask Azure's roles who may read its secrets", fix))
        attributes: dict[str, Any] = known.get("attributes") or {}
        if not version and attributes.get("enabled") is False:
            fix = f"az keyvault secret set-attributes --vault-name {vault} --name {secret} --enabled true"
            problems.append(_wrong(variable, f"the newest version of {name} is off", fix))
        place = f"/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.KeyVault/vaults/{vault}"
        newest = str(known["secretUriWithVersion"])
        url = f"{str(known['secretUri']).rstrip('/')}/{version}" if version else newest
        found[variable] = Stored(f"{place}/secrets/{secret}", url)
    if problems:
        raise SettingsError(problems)
    return found


def _wrong(variable: str, rule: str, fix: str) -> Problem:
    return Problem(key_of(f"stored_secrets.{variable}"), rule, fix)
