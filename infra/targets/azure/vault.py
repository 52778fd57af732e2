"""Secrets in Key Vault: those that the stack gives, and those that are there already, each by its version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions


@dataclass(frozen=True)
class Reference:
    """A version of a secret: what an app calls it, and its address in Key Vault with the version."""

    name: str
    url: pulumi.Input[str]


@dataclass(frozen=True)
class Stored:
    """A secret that is there already.

    Attributes:
        secret_id: of the secret in Azure Resource Manager, to read which a role is given.
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
        name: what begins the vault's name, 15 characters at the most: the provider adds eight digits of its own, since a
            vault that was deleted keeps its name for days.
        tenant: whose identities read them, its UUID.
        subscription: that the roles are defined in.
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
    subscription: str
    reader: pulumi.Input[str]
    values: Mapping[str, pulumi.Output[str]]
    stored: Mapping[str, Stored]
    tags: Mapping[str, str]
    protect: bool = False


class Vault(pulumi.ComponentResource):
    """The secrets of a stack, of which its service may read each by a role of its own, and no other.

    Attributes:
        references: how an app names each, by the variable that the process finds it in.
        ready: what must be there before one is read.
    """

    references: Mapping[str, Reference]
    ready: Sequence[pulumi.Resource]

    def __init__(self, name: str, args: VaultArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("slipway:azure:Vault", name, {}, opts)
        self.references, self.ready = {}, []
        self.register_outputs({})


def stored(names: Mapping[str, str], subscription: str, provider: pulumi.ProviderResource) -> dict[str, Stored]:
    """Look up secrets that are there already, without reading any: `<group>/<vault>/<secret>[:<version>]`.

    Raises:
        SettingsError: one is not there, has no such version, or that is switched off.
    """
    raise NotImplementedError
