"""What the settings of `azure.container_apps` make of its plan."""

import json
from typing import Any

import pytest

from infra.targets.azure.offline import there
from tests.offline.inventories import needed
from tests.offline.plans import of, one, planned_once
from tests.offline.test_properties import planned
from tools.plan.preview import Preview

SUBSCRIPTION = "00000000-0000-4000-8000-000000000001"
OTHER = "00000000-0000-4000-8000-000000000002"
PLACE = {"subscription": SUBSCRIPTION, "location": "westeurope"}
OURS = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/slipway-dev"
APP, JOB = "azure-native:app:ContainerApp", "azure-native:app:Job"
ROLE = "azure-native:authorization:RoleAssignment"
REVISION, RELEASE, TRIAL, SETTLED, ROLLOUT = (
    f"pulumi-python:dynamic/slipway:{name}" for name in ("Revision", "ReleaseTask", "Trial", "Settled", "Rollout")
)
SUBNET = there.id_of(
    SUBSCRIPTION, there.GROUP, f"Microsoft.Network/virtualNetworks/{there.NETWORK}/subnets/{there.SUBNET}"
)
STORED = f"{there.GROUP}/{there.VAULT}/{there.SECRET}"
API = {"domain": f"api.{there.ZONE}"}
IN_ZONE = {"dns_zone": f"{there.GROUP}/{there.ZONE}"}
EVERYTHING = {
    **IN_ZONE,
    "registry": "Standard",
    "images_kept": 10,
    "network": {"own": True, "cidr": "10.1.0.0/24"},
    "zone_redundant": True,
    "concurrency": 4,
    "traffic": {"canary": 10},
    "insights": True,
    "log_retention": 90,
    "alarms": {"emails": ["oncall@example.com"]},
    "roles": [{"role": "Storage Blob Data Reader"}, {"role": OTHER, "scope": f"/subscriptions/{OTHER}"}],
}
SIZED = {"size": {"cpu": 1, "memory": "2GiB"}, "scale": {"min": 2, "max": 20}, "proxies": 1}


def container_apps(options: dict[str, Any] | None = None, **more: Any) -> Preview:
    """The plan of a stack with these options."""
    settings = {"target": "azure.container_apps", "options": {**PLACE, **(options or {})}, **more}
    return planned_once(settings)


def everything() -> Preview:
    return container_apps(EVERYTHING, protect=True, secrets={"SECRET_KEY": "hunter2"}, **SIZED, **API)


def inside() -> Preview:
    """What nobody reaches from outside, and pulls from elsewhere."""
    options = {"network": {"subnet": SUBNET}, "internal": True, "workload_profile": "D4", "session_affinity": True}
    login = {"repository": "ghcr.io/acme/orders", "username": "acme", "password": "hunter2"}
    return container_apps(
        {**options, "ingress": "internal"}, registry=login, stored_secrets={"SECRET_KEY": STORED}, image=IMAGE
    )


IMAGE = f"ghcr.io/acme/orders@sha256:{'0' * 64}"


def web(plan: Preview) -> dict[str, Any]:
    (app,) = [each for each in of(plan, APP) if each.name == "slipway-web"]
    return dict(app.inputs)


def running(plan: Preview) -> dict[str, dict[str, Any]]:
    """All that runs a process, by the process."""
    return {
        each.inputs["tags"]["slipway-process"]: dict(each.inputs) for type_ in (APP, JOB) for each in of(plan, type_)
    }


def test_everything_is_in_one_group_and_told_apart_by_its_tags() -> None:
    plan = everything()
    group = one(plan, "azure-native:resources:ResourceGroup")
    tags = {"slipway-service": "slipway", "slipway-stack": "dev"}
    assert (group["resourceGroupName"], group["tags"]) == ("slipway-dev", tags)
    elsewhere = [
        each.name for each in plan.resources if each.inputs.get("resourceGroupName", "slipway-dev") != "slipway-dev"
    ]
    assert elsewhere == ["slipway-app", "slipway-proof"]
    untagged = {
        each.type
        for each in plan.resources
        if each.type.startswith("azure-native:") and not tags.items() <= each.inputs.get("tags", {}).items()
    }
    # Parts of others, and what cannot have any.
    assert untagged == {
        "azure-native:dns:RecordSet",
        "azure-native:keyvault:Secret",
        "azure-native:network:Subnet",
        ROLE,
    }


def test_every_process_runs_as_the_service_in_its_environment_with_its_secrets_and_images() -> None:
    plan = everything()
    identity = f"{OURS}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/slipway-dev"
    processes = running(plan)
    assert {process: each.get("containerAppName") or each["jobName"] for process, each in processes.items()} == {
        "web": "slipway-dev",
        "worker.heartbeat": "slipway-dev-worker-heartbeat",
        "job.tidy": "slipway-dev-job-tidy",
        "release": "slipway-dev-release",
    }
    server = str(one(plan, "azure-native:containerregistry:Registry")["registryName"]) + ".azurecr.io"
    for each in processes.values():
        assert each["identity"] == {"type": "UserAssigned", "userAssignedIdentities": [identity]}
        assert each["environmentId"] == f"{OURS}/providers/Microsoft.App/managedEnvironments/slipway-dev"
        assert each["configuration"]["registries"] == [{"server": server, "identity": identity}]
        (secret,) = each["configuration"]["secrets"]
        assert (secret["name"], secret["identity"], "value" in secret) == ("secret-key", identity, False)
        (container,) = each["template"]["containers"]
        assert {"name": "SECRET_KEY", "secretRef": "secret-key"} in container["env"]
        assert container["resources"] == {"cpu": 1, "memory": "2Gi"}


def test_the_web_is_as_big_as_the_stack_says_and_asked_over_https_alone() -> None:
    app = web(everything())
    template, ingress = app["template"], app["configuration"]["ingress"]
    assert app["configuration"]["maxInactiveRevisions"] == 10
    busy = {"name": "requests", "http": {"metadata": {"concurrentRequests": "4"}}}
    assert template["scale"] == {"minReplicas": 2, "maxReplicas": 20, "rules": [busy]}
    (container,) = template["containers"]
    assert [(each["type"], each["httpGet"]["path"]) for each in container["probes"]] == [
        ("Startup", "/readyz"),
        ("Readiness", "/readyz"),
        ("Liveness", "/healthz"),
    ]
    variables = {each["name"]: each.get("value") for each in container["env"]}
    asked = ("HOST", "PORT", "TRUSTED_PROXY_HOPS", "WEB_TIMEOUT", "WEB_DRAIN", "WEB_KEEPALIVE")
    assert [variables[name] for name in asked] == ["0.0.0.0", "8000", "2", "60", "10", "255"]
    # What it takes to be seen as stopping, to end a request, and a little more.
    assert template["terminationGracePeriodSeconds"] == 10 + 60 + 5
    said = {key: ingress[key] for key in ("external", "allowInsecure", "targetPort", "stickySessions", "customDomains")}
    assert said == {
        "external": True,
        "allowInsecure": False,
        "targetPort": 8000,
        "stickySessions": {"affinity": "none"},
        "customDomains": [{"name": API["domain"], "bindingType": "Auto"}],
    }


def test_a_replica_gets_as_many_requests_as_its_server_runs() -> None:
    template = web(container_apps())["template"]
    variables = {each["name"]: each.get("value") for each in template["containers"][0]["env"]}
    runs = int(variables["WEB_CONCURRENCY"]) * int(variables["WEB_THREADS"])
    (rule,) = template["scale"]["rules"]
    assert rule["http"] == {"metadata": {"concurrentRequests": str(runs)}}


def test_workers_are_apps_that_nobody_can_ask_and_jobs_run_once_at_a_time() -> None:
    processes = running(everything())
    worker = processes["worker.heartbeat"]
    assert worker["template"]["scale"] == {"minReplicas": 1, "maxReplicas": 1}
    assert "ingress" not in worker["configuration"]
    once = {"parallelism": 1, "replicaCompletionCount": 1}
    tidy, release = (processes[name]["configuration"] for name in ("job.tidy", "release"))
    asked = ("triggerType", "replicaTimeout", "replicaRetryLimit")
    assert [tidy[key] for key in asked] == ["Schedule", 60, 0]
    assert tidy["scheduleTriggerConfig"] == {"cronExpression": "*/15 * * * *", **once}
    assert [release[key] for key in asked] == ["Manual", 120, 0]
    assert release["manualTriggerConfig"] == once


def test_the_release_task_and_the_trial_come_before_the_app_and_workers_and_jobs_after_it_serves() -> None:
    plan = everything()
    before = needed(plan, "slipway-web", APP)
    assert {f"{REVISION}::revision", f"{RELEASE}::release", f"{JOB}::slipway-release", f"{TRIAL}::trial"} <= before
    assert f"{RELEASE}::release" in needed(plan, "trial", TRIAL)
    assert f"{TRIAL}::trial" not in needed(plan, "release", RELEASE)
    served = f"{ROLLOUT}::rollout"
    after = [(APP, "slipway-worker-heartbeat"), (JOB, "slipway-job-tidy")]
    assert [served in needed(plan, name, type_) for type_, name in after] == [True, True]
    assert served not in before


def test_nothing_runs_before_its_roles_are_known_everywhere() -> None:
    plan = everything()
    roles = {f"{ROLE}::{each.name}" for each in of(plan, ROLE)}
    assert len(roles) == 4
    assert roles <= needed(plan, "settled", SETTLED)
    assert len(one(plan, SETTLED)["created"]) == len(roles)
    running_ = [each for type_ in (APP, JOB, TRIAL) for each in of(plan, type_)]
    assert [each.name for each in running_ if f"{SETTLED}::settled" not in needed(plan, each.name, each.type)] == []


def test_the_service_may_do_what_it_must_and_what_the_stack_says() -> None:
    found = {
        (each.inputs["roleDefinitionId"].rpartition("/")[2], each.inputs["scope"]) for each in of(everything(), ROLE)
    }
    pull, read, blobs = "7f951dda", "4633458b", "2a2b9908"
    assert sorted((role[:8], scope.removeprefix(f"{OURS}/providers/").rpartition("/")[0]) for role, scope in found) == [
        (OTHER[:8], "/subscriptions"),
        (blobs, f"/subscriptions/{SUBSCRIPTION}/resourceGroups"),
        (read, "Microsoft.KeyVault/vaults"),
        (pull, "Microsoft.ContainerRegistry/registries"),
    ]
    assert (OTHER, f"/subscriptions/{OTHER}") in found


def test_a_domain_is_proven_then_taken_then_pointed_at_the_app_and_certified_in_one_up() -> None:
    plan = everything()
    record, certificate = "azure-native:dns:RecordSet", "azure-native:app:ManagedCertificate"
    assert f"{record}::slipway-proof" in needed(plan, "slipway-web", APP)
    assert f"{APP}::slipway-web" in needed(plan, "slipway-app", record)
    assert {f"{APP}::slipway-web", f"{record}::slipway-app"} <= needed(plan, "slipway", certificate)
    # Nobody is asked before there is somebody to answer.
    assert f"{certificate}::slipway" in needed(plan, "rollout", ROLLOUT)
    assert one(plan, ROLLOUT)["url"] == f"https://{API['domain']}"


def test_a_domain_whose_dns_is_elsewhere_is_served_once_it_points_at_the_app() -> None:
    first = container_apps(domain="www.example.org")
    assert "customDomains" not in web(first)["configuration"]["ingress"]
    own = one(first, ROLLOUT)["url"]
    assert own.startswith("https://slipway-dev.")
    assert of(first, "azure-native:app:ManagedCertificate") == []
    (told,) = [said for said in first.warnings if "service:domain" in said]
    wanted = "TXT asuid.www.example.org; CNAME www.example.org; A www.example.org"
    assert (
        told
        == f"service:domain: the app has www.example.org once its DNS says so; it needs {wanted}. Then: make up STACK=dev"
    )
    then = container_apps(domain=there.POINTED)
    assert web(then)["configuration"]["ingress"]["customDomains"] == [{"name": there.POINTED, "bindingType": "Auto"}]
    assert one(then, ROLLOUT)["url"] == f"https://{there.POINTED}"
    assert len(of(then, "azure-native:app:ManagedCertificate")) == 1
    assert of(then, "azure-native:dns:RecordSet") == []
    assert [said for said in then.warnings if "service:domain" in said] == []


def test_a_canary_is_asked_by_its_label_and_an_earlier_revision_gets_everything_and_stays_as_it_was() -> None:
    asked = {key: one(everything(), REVISION)[key] for key in ("app", "canary", "back_to")}
    assert asked == {"app": "slipway-dev", "canary": 10, "back_to": ""}
    assert "asked" in one(everything(), ROLLOUT)
    back = container_apps({"traffic": {"revision": "slipway-dev--r0a1b2c3d"}, "session_affinity": True})
    asked = {key: one(back, REVISION)[key] for key in ("app", "canary", "back_to")}
    assert asked == {"app": "slipway-dev", "canary": 0, "back_to": "slipway-dev--r0a1b2c3d"}
    assert one(back, TRIAL)["back_to"] == "slipway-dev--r0a1b2c3d"
    assert "asked" not in one(back, ROLLOUT)
    # Azure has it only where one revision is active.
    assert web(back)["configuration"]["ingress"]["stickySessions"] == {"affinity": "none"}
    assert of(container_apps(), TRIAL) == []


def test_the_environment_is_where_the_stack_says() -> None:
    type_ = "azure-native:app:ManagedEnvironment"
    plain, whole, within = (one(plan, type_) for plan in (container_apps(), everything(), inside()))
    consumption = {"name": "Consumption", "workloadProfileType": "Consumption"}
    own = f"{OURS}/providers/Microsoft.Network/virtualNetworks/slipway-dev/subnets/apps"
    assert (plain["zoneRedundant"], plain.get("vnetConfiguration"), plain["workloadProfiles"]) == (
        False,
        None,
        [consumption],
    )
    assert whole["zoneRedundant"] is True
    assert whole["vnetConfiguration"]["internal"] is False
    assert whole["vnetConfiguration"]["infrastructureSubnetId"].rpartition("/")[2] == own.rpartition("/")[2]
    assert whole["appInsightsConfiguration"] == {"connectionString": "[secret]"}
    assert within["vnetConfiguration"] == {"infrastructureSubnetId": SUBNET, "internal": True}
    # Two of each while one deployment takes another's place.
    dedicated = {"name": "D4", "workloadProfileType": "D4", "minimumCount": 1, "maximumCount": 1}
    assert within["workloadProfiles"] == [consumption, dedicated]
    assert {each["workloadProfileName"] for each in running(inside()).values()} == {"D4"}
    assert of(container_apps(), "azure-native:network:VirtualNetwork") == []
    assert of(inside(), "azure-native:network:VirtualNetwork") == []


def test_what_is_not_reached_from_outside_is_judged_by_azure_alone() -> None:
    plan = inside()
    asked = one(plan, ROLLOUT)
    assert (asked["reachable"], asked["watched"]) == (False, True)
    assert asked["url"].startswith("https://slipway-dev.internal.")
    ingress = web(plan)["configuration"]["ingress"]
    assert (ingress["external"], ingress["stickySessions"]) == (False, {"affinity": "sticky"})
    some = container_apps({"allowed_ips": ["203.0.113.0/24"]})
    assert web(some)["configuration"]["ingress"]["ipSecurityRestrictions"] == [
        {"name": "allowed-1", "ipAddressRange": "203.0.113.0/24", "action": "Allow"}
    ]
    assert one(some, ROLLOUT)["reachable"] is False


def test_an_image_from_elsewhere_is_pulled_with_its_login_whose_password_is_in_key_vault() -> None:
    plan = inside()
    assert of(plan, "azure-native:containerregistry:Registry") == []
    assert [each.inputs["secretName"] for each in of(plan, "azure-native:keyvault:Secret")] == ["registry-password"]
    for each in running(plan).values():
        configuration, (container,) = each["configuration"], each["template"]["containers"]
        assert configuration["registries"] == [
            {"server": "ghcr.io", "username": "acme", "passwordSecretRef": "registry-password"}
        ]
        secrets = {secret["name"]: secret["keyVaultUrl"] for secret in configuration["secrets"]}
        assert secrets.keys() == {"secret-key", "registry-password"}
        # By the version that was found.
        assert secrets["secret-key"] == f"https://{there.VAULT}.vault.azure.net/secrets/{there.SECRET}/{there.VERSION}"
        # No process is told how images are pulled.
        assert [each["name"] for each in container["env"] if "secretRef" in each] == ["SECRET_KEY"]


def test_one_of_azures_own_registries_is_pulled_from_as_the_service() -> None:
    theirs = there.id_of(OTHER, "images", "Microsoft.ContainerRegistry/registries/acme")
    roles = [{"role": "AcrPull", "scope": theirs}]
    plan = container_apps({"roles": roles}, registry={"repository": "acme.azurecr.io/orders"})
    assert [each["server"] for each in web(plan)["configuration"]["registries"]] == ["acme.azurecr.io"]
    assert of(plan, "azure-native:containerregistry:Registry") == []
    pull, read = sorted((each.inputs for each in of(plan, ROLE)), key=lambda given: given["scope"] != theirs)
    assert (pull["scope"], pull["roleDefinitionId"].rpartition("/")[2][:8]) == (theirs, "7f951dda")
    assert read["scope"].rpartition("/")[0].endswith("Microsoft.KeyVault/vaults")


@pytest.mark.parametrize(
    ("settings", "problems"),
    [
        (
            {
                "domain": "api.example.org",
                "stored_secrets": {"SECRET_KEY": f"{there.GROUP}/{there.VAULT}/other"},
                "options": {
                    "network": {"subnet": SUBNET.replace("/subnets/existing", "/subnets/other")},
                    "dns_zone": "dns/example.org",
                },
            },
            [
                "service:stored_secrets.SECRET_KEY: ",
                "service:options.network.subnet: other of existing in existing cannot be looked up (",
                "service:options.dns_zone: example.org in dns cannot be looked up (",
            ],
        ),
    ],
)
def test_everything_that_a_stack_names_and_is_not_there_is_told_before_anything_is_made(
    settings: dict[str, Any], problems: list[str]
) -> None:
    plan = planned({"target": "azure.container_apps", **settings, "options": {**PLACE, **settings["options"]}})
    (told,) = plan.problems
    assert "nothing was created:" in told
    assert [problem in told for problem in problems] == [True] * len(problems)
    assert told.count("Fix: ") == len(problems)
    assert plan.resources == ()


def test_nothing_secret_stands_in_the_plan_nor_can_anybody_log_in_who_is_nobody() -> None:
    for plan in (everything(), inside()):
        assert "hunter2" not in json.dumps([each.inputs for each in plan.resources], default=str)
    assert one(everything(), "azure-native:containerregistry:Registry")["adminUserEnabled"] is False
