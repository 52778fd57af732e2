"""The ground of a stack on Google Cloud, laid on its played APIs: made once, left alone when it is there, mended."""

import re
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from infra.errors import DeploymentError
from infra.service import load_service
from infra.targets.gcp import bootstrap as module
from infra.targets.gcp.bootstrap import APIS, ISSUER, Foundation, account, afterwards, bootstrap
from infra.targets.gcp.rights import documents
from infra.targets.rights import REVIEWS, Deployer, Made
from tests.infra.targets.gcp.ground import Project
from tests.offline.internet.google import LOGIN, Refusal, _token_site
from tests.offline.internet.internet import Internet
from tests.offline.inventories import previewed
from tools import bootstrap as tool

PROJECT, NUMBER, REGION = "acme-prod", "123456789012", "europe-west1"
BUCKET = f"slipway-state-{PROJECT}"
KEY = f"projects/{PROJECT}/locations/{REGION}/keyRings/slipway/cryptoKeys/prod"
ON = f"//cloudresourcemanager.googleapis.com/projects/{PROJECT}"
STATE = f"//storage.googleapis.com/projects/_/buckets/{BUCKET}"
ZONE = f"//dns.googleapis.com/projects/{PROJECT}/managedZones/example-com"
CONDITION = {"title": "Only some", "expression": "resource.name.extract('/secrets/{name}') == 'a'"}
POOL = f"projects/{PROJECT}/locations/global/workloadIdentityPools/github"
PRINCIPAL = f"principal://iam.googleapis.com/projects/{NUMBER}/locations/global/workloadIdentityPools/github/subject"


def role(*permissions: str) -> dict[str, Any]:
    return {"title": "slipway-prod", "description": "It.", "stage": "GA", "includedPermissions": list(permissions)}


POLICIES = {
    "deploy": {
        "slipway_prod_deploy": {"role": role("run.services.create", "run.services.get"), "on": ON},
        "slipway_prod_deploy_secrets": {"role": role("secretmanager.versions.add"), "on": ON, "condition": CONDITION},
        "slipway_prod_deploy_state": {"role": role("storage.objects.create"), "on": STATE},
        "slipway_prod_deploy_zone": {"role": role("dns.changes.create"), "on": ZONE},
    },
    "preview": {"slipway_prod_preview": {"role": role("run.services.get"), "on": ON}},
}


def foundation(policies: Any = None, repository: str = "acme/orders", stack: str = "prod", **more: Any) -> Foundation:
    options = {"project": PROJECT, "region": REGION}
    deployer = Deployer("slipway", stack, options, [], [], reads=False, account=NUMBER, **more)
    return Foundation(deployer, policies or POLICIES, repository)


@dataclass
class Ground:
    """A project, and what was said of it."""

    project: Project
    said: list[str] = field(default_factory=list[str])

    def lay(self, wanted: Foundation | None = None, *, sure: bool = True) -> list[str]:
        self.said.clear()
        self.project.changed.clear()
        bootstrap(wanted or foundation(), sure=sure, say=self.said.append)
        return [line.partition(":")[0] for line in self.said]

    def bindings(self, path: str) -> list[tuple[str, list[str], str]]:
        """The roles that a policy gives, to whom, and under which condition."""
        return [
            (each["role"].rpartition("/")[2], each["members"], each.get("condition", {}).get("expression", ""))
            for each in self.project.policies[path]["bindings"]
        ]

    def provider(self) -> dict[str, Any]:
        (found,) = (each for path, each in self.project.things.items() if path.startswith(f"{POOL}/providers/"))
        return found


@pytest.fixture
def ground(credentials: None, internet: Internet, monkeypatch: pytest.MonkeyPatch) -> Ground:
    internet.play(LOGIN, _token_site())
    project = Project(PROJECT, NUMBER)
    project.play(internet)
    monkeypatch.setattr(module, "PAUSE", 0)
    monkeypatch.setattr(module, "PATIENCE", 5)
    return Ground(project)


def email(kind: str) -> str:
    return f"slipway-prod-{kind}@{PROJECT}.iam.gserviceaccount.com"


def accounts(kind: str) -> str:
    return f"projects/{PROJECT}/serviceAccounts/{email(kind)}"


def test_the_account_is_the_number_of_the_stacks_project(ground: Ground) -> None:
    assert account({"project": PROJECT, "region": REGION}) == NUMBER


def test_at_first_it_only_says_what_it_would_make(ground: Ground) -> None:
    assert set(ground.lay(sure=False)) == {"would make"}
    assert (ground.project.things, ground.project.policies, ground.project.changed) == ({}, {}, [])


def test_the_apis_that_come_before_the_stacks_own_are_switched_on(ground: Ground) -> None:
    ground.lay()
    # Of a zone, too, of which a role is given.
    assert ground.project.enabled == {f"{api}.googleapis.com" for api in (*APIS, "dns")}


def test_the_state_gets_a_bucket_that_keeps_its_versions_and_is_never_public(ground: Ground) -> None:
    ground.lay()
    assert ground.project.things[f"b/{BUCKET}"] == {
        "name": BUCKET,
        "location": REGION,
        "projectNumber": NUMBER,
        "labels": {"slipway-service": "slipway", "slipway-bootstrap": "slipway-prod"},
        "versioning": {"enabled": True},
        "iamConfiguration": {"publicAccessPrevention": "enforced", "uniformBucketLevelAccess": {"enabled": True}},
    }


def test_the_stacks_secrets_get_a_key_of_its_own_that_is_renewed(ground: Ground) -> None:
    ground.lay()
    key = ground.project.things[KEY]
    assert (key["purpose"], key["rotationPeriod"]) == ("ENCRYPT_DECRYPT", "7776000s")
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", key["nextRotationTime"])


@pytest.mark.parametrize(("state", "mend"), [("DESTROY_SCHEDULED", "restore"), ("DISABLED", "enable")])
def test_a_key_that_decrypts_no_more_is_not_taken_for_one(ground: Ground, state: str, mend: str) -> None:
    ground.lay()
    ground.project.things[KEY]["primary"]["state"] = state
    rule = f"the key {KEY}, which decrypts the stack's secrets, is {state}"
    with pytest.raises(DeploymentError) as refused:
        ground.lay()
    assert str(refused.value) == f"{rule}. Fix: gcloud kms keys versions {mend} {KEY}/cryptoKeyVersions/1"


def test_the_key_is_used_by_whom_the_roles_on_it_name(ground: Ground) -> None:
    on = f"//cloudkms.googleapis.com/{KEY}"
    more = {"slipway_prod_deploy_key": {"role": role("cloudkms.cryptoKeyVersions.useToDecrypt"), "on": on}}
    wanted = foundation(policies={**POLICIES, "deploy": {**POLICIES["deploy"], **more}})
    ground.lay(wanted)
    assert ground.bindings(KEY) == [("slipway_prod_deploy_key", [f"serviceAccount:{email('deploy')}"], "")]
    assert "made:       slipway-prod-deploy: its roles on the key prod" in ground.said
    assert set(ground.lay(wanted)) == {"there"}


def test_the_accounts_are_the_environments_and_to_read_alone_the_pull_requests_and_the_look_for_drift(
    ground: Ground,
) -> None:
    ground.lay()
    taken = {
        kind: [member for _, members, _ in ground.bindings(accounts(kind)) for member in members]
        for kind in ("deploy", "preview")
    }
    assert taken == {
        "deploy": [f"{PRINCIPAL}/repo:acme/orders:environment:prod"],
        "preview": [f"{PRINCIPAL}/repo:acme/orders:environment:drift", f"{PRINCIPAL}/repo:acme/orders:pull_request"],
    }
    assert {role for role, _, _ in ground.bindings(accounts("preview"))} == {"iam.workloadIdentityUser"}


def test_only_tokens_of_the_repository_are_taken(ground: Ground) -> None:
    ground.lay()
    found = ground.provider()
    assert found["oidc"] == {"issuerUri": ISSUER}
    assert found["attributeCondition"] == "assertion.repository == 'acme/orders'"
    assert found["attributeMapping"]["google.subject"] == "assertion.sub"


def test_a_repository_whose_tokens_have_its_ids_is_trusted_by_them(ground: Ground) -> None:
    ground.lay(foundation(repository="acme@12/orders@345"))
    condition = "assertion.repository_owner_id == '12' && assertion.repository_id == '345'"
    assert ground.provider()["attributeCondition"] == condition
    ((_, members, _),) = ground.bindings(accounts("deploy"))
    assert members == [f"{PRINCIPAL}/repo:acme@12/orders@345:environment:prod"]


def test_each_role_is_given_where_it_belongs_and_under_its_condition(ground: Ground) -> None:
    ground.lay()
    deployer, previewer = ([f"serviceAccount:{email(kind)}"] for kind in ("deploy", "preview"))
    assert ground.bindings(f"projects/{PROJECT}") == [
        ("slipway_prod_deploy", deployer, ""),
        ("slipway_prod_deploy_secrets", deployer, CONDITION["expression"]),
        ("slipway_prod_preview", previewer, ""),
    ]
    assert ground.bindings(f"b/{BUCKET}") == [("slipway_prod_deploy_state", deployer, "")]
    assert ground.bindings(f"projects/{PROJECT}/managedZones/example-com") == [
        ("slipway_prod_deploy_zone", deployer, "")
    ]
    assert {each["version"] for each in ground.project.policies.values()} == {3}
    roles = {path.rpartition("/")[2]: each for path, each in ground.project.things.items() if "/roles/" in path}
    assert roles == {name: each["role"] for part in POLICIES.values() for name, each in part.items()}


def test_what_another_project_must_give_is_said_and_not_made(ground: Ground) -> None:
    there = "//cloudresourcemanager.googleapis.com/projects/acme-secrets"
    more = {"slipway_prod_deploy_elsewhere": {"role": role("secretmanager.versions.get"), "on": there}}
    wanted = foundation(policies={**POLICIES, "deploy": {**more, **POLICIES["deploy"]}})
    ground.lay(wanted)
    assert ground.said[-1] == f"not made:   what `make rights` gives on {there}, by whoever may there"
    assert [path for path in ground.project.things if path.endswith("elsewhere")] == []
    assert set(ground.lay(wanted)) == {"there", "not made"}


def test_the_second_time_all_is_there(ground: Ground) -> None:
    assert set(ground.lay()) == {"made", "there"}
    assert set(ground.lay()) == {"there"}
    assert ground.project.changed == []


def test_what_differs_is_mended_and_no_more(ground: Ground) -> None:
    ground.lay()
    bucket = ground.project.things[f"b/{BUCKET}"]
    bucket["iamConfiguration"]["publicAccessPrevention"] = "inherited"
    bucket["versioning"] = {"enabled": False}
    ground.provider()["attributeCondition"] = "true"
    assert ground.lay().count("made") == 3
    assert ground.project.changed == [
        "storage.buckets.patch",
        "storage.buckets.patch",
        "iam.projects.locations.workloadIdentityPools.providers.patch",
    ]
    assert bucket["iamConfiguration"]["publicAccessPrevention"] == "enforced"
    assert ground.provider()["attributeCondition"] == "assertion.repository == 'acme/orders'"


def test_the_rights_follow_the_plan_and_what_others_gave_stays(ground: Ground) -> None:
    ground.lay()
    of_project = ground.project.policies[f"projects/{PROJECT}"]["bindings"]
    others = [
        {"role": "roles/owner", "members": ["user:ann@example.com"]},
        {"role": "roles/artifactregistry.reader", "members": [f"serviceAccount:{email('deploy')}"]},
    ]
    of_project.extend(others)
    changed = role("run.jobs.create")
    fewer = {"deploy": {"slipway_prod_deploy": {"role": changed, "on": ON}}, "preview": POLICIES["preview"]}
    ground.lay(foundation(policies=fewer))
    assert ground.project.things[f"projects/{PROJECT}/roles/slipway_prod_deploy"] == changed
    assert ground.bindings(f"projects/{PROJECT}") == [
        ("slipway_prod_preview", [f"serviceAccount:{email('preview')}"], ""),
        ("owner", ["user:ann@example.com"], ""),
        ("artifactregistry.reader", [f"serviceAccount:{email('deploy')}"], ""),
        ("slipway_prod_deploy", [f"serviceAccount:{email('deploy')}"], ""),
    ]


def test_somebody_else_who_may_take_an_account_may_so_no_longer(ground: Ground) -> None:
    ground.lay()
    policy = ground.project.policies[accounts("deploy")]
    policy["bindings"][0]["members"].append(f"{PRINCIPAL}/repo:evil/orders:environment:prod")
    ground.lay()
    ((_, members, _),) = ground.bindings(accounts("deploy"))
    assert members == [f"{PRINCIPAL}/repo:acme/orders:environment:prod"]


def test_what_was_taken_away_and_google_still_keeps_is_there_again(ground: Ground) -> None:
    ground.lay()
    ground.project.things[POOL]["state"] = "DELETED"
    ground.provider()["state"] = "DELETED"
    ground.project.things[f"projects/{PROJECT}/roles/slipway_prod_deploy"]["deleted"] = True
    assert ground.lay().count("made") == 3
    assert set(ground.lay()) == {"there"}


def test_what_is_not_known_everywhere_yet_is_waited_for(ground: Ground) -> None:
    late = Refusal(400, "INVALID_ARGUMENT", f"Service account {email('deploy')} does not exist.")
    disabled = Refusal(403, "PERMISSION_DENIED", "It has not been used before", "SERVICE_DISABLED")
    changing = Refusal(409, "ABORTED", "There were concurrent policy changes.")
    ground.project.refusals["cloudresourcemanager.projects.setIamPolicy"] = [late, changing, late]
    ground.project.refusals["iam.projects.serviceAccounts.create"] = [disabled, disabled]
    ground.lay()
    assert set(ground.lay()) == {"there"}


def test_what_is_refused_is_told_and_nothing_after_it_is_made(ground: Ground) -> None:
    denied = Refusal(403, "PERMISSION_DENIED", "Permission 'iam.roles.create' denied on resource")
    ground.project.refusals["iam.projects.roles.create"] = [denied]
    with pytest.raises(DeploymentError, match=r"may not do that in acme-prod \(Permission 'iam\.roles\.create' denied"):
        ground.lay()
    assert "iam.projects.serviceAccounts.create" not in ground.project.changed


def test_an_operation_that_fails_is_told(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    failed = {"name": "operations/x", "done": True, "error": {"code": 9, "message": "Billing must be on."}}
    monkeypatch.setattr(ground.project, "_batchEnable", lambda *_: failed)
    with pytest.raises(DeploymentError, match=r"Google Cloud could not: Billing must be on\."):
        ground.lay()


def test_the_bucket_that_the_person_is_logged_in_to_is_taken(ground: Ground) -> None:
    ground.lay(foundation(state="acme-states"))
    assert [path for path in ground.project.things if path.startswith("b/")] == ["b/acme-states"]


@pytest.mark.parametrize("seen", [True, False])
def test_somebody_elses_bucket_is_not_taken(ground: Ground, seen: bool) -> None:
    ground.project.enabled |= {f"{api}.googleapis.com" for api in (*APIS, "dns")}
    ground.project.things[f"b/{BUCKET}"] = {"name": BUCKET, "projectNumber": "1"}
    if not seen:
        refusal = Refusal(403, "", "deployer does not have storage.buckets.get access")
        ground.project.refusals["storage.buckets.get"] = [refusal]
    with pytest.raises(DeploymentError, match=f"the bucket {BUCKET} is another project's, or may not be looked at"):
        ground.lay()
    assert ground.project.changed == []


def test_a_bootstrap_gives_what_the_plan_takes(
    credentials: None, internet: Internet, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    internet.play(LOGIN, _token_site())
    name = load_service().name
    project = Project("my-project-123", NUMBER)
    project.play(internet)
    monkeypatch.setattr(module, "PAUSE", 0)
    monkeypatch.setattr(tool, "planned", lambda stack: previewed(stack.name))
    of_roles = name.replace("-", "_")
    asked = ["--stack", "gcp-dev", "--repository", "acme/orders"]
    assert tool.main(asked) == 0
    said = capsys.readouterr()
    assert "in the project my-project-123, for the stack gcp-dev:" in said.err
    assert f"would make: the service account {name}-gcp-dev-deploy" in said.err
    assert "Nothing was made. To make it: make bootstrap STACK=gcp-dev REPO=acme/orders YES=1" in said.err
    assert (said.out, project.things) == ("", {})
    assert tool.main([*asked, "--yes"]) == 0
    said = capsys.readouterr()
    assert "would make" not in said.err
    assert said.out.splitlines()[0] == f"pulumi login gs://{name}-state-my-project-123"
    role = project.things[f"projects/my-project-123/roles/{of_roles}_gcp_dev_deploy"]
    assert "run.services.create" in role["includedPermissions"]
    preview = project.things[f"projects/my-project-123/roles/{of_roles}_gcp_dev_preview"]
    assert "run.services.get" in preview["includedPermissions"]
    assert [name for name in preview["includedPermissions"] if name.endswith((".create", ".delete", ".update"))] == []


@pytest.mark.parametrize("name", ["acme", "https://github.com/acme/orders", "acme/orders@3", "acme@1/orders", "acme/*"])
def test_what_is_no_repository_is_refused_before_anything_is_asked(name: str) -> None:
    with pytest.raises(DeploymentError, match=r"is no repository\. Fix: REPO=owner/name, or REPO=owner@1/name@2"):
        foundation(repository=name)


def test_a_name_that_iam_has_no_room_for_is_refused() -> None:
    with pytest.raises(DeploymentError, match="slipway-production-of-europe-deploy has more than the 30 characters"):
        foundation(stack="production-of-europe")
    with pytest.raises(DeploymentError, match="has more than the 127 bytes that a subject may have"):
        foundation(repository=f"acme-industries/{'o' * 100}")


def test_repositories_of_the_same_beginning_have_providers_of_their_own() -> None:
    names = [foundation(repository=f"acme/{'o' * 40}{end}").provider.rpartition("/")[2] for end in ("a", "b")]
    assert names[0] != names[1]
    assert [4 <= len(name) <= 32 for name in names] == [True, True]


def test_the_commands_that_go_on_name_what_was_made() -> None:
    wanted = foundation(repository="acme@12/orders@345")
    provider = wanted.provider
    assert provider.startswith(
        f"projects/{NUMBER}/locations/global/workloadIdentityPools/github/providers/r-acme-orders-"
    )
    assert afterwards(replace(wanted)) == [
        f"pulumi login gs://{BUCKET}",
        f"pulumi stack init prod --secrets-provider gcpkms://{KEY}",
        "gh api --method PUT repos/acme/orders/environments/prod"
        " -F 'deployment_branch_policy[protected_branches]=false' -F 'deployment_branch_policy[custom_branch_policies]=true'",
        "gh api --method POST repos/acme/orders/environments/prod/deployment-branch-policies -f name=main",
        f"gh variable set GCP_PROVIDER --repo acme/orders --env prod --body {provider}",
        f"gh variable set GCP_DEPLOY_ACCOUNT --repo acme/orders --env prod --body {email('deploy')}",
        f"gh variable set GCP_PROVIDER_PROD --repo acme/orders --body {provider}",
        f"gh variable set GCP_PREVIEW_ACCOUNT_PROD --repo acme/orders --body {email('preview')}",
        f"gh variable set PULUMI_BACKEND_URL --repo acme/orders --body gs://{BUCKET}",
    ]


def reviews() -> Foundation:
    """Whoever ships the stacks of pull requests."""
    plan = [
        Made("gcp:cloudrunv2/service:Service", {"name": "slipway-review-*"}),
        Made("gcp:secretmanager/secretVersion:SecretVersion", {"secret": "projects/p/secrets/slipway-review-*"}),
    ]
    options = {"project": PROJECT, "region": REGION}
    deployer = Deployer("slipway", REVIEWS, options, plan, [], reads=False, account=NUMBER, base="gcp-review")
    return Foundation(deployer, {"deploy": documents(deployer)}, "acme/orders")


def test_the_stacks_of_pull_requests_have_an_account_that_only_their_environment_takes_and_a_state_of_their_own(
    ground: Ground,
) -> None:
    ground.lay(reviews())
    found = [path for path in ground.project.things if "/serviceAccounts/" in path]
    own = f"projects/{PROJECT}/serviceAccounts/slipway-reviews-deploy@{PROJECT}.iam.gserviceaccount.com"
    assert found == [own]
    (taken,) = ground.bindings(own)
    assert taken[1] == [f"{PRINCIPAL}/repo:acme/orders:environment:review"]
    assert [path for path in ground.project.things if path.startswith("b/")] == [f"b/slipway-reviews-state-{PROJECT}"]
    given = {
        name: condition for name, _, condition in ground.bindings(f"projects/{PROJECT}") if name.endswith("_secrets")
    }
    assert given == {
        "slipway_reviews_deploy_secrets": "resource.name.extract('/secrets/{name}').startsWith('slipway-review-')"
    }
    assert set(ground.lay(reviews())) == {"there"}


def test_the_commands_that_go_on_tell_the_environment_review_and_no_other() -> None:
    wanted = reviews()
    account = f"slipway-reviews-deploy@{PROJECT}.iam.gserviceaccount.com"
    key = KEY.replace("prod", "gcp-review").replace("acme-gcp-review", PROJECT)
    assert afterwards(wanted) == [
        f"pulumi login gs://slipway-reviews-state-{PROJECT}",
        f"pulumi stack init gcp-review --secrets-provider gcpkms://{key}",
        "gh api --method PUT repos/acme/orders/environments/review",
        f"gh variable set GCP_PROVIDER --repo acme/orders --env review --body {wanted.provider}",
        f"gh variable set GCP_DEPLOY_ACCOUNT --repo acme/orders --env review --body {account}",
        f"gh variable set PULUMI_BACKEND_URL --repo acme/orders --env review --body gs://slipway-reviews-state-{PROJECT}",
        "gh variable set REVIEW_FROM --repo acme/orders --body gcp-review",
    ]
