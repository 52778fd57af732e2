"""Where the state of a service's stacks in a subscription lies, and what encrypts its secrets: by names alone."""

import hashlib
from dataclasses import dataclass

from infra.naming import fixed_name

# The name of the container, and of the key.
NAME = "state"
# The characters of the service's name that begin a name which is one in all of Azure, and the digits that end it: of
# the 24 that storage accounts and key vaults have,
# https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules, read 2026-11-30.
_BEGINNING, _MARK = 15, 8


@dataclass(frozen=True)
class State:
    """The place that `make bootstrap` makes.

    Attributes:
        given: where somebody is logged in to another: `<storage account>/<container>`.
    """

    subscription: str
    service: str
    given: str = ""

    @property
    def own(self) -> bool:
        """Whether it is the one that `make bootstrap` makes."""
        return self.given in ("", f"{self._account}/{NAME}")

    @property
    def group(self) -> str:
        """The resource group of it, and of who deploys."""
        return fixed_name(60, self.service, "foundation")

    @property
    def account(self) -> str:
        """The storage account."""
        return self.given.partition("/")[0] or self._account

    @property
    def container(self) -> str:
        """The container of blobs, by its id."""
        path = f"{self.account}/blobServices/default/containers/{self.given.partition('/')[2] or NAME}"
        return self._id(f"Microsoft.Storage/storageAccounts/{path}")

    @property
    def url(self) -> str:
        """What Pulumi logs in to."""
        return f"azblob://{self.given.partition('/')[2] or NAME}?storage_account={self.account}"

    @property
    def vault(self) -> str:
        """The key vault."""
        return f"{self._begun(_BEGINNING)}-{self._mark}"

    @property
    def key(self) -> str:
        """The key, by its id."""
        return self._id(f"Microsoft.KeyVault/vaults/{self.vault}/keys/{NAME}")

    @property
    def provider(self) -> str:
        """What Pulumi encrypts secrets with."""
        return f"azurekeyvault://{self.vault}.vault.azure.net/keys/{NAME}"

    def _id(self, path: str) -> str:
        group = self.group if self.own else "*"
        return f"/subscriptions/{self.subscription}/resourceGroups/{group}/providers/{path}"

    @property
    def _account(self) -> str:
        return self._begun(_BEGINNING + 1).replace("-", "") + self._mark

    def _begun(self, longest: int) -> str:
        return fixed_name(longest, self.service)

    @property
    def _mark(self) -> str:
        return hashlib.sha256(f"{self.subscription.lower()}/{self.service}".encode()).hexdigest()[:_MARK]
