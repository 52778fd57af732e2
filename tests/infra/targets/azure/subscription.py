"""A subscription of Azure in which nothing is made yet, as Resource Manager answers for it: all of it by its id.

Each body is held to what the SDK knows of its type.
"""

import json
import re
import uuid
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, request

from infra.targets.azure.ground import OF_SUBSCRIPTIONS, VERSIONS
from tests.offline.internet.azure import TOKEN, _login_site
from tests.offline.internet.container_apps import Refusal
from tests.offline.internet.internet import Internet
from tools.offline import sdk

Thing = dict[str, Any]

GROUPS, ACCOUNTS = "Microsoft.Resources/resourceGroups", "Microsoft.Storage/storageAccounts"
ROLES, ASSIGNMENTS = "Microsoft.Authorization/roleDefinitions", "Microsoft.Authorization/roleAssignments"
IDENTITIES = "Microsoft.ManagedIdentity/userAssignedIdentities"
CREDENTIALS = f"{IDENTITIES}/federatedIdentityCredentials"

# What the SDK calls each type, and the inputs that say its id.
TYPES = {
    GROUPS: ("resources:ResourceGroup", {}),
    ACCOUNTS: ("storage:StorageAccount", {"resourceGroupName": "g"}),
    f"{ACCOUNTS}/blobServices": (
        "storage:BlobServiceProperties",
        {"resourceGroupName": "g", "accountName": "a"},
    ),
    f"{ACCOUNTS}/blobServices/containers": (
        "storage:BlobContainer",
        {"resourceGroupName": "g", "accountName": "a"},
    ),
    "Microsoft.KeyVault/vaults": ("keyvault:Vault", {"resourceGroupName": "g"}),
    "Microsoft.KeyVault/vaults/keys": ("keyvault:Key", {"resourceGroupName": "g", "vaultName": "v"}),
    IDENTITIES: ("managedidentity:UserAssignedIdentity", {"resourceGroupName": "g"}),
    CREDENTIALS: (
        "managedidentity:FederatedIdentityCredential",
        {"resourceGroupName": "g", "resourceName": "i"},
    ),
    ROLES: ("authorization:RoleDefinition", {"scope": "/"}),
    ASSIGNMENTS: ("authorization:RoleAssignment", {"scope": "/"}),
}
# The SDK has these as they are in what is sent; and calls this of others otherwise.
_WHOLE = ("keyvault:Vault", "keyvault:Key")
_RENAMED = {(ROLES, "type"): "roleType", (ACCOUNTS, "supportsHttpsTrafficOnly"): "enableHttpsTrafficOnly"}


@dataclass
class Subscription:
    """Everything by its id.

    `refusals`: of the next things of a type. `changed`: the types of what was put or deleted, in order.
    """

    id: str
    tenant: str
    things: dict[str, Thing] = field(default_factory=dict[str, Thing])
    registered: dict[str, str] = field(default_factory=dict[str, str])
    refusals: dict[str, list[Refusal]] = field(default_factory=dict[str, list[Refusal]])
    changed: list[str] = field(default_factory=list[str])

    def play(self, internet: Internet) -> None:
        """Answer for the login and for Resource Manager."""
        site = Flask(__name__, static_folder=None)
        site.add_url_rule("/<path:_path>", view_func=self._answer, methods=["GET", "POST", "PUT", "DELETE"])
        internet.play(r"login\.microsoftonline\.com", _login_site())
        internet.play(r"management\.azure\.com", site)

    def of(self, type_: str) -> dict[str, Thing]:
        """All of a type by the last part of their ids."""
        return {id_.rpartition("/")[2]: each for id_, each in self.things.items() if _type(id_)[0] == type_}

    def _answer(self, _path: str) -> Response:
        try:
            assert request.headers["Authorization"] == f"Bearer {TOKEN}"
            return self._done(request.path)
        except Refusal as refusal:
            said = {"error": {"code": refusal.code, "message": refusal.message}}
            return Response(json.dumps(said), refusal.status, mimetype="application/json")

    def _done(self, path: str) -> Response:
        if path == self.id:
            return _json({"id": self.id, "tenantId": self.tenant})
        if path.startswith("/done/"):
            return _json(self.things[path.removeprefix("/done")])
        if found := re.fullmatch(rf"{self.id}/providers/([\w.]+)(/register)?", path):
            return self._service(found[1], bool(found[2]))
        type_, named = _type(path)
        known = VERSIONS.get(type_.partition("/")[0], OF_SUBSCRIPTIONS)
        assert request.args["api-version"] == known, f"{path} is asked for by another version than {known}"
        match request.method:
            case "GET" if path in self.things:
                return _json(self.things[path])
            case "GET" if not named:
                return _json({"value": self._listed(path, type_, request.args.get("$filter", ""))})
            case "PUT":
                return self._put(path, type_, request.get_json())
            case "DELETE":
                self.changed.append(type_)
                del self.things[path]
                return Response(status=200)
            case _:
                raise Refusal(404, "ResourceNotFound", f"The Resource '{path}' was not found.")

    def _service(self, name: str, register: bool) -> Response:
        assert request.args["api-version"] == OF_SUBSCRIPTIONS
        if register:
            assert request.method == "POST"
            self.registered[name] = "Registering"
        elif self.registered.get(name) == "Registering":
            self.registered[name] = "Registered"
            return _json({"namespace": name, "registrationState": "Registering"})
        return _json({"namespace": name, "registrationState": self.registered.get(name, "NotRegistered")})

    def _listed(self, path: str, type_: str, only: str) -> list[Thing]:
        of_all = {id_: each for id_, each in self.things.items() if _type(id_) == (type_, True)}
        if principal := re.fullmatch("principalId eq '(.*)'", only):
            return [each for each in of_all.values() if each["properties"]["principalId"] == principal[1]]
        assert only in ("", "type eq 'CustomRole'")
        return [each for id_, each in of_all.items() if id_.startswith(f"{path}/")]

    def _put(self, path: str, type_: str, body: Thing) -> Response:
        if self.refusals.get(type_):
            raise self.refusals[type_].pop(0)
        problems = self._wrong(path, type_, body)
        if problems:
            raise Refusal(400, "InvalidRequestContent", f"{path}: {problems}")
        if body.get("location") != self.things.get(path, body).get("location"):
            raise Refusal(409, "InvalidResourceLocation", f"{path} already exists in another location.")
        self.changed.append(type_)
        made = {**body, "id": path, "name": path.rpartition("/")[2]}
        if type_ == IDENTITIES:
            of = {"principalId": str(uuid.uuid5(uuid.NAMESPACE_URL, path)), "clientId": "c", "tenantId": self.tenant}
            made["properties"] = of
        self.things[path] = made
        if type_ == ACCOUNTS:
            return Response("", 202, {"Location": f"https://management.azure.com/done{path}", "Retry-After": "0"})
        return _json(made, 201)

    def _wrong(self, path: str, type_: str, body: Thing) -> list[str]:
        token, named = TYPES[type_]
        properties = body.get("properties", {})
        flat = body if token in _WHOLE else {**{k: v for k, v in body.items() if k != "properties"}, **properties}
        told = {_RENAMED.get((type_, name), name): value for name, value in flat.items()}
        problems = [f"{each.property}: {each.reason}" for each in sdk.check(f"azure-native:{token}", {**named, **told})]
        service = type_.partition("/")[0]
        if (
            service in VERSIONS
            and service != "Microsoft.Authorization"
            and self.registered.get(service) != "Registered"
        ):
            raise Refusal(409, "MissingSubscriptionRegistration", f"The subscription is not registered for {service}.")
        parent = _parent(path)
        if type_ not in (GROUPS, ASSIGNMENTS) and parent not in (self.id, *self.things):
            raise Refusal(404, "ParentResourceNotFound", f"{parent} was not found.")
        if type_ == ASSIGNMENTS:
            self._known(properties)
        return problems

    def _known(self, assignment: Thing) -> None:
        """An assignment names a role and an identity that are there."""
        if assignment["roleDefinitionId"] not in self.things:
            raise Refusal(400, "RoleDefinitionDoesNotExist", "The specified role definition does not exist.")
        principals = [each["properties"]["principalId"] for each in self.of(IDENTITIES).values()]
        if assignment["principalId"] not in principals:
            raise Refusal(400, "PrincipalNotFound", "Principal does not exist in the directory.")


def _type(path: str) -> tuple[str, bool]:
    """The type that a path is about, and whether it names one thing of it."""
    if "/providers/" not in path:
        return GROUPS, True
    service, *rest = path.rpartition("/providers/")[2].split("/")
    return "/".join((service, *rest[::2])), len(rest) % 2 == 0


def _parent(path: str) -> str:
    """The id of what something is in; what every account has is in that."""
    above = path.rsplit("/", 2)[0].removesuffix("/blobServices/default")
    return above.rpartition("/providers/")[0] if _type(path)[0].count("/") == 1 else above


def _json(value: Any, status: int = 200) -> Response:
    return Response(json.dumps(value), status, mimetype="application/json")
