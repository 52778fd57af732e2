"""What a stack on Azure stands on, made once and by a person: its state's place, and identities that need no key.

None of it is in a stack: a stack's state must have its place before there is a stack, and whoever deploys may not
change what he may do.
"""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from infra.errors import DeploymentError
from infra.targets.azure.foundation import Foundation
from infra.targets.azure.ground import Ground, differs
from infra.targets.azure.rights.state import NAME
from infra.targets.azure.session import Refused, connected
from infra.targets.foundation import Step, of_reviews, of_stack, take
from infra.targets.rights import REVIEWS

ISSUER, AUDIENCE = "https://token.actions.githubusercontent.com", "api://AzureADTokenExchange"

# What a role of the subscription's own reaches: the group that it could be held to is not there before the stack is.
WHOLE = "subscription"

# Days that what was deleted can be had back.
KEPT, VAULT_KEPT = 30, 90
_DELETED = {"enabled": True, "days": KEPT}

# So long something that was just made may not be known everywhere:
# https://learn.microsoft.com/azure/role-based-access-control/troubleshooting, read 2026-11-30.
PATIENCE, PAUSE = 300.0, 5.0
_NOT_KNOWN_YET = frozenset(
    {"MissingSubscriptionRegistration", "PrincipalNotFound", "RoleDefinitionDoesNotExist", "SubscriptionNotRegistered"}
)


def account(options: Mapping[str, Any]) -> str:
    """The id of the directory that the stack's subscription is of.

    Raises:
        DeploymentError: there are no credentials that may ask for it.
    """
    subscription = str(options.get("subscription"))
    with connected(subscription, "") as session:
        return str(session.get(f"/subscriptions/{subscription}", "2022-12-01")["tenantId"])


def bootstrap(wanted: Foundation, *, sure: bool, say: Callable[[str], None]) -> None:
    """Make what is not there as it is wanted, and say so; where nobody is `sure`, only say what would be made.

    Raises:
        DeploymentError: Azure refuses.
    """
    with connected(wanted.subscription, wanted.state.group):
        take(_steps(wanted, Ground(wanted.subscription, wanted.state.group)), sure=sure, say=say, making=_patiently)
    for on in sorted({document["on"] for each in wanted.elsewhere().values() for document in each.values()}):
        say(f"not made:   what `make rights` gives on {on}, by whoever may there")


def afterwards(wanted: Foundation) -> list[str]:
    """The commands by which a person goes on, and by which the repository's workflows learn of it."""
    stack, repository, state = wanted.deployer.stack, re.sub(r"@\d+", "", wanted.repository), wanted.state
    suffix = re.sub(r"[^A-Z0-9]", "_", stack.upper())
    me = '--assignee "$(az ad signed-in-user show --query id --output tsv)"'

    def client(kind: str) -> str:
        named = f"--name {wanted.identity(kind)} --resource-group {state.group}"
        return f'"$(az identity show {named} --query clientId --output tsv)"'

    mine = [
        f"az role assignment create {me} --role 'Storage Blob Data Contributor' --scope {state.container}",
        f"az role assignment create {me} --role 'Key Vault Crypto User' --scope {state.key}",
        f"pulumi login '{state.url}'",
    ]
    if stack == REVIEWS:
        return [
            *mine,
            # Its file gets the key by which those made from it have their secrets.
            f"pulumi stack init {wanted.deployer.base} --secrets-provider '{state.provider}'",
            f"gh api --method PUT repos/{repository}/environments/review",
            f"gh variable set AZURE_TENANT --repo {repository} --body {wanted.deployer.account}",
            f"gh variable set AZURE_DEPLOY_CLIENT --repo {repository} --env review --body {client('deploy')}",
            *of_reviews(repository, wanted.deployer.base, f"'{state.url}'"),
        ]
    return [
        *mine,
        f"pulumi stack init {stack} --secrets-provider '{state.provider}'",
        *of_stack(repository, stack),
        f"gh variable set AZURE_TENANT --repo {repository} --body {wanted.deployer.account}",
        f"gh variable set AZURE_DEPLOY_CLIENT --repo {repository} --env {stack} --body {client('deploy')}",
        f"gh variable set AZURE_PREVIEW_CLIENT_{suffix} --repo {repository} --body {client('preview')}",
        f"gh variable set PULUMI_BACKEND_URL --repo {repository} --body '{state.url}'",
    ]


def _steps(wanted: Foundation, ground: Ground) -> Iterator[Step]:
    for service in wanted.services:
        yield _registered(wanted, ground, service)
    yield _thing(
        ground,
        f"the resource group {wanted.state.group}",
        wanted.group,
        {"tags": {"slipway-service": wanted.deployer.service}},
        wanted.location,
    )
    yield from _account(wanted, ground)
    yield from _key(wanted, ground)
    for kind, roles in wanted.here().items():
        for name, document in roles.items():
            yield _thing(ground, f"the role {name}", wanted.role(name), {"properties": document["role"]})
        yield from _Identity(wanted, ground, kind).steps()


def _registered(wanted: Foundation, ground: Ground, service: str) -> Step:
    path = f"{wanted.id}/providers/{service}"

    def there() -> bool:
        return ground.found(path).get("registrationState") == "Registered"

    def make() -> None:
        ground.post(f"{path}/register", again=True)
        until = time.monotonic() + PATIENCE
        while not there():
            if time.monotonic() > until:
                raise DeploymentError(f"Azure has not ended to register {service}. Fix: the same again in a minute")
            time.sleep(PAUSE)

    return Step(f"the service {service}", there, make)


def _thing(ground: Ground, what: str, id_: str, wanted: Mapping[str, Any], location: str = "") -> Step:
    """What Azure Resource Manager has by an id, as it is wanted; and where it is: another stack may have made it."""

    def there() -> bool:
        found = ground.found(id_)
        return bool(found) and not differs(found, wanted)

    def make() -> None:
        where = {"location": ground.found(id_).get("location", location)} if location else {}
        ground.put(id_, {**wanted, **where})

    return Step(what, there, make)


def _account(wanted: Foundation, ground: Ground) -> Iterator[Step]:
    """The storage account that the state of all the service's stacks in the subscription is kept in."""
    name = wanted.state.account
    account = wanted.in_group(f"Microsoft.Storage/storageAccounts/{name}")
    private = {
        "allowBlobPublicAccess": False,
        "allowSharedKeyAccess": False,
        "minimumTlsVersion": "TLS1_2",
        "supportsHttpsTrafficOnly": True,
    }
    made = {"kind": "StorageV2", "sku": {"name": "Standard_LRS"}, "properties": private}
    says = f"the storage account {name}: by TLS 1.2, never public, without shared keys"
    yield _thing(ground, says, account, made, wanted.location)
    kept = {
        "isVersioningEnabled": True,
        "deleteRetentionPolicy": _DELETED,
        "containerDeleteRetentionPolicy": _DELETED,
    }
    says = f"{name}: every version of the state is kept, and for {KEPT} days what is deleted"
    yield _thing(ground, says, f"{account}/blobServices/default", {"properties": kept})
    yield _thing(
        ground, f"{name}: the container {NAME}", wanted.state.container, {"properties": {"publicAccess": "None"}}
    )


def _key(wanted: Foundation, ground: Ground) -> Iterator[Step]:
    """What the secrets in the state, and in the stacks' files, are encrypted with."""
    name = wanted.state.vault
    vault: dict[str, Any] = {
        "tenantId": wanted.deployer.account,
        "sku": {"family": "A", "name": "standard"},
        "enableRbacAuthorization": True,
        "accessPolicies": [],
        "enableSoftDelete": True,
        "softDeleteRetentionInDays": VAULT_KEPT,
        "enablePurgeProtection": True,
    }
    id_ = wanted.in_group(f"Microsoft.KeyVault/vaults/{name}")
    says = f"the key vault {name}: by roles alone, and never purged"
    yield _thing(ground, says, id_, {"properties": vault}, wanted.location)
    key = {"kty": "RSA", "keySize": 3072, "keyOps": ["encrypt", "decrypt"]}
    yield _thing(ground, f"{name}: the key {NAME}", wanted.state.key, {"properties": key})


class _Identity:
    """An identity that GitHub's tokens can take, with its roles, and no key."""

    def __init__(self, wanted: Foundation, ground: Ground, kind: str) -> None:
        self._wanted, self._ground, self._kind = wanted, ground, kind
        self._name = wanted.identity(kind)
        self._id = wanted.in_group(f"Microsoft.ManagedIdentity/userAssignedIdentities/{self._name}")
        self._credentials = f"{self._id}/federatedIdentityCredentials"

    def steps(self) -> Iterator[Step]:
        wanted, name = self._wanted, self._name
        yield _thing(self._ground, f"the identity {name}", self._id, {}, wanted.location)
        # Whoever else may take it, may deploy.
        whose = " and ".join(wanted.subjects(self._kind))
        yield Step(f"{name}: taken by {whose} alone", self._trusts, self._trust)
        for role, document in wanted.here()[self._kind].items():
            yield self._given(role, document)
        yield Step(f"{name}: no other role of its own", lambda: not self._stale(), self._forget)

    @property
    def _principal(self) -> str:
        """By which roles are given to it; empty where it is not there."""
        return str(self._ground.found(self._id).get("properties", {}).get("principalId", ""))

    @property
    def _trusted(self) -> dict[str, dict[str, Any]]:
        """The credentials by their names, one for each subject."""
        return {
            name: {"issuer": ISSUER, "subject": subject, "audiences": [AUDIENCE]}
            for name, subject in zip(("github", "github-drift"), self._wanted.subjects(self._kind), strict=False)
        }

    def _trusts(self) -> bool:
        found = {each["id"].rpartition("/")[2]: each["properties"] for each in self._ground.every(self._credentials)}
        wanted = self._trusted
        return {*found} == {*wanted} and not any(differs(found[name], each) for name, each in wanted.items())

    def _trust(self) -> None:
        for each in self._ground.every(self._credentials):
            self._ground.delete(each["id"])
        # Azure takes one at a time: of two at once it refuses one.
        for name, trusted in self._trusted.items():
            self._ground.put(f"{self._credentials}/{name}", {"properties": trusted})

    def _given(self, name: str, document: Mapping[str, Any]) -> Step:
        on, condition = document["on"], document.get("condition")
        id_ = self._wanted.assignment(name, on)
        held = {"condition": condition, "conditionVersion": "2.0"} if condition else {}

        def wanted() -> dict[str, Any]:
            told = {"roleDefinitionId": self._wanted.role(name), "principalId": self._principal, **held}
            return {"properties": {**told, "principalType": "ServicePrincipal"}}

        def there() -> bool:
            found = self._ground.found(id_)
            return bool(found) and not differs(found, wanted())

        what = f"{self._name}: the role {name} on {on.rpartition('/')[2]}"
        return Step(what, there, lambda: self._ground.put(id_, wanted()))

    def _stale(self) -> list[str]:
        """The ids of roles that it was given for an earlier plan."""
        roles = f"{self._wanted.id}/providers/Microsoft.Authorization/roleDefinitions"
        names = {document["role"]["roleName"] for document in self._wanted.here()[self._kind].values()}
        begin, end = self._wanted.begins(self._kind), f"({self._wanted.subscription})"
        own = re.compile(rf"{re.escape(begin)}(-[a-z0-9-]+)? {re.escape(end)}")
        found = [(each["properties"]["roleName"], each["id"]) for each in self._ground.every(roles, _CUSTOM)]
        return [id_ for name, id_ in found if own.fullmatch(name) and name not in names]

    def _forget(self) -> None:
        given = f"{self._wanted.id}/providers/Microsoft.Authorization/roleAssignments"
        assigned = self._ground.every(given, f"principalId eq '{self._principal}'")
        for role in self._stale():
            for each in assigned:
                if each["properties"]["roleDefinitionId"].lower() == role.lower():
                    self._ground.delete(each["id"])
            self._ground.delete(role)


_CUSTOM = "type eq 'CustomRole'"


def _patiently(make: Callable[[], object]) -> None:
    """Make something that rests on what may not be known everywhere yet."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            make()
            return
        except Refused as refused:
            if refused.code not in _NOT_KNOWN_YET or time.monotonic() > until:
                raise
        time.sleep(PAUSE)
