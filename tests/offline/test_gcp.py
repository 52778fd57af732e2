"""What the settings of `gcp.cloud_run` make of its plan."""

import json
from collections import Counter
from typing import Any

import pytest

from infra.targets.gcp.offline import there
from tests.offline.inventories import needed
from tests.offline.plans import of, planned_once
from tests.offline.test_properties import planned
from tools.plan.preview import Preview

PLACE = {"project": "my-project-123", "region": "europe-west1"}
SERVICE, JOB, POOL = (f"gcp:cloudrunv2/{each}" for each in ("service:Service", "job:Job", "workerPool:WorkerPool"))
REPOSITORY = "gcp:artifactregistry/repository:Repository"
ACCESS = "gcp:secretmanager/secretIamMember:SecretIamMember"
EXISTING = {"egress": "private", "network": there.NETWORK, "subnet": there.SUBNET}


def cloud_run(options: dict[str, Any] | None = None, **more: Any) -> Preview:
    """The plan of a stack with these options."""
    settings = {"target": "gcp.cloud_run", "options": {**PLACE, **(options or {})}, **more}
    return planned_once(settings)


def web(plan: Preview) -> dict[str, Any]:
    (service,) = of(plan, SERVICE)
    return dict(service.inputs)


def counted(plan: Preview) -> Counter[str]:
    assert plan.problems == ()
    return Counter(each.type.rpartition(":")[2] for each in plan.resources)


@pytest.mark.parametrize(
    ("network", "expected"),
    [
        ({}, {"Network": 0, "Subnetwork": 0, "RouterNat": 0}),
        ({"egress": "private"}, {"Network": 1, "Subnetwork": 1, "Router": 0, "RouterNat": 0}),
        ({"egress": "all", "nat": True}, {"Network": 1, "Subnetwork": 1, "Router": 1, "RouterNat": 1}),
        (EXISTING, {"Network": 0, "Subnetwork": 0, "RouterNat": 0}),
    ],
)
def test_the_network_is_what_the_settings_say(network: dict[str, Any], expected: dict[str, int]) -> None:
    plan = cloud_run({"network": network})
    made = counted(plan)
    assert {type_: made[type_] for type_ in expected} == {**expected, "Network": made["Network"]}
    compute = [each for each in plan.resources if each.type.startswith("gcp:compute/network:")]
    assert len(compute) == expected["Network"]
    access = web(plan)["template"].get("vpcAccess")
    assert (access or {}).get("egress") == {"private": "PRIVATE_RANGES_ONLY", "all": "ALL_TRAFFIC"}.get(
        network.get("egress", "")
    )


def test_every_process_goes_through_a_network_that_is_there() -> None:
    plan = cloud_run({"network": EXISTING})
    project = f"projects/{PLACE['project']}"
    wanted = {
        "egress": "PRIVATE_RANGES_ONLY",
        "networkInterfaces": [
            {
                "network": f"{project}/global/networks/{there.NETWORK}",
                "subnetwork": f"{project}/regions/{PLACE['region']}/subnetworks/{there.SUBNET}",
            }
        ],
    }
    templates = [each.inputs["template"] for type_ in (SERVICE, POOL) for each in of(plan, type_)]
    templates += [each.inputs["template"]["template"] for each in of(plan, JOB)]
    assert [each["vpcAccess"] for each in templates] == [wanted] * 4


def test_connections_are_logged_where_the_stack_says_so() -> None:
    type_ = "gcp:compute/subnetwork:Subnetwork"
    for asked in (True, False):
        (subnet,) = of(cloud_run({"network": {"egress": "private", "flow_logs": asked}}), type_)
        assert ("logConfig" in subnet.inputs) is asked
        assert subnet.inputs["privateIpGoogleAccess"] is True


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"options": {"network": {**EXISTING, "network": "other"}}}, "service:options.network.network: other cannot be looked up in my-project-123 "),
        ({"options": {"network": {**EXISTING, "subnet": "other"}}}, "service:options.network.subnet: other cannot be looked up in europe-west1 of my-project-123 "),
        ({"domain": "api.example.com", "options": {"managed_zone": "other"}}, "service:options.managed_zone: other cannot be looked up in my-project-123 "),
        ({"domain": "api.example.org", "options": {"managed_zone": there.ZONE}}, "service:options.managed_zone: example-com holds example.com, which api.example.org is not in. Fix: gcloud dns managed-zones list --project my-project-123"),
        ({"domain": "notexample.com", "options": {"managed_zone": there.ZONE}}, "service:options.managed_zone: example-com holds example.com, which notexample.com is not in."),
        ({"domain": "api.example.com", "options": {"certificate": "other"}}, "service:options.certificate: other cannot be looked up in my-project-123 "),
        ({"stored_secrets": {"SECRET_KEY": "other"}}, "service:stored_secrets.SECRET_KEY: other cannot be looked up "),
        ({"stored_secrets": {"SECRET_KEY": f"{there.SECRET}:9"}}, f"service:stored_secrets.SECRET_KEY: {there.SECRET}:9 cannot be looked up "),
    ],
)  # fmt: skip
def test_what_a_stack_names_and_is_not_there_is_told_before_anything_is_made(
    settings: dict[str, Any], problem: str
) -> None:
    given = {**settings, "options": {**PLACE, **settings.get("options", {})}}
    plan = planned({"target": "gcp.cloud_run", **given})
    (told,) = plan.problems
    assert "nothing was created:" in told
    assert problem in told
    assert plan.resources == ()


def test_everything_that_is_not_there_is_told_at_once() -> None:
    network = {"egress": "private", "network": "other", "subnet": "another"}
    options = {**PLACE, "network": network, "managed_zone": "none"}
    given = {"options": options, "domain": "api.example.org", "stored_secrets": {"SECRET_KEY": "other"}}
    (told,) = planned({"target": "gcp.cloud_run", **given}).problems
    assert told.count("Fix: ") == 4


@pytest.mark.parametrize(
    ("options", "more", "ingress"),
    [
        ({}, {}, "INGRESS_TRAFFIC_ALL"),
        ({"ingress": "internal"}, {}, "INGRESS_TRAFFIC_INTERNAL_ONLY"),
        ({"ingress": "load-balancer", "managed_zone": there.ZONE}, {"domain": "api.example.com"}, "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"),
    ],
)  # fmt: skip
def test_the_service_is_reached_from_where_the_stack_says(
    options: dict[str, Any], more: dict[str, Any], ingress: str
) -> None:
    assert web(cloud_run(options, **more))["ingress"] == ingress


def test_everybody_may_ask_by_a_setting_of_the_service_and_no_binding() -> None:
    plan = cloud_run()
    assert web(plan)["invokerIamDisabled"] is True
    members = [each.inputs.get("member") for each in plan.resources]
    assert [each for each in members if each in ("allUsers", "allAuthenticatedUsers")] == []
    assert counted(plan)["ServiceIamMember"] == 0


def test_only_those_who_are_named_may_ask_a_service_that_is_not_public() -> None:
    invokers = ["group:ops@example.com", "serviceAccount:other@my-project-123.iam.gserviceaccount.com"]
    plan = cloud_run({"public": False, "invokers": invokers})
    assert web(plan)["invokerIamDisabled"] is False
    bound = [each.inputs for each in of(plan, "gcp:cloudrunv2/serviceIamMember:ServiceIamMember")]
    assert sorted((each["member"], each["role"], each["name"]) for each in bound) == [
        (invoker, "roles/run.invoker", "slipway-dev") for invoker in sorted(invokers)
    ]


@pytest.mark.parametrize(("ingress", "addresses"), [("all", None), ("load-balancer", "3")])
def test_the_balancers_own_address_is_seen_through_where_nobody_can_go_round_it(
    ingress: str, addresses: str | None
) -> None:
    (container,) = web(cloud_run({**DOMAIN, "ingress": ingress}, proxies=1, **API))["template"]["containers"]
    variables = {each["name"]: each.get("value") for each in container["envs"]}
    assert variables["TRUSTED_PROXY_HOPS"] == "2"
    assert variables.get("TRUSTED_PROXY_ADDRESSES") == addresses


def rollout(plan: Preview) -> dict[str, Any]:
    (asked,) = of(plan, "pulumi-python:dynamic/slipway:Rollout")
    return dict(asked.inputs)


DOMAIN = {"managed_zone": there.ZONE}
API = {"domain": "api.example.com"}


@pytest.mark.parametrize(
    ("options", "more", "reachable"),
    [
        ({}, {}, True),
        ({"ingress": "internal"}, {}, False),
        ({"public": False, "invokers": ["user:a@example.com"]}, {}, False),
        ({"traffic": {"canary": 10}}, {}, True),
        (DOMAIN, API, True),
        ({**DOMAIN, "ingress": "load-balancer"}, API, True),
        ({**DOMAIN, "ingress": "load-balancer", "traffic": {"canary": 10}}, API, False),
        ({**DOMAIN, "traffic": {"canary": 10}}, API, True),
    ],
)
def test_an_address_is_asked_only_where_it_must_answer(
    options: dict[str, Any], more: dict[str, Any], reachable: bool
) -> None:
    asked = rollout(cloud_run(options, **more))
    assert asked["reachable"] is reachable
    assert asked["watched"] is True
    # The address of the tag, where only the new revision answers.
    assert ("asked" in asked) is (reachable and "traffic" in options)


def test_a_domain_has_a_balancer_and_nothing_else_has() -> None:
    edge = {"GlobalAddress": 1, "RegionNetworkEndpointGroup": 1, "RecordSet": 1, "GlobalForwardingRule": 2}
    made = counted(cloud_run(DOMAIN, **API))
    assert {type_: made[type_] for type_ in edge} == edge
    made = counted(cloud_run())
    assert {type_: made[type_] for type_ in edge} == dict.fromkeys(edge, 0)


def test_the_revision_is_named_before_it_is_made_and_gets_what_the_stack_says() -> None:
    plan = cloud_run({"traffic": {"canary": 10}})
    (decided,) = of(plan, "pulumi-python:dynamic/slipway:Revision")
    asked = {key: decided.inputs[key] for key in ("project", "region", "service", "canary", "back_to")}
    assert asked == {**PLACE, "service": "slipway-dev", "canary": 10, "back_to": ""}
    before = needed(plan, "slipway-web", SERVICE)
    assert "pulumi-python:dynamic/slipway:Revision::revision" in before
    (decided,) = of(cloud_run({"traffic": {"revision": "slipway-dev-0a1b2c3d"}}), decided.type)
    assert (decided.inputs["canary"], decided.inputs["back_to"]) == (0, "slipway-dev-0a1b2c3d")


def test_the_release_task_runs_before_the_revision_and_workers_and_jobs_begin_after_it_serves() -> None:
    plan = cloud_run()
    release = "pulumi-python:dynamic/slipway:ReleaseTask"
    before = needed(plan, "slipway-web", SERVICE)
    assert {f"{release}::release", f"{JOB}::slipway-release"} <= before
    served = "pulumi-python:dynamic/slipway:Rollout::rollout"
    assert served not in needed(plan, "release", release)
    after = [(POOL, "slipway-worker-heartbeat"), (JOB, "slipway-job-tidy")]
    after += [("gcp:cloudscheduler/job:Job", "slipway-tidy")]
    assert [served in needed(plan, name, type_) for type_, name in after] == [True] * 3


def test_nothing_runs_before_all_its_apis_are_on_which_stay_on() -> None:
    plan = cloud_run(DOMAIN, **API)
    apis = of(plan, "gcp:projects/service:Service")
    assert sorted(each.inputs["service"].partition(".")[0] for each in apis) == [
        "artifactregistry", "cloudscheduler", "compute", "containerscanning", "dns", "iam", "logging", "run", "secretmanager",
    ]  # fmt: skip
    assert {each.inputs["disableOnDestroy"] for each in apis} == {False}
    on = {f"{each.type}::{each.name}" for each in apis}
    running = [each for type_ in (SERVICE, POOL, JOB, "gcp:cloudscheduler/job:Job") for each in of(plan, type_)]
    assert [each.urn for each in running if not on <= needed(plan, each.name, each.type)] == []
    assert len(running) == 5


@pytest.mark.parametrize(
    ("settings", "absent"),
    [
        ({"options": {"scanning": False}}, "containerscanning"),
        ({"options": {}}, "monitoring"),
        ({"options": {}}, "compute"),
        ({"options": {}}, "cloudresourcemanager"),
        ({"registry": {"repository": "europe-west1-docker.pkg.dev/other/images/orders"}}, "artifactregistry"),
    ],
)
def test_an_api_that_nothing_needs_is_left_alone(settings: dict[str, Any], absent: str) -> None:
    plan = cloud_run(settings.pop("options", {}), **settings)
    apis = [each.inputs["service"] for each in of(plan, "gcp:projects/service:Service")]
    assert f"{absent}.googleapis.com" not in apis


def test_the_service_is_as_big_as_the_stack_says() -> None:
    options = {"execution_environment": "gen1", "session_affinity": True, "billing": "instance", "cpu_boost": False}
    plan = cloud_run(
        {**options, "concurrency": 4}, size={"cpu": 2, "memory": "1GiB"}, scale={"min": 0, "max": 7}, timeout=900
    )
    service = web(plan)
    template = service["template"]
    (container,) = template["containers"]
    assert service["scaling"] == {"minInstanceCount": 0}
    assert template["scaling"] == {"maxInstanceCount": 7}
    assert template["maxInstanceRequestConcurrency"] == 4
    assert template["sessionAffinity"] is True
    assert template["executionEnvironment"] == "EXECUTION_ENVIRONMENT_GEN1"
    assert template["timeout"] == "900s"
    assert container["resources"] == {
        "limits": {"cpu": "2", "memory": "1024Mi"},
        "cpuIdle": False,
        "startupCpuBoost": False,
    }
    variables = {each["name"]: each.get("value") for each in container["envs"]}
    # A server that gave up sooner would end requests that Cloud Run still waits for.
    assert variables["WEB_TIMEOUT"] == "900"
    assert "PORT" not in variables


def test_an_instance_gets_as_many_requests_as_its_server_runs() -> None:
    template = web(cloud_run())["template"]
    (container,) = template["containers"]
    variables = {each["name"]: each.get("value") for each in container["envs"]}
    runs = int(variables["WEB_CONCURRENCY"]) * int(variables["WEB_THREADS"])
    assert template["maxInstanceRequestConcurrency"] == runs


def test_what_runs_is_an_image_by_its_digest() -> None:
    plan = planned(
        {"target": "gcp.cloud_run", "options": PLACE, "image": "registry.example.com/slipway@sha256:" + "0" * 64}
    )
    (published,) = of(plan, "pulumi-python:dynamic/slipway:Publication")
    assert published.inputs["source"].endswith("0" * 64)
    assert "image" in web(plan)["template"]["containers"][0]


def test_each_secret_is_pinned_and_bound_to_the_service_alone() -> None:
    plan = cloud_run(secrets={"SECRET_KEY": "hunter2"})
    (binding,) = of(plan, ACCESS)
    assert (binding.inputs["role"], binding.inputs["secretId"]) == (
        "roles/secretmanager.secretAccessor",
        "slipway-dev-secret-key",
    )
    (version,) = of(plan, "gcp:secretmanager/secretVersion:SecretVersion")
    # An earlier revision still starts with what it began with.
    assert version.inputs["deletionPolicy"] == "ABANDON"
    (secret,) = of(plan, "gcp:secretmanager/secret:Secret")
    assert [each["location"] for each in secret.inputs["replication"]["userManaged"]["replicas"]] == ["europe-west1"]
    before = needed(plan, "slipway-web", SERVICE)
    assert {f"{ACCESS}::slipway-secret-key", f"{version.type}::slipway-secret-key"} <= before


@pytest.mark.parametrize(
    ("name", "reference", "project"),
    [
        (there.SECRET, {"secret": there.SECRET, "version": there.VERSIONS[-1]}, "my-project-123"),
        (f"{there.SECRET}:1", {"secret": there.SECRET, "version": "1"}, "my-project-123"),
        (f"projects/other/secrets/{there.SECRET}", {"secret": f"projects/other/secrets/{there.SECRET}", "version": there.VERSIONS[-1]}, "other"),
    ],
)  # fmt: skip
def test_a_secret_that_is_there_is_run_by_the_version_that_was_found(
    name: str, reference: dict[str, str], project: str
) -> None:
    plan = cloud_run(stored_secrets={"SECRET_KEY": name})
    containers = [each.inputs["template"]["containers"][0] for type_ in (SERVICE, POOL) for each in of(plan, type_)]
    containers += [each.inputs["template"]["template"]["containers"][0] for each in of(plan, JOB)]
    told = [
        each["valueSource"]["secretKeyRef"]
        for container in containers
        for each in container["envs"]
        if each["name"] == "SECRET_KEY"
    ]
    assert told == [reference] * 4
    (binding,) = of(plan, ACCESS)
    assert (binding.inputs["project"], binding.inputs["secretId"]) == (project, there.SECRET)
    assert counted(plan)["Secret"] == 0
    asked = [arguments for function, arguments in plan.asked if function.endswith("getSecretVersion")]
    assert [each["fetchSecretData"] for each in asked] == [False]


def test_the_service_may_do_nothing_in_the_project_but_what_the_stack_says() -> None:
    assert counted(cloud_run())["IAMMember"] == 0
    plan = cloud_run({"roles": ["roles/cloudsql.client", "roles/pubsub.publisher"]})
    given = [each.inputs["role"] for each in of(plan, "gcp:projects/iAMMember:IAMMember")]
    assert sorted(given) == ["roles/cloudsql.client", "roles/pubsub.publisher"]
    # Another API than that of accounts gives them.
    apis = {each.inputs["service"] for each in of(plan, "gcp:projects/service:Service")}
    assert "cloudresourcemanager.googleapis.com" in apis


def test_a_job_is_started_by_an_account_that_may_start_it_and_nothing_else() -> None:
    plan = cloud_run()
    accounts = {each.name: each.inputs["accountId"] for each in of(plan, "gcp:serviceaccount/account:Account")}
    assert accounts == {"slipway": "slipway-dev", "slipway-jobs": "slipway-dev-jobs"}
    (allowed,) = of(plan, "gcp:cloudrunv2/jobIamMember:JobIamMember")
    assert (allowed.inputs["role"], allowed.inputs["name"]) == ("roles/run.invoker", "slipway-dev-job-tidy")
    (schedule,) = of(plan, "gcp:cloudscheduler/job:Job")
    assert (schedule.inputs["schedule"], schedule.inputs["timeZone"]) == ("*/15 * * * *", "Etc/UTC")
    target = schedule.inputs["httpTarget"]
    assert target["httpMethod"] == "POST"
    # Google's own APIs take no OIDC token.
    assert set(target) >= {"oauthToken"}
    assert "oidcToken" not in target


def test_workers_are_pools_of_one_and_jobs_run_once_at_a_time() -> None:
    plan = cloud_run(scale={"min": 2, "max": 5})
    (pool,) = of(plan, POOL)
    assert (pool.inputs["name"], pool.inputs["scaling"]) == ("slipway-dev-worker-heartbeat", {"manualInstanceCount": 1})
    jobs = {each.inputs["name"]: each.inputs["template"] for each in of(plan, JOB)}
    assert {name: (each["taskCount"], each["template"]["maxRetries"], each["template"]["timeout"]) for name, each in jobs.items()} == {
        "slipway-dev-job-tidy": (1, 0, "60s"),
        "slipway-dev-release": (1, 0, "120s"),
    }  # fmt: skip


def test_only_what_is_protected_outlives_a_destroy() -> None:
    for protect in (True, False):
        plan = cloud_run(protect=protect)
        assert web(plan)["deletionProtection"] is protect
        # A worker or a job that the contract names no more goes.
        others = [each.inputs["deletionProtection"] for type_ in (JOB, POOL) for each in of(plan, type_)]
        assert others == [False] * 3


def test_images_keep_their_tags_and_the_newest_stay() -> None:
    plan = cloud_run({"images_kept": 10, "scanning": False})
    found = {each.name: each.inputs for each in of(plan, REPOSITORY)}
    assert {name: each["repositoryId"] for name, each in found.items()} == {
        "slipway": "slipway-dev",
        "slipway-cache": "slipway-dev-cache",
    }
    images = found["slipway"]
    assert images["dockerConfig"] == {"immutableTags": True}
    assert images["vulnerabilityScanningConfig"] == {"enablementConfig": "DISABLED"}
    policies = {each["id"]: each for each in images["cleanupPolicies"]}
    # An image, its index, and what is attested of it.
    assert policies["keep"]["mostRecentVersions"] == {"keepCount": 30}
    assert policies["expire"]["action"] == "DELETE"
    both = cloud_run({"images_kept": 10, "scanning": False}, build={"platforms": ["linux/amd64", "linux/arm64"]})
    (kept,) = [each.inputs["cleanupPolicies"][0] for each in of(both, REPOSITORY) if each.name == "slipway"]
    assert kept["mostRecentVersions"] == {"keepCount": 50}
    (scanned,) = [each.inputs for each in of(cloud_run(), REPOSITORY) if each.name == "slipway"]
    assert scanned["vulnerabilityScanningConfig"] == {"enablementConfig": "INHERITED"}


def test_a_repository_of_ones_own_is_used_as_it_is() -> None:
    plan = cloud_run(registry={"repository": "europe-west1-docker.pkg.dev/other/images/orders"})
    assert counted(plan)["Repository"] == 0


def test_processes_are_labelled_with_what_they_run() -> None:
    plan = cloud_run()
    templates = {
        each.name: each.inputs["template"]["labels"] for type_ in (SERVICE, POOL, JOB) for each in of(plan, type_)
    }
    assert {name: each["slipway-process"] for name, each in templates.items()} == {
        "slipway-job-tidy": "job-tidy",
        "slipway-release": "release",
        "slipway-web": "web",
        "slipway-worker-heartbeat": "worker-heartbeat",
    }


def test_nothing_secret_stands_in_the_plan() -> None:
    plan = cloud_run(secrets={"SECRET_KEY": "hunter2"})
    assert "hunter2" not in json.dumps([each.inputs for each in plan.resources], default=str)


def test_what_a_stack_names_of_its_project_is_taken_to_be_there_in_a_plan_which_says_so() -> None:
    network = {"egress": "private", "network": "orders", "subnet": "orders-eu"}
    options = {**PLACE, "network": network, "managed_zone": "orders-example-org"}
    given = {"domain": "api.orders.example.org", "stored_secrets": {"SECRET_KEY": "orders-key"}}
    plan = planned({"target": "gcp.cloud_run", "options": options, **given}, assuming=True)
    (interface,) = web(plan)["template"]["vpcAccess"]["networkInterfaces"]
    assert interface == {
        "network": "projects/my-project-123/global/networks/orders",
        "subnetwork": "projects/my-project-123/regions/europe-west1/subnetworks/orders-eu",
    }
    told = [said for said in plan.warnings if said.startswith("not checked in a plan: whether there is ")]
    assert [next(word for word in ("orders-eu", "orders-key", "orders-example-org", "orders") if word in each) for each in told] == [
        "orders", "orders-eu", "orders-example-org", "orders-key",
    ]  # fmt: skip
