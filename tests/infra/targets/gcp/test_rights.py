"""The rights of a deployer on Google Cloud: real permissions on as little as IAM allows, of which none may be missing."""

import importlib.resources
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from infra.errors import DeploymentError
from infra.targets.gcp.offline import PACKAGES
from infra.targets.gcp.offline.permissions import Permissions
from infra.targets.gcp.rights import LONGEST_ROLE, documents
from infra.targets.gcp.rights.demands import permissions
from infra.targets.gcp.rights.table import FUNCTIONS, LOOKING, OBJECTS, RIGHTS, STATE, UNLESS, Rights
from infra.targets.kubernetes.offline import schemas
from infra.targets.rights import Deployer, Made
from tests.offline.bases import BASES
from tests.offline.inventories import previewed, reviewed
from tools import rights as tool
from tools.offline.backend import Failure, Resource
from tools.offline.simulation import SimulatedSession
from tools.offline.tables import Package
from tools.offline.world import World
from tools.rights import deployer
from tools.stack import Stack, stacks

EVERY: Mapping[str, Rights] = {**RIGHTS, **OBJECTS, **FUNCTIONS, "looking": LOOKING, "the state": STATE}
ACTS = ("create", "read", "update", "delete", "use")
STACKS = [name for name in stacks() if Stack(name).platform() == "gcp"]
PROJECT = "my-project-123"
ON = f"//cloudresourcemanager.googleapis.com/projects/{PROJECT}"
FACTS = {**PACKAGES[0].facts, "project": PROJECT, "region": "us-east1"}

# Whose methods the permissions of a service are for.
DOCUMENTS = {
    "artifactregistry": ["artifactregistry.v1"],
    "cloudkms": ["cloudkms.v1"],
    "cloudscheduler": ["cloudscheduler.v1"],
    "compute": ["compute.v1"],
    "container": ["container.v1"],
    "dns": ["dns.v1"],
    "iam": ["iam.v1"],
    "logging": ["logging.v2"],
    "monitoring": ["monitoring.v1", "monitoring.v3"],
    "resourcemanager": ["cloudresourcemanager.v3"],
    "run": ["run.v2"],
    "secretmanager": ["secretmanager.v1"],
    "serviceusage": ["serviceusage.v1"],
    "storage": ["storage.v1"],
}

# Permissions that go by other words than the methods that they are for.
VERBS = {"create": ("create", "insert"), "update": ("patch", "update"), "runWithOverrides": ("run",)}
METHODS = {
    "artifactregistry.repositories.downloadArtifacts": "repositories.files.download",
    "artifactregistry.repositories.uploadArtifacts": "repositories.genericArtifacts.upload",
    "compute.networks.updatePolicy": "subnetworks.insert",
    "container.clusters.getCredentials": "clusters.get",
    "iam.serviceAccounts.actAs": "serviceAccounts.generateAccessToken|serviceAccounts.get",
    "logging.logEntries.list": "entries.list",
    "logging.views.access": "entries.list",
    "secretmanager.versions.add": "secrets.addVersion",
}
RESOURCES = {"logging.logMetrics": "metrics"}

# What a cluster's own API does with an object, by permissions that no method of Google's is named for.
OBJECT_VERBS = {
    "create": "POST",
    "delete": "DELETE",
    "exec": "POST",
    "get": "GET",
    "getLogs": "GET",
    "list": "GET",
    "portForward": "POST",
    "update": "PATCH",
}

# They are asked by POST, and change nothing.
LOOKS = {"getIamPolicy", "list", "access"}


@cache
def methods(service: str) -> dict[str, str]:
    """Google's methods of a service, and each one's verb of HTTP."""
    folder = importlib.resources.files("googleapiclient.discovery_cache.documents")
    found: dict[str, str] = {}

    def collect(resource: Mapping[str, Any]) -> None:
        for method in resource.get("methods", {}).values():
            found[method["id"]] = method["httpMethod"]
        for each in resource.get("resources", {}).values():
            collect(each)

    for name in DOCUMENTS[service]:
        collect(json.loads((folder / f"{name}.json").read_text(encoding="utf-8")))
    return found


@cache
def kinds() -> frozenset[str]:
    """The kinds of Kubernetes' own API that it publishes a schema of, in the plural, and those that are Google's."""
    folder = (
        importlib.resources.files("kubernetes_validate")
        / "kubernetes-json-schema"
        / f"v{schemas.VERSION}.0-local-strict"
    )
    singular = {name.partition("-")[0] for name in (each.name.removesuffix(".json") for each in folder.iterdir())}
    return frozenset({*map(_plural, singular), "backendconfigs", "frontendconfigs", "thirdpartyobjects"})


def _plural(kind: str) -> str:
    if kind.endswith("s"):
        return f"{kind}es"
    return f"{kind.removesuffix('y')}ies" if kind.endswith("y") else f"{kind}s"


def allowed_by(permission: str) -> dict[str, str]:
    """The methods that a permission is for, with their verbs of HTTP."""
    service, resource, verb = permission.split(".")
    if service == "container" and resource not in ("clusters", "operations"):
        return (
            {f"{resource}.{verb}": OBJECT_VERBS[verb]} if verb in OBJECT_VERBS and resource.lower() in kinds() else {}
        )
    if permission in METHODS:
        ends = METHODS[permission].split("|")
    elif verb == "use":
        # Whoever names a thing in another takes it by no method of its own.
        ends = [f"{resource}.get"]
    else:
        what = RESOURCES.get(f"{service}.{resource}", resource)
        ends = [f"{what}.{each}" for each in VERBS.get(verb, (verb,))]
    return {
        name: http
        for name, http in methods(service).items()
        if any(name.lower().endswith(f".{end.lower()}") for end in ends)
    }


def told(rights: Rights) -> list[str]:
    return [name for act in ACTS for name in permissions(getattr(rights, act))]


@pytest.mark.parametrize("type_", EVERY)
def test_every_permission_is_for_methods_that_google_publishes(type_: str) -> None:
    assert [name for name in told(EVERY[type_]) if not allowed_by(name)] == []


def test_a_permission_that_is_made_up_is_for_no_method() -> None:
    assert [allowed_by(name) for name in ("run.workers.create", "run.services.make", "container.robots.get")] == [
        {},
        {},
        {},
    ]


@pytest.mark.parametrize("type_", EVERY)
def test_what_a_preview_may_do_changes_nothing(type_: str) -> None:
    for name in permissions(EVERY[type_].read):
        assert "GET" in allowed_by(name).values() or name.rpartition(".")[2] in LOOKS


@pytest.mark.parametrize("type_", EVERY)
def test_what_is_held_to_something_is_asked_for_and_is_not_what_makes_it(type_: str) -> None:
    _, _, of = EVERY[type_].held or ("", "", ())
    assert set(of) <= set(told(EVERY[type_]))
    assert [name for name in of if name.endswith("secrets.create")] == []


def of(*made: Made, reads: bool = False, asked: Any = (), **more: Any) -> dict[str, Any]:
    options = {"project": PROJECT, "region": "us-east1"}
    return documents(Deployer("slipway", "gcp-test", options, made, asked, reads, **more))


def whole(stack: str, reads: bool = False) -> dict[str, Any]:
    """The rights of a stack's deployer."""
    return documents(deployer(Stack(stack), previewed(stack), reads=reads, account=""))


def granted(role: Mapping[str, Any]) -> list[str]:
    return role["role"]["includedPermissions"]


def giving(permission: str, *made: Made, **more: Any) -> list[tuple[str, str, str]]:
    """The ids of the roles that have a permission, where each is given, and its condition."""
    return [
        (name, role["on"], role.get("condition", {}).get("expression", ""))
        for name, role in of(*made, **more).items()
        if permission in granted(role)
    ]


def test_a_type_that_is_not_in_the_table_is_named() -> None:
    with pytest.raises(DeploymentError, match=r"gcp:pubsub/topic:Topic takes are not known\. Fix: add it to infra"):
        of(Made("gcp:pubsub/topic:Topic", {}))


def test_a_function_that_is_not_in_the_table_is_named() -> None:
    with pytest.raises(DeploymentError, match="the rights that gcp:pubsub/getTopic:getTopic takes are not known"):
        of(asked=[("gcp:pubsub/getTopic:getTopic", {})])


REPOSITORY = Made("gcp:artifactregistry/repository:Repository", {"repositoryId": "web"})
SECRET = Made("gcp:secretmanager/secret:Secret", {"secretId": "slipway-gcp-test-API_KEY"})
VERSION = Made("gcp:secretmanager/secretVersion:SecretVersion", {"secret": f"projects/{PROJECT}/secrets/API_KEY"})
NAME = "resource.name.extract('/secrets/{name}')"


def test_what_google_can_hold_to_no_name_is_given_on_the_project() -> None:
    assert giving("artifactregistry.repositories.create", REPOSITORY) == [("slipway_gcp_test_deploy", ON, "")]


def test_a_role_is_as_iam_takes_it() -> None:
    assert of(reads=True)["slipway_gcp_test_preview_state"] == {
        "role": {
            "title": "slipway-gcp-test-preview",
            "description": "What it takes to preview the stack gcp-test, by its plan.",
            "stage": "GA",
            "includedPermissions": ["storage.objects.get", "storage.objects.list"],
        },
        "on": f"//storage.googleapis.com/projects/_/buckets/slipway-state-{PROJECT}",
    }


def test_roles_in_the_project_are_given_only_where_the_plan_gives_them() -> None:
    roles = ("roles/logging.logWriter", "roles/cloudtrace.agent", "roles/logging.logWriter")
    members = [Made("gcp:projects/iAMMember:IAMMember", {"role": role}) for role in roles]
    condition = (
        "api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', [])"
        ".hasOnly(['roles/cloudtrace.agent', 'roles/logging.logWriter'])"
    )
    assert giving("resourcemanager.projects.setIamPolicy", *members) == [
        ("slipway_gcp_test_deploy_grants", ON, condition)
    ]
    assert giving("resourcemanager.projects.getIamPolicy", *members) == [("slipway_gcp_test_deploy", ON, "")]


def test_secrets_are_read_and_changed_by_their_names_alone_and_made_by_none() -> None:
    assert giving("secretmanager.secrets.create", SECRET) == [("slipway_gcp_test_deploy", ON, "")]
    name = "slipway-gcp-test-API_KEY"
    assert giving("secretmanager.secrets.delete", SECRET) == [
        ("slipway_gcp_test_deploy_secrets", ON, f"{NAME} == '{name}' || {NAME}.startsWith('{name}/')")
    ]
    assert giving("secretmanager.versions.access", VERSION, reads=True) == [
        ("slipway_gcp_test_preview_secrets", ON, f"{NAME} == 'API_KEY' || {NAME}.startsWith('API_KEY/')")
    ]


def test_of_a_name_that_ends_at_random_only_the_beginning_counts() -> None:
    secret = Made("gcp:secretmanager/secret:Secret", {"secretId": "web-key-???????"})
    assert giving("secretmanager.secrets.update", secret) == [
        ("slipway_gcp_test_deploy_secrets", ON, f"{NAME}.startsWith('web-key-')")
    ]


def test_a_secret_whose_value_is_not_asked_for_need_not_be_read() -> None:
    token = "gcp:secretmanager/getSecretVersion:getSecretVersion"
    asked = [(token, {"secret": "API_KEY", "fetchSecretData": False})]
    assert giving("secretmanager.versions.get", asked=asked, reads=True) == [("slipway_gcp_test_preview", ON, "")]
    assert giving("secretmanager.versions.access", asked=asked, reads=True) == []
    assert set(UNLESS) & set(told(FUNCTIONS[token])) == {"secretmanager.versions.access"}


def test_no_condition_has_more_parts_than_iam_takes() -> None:
    secrets = [Made("gcp:secretmanager/secret:Secret", {"secretId": f"key-{number}"}) for number in range(14)]
    conditions = [each for _, _, each in giving("secretmanager.secrets.delete", *secrets)]
    assert [len(re.findall(r"\|\||&&", each)) for each in conditions] == [11, 11, 3]
    assert [name for name in (f"key-{number}" for number in range(14)) if f"'{name}'" not in "".join(conditions)] == []


def test_records_are_changed_in_the_zone_of_the_domain_alone() -> None:
    record = Made("gcp:dns/recordSet:RecordSet", {"managedZone": "example-com", "name": "api.example.com."})
    zone = f"//dns.googleapis.com/projects/{PROJECT}/managedZones/example-com"
    assert giving("dns.changes.create", record) == [("slipway_gcp_test_deploy_zone", zone, "")]


def test_a_secret_of_another_project_is_read_there_and_nothing_else_is() -> None:
    inputs = {"secretId": "shared", "project": "acme-secrets"}
    member = Made("gcp:secretmanager/secretIamMember:SecretIamMember", inputs)
    there = "//cloudresourcemanager.googleapis.com/projects/acme-secrets"
    assert giving("secretmanager.secrets.setIamPolicy", member, REPOSITORY) == [
        (
            "slipway_gcp_test_deploy_secrets_elsewhere",
            there,
            f"{NAME} == 'shared' || {NAME}.startsWith('shared/')",
        )
    ]
    assert giving("secretmanager.secrets.getIamPolicy", member) == [("slipway_gcp_test_deploy_elsewhere", there, "")]


def test_the_state_is_in_the_bucket_that_the_person_is_logged_in_to() -> None:
    bucket = "//storage.googleapis.com/projects/_/buckets/acme-state"
    assert giving("storage.objects.create", state="acme-state") == [("slipway_gcp_test_deploy_state", bucket, "")]
    assert giving("storage.objects.create", state="acme-state", reads=True) == []


def test_whoever_deploys_encrypts_and_decrypts_by_the_stacks_own_key_and_to_preview_decrypting_does() -> None:
    key = f"//cloudkms.googleapis.com/projects/{PROJECT}/locations/us-east1/keyRings/slipway/cryptoKeys/gcp-test"
    decrypt, encrypt = (f"cloudkms.cryptoKeyVersions.useTo{act}" for act in ("Decrypt", "Encrypt"))
    assert giving(encrypt) == giving(decrypt) == [("slipway_gcp_test_deploy_key", key, "")]
    assert (giving(encrypt, reads=True), giving(decrypt, reads=True)) == (
        [],
        [("slipway_gcp_test_preview_key", key, "")],
    )


def test_a_name_that_iam_has_no_room_for_is_refused() -> None:
    asked = Deployer("slipway", "a" * 60, {"project": PROJECT}, [], [], reads=True)
    with pytest.raises(
        DeploymentError, match=r"more than the 64 characters that IAM allows\. Fix: give the stack a sh"
    ):
        documents(asked)


@pytest.mark.parametrize("reads", [False, True], ids=["deploy", "preview"])
@pytest.mark.parametrize("stack", STACKS)
def test_the_roles_of_every_stack_are_such_as_iam_takes(stack: str, reads: bool) -> None:
    made = whole(stack, reads)
    assert next(iter(made)) == f"slipway_{stack.replace('-', '_')}_{'preview' if reads else 'deploy'}"
    for name, role in made.items():
        assert re.fullmatch(rf"[A-Za-z0-9_.]{{3,{LONGEST_ROLE}}}", name)
        assert len(role["role"]["title"].encode()) <= 100
        assert len(role["role"]["description"]) <= 300
        assert granted(role) == sorted(set(granted(role))) != []
        assert len(re.findall(r"\|\||&&", role.get("condition", {}).get("expression", ""))) <= 12


def test_the_rights_of_a_stack_are_json_alone_on_standard_output(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tool, "planned", lambda stack: previewed(stack.name))
    assert tool.main(["--stack", "gcp-dev", "--preview"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out) == whole("gcp-dev", reads=True)
    assert said.err == ""


@pytest.mark.parametrize("stack", STACKS)
def test_nobody_who_deploys_may_do_all_or_change_who_may(stack: str) -> None:
    for role in whole(stack).values():
        if "resourcemanager.projects.setIamPolicy" in granted(role):
            assert "modifiedGrantsByRole" in role["condition"]["expression"]
        assert [name for name in granted(role) if name.startswith("iam.roles.")] == []
        assert not {"iam.serviceAccounts.setIamPolicy", "iam.serviceAccountKeys.create"} & set(granted(role))


# What is asked of Google beside the provider: by status, logs, exec, the release task and the rollout.
ASKED = {
    "logging.entries.list",
    "run.projects.locations.operations.get",
    "run.projects.locations.jobs.create",
    "run.projects.locations.jobs.delete",
    "run.projects.locations.jobs.executions.cancel",
    "run.projects.locations.jobs.executions.get",
    "run.projects.locations.jobs.executions.list",
    "run.projects.locations.jobs.executions.tasks.list",
    "run.projects.locations.jobs.get",
    "run.projects.locations.jobs.list",
    "run.projects.locations.jobs.run",
    "run.projects.locations.services.get",
    "run.projects.locations.services.list",
    "run.projects.locations.services.revisions.list",
    "run.projects.locations.workerPools.list",
    "run.projects.locations.workerPools.revisions.list",
}


@pytest.mark.parametrize("asked", sorted(ASKED))
def test_what_is_asked_of_google_beside_the_provider_is_allowed_too(asked: str) -> None:
    allowed = {name for role in whole("gcp-dev").values() for name in granted(role)}
    assert [name for name in allowed if asked in allowed_by(name)] != []


# The stand-ins hold whoever acts to such roles.


PLAYED = [type_ for type_ in BASES if type_ in RIGHTS and type_ in PACKAGES[0].types]


def given(type_: str) -> dict[str, Any]:
    """Right inputs of a type, with the name that an engine would give it."""
    named = PACKAGES[0].types[type_].kind.autonamed
    return {**({named: "made-0a1b2c3"} if named else {}), **BASES[type_]}


def alone(type_: str) -> Package:
    """The tables for a resource that stands alone: nothing that it names is asked for."""
    played = replace(PACKAGES[0].types[type_], beside=())
    return replace(PACKAGES[0], types={type_: played}, references=())


def live(type_: str, roles: Iterable[Mapping[str, Any]]) -> Permissions:
    """Make, read, change and remove a resource of the type with no other rights than these."""
    guard = Permissions(list(roles))
    session = SimulatedSession(replace(alone(type_), guard=guard), World(), FACTS)
    inputs, resource = given(type_), Resource(f"urn:pulumi:gcp-test::program::{type_}::made", type_)
    made = session.create(resource, inputs, 0)
    there = replace(resource, id=made.id)
    session.read(there, inputs, made.outputs)
    session.update(there, inputs, inputs, made.outputs, 0)
    session.delete(there, inputs, made.outputs, 0)
    return guard


def without(permission: str, roles: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """The roles less one permission."""
    for each in roles:
        left = [name for name in granted(each) if name != permission]
        yield {**each, "role": {**each["role"], "includedPermissions": left}}


@pytest.mark.parametrize("type_", PLAYED)
def test_what_is_generated_for_a_resource_does_for_its_whole_life_and_no_permission_of_it_may_be_missing(
    type_: str,
) -> None:
    roles = of(Made(type_, given(type_))).values()
    used = live(type_, roles).used
    assert used
    for name in used:
        with pytest.raises(Failure, match=f"Permission '{name}' denied on resource "):
            live(type_, without(name, roles))


@pytest.mark.parametrize("stack", STACKS)
def test_the_rights_of_a_plan_do_for_all_that_it_makes_and_asks_and_none_may_be_missing(stack: str) -> None:
    whose, roles = deployer(Stack(stack), previewed(stack), reads=False, account=""), whole(stack).values()
    made = [each for each in whose.made if each.type.startswith(("gcp:", "kubernetes:"))]
    facts = {**FACTS, "project": str(whose.options["project"])}
    assert len(made) >= 20

    def act(guard: Permissions) -> None:
        for each in made:
            for name in ("create", "read", "update", "delete"):
                guard(name, each.type, each.inputs, {}, facts)
        for token, arguments in whose.asked:
            guard("invoke", token, arguments, {}, facts)

    guard = Permissions(list(roles))
    act(guard)
    assert len(guard.used) >= 40
    for missing in guard.used:
        with pytest.raises(Failure, match=f"Permission '{missing}' denied on resource "):
            act(Permissions(list(without(missing, roles))))


def test_whoever_ships_a_pull_requests_stack_may_do_all_that_it_takes_and_gives_no_other_role() -> None:
    seen, whose = reviewed("gcp-dev")
    roles = documents(whose)
    # It is made of nothing that its base has not.
    assert {each.type for each in seen.resources} <= {each.type for each in previewed("gcp-dev").resources}
    guard, facts = Permissions(list(roles.values())), {**FACTS, "project": str(whose.options["project"])}
    made = [each for each in whose.made if each.type.startswith("gcp:")]
    for each in made:
        for act in ("create", "read", "update", "delete"):
            guard(act, each.type, each.inputs, {}, facts)
    for token, arguments in whose.asked:
        guard("invoke", token, arguments, {}, facts)
    assert len(made) >= 20
    buckets = [each["on"] for each in roles.values() if each["on"].startswith("//storage.")]
    assert buckets == ["//storage.googleapis.com/projects/_/buckets/slipway-reviews-state-" + facts["project"]]
    with pytest.raises(Failure, match=r"Permission 'resourcemanager\.projects\.setIamPolicy' denied"):
        guard("create", "gcp:projects/iAMMember:IAMMember", {"role": "roles/owner"}, {}, facts)


def test_what_is_missing_is_told_in_googles_words() -> None:
    with pytest.raises(Failure) as refused:
        live(REPOSITORY.type, without("artifactregistry.repositories.create", of(REPOSITORY).values()))
    assert str(refused.value) == (
        "googleapi: Error 403: Permission 'artifactregistry.repositories.create' denied on resource "
        f"'{ON}' (or it may not exist)., forbidden"
    )


def test_who_may_only_preview_can_make_nothing() -> None:
    with pytest.raises(Failure, match=r"Permission 'artifactregistry\.repositories\.create' denied"):
        live(REPOSITORY.type, of(REPOSITORY, reads=True).values())


def test_another_secret_is_not_taken_away() -> None:
    type_ = "gcp:secretmanager/secret:Secret"
    with pytest.raises(Failure, match=r"Permission 'secretmanager\.secrets\.update' denied"):
        live(type_, of(Made(type_, {"secretId": "of-another"})).values())


def test_another_role_is_not_given() -> None:
    type_ = "gcp:projects/iAMMember:IAMMember"
    guard = Permissions(list(of(Made(type_, {"role": "roles/logging.logWriter"})).values()))
    guard("create", type_, {"role": "roles/logging.logWriter"}, {}, FACTS)
    with pytest.raises(Failure, match=r"Permission 'resourcemanager\.projects\.setIamPolicy' denied"):
        guard("create", type_, {"role": "roles/owner"}, {}, FACTS)
