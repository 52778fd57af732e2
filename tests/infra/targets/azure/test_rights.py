"""The rights of a deployer on Azure: real permissions on as little as roles allow, of which none may be missing."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import azure.mgmt
import pytest

from infra.errors import DeploymentError
from infra.paths import ROOT
from infra.targets.azure.offline.permissions import Permissions
from infra.targets.azure.rights import documents, stack_of, state_of
from infra.targets.azure.rights.demands import permissions
from infra.targets.azure.rights.table import DATA, FUNCTIONS, KEY, RIGHTS, STATE, Rights
from infra.targets.rights import Deployer, Made
from tests.offline.inventories import previewed, reviewed
from tools import rights as tool
from tools.offline.backend import Failure
from tools.rights import deployer
from tools.stack import Stack, stacks

EVERY: Mapping[str, Rights] = {**RIGHTS, **FUNCTIONS, "the state": STATE, "the key": KEY}
ACTS = ("create", "read", "update", "delete", "use")
STACKS = [name for name in stacks() if Stack(name).platform() == "azure"]
SUBSCRIPTION = "00000000-0000-4000-8000-000000000001"
ON = f"/subscriptions/{SUBSCRIPTION}"
OWN = f"{ON}/resourceGroups/slipway-azure-test/providers"

# Of what no installed SDK of Azure's own asks, or what is no request: from the lists of
# https://learn.microsoft.com/azure/role-based-access-control/resource-provider-operations, read 2026-11-30.
PUBLISHED = """
Microsoft.App/jobs/execution/read
Microsoft.App/jobs/stop/execution/action
Microsoft.App/locations/*/read
Microsoft.App/managedEnvironments/join/action
Microsoft.Authorization/roleAssignments/delete,read,write
Microsoft.ContainerRegistry/registries/operationStatuses/read
Microsoft.ContainerRegistry/registries/pull/read
Microsoft.ContainerRegistry/registries/push/write
Microsoft.ContainerRegistry/registries/tasks/delete,read,write
Microsoft.ContainerService/locations/operations/read
Microsoft.ContainerService/managedClusters/delete,read,write
Microsoft.ContainerService/managedClusters/listClusterUserCredential/action
Microsoft.Insights/components/delete,read,write
Microsoft.Insights/workbooks/delete,read,write
Microsoft.KeyVault/locations/operationResults/read
Microsoft.ManagedIdentity/userAssignedIdentities/assign/action
Microsoft.ManagedIdentity/userAssignedIdentities/delete,read,write
Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/delete,read,write
Microsoft.Network/locations/operationResults,operations/read
Microsoft.Network/networkSecurityGroups/join/action
Microsoft.Network/privateDnsOperationResults,privateDnsOperationStatuses/read
Microsoft.Network/privateDnsZones/delete,read,write
Microsoft.Network/privateDnsZones/virtualNetworkLinks/delete,read,write
Microsoft.Network/privateDnsZones/{recordType}/delete,read,write
Microsoft.Network/virtualNetworks/join/action
Microsoft.Network/virtualNetworks/subnets/join/action
Microsoft.OperationalInsights/locations/operationStatuses/read
Microsoft.OperationalInsights/workspaces/query/Tables.Custom/read
Microsoft.OperationalInsights/workspaces/query/read
Microsoft.Resources/subscriptions/operationresults/read
Microsoft.Resources/subscriptions/resourceGroups/delete,read,write
Microsoft.Storage/storageAccounts/blobServices/containers/read
"""

# They are asked by POST, and change nothing.
LOOKS = {
    "Microsoft.App/containerApps/listCustomHostNameAnalysis/action",
    "Microsoft.ContainerService/managedClusters/listClusterUserCredential/action",
    "Microsoft.KeyVault/vaults/keys/decrypt/action",
    "Microsoft.OperationalInsights/workspaces/sharedKeys/action",
}

_VERBS = {"delete": "DELETE", "read": "GET", "write": "PUT"}


@cache
def requests() -> dict[str, set[str]]:
    """What Azure's own SDKs ask, by the kinds in its path, and by which verbs of HTTP."""
    (folder,) = azure.mgmt.__path__
    found: dict[str, set[str]] = {}
    for file in Path(folder).glob("*/operations/*_operations.py"):
        for block in re.split(r"\ndef build_", file.read_text(encoding="utf-8"))[1:]:
            url, verb = re.search(r'"(/[^"]*)"', block), re.search(r'method="(\w+)"', block)
            if url and verb:
                path = url[1].rpartition("/providers/")[2].strip("/")
                kinds = re.sub(r"/\{(?!recordType)[^}]+\}", "", path).lower()
                found.setdefault(kinds, set()).add(verb[1])
    return found


def asked(permission: str) -> bool:
    """Whether it is for a request that Azure's SDKs make, or is published otherwise."""
    if permission in DATA or permission in published():
        return True
    kinds, _, verb = permission.rpartition("/")
    return _VERBS.get(verb, "POST") in requests().get(kinds.lower(), set())


@cache
def published() -> frozenset[str]:
    return frozenset(name for line in PUBLISHED.split() for name in permissions(line))


def told(rights: Rights) -> list[str]:
    joined = [name for _, each in rights.joins for name in permissions(each)]
    return [*(name for act in ACTS for name in permissions(getattr(rights, act))), *joined]


@pytest.mark.parametrize("type_", EVERY)
def test_every_permission_is_for_requests_that_azure_publishes(type_: str) -> None:
    assert [name for name in told(EVERY[type_]) if not asked(name)] == []


def test_a_permission_that_is_made_up_is_for_no_request() -> None:
    made_up = ("Microsoft.App/workers/write", "Microsoft.App/jobs/begin/action", "Microsoft.KeyVault/vaults/keys/make")
    assert [asked(name) for name in made_up] == [False, False, False]


def test_nothing_is_published_that_no_type_takes() -> None:
    taken = {name for rights in EVERY.values() for name in told(rights)}
    assert sorted(published() - taken) == []
    assert sorted(DATA - taken) == []


@pytest.mark.parametrize("type_", EVERY)
def test_what_a_preview_may_do_changes_nothing(type_: str) -> None:
    assert [name for name in permissions(EVERY[type_].read) if not name.endswith("/read") and name not in LOOKS] == []


def of(*made: Made, reads: bool = False, asked: Any = (), **more: Any) -> dict[str, Any]:
    options = {"subscription": SUBSCRIPTION, "location": "westeurope"}
    return documents(Deployer("slipway", "azure-test", options, made, asked, reads, **more))


def whole(stack: str, reads: bool = False) -> dict[str, Any]:
    """The rights of a stack's deployer."""
    return documents(deployer(Stack(stack), previewed(stack), reads=reads, account=""))


def granted(document: Mapping[str, Any]) -> list[str]:
    (found,) = document["role"]["permissions"]
    return [*found["actions"], *found["dataActions"]]


def giving(permission: str, *made: Made, **more: Any) -> list[tuple[str, str]]:
    """The names of the roles that have a permission, and where each is given."""
    return [(name, role["on"]) for name, role in of(*made, **more).items() if permission in granted(role)]


def test_what_the_target_may_make_or_ask_by_whatever_option_is_in_the_table_and_nothing_else_is() -> None:
    source = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "infra/targets/azure").glob("*.py"))
    # What GitHub's tokens name is called likewise, and a setting.
    named = set(re.findall(r'"((?!environment:|service:)(?:app|[a-z]{3,}):[A-Za-z]{3,})"', source))
    assert {f"azure-native:{each}" for each in named if f"azure-native:{each}" not in {**RIGHTS, **FUNCTIONS}} == set()
    listed = {
        type_.removeprefix("azure-native:") for type_ in (*RIGHTS, *FUNCTIONS) if type_.startswith("azure-native:")
    }
    assert {each for each in listed if each not in source} == set()


def test_a_type_that_is_not_in_the_table_is_named() -> None:
    with pytest.raises(DeploymentError, match=r"azure-native:sql:Server takes are not known\. Fix: add it to infra"):
        of(Made("azure-native:sql:Server", {}))


def test_a_function_that_is_not_in_the_table_is_named() -> None:
    with pytest.raises(DeploymentError, match="the rights that azure-native:sql:getServer takes are not known"):
        of(asked=[("azure-native:sql:getServer", {})])


def test_a_role_is_as_azure_resource_manager_takes_it() -> None:
    found = of(reads=True)["slipway-azure-test-preview-state"]
    containers = "Microsoft.Storage/storageAccounts/blobServices/containers"
    assert found["role"] == {
        "roleName": f"slipway-azure-test-preview-state ({SUBSCRIPTION})",
        "description": "What slipway-azure-test-preview-state takes, by the stack's plan.",
        "type": "CustomRole",
        "permissions": [
            {
                "actions": [f"{containers}/read"],
                "notActions": [],
                "dataActions": [f"{containers}/blobs/read"],
                "notDataActions": [],
            }
        ],
        "assignableScopes": [ON],
    }
    of_account = "storageAccounts/slipway[0-9a-f]{8}/blobServices/default/containers/state"
    assert re.fullmatch(
        rf"{ON}/resourceGroups/slipway-foundation/providers/Microsoft.Storage/{of_account}", found["on"]
    )


def assignment(role: str, scope: str = f"{OWN}/Microsoft.KeyVault/vaults/web") -> Made:
    definition = f"{ON}/providers/Microsoft.Authorization/roleDefinitions/{role}"
    return Made("azure-native:authorization:RoleAssignment", {"scope": scope, "roleDefinitionId": definition})


def test_roles_are_given_only_where_the_plan_gives_them_and_to_no_person() -> None:
    write, delete = (f"Microsoft.Authorization/roleAssignments/{verb}" for verb in ("write", "delete"))
    made = of(assignment("b-role"), assignment("a-role"), assignment("a-role"))
    assert giving(write, assignment("a-role")) == [("slipway-azure-test-deploy-grants", ON)]
    held = made["slipway-azure-test-deploy-grants"]
    assert granted(held) == [delete, write]
    only, who = (f"Microsoft.Authorization/roleAssignments:{each}" for each in ("RoleDefinitionId", "PrincipalType"))
    assert held["condition"] == " AND ".join(
        f"((!(ActionMatches{{'{action}'}})) OR (@{source}[{only}] ForAnyOfAnyValues:GuidEquals {{a-role, b-role}}"
        f" AND @{source}[{who}] ForAnyOfAnyValues:StringEqualsIgnoreCase {{'ServicePrincipal'}}))"
        for action, source in ((write, "Request"), (delete, "Resource"))
    )
    assert giving("Microsoft.Authorization/roleAssignments/read", assignment("a-role")) == [
        ("slipway-azure-test-deploy", ON)
    ]


def test_what_is_not_the_stacks_own_is_asked_for_by_itself() -> None:
    zone = f"{ON}/resourceGroups/dns/providers/Microsoft.Network/dnsZones/example.com"
    record = {"resourceGroupName": "dns", "zoneName": "example.com", "recordType": "TXT"}
    assert giving("Microsoft.Network/dnsZones/TXT/write", Made("azure-native:dns:RecordSet", record)) == [
        ("slipway-azure-test-deploy-zone", zone)
    ]
    subnet = f"{ON}/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/main/subnets/apps"
    environment = Made("azure-native:app:ManagedEnvironment", {"vnetConfiguration": {"infrastructureSubnetId": subnet}})
    join = "Microsoft.Network/virtualNetworks/subnets/join/action"
    assert giving(join, environment) == [("slipway-azure-test-deploy-network", subnet)]
    own = {"vnetConfiguration": {"infrastructureSubnetId": f"{OWN}/Microsoft.Network/virtualNetworks/a/subnets/b"}}
    assert giving(join, Made(environment.type, own)) == [("slipway-azure-test-deploy", ON)]
    assert giving(join, environment, reads=True) == []
    vault = f"{ON}/resourceGroups/shared/providers/Microsoft.KeyVault/vaults/keys-of-all"
    named = {"resourceGroupName": "shared", "vaultName": "keys-of-all", "secretName": "API_KEY"}
    assert giving(
        "Microsoft.KeyVault/vaults/secrets/read", asked=[("azure-native:keyvault:getSecret", named)], reads=True
    ) == [("slipway-azure-test-preview-elsewhere", vault)]


def test_a_role_that_is_given_in_another_subscription_is_one_of_that() -> None:
    there = "/subscriptions/11111111-0000-4000-8000-000000000001"
    scope = f"{there}/resourceGroups/data/providers/Microsoft.Storage/storageAccounts/lake"
    found = of(assignment("a-role", scope))
    (name,) = [name for name, each in found.items() if each["on"] == scope and "condition" in each]
    assert name == "slipway-azure-test-deploy-elsewhere-grants"
    assert found[name]["role"]["assignableScopes"] == [there]


def test_the_state_is_where_the_person_is_logged_in_to_and_a_preview_writes_none() -> None:
    write = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write"
    of_others = f"{ON}/resourceGroups/*/providers/Microsoft.Storage/storageAccounts/acmestate"
    assert giving(write, state="acmestate/all") == [
        ("slipway-azure-test-deploy-state", f"{of_others}/blobServices/default/containers/all")
    ]
    # A bucket is another platform's.
    ((_, own),) = giving(write, state="acme-state")
    assert "/resourceGroups/slipway-foundation/" in own
    assert giving(write, reads=True) == []
    assert giving("Microsoft.KeyVault/vaults/keys/encrypt/action", reads=True) == []
    assert len(giving("Microsoft.KeyVault/vaults/keys/decrypt/action", reads=True)) == 1


@pytest.mark.parametrize("reads", [False, True], ids=["deploy", "preview"])
@pytest.mark.parametrize("stack", STACKS)
def test_the_roles_of_every_stack_are_such_as_azure_takes(stack: str, reads: bool) -> None:
    made = whole(stack, reads)
    assert next(iter(made)) == f"slipway-{stack}-{'preview' if reads else 'deploy'}"
    for document in made.values():
        # https://learn.microsoft.com/azure/role-based-access-control/custom-roles, read 2026-11-30.
        assert len(document["role"]["roleName"]) <= 512
        assert [name for name in granted(document) if "*" in name and not name.endswith("/read")] == []
        assert "*" not in document["on"]
        assert granted(document) != []
    assert [name for name in made if "grants" in name] == ([] if reads else [f"slipway-{stack}-deploy-grants"])


@pytest.mark.parametrize("stack", STACKS)
def test_nobody_who_deploys_may_do_all_or_change_who_may(stack: str) -> None:
    for document in whole(stack).values():
        ways = {
            "Microsoft.Authorization/roleDefinitions/write",
            "Microsoft.ContainerRegistry/registries/listCredentials/action",
            "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write",
            "Microsoft.Storage/storageAccounts/listKeys/action",
        }
        assert ways & set(granted(document)) == set()
        if "Microsoft.Authorization/roleAssignments/write" in granted(document):
            assert "GuidEquals {" in document["condition"]


# What is asked of Azure beside the provider: by status, logs, exec, the release task and the rollout.
ASKED = (
    "Microsoft.App/containerApps/exec/action",
    "Microsoft.App/containerApps/getAuthtoken/action",
    "Microsoft.App/containerApps/read",
    "Microsoft.App/containerApps/revisions/read",
    "Microsoft.App/containerApps/revisions/replicas/read",
    "Microsoft.App/containerApps/logstream/action",
    "Microsoft.App/jobs/execution/read",
    "Microsoft.App/jobs/executions/read",
    "Microsoft.App/jobs/read",
    "Microsoft.App/jobs/start/action",
    "Microsoft.App/jobs/stop/execution/action",
    "Microsoft.OperationalInsights/workspaces/query/read",
)


def test_what_is_asked_of_azure_beside_the_provider_is_allowed_too() -> None:
    allowed = {name for role in whole("azure-dev").values() for name in granted(role)}
    assert [name for name in ASKED if name not in allowed] == []


def test_the_rights_of_a_stack_are_json_alone_on_standard_output(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tool, "planned", lambda stack: previewed(stack.name))
    assert tool.main(["--stack", "azure-dev", "--preview"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out) == whole("azure-dev", reads=True)
    assert said.err == ""


# The stand-ins hold whoever acts to such roles.


def without(permission: str, roles: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """The roles less one permission."""
    for each in roles:
        (found,) = each["role"]["permissions"]
        left = {kind: [name for name in names if name != permission] for kind, names in found.items()}
        yield {**each, "role": {**each["role"], "permissions": [left]}}


@pytest.mark.parametrize("stack", STACKS)
def test_the_rights_of_a_plan_do_for_all_that_it_makes_and_asks_and_none_may_be_missing(stack: str) -> None:
    whose, roles = deployer(Stack(stack), previewed(stack), reads=False, account=""), list(whole(stack).values())
    made = [each for each in whose.made if each.type.startswith("azure-native:")]
    assert len(made) >= 10

    def act(guard: Permissions) -> None:
        for each in made:
            for name in ("create", "read", "update", "delete"):
                guard(name, each.type, each.inputs, {}, {})
        for token, arguments in whose.asked:
            guard("invoke", token, arguments, {}, {})

    guard = Permissions(stack_of(whose), roles)
    act(guard)
    assert len(guard.used) >= 25
    for missing in guard.used:
        with pytest.raises(Failure, match=f"authorization to perform action '{re.escape(missing)}' over scope "):
            act(Permissions(guard.stack, list(without(missing, roles))))


def test_whoever_ships_a_pull_requests_stack_may_do_all_that_it_takes_and_gives_no_other_role() -> None:
    seen, whose = reviewed("azure-dev")
    roles = documents(whose)
    # It is made of nothing that its base has not.
    assert {each.type for each in seen.resources} <= {each.type for each in previewed("azure-dev").resources}
    guard = Permissions(stack_of(whose), list(roles.values()))
    made = [each for each in whose.made if each.type.startswith("azure-native:")]
    for each in made:
        for act in ("create", "read", "update", "delete"):
            guard(act, each.type, each.inputs, {}, {})
    for token, arguments in whose.asked:
        guard("invoke", token, arguments, {}, {})
    assert len(made) >= 10
    whole, state = stack_of(whose).id, state_of(whose)
    assert {name: each["on"] for name, each in roles.items()} == {
        "slipway-reviews-deploy": whole,
        "slipway-reviews-deploy-grants": whole,
        "slipway-reviews-deploy-key": state.key,
        "slipway-reviews-deploy-state": state.container,
    }
    with pytest.raises(Failure, match="roleAssignments/write"):
        guard("create", assignment("owner").type, assignment("owner").inputs, {}, {})


def test_another_role_than_the_plans_is_not_given() -> None:
    deploys = Deployer("slipway", "azure-test", {"subscription": SUBSCRIPTION}, [], [], reads=False)
    guard = Permissions(stack_of(deploys), list(of(assignment("a-role")).values()))
    given, other = assignment("a-role"), assignment("b-role")
    guard("create", given.type, given.inputs, {}, {})
    with pytest.raises(Failure) as refused:
        guard("create", other.type, other.inputs, {}, {})
    assert str(refused.value) == (
        'Status=403 Code="AuthorizationFailed" Message="The client does not have authorization to perform action '
        f"'Microsoft.Authorization/roleAssignments/write' over scope '{ON}' or the scope is invalid.\""
    )
