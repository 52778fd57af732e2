"""The ground of a stack on Azure, laid on its played Resource Manager: made once, left alone when it is there, mended."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from infra.errors import DeploymentError
from infra.service import load_service
from infra.targets.azure import bootstrap as module
from infra.targets.azure.bootstrap import AUDIENCE, ISSUER, account, afterwards, bootstrap
from infra.targets.azure.foundation import Foundation
from infra.targets.azure.rights import documents
from infra.targets.rights import REVIEWS, Deployer, Made
from tests.infra.targets.azure.subscription import (
    ACCOUNTS,
    ASSIGNMENTS,
    CREDENTIALS,
    GROUPS,
    IDENTITIES,
    ROLES,
    Subscription,
)
from tests.offline.internet.container_apps import Refusal
from tests.offline.internet.internet import Internet
from tests.offline.inventories import previewed
from tools import bootstrap as tool
from tools.plan.preview import Preview

SUBSCRIPTION, TENANT = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-00000000000c"
ON = f"/subscriptions/{SUBSCRIPTION}"
ZONE = f"{ON}/resourceGroups/dns/providers/Microsoft.Network/dnsZones/example.com"
ONLY = "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR (true))"


def role(name: str, *actions: str) -> dict[str, Any]:
    permissions = [{"actions": list(actions), "notActions": [], "dataActions": [], "notDataActions": []}]
    named = {"roleName": f"{name} ({SUBSCRIPTION})", "description": "It.", "type": "CustomRole"}
    return {**named, "permissions": permissions, "assignableScopes": [ON]}


def document(name: str, *actions: str, on: str = ON, **more: Any) -> dict[str, dict[str, Any]]:
    return {name: {"role": role(name, *actions), "on": on, **more}}


POLICIES = {
    "deploy": {
        **document("slipway-prod-deploy", "Microsoft.App/jobs/write", "Microsoft.App/jobs/read"),
        **document("slipway-prod-deploy-grants", "Microsoft.Authorization/roleAssignments/write", condition=ONLY),
        **document("slipway-prod-deploy-zone", "Microsoft.Network/dnsZones/TXT/write", on=ZONE),
        **document("slipway-prod-deploy-state", "Microsoft.Storage/storageAccounts/read"),
    },
    "preview": document("slipway-prod-preview", "Microsoft.KeyVault/vaults/read", "Microsoft.ManagedIdentity/x/read"),
}


def foundation(
    policies: Any = None,
    repository: str = "acme/orders",
    stack: str = "prod",
    location: str = "westeurope",
    **more: Any,
) -> Foundation:
    options = {"subscription": SUBSCRIPTION, "location": location}
    deployer = Deployer("slipway", stack, options, [], [], reads=False, account=TENANT, **more)
    return Foundation(deployer, policies or POLICIES, repository)


@dataclass
class Ground:
    """A subscription, and what was said of it."""

    azure: Subscription
    said: list[str] = field(default_factory=list[str])

    def lay(self, wanted: Foundation | None = None, *, sure: bool = True) -> list[str]:
        self.said.clear()
        self.azure.changed.clear()
        bootstrap(wanted or foundation(), sure=sure, say=self.said.append)
        return [line.partition(":")[0] for line in self.said]

    def principal(self, kind: str) -> str:
        return self.azure.of(IDENTITIES)[f"slipway-prod-{kind}"]["properties"]["principalId"]

    def given(self) -> list[tuple[str, str, str, str]]:
        """The roles that are given: which, to whom, on what, and under which condition."""
        roles = {each["id"]: each["properties"]["roleName"].partition(" ")[0] for each in self.azure.of(ROLES).values()}
        kinds = {self.principal(kind): kind for kind in ("deploy", "preview")}
        return sorted(
            (
                roles[each["properties"]["roleDefinitionId"]],
                kinds[each["properties"]["principalId"]],
                each["id"].partition("/providers/Microsoft.Authorization")[0],
                each["properties"].get("condition", ""),
            )
            for each in self.azure.of(ASSIGNMENTS).values()
        )


@pytest.fixture
def ground(credentials: None, no_waiting: None, internet: Internet, monkeypatch: pytest.MonkeyPatch) -> Ground:
    azure = Subscription(ON, TENANT)
    azure.play(internet)
    for name, value in (("PAUSE", 0), ("PATIENCE", 5)):
        monkeypatch.setattr(module, name, value)
    return Ground(azure)


def test_the_account_is_the_directory_of_the_stacks_subscription(ground: Ground) -> None:
    assert account({"subscription": SUBSCRIPTION}) == TENANT


def test_at_first_it_only_says_what_it_would_make(ground: Ground) -> None:
    assert set(ground.lay(sure=False)) == {"there", "would make"}
    assert [line for line in ground.said if line.startswith("there")] == [
        "there:      slipway-prod-deploy: no other role of its own",
        "there:      slipway-prod-preview: no other role of its own",
    ]
    assert (ground.azure.things, ground.azure.changed, ground.azure.registered) == ({}, [], {})


def test_the_second_time_all_is_there_and_what_differs_is_mended_and_no_more(ground: Ground) -> None:
    assert set(ground.lay()) == {"made", "there"}
    assert set(ground.lay()) == {"there"}
    assert ground.azure.changed == []
    (account,) = ground.azure.of(ACCOUNTS).values()
    account["properties"]["allowSharedKeyAccess"] = True
    ground.azure.of(f"{ACCOUNTS}/blobServices")["default"]["properties"] = {}
    del ground.azure.registered["Microsoft.KeyVault"]
    assert ground.lay().count("made") == 3
    assert ground.azure.changed == [
        ACCOUNTS,
        f"{ACCOUNTS}/blobServices",
    ]
    assert set(ground.lay()) == {"there"}


def test_a_stack_elsewhere_stands_on_the_same_ground_and_leaves_it_where_it_is(ground: Ground) -> None:
    ground.lay()
    (account,) = ground.azure.of(ACCOUNTS).values()
    account["properties"]["minimumTlsVersion"] = "TLS1_0"
    only = {"deploy": document("slipway-dev-deploy", "Microsoft.App/jobs/read")}
    ground.lay(foundation(policies=only, stack="dev", location="northeurope"))
    assert [line for line in ground.said if line.startswith("made")] == [
        f"made:       the storage account {foundation().state.account}: by TLS 1.2, never public, without shared keys",
        "made:       the role slipway-dev-deploy",
        "made:       the identity slipway-dev-deploy",
        "made:       slipway-dev-deploy: taken by repo:acme/orders:environment:dev alone",
        f"made:       slipway-dev-deploy: the role slipway-dev-deploy on {SUBSCRIPTION}",
    ]
    places = {
        id_.rpartition("/")[2]: each["location"] for id_, each in ground.azure.things.items() if "location" in each
    }
    assert [name for name, place in places.items() if place == "northeurope"] == ["slipway-dev-deploy"]


def test_the_services_of_the_roles_are_registered_for(ground: Ground) -> None:
    ground.lay()
    services = ("App", "KeyVault", "ManagedIdentity", "Network", "Storage")
    assert ground.azure.registered == dict.fromkeys((f"Microsoft.{each}" for each in services), "Registered")


def test_a_cluster_is_registered_for_with_what_its_nodes_are_made_of() -> None:
    only = {"deploy": document("slipway-dev-deploy", "Microsoft.ContainerService/managedClusters/write")}
    services = {each.rpartition(".")[2] for each in foundation(policies=only).services}
    assert services == {"Compute", "ContainerService", "KeyVault", "ManagedIdentity", "Network", "Storage"}


def test_the_state_gets_a_container_that_keeps_its_versions_and_is_reached_by_roles_alone(ground: Ground) -> None:
    ground.lay()
    state = foundation().state
    assert sorted(ground.azure.of(GROUPS)) == ["slipway-foundation"]
    assert ground.azure.of(ACCOUNTS)[state.account]["properties"] == {
        "allowBlobPublicAccess": False,
        "allowSharedKeyAccess": False,
        "minimumTlsVersion": "TLS1_2",
        "supportsHttpsTrafficOnly": True,
    }
    deleted = {"enabled": True, "days": 30}
    assert ground.azure.of(f"{ACCOUNTS}/blobServices")["default"]["properties"] == {
        "isVersioningEnabled": True,
        "deleteRetentionPolicy": deleted,
        "containerDeleteRetentionPolicy": deleted,
    }
    assert ground.azure.things[state.container]["properties"] == {"publicAccess": "None"}


def test_the_key_of_the_secrets_is_in_a_vault_that_is_never_purged(ground: Ground) -> None:
    ground.lay()
    state = foundation().state
    vault = ground.azure.of("Microsoft.KeyVault/vaults")[state.vault]["properties"]
    kept = ("enableRbacAuthorization", "enableSoftDelete", "enablePurgeProtection")
    assert [vault[name] for name in kept] == [True, True, True]
    assert (vault["tenantId"], ground.azure.things[state.key]["properties"]["keyOps"]) == (
        TENANT,
        ["encrypt", "decrypt"],
    )


def test_the_identities_are_the_environments_and_to_read_alone_the_pull_requests_and_the_look_for_drift(
    ground: Ground,
) -> None:
    ground.lay()
    found = ground.azure.things.items()
    trusted = [(id_.split("/")[-3], each["properties"]) for id_, each in found if "federatedIdentityCredentials" in id_]
    assert trusted == [
        (f"slipway-prod-{kind}", {"issuer": ISSUER, "subject": f"repo:acme/orders:{whose}", "audiences": [AUDIENCE]})
        for kind, whose in (
            ("deploy", "environment:prod"),
            ("preview", "pull_request"),
            ("preview", "environment:drift"),
        )
    ]
    of = next(id_ for id_, _ in found if id_.endswith("-deploy"))
    evil = {"issuer": ISSUER, "subject": "repo:evil/orders:environment:prod", "audiences": [AUDIENCE]}
    ground.azure.things[f"{of}/federatedIdentityCredentials/evil"] = {
        "id": f"{of}/federatedIdentityCredentials/evil",
        "properties": evil,
    }
    assert ground.lay().count("made") == 1
    assert sorted(ground.azure.of(CREDENTIALS)) == ["github", "github-drift"]


def test_a_repository_whose_tokens_have_its_ids_is_trusted_by_them(ground: Ground) -> None:
    ground.lay(foundation(repository="acme@12/orders@345"))
    found = {each["properties"]["subject"] for id_, each in ground.azure.things.items() if id_.endswith("/github")}
    assert found == {"repo:acme@12/orders@345:environment:prod", "repo:acme@12/orders@345:pull_request"}


def test_each_role_is_given_where_it_belongs_and_under_its_condition(ground: Ground) -> None:
    ground.lay()
    assert ground.given() == [
        ("slipway-prod-deploy", "deploy", ON, ""),
        ("slipway-prod-deploy-grants", "deploy", ON, ONLY),
        ("slipway-prod-deploy-state", "deploy", ON, ""),
        ("slipway-prod-deploy-zone", "deploy", ZONE, ""),
        ("slipway-prod-preview", "preview", ON, ""),
    ]
    wanted = [each["role"] for part in POLICIES.values() for each in part.values()]
    assert [each["properties"] for each in ground.azure.of(ROLES).values()] == wanted
    told = [each["properties"] for each in ground.azure.of(ASSIGNMENTS).values()]
    assert {each["principalType"] for each in told} == {"ServicePrincipal"}
    assert [each["conditionVersion"] for each in told if "condition" in each] == ["2.0"]


def test_the_rights_follow_the_plan_and_what_others_gave_stays(ground: Ground) -> None:
    ground.lay()
    theirs = f"{ON}/providers/{ASSIGNMENTS}/theirs"
    reader = {"roleDefinitionId": "reader", "principalId": ground.principal("deploy")}
    ground.azure.things[theirs] = {"id": theirs, "properties": reader}
    beside = f"{ON}/providers/{ROLES}/beside"
    ground.azure.things[beside] = {"id": beside, "properties": role("slipway-prod-deployer", "*/read")}
    fewer = {"deploy": document("slipway-prod-deploy", "Microsoft.App/jobs/read"), "preview": POLICIES["preview"]}
    assert ground.lay(foundation(policies=fewer)).count("made") == 2
    del ground.azure.things[theirs]
    assert [(name, on) for name, kind, on, _ in ground.given() if kind == "deploy"] == [("slipway-prod-deploy", ON)]
    names = [each["properties"]["roleName"].partition(" ")[0] for each in ground.azure.of(ROLES).values()]
    assert sorted(names) == ["slipway-prod-deploy", "slipway-prod-deployer", "slipway-prod-preview"]


def test_what_another_subscription_must_give_is_said_and_not_made(ground: Ground) -> None:
    there = "/subscriptions/11111111-0000-4000-8000-000000000001/resourceGroups/data"
    more = document("slipway-prod-deploy-elsewhere", "Microsoft.KeyVault/vaults/read", on=there)
    wanted = foundation(policies={**POLICIES, "deploy": {**POLICIES["deploy"], **more}})
    ground.lay(wanted)
    assert ground.said[-1] == f"not made:   what `make rights` gives on {there}, by whoever may there"
    assert set(ground.lay(wanted)) == {"there", "not made"}


def test_what_is_not_known_everywhere_yet_is_waited_for(ground: Ground) -> None:
    ground.azure.refusals = {
        "Microsoft.KeyVault/vaults": [Refusal(409, "MissingSubscriptionRegistration", "Not registered.")],
        ASSIGNMENTS: [Refusal(400, "PrincipalNotFound", "No principal.")] * 2,
    }
    ground.lay()
    assert set(ground.lay()) == {"there"}


def test_what_is_refused_is_told_and_nothing_after_it_is_made(ground: Ground) -> None:
    denied = Refusal(403, "AuthorizationFailed", "The client may not write role definitions.")
    ground.azure.refusals[ROLES] = [denied]
    with pytest.raises(
        DeploymentError, match=r"may not do that in slipway-foundation .*may not write role definitions"
    ):
        ground.lay()
    assert IDENTITIES not in ground.azure.changed


@pytest.fixture
def plan() -> Preview:
    """Made before a test takes away what a program finds its own commands by."""
    return previewed("azure-dev")


def test_a_bootstrap_gives_what_the_plan_takes(
    plan: Preview, ground: Ground, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tool, "planned", lambda _stack: plan)
    monkeypatch.setattr("tools.rights.backend", lambda: Nowhere())
    asked = ["--stack", "azure-dev", "--repository", "acme/orders"]
    assert tool.main(asked) == 0
    said = capsys.readouterr()
    assert f"in the subscription {SUBSCRIPTION}, for the stack azure-dev:" in said.err
    assert f"would make: the identity {load_service().name}-azure-dev-deploy" in said.err
    assert "Nothing was made. To make it: make bootstrap STACK=azure-dev REPO=acme/orders YES=1" in said.err
    assert (said.out, ground.azure.things) == ("", {})
    assert tool.main([*asked, "--yes"]) == 0
    said = capsys.readouterr()
    assert "would make" not in said.err
    assert "pulumi login 'azblob://state?storage_account=" in said.out
    roles = {each["properties"]["roleName"].partition(" ")[0]: each for each in ground.azure.of(ROLES).values()}
    (deploys,) = roles[f"{load_service().name}-azure-dev-deploy"]["properties"]["permissions"]
    assert "Microsoft.App/containerApps/write" in deploys["actions"]
    (previews,) = roles[f"{load_service().name}-azure-dev-preview"]["properties"]["permissions"]
    assert [name for name in previews["actions"] if name.endswith(("/write", "/delete"))] == []


class Nowhere:
    """Where nobody is logged in."""

    url = None


@pytest.mark.parametrize("name", ["acme", "https://github.com/acme/orders", "acme/orders@3", "acme@1/orders", "acme/*"])
def test_what_is_no_repository_is_refused_before_anything_is_asked(name: str) -> None:
    with pytest.raises(DeploymentError, match=r"is no repository\. Fix: REPO=owner/name, or REPO=owner@1/name@2"):
        foundation(repository=name)


def test_another_place_of_the_state_is_none_that_is_made_here() -> None:
    with pytest.raises(DeploymentError, match=r"azblob://all\?storage_account=acmestate is not the state's place that"):
        foundation(state="acmestate/all")
    own = foundation().state
    assert foundation(state=f"{own.account}/state").state.container == own.container


@pytest.mark.parametrize("service", ["a", "slipway", "a-service-of-a-very-long-name-indeed"])
def test_names_that_are_one_in_all_of_azure_are_such_as_it_takes(service: str) -> None:
    options = {"subscription": SUBSCRIPTION, "location": "westeurope"}
    state = Foundation(Deployer(service, "prod", options, [], [], reads=False), POLICIES, "acme/orders").state
    assert state.account.isalnum()
    assert state.account == state.account.lower()
    assert 3 <= len(state.account) <= 24
    assert 3 <= len(state.vault) <= 24
    assert "--" not in state.vault


def test_the_commands_that_go_on_name_what_was_made() -> None:
    wanted = foundation(repository="acme@12/orders@345")
    state = wanted.state
    me = '--assignee "$(az ad signed-in-user show --query id --output tsv)"'

    def client(kind: str) -> str:
        named = f"--name slipway-prod-{kind} --resource-group slipway-foundation"
        return f'"$(az identity show {named} --query clientId --output tsv)"'

    assert afterwards(wanted) == [
        f"az role assignment create {me} --role 'Storage Blob Data Contributor' --scope {state.container}",
        f"az role assignment create {me} --role 'Key Vault Crypto User' --scope {state.key}",
        f"pulumi login 'azblob://state?storage_account={state.account}'",
        f"pulumi stack init prod --secrets-provider 'azurekeyvault://{state.vault}.vault.azure.net/keys/state'",
        "gh api --method PUT repos/acme/orders/environments/prod"
        " -F 'deployment_branch_policy[protected_branches]=false' -F 'deployment_branch_policy[custom_branch_policies]=true'",
        "gh api --method POST repos/acme/orders/environments/prod/deployment-branch-policies -f name=main",
        f"gh variable set AZURE_TENANT --repo acme/orders --body {TENANT}",
        f"gh variable set AZURE_DEPLOY_CLIENT --repo acme/orders --env prod --body {client('deploy')}",
        f"gh variable set AZURE_PREVIEW_CLIENT_PROD --repo acme/orders --body {client('preview')}",
        f"gh variable set PULUMI_BACKEND_URL --repo acme/orders --body 'azblob://state?storage_account={state.account}'",
    ]


def reviews() -> Foundation:
    """Whoever ships the stacks of pull requests."""
    group = f"{ON}/resourceGroups/slipway-review-*"
    pulls = f"{ON}/providers/Microsoft.Authorization/roleDefinitions/7f951dda-4ed3-4680-a7ca-43fe172d538d"
    registry = f"{group}/providers/Microsoft.ContainerRegistry/registries/x"
    plan = [
        Made("azure-native:resources:ResourceGroup", {"resourceGroupName": "slipway-review-*"}),
        Made("azure-native:authorization:RoleAssignment", {"scope": registry, "roleDefinitionId": pulls}),
    ]
    options = {"subscription": SUBSCRIPTION, "location": "westeurope"}
    deployer = Deployer("slipway", REVIEWS, options, plan, [], reads=False, account=TENANT, base="azure-review")
    return Foundation(deployer, {"deploy": documents(deployer)}, "acme/orders")


def test_the_stacks_of_pull_requests_have_an_identity_that_only_their_environment_takes_and_a_state_of_their_own(
    ground: Ground,
) -> None:
    ground.lay(reviews())
    assert sorted(ground.azure.of(GROUPS)) == ["slipway-reviews-foundation"]
    assert sorted(ground.azure.of(IDENTITIES)) == ["slipway-reviews-deploy"]
    (taken,) = ground.azure.of(CREDENTIALS).values()
    assert taken["properties"]["subject"] == "repo:acme/orders:environment:review"
    state = reviews().state
    assert (state.account, state.vault) != (foundation().state.account, foundation().state.vault)
    assert sorted(ground.azure.of(ACCOUNTS)) == [state.account]
    # A role on what only another stack's group has would be given there, and nowhere is.
    places = {
        each["id"].partition("/providers/Microsoft.Authorization")[0] for each in ground.azure.of(ASSIGNMENTS).values()
    }
    assert places == {ON, state.container, state.key}
    assert set(ground.lay(reviews())) == {"there"}


def test_the_commands_that_go_on_tell_the_environment_review_and_no_other() -> None:
    wanted = reviews()
    said = afterwards(wanted)
    named = "--name slipway-reviews-deploy --resource-group slipway-reviews-foundation"
    assert said[2:] == [
        f"pulumi login '{wanted.state.url}'",
        f"pulumi stack init azure-review --secrets-provider '{wanted.state.provider}'",
        "gh api --method PUT repos/acme/orders/environments/review",
        f"gh variable set AZURE_TENANT --repo acme/orders --body {TENANT}",
        f'gh variable set AZURE_DEPLOY_CLIENT --repo acme/orders --env review --body "$(az identity show {named} --query clientId --output tsv)"',
        f"gh variable set PULUMI_BACKEND_URL --repo acme/orders --env review --body '{wanted.state.url}'",
        "gh variable set REVIEW_FROM --repo acme/orders --body azure-review",
    ]
