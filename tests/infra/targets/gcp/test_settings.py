"""What a stack may ask of `gcp.cloud_run`: everything wrong is told at once, each with the command that mends it."""

import json
from typing import Any

import pytest

from infra.errors import SettingsError
from infra.service import Service, load_service, parse_service
from infra.settings import Settings, load_settings
from infra.targets.gcp.checks import concurrency
from infra.targets.gcp.spec import CloudRunOptions

PLACE = {"project": "my-project-123", "region": "europe-west1"}
BASE: dict[str, Any] = {"target": "gcp.cloud_run", "server": "gunicorn", "options": PLACE}
PART = {"execution_environment": "gen1"}


def load(given: dict[str, Any], service: Service | None = None) -> Settings:
    config = {f"service:{key}": value if isinstance(value, str) else json.dumps(value) for key, value in given.items()}
    return load_settings(service or load_service(), config, (), "dev")


def refused(given: dict[str, Any], service: Service | None = None) -> list[str]:
    with pytest.raises(SettingsError) as told:
        load({**BASE, **given}, service)
    return [str(problem) for problem in told.value.problems]


def with_options(**options: Any) -> dict[str, Any]:
    return {"options": {**PLACE, **options}}


def sized(cpu: float, memory: str, **options: Any) -> dict[str, Any]:
    return {"size": {"cpu": cpu, "memory": memory}, **with_options(**options)}


def test_a_project_and_a_region_are_all_that_a_stack_must_say() -> None:
    settings = load(BASE)
    assert (settings.size.cpu, settings.size.memory, settings.rollout_timeout) == (1, 512 * 1024**2, 600)


@pytest.mark.parametrize(
    ("cpu", "memory", "options"),
    [
        (0.08, "128MiB", PART),
        (0.499, "512MiB", PART),
        (0.5, "1GiB", PART),
        (0.999, "1GiB", {**PART, "concurrency": 1}),
        (1, "128MiB", PART),
        (1, "512MiB", {}),
        (1, "4GiB", {}),
        (2, "8GiB", {}),
        (4, "2GiB", {}),
        (4, "16GiB", {}),
        (6, "4GiB", {}),
        (6, "24GiB", {}),
        (8, "4GiB", {}),
        (8, "32GiB", {}),
    ],
)
def test_the_pairs_of_cpu_and_memory_that_cloud_run_has_are_taken(
    cpu: float, memory: str, options: dict[str, Any]
) -> None:
    assert load({**BASE, **sized(cpu, memory, **options)}).size.cpu == cpu


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (sized(3, "2GiB"), "service:size.cpu: 3 is none of the numbers of CPUs that Cloud Run has: 1, 2, 4, 6, 8, and parts of one. Fix: pulumi config set --path service:size.cpu 4"),
        (sized(1.5, "2GiB"), "service:size.cpu: 1.5 is none of the numbers of CPUs that Cloud Run has"),
        (sized(16, "32GiB"), "Fix: pulumi config set --path service:size.cpu 8"),
        (sized(0.05, "256MiB", **PART), "service:size.cpu: 0.05 is less than 0.08, or no whole number of thousandths. Fix: pulumi config set --path service:size.cpu 0.08"),
        (sized(0.3333, "256MiB", **PART), "Fix: pulumi config set --path service:size.cpu 0.333"),
        (sized(0.25, "1GiB", **PART), "service:size.memory: 1024MiB does not go with 0.25 CPU on Cloud Run; there is at most 512MiB. Fix: pulumi config set --path service:size.memory 512MiB"),
        (sized(0.5, "2GiB", **PART), "service:size.memory: 2048MiB does not go with 0.5 CPU on Cloud Run; there is at most 1GiB"),
        (sized(1, "8GiB"), "service:size.memory: 8192MiB does not go with 1 CPU on Cloud Run; there is 128MiB to 4GiB. Fix: pulumi config set --path service:size.memory 4GiB"),
        (sized(4, "1GiB"), "service:size.memory: 1024MiB does not go with 4 CPU on Cloud Run; there is 2GiB to 16GiB. Fix: pulumi config set --path service:size.memory 2GiB"),
        (sized(8, "64GiB"), "there is 4GiB to 32GiB. Fix: pulumi config set --path service:size.memory 32GiB"),
        (sized(1, "256MiB"), "service:size.memory: 256MiB is less than the 512MiB of the environment gen2. Fix: pulumi config set --path service:size.memory 512MiB"),
        (sized(1, "64MiB", **PART), "service:size.memory: 64MiB is less than the 128MiB of the environment gen1"),
        (sized(1, "256MiB", billing="instance", **PART), "service:size.memory: 256MiB is less than the 512MiB that billing by instance wants"),
        (sized(0.5, "512MiB"), "service:options.execution_environment: 'gen2' does not go with 0.5 CPU, less than one: that wants gen1. Fix: pulumi config set --path service:options.execution_environment gen1"),
        (sized(0.5, "512MiB", billing="instance", **PART), "service:options.billing: 'instance' does not go with 0.5 CPU, less than one: that wants request"),
        (sized(0.5, "512MiB", concurrency=2, **PART), "service:options.concurrency: 2 does not go with 0.5 CPU, less than one: that wants 1"),
        (with_options(concurrency=1001), "service:options.concurrency: 1001 must be 1000 or less. Fix: pulumi config set --path service:options.concurrency 8"),
        (with_options(concurrency=0), "service:options.concurrency: 0 must be 1 or more"),
        (with_options(concurrency=80), "service:options.concurrency: 80 is more than the 8 that gunicorn runs at a time on such an instance. Fix: pulumi config set --path service:options.concurrency 8"),
        ({"server": "waitress", **with_options(concurrency=9)}, "service:options.concurrency: 9 is more than the 8 that waitress runs at a time"),
        ({"timeout": 3601}, "service:timeout: '3601' must be 3600 or less. Fix: pulumi config set --path service:timeout 60 --stack dev"),
        ({"options": {"region": "europe-west1"}}, "service:options.project: is required. Fix: pulumi config set --path service:options.project my-project-123"),
        ({"options": {"project": "my-project-123"}}, "service:options.region: is required. Fix: pulumi config set --path service:options.region europe-west1"),
        (with_options(project="123"), "'123' is not a project's id: 6 to 30 lower-case letters, digits and hyphens"),
        (with_options(project="My Project"), "'My Project' is not a project's id"),
        (with_options(region="eu-central-1"), "'eu-central-1' is not a region such as europe-west1"),
        (with_options(invokers="user:a@b.c"), "service:options.invokers: 'user:a@b.c' is not a list"),
        (with_options(region="europe-west99"), "'europe-west99' is not a region such as europe-west1"),
        (with_options(zone="europe-west1-b"), "service:options.zone: is not a known key"),
        ({"domain": "api.example.com"}, "service:options.managed_zone: 'api.example.com' wants a managed zone of Cloud DNS, or a certificate for it. Fix: pulumi config set --path service:options.managed_zone example-com"),
        (with_options(managed_zone="example-com"), "service:options.managed_zone: is of no use without service:domain. Fix: pulumi config set --path service:domain api.example.com"),
        (with_options(certificate="ours"), "service:options.certificate: is of no use without service:domain"),
        (with_options(armor=True), "service:options.armor: is of no use without service:domain"),
        ({"domain": "api.example.com", **with_options(managed_zone="example.com")}, "'example.com' is not a name: 1 to 63 lower-case letters, digits, hyphens"),
        (with_options(ingress="load-balancer"), "service:options.ingress: 'load-balancer' wants service:domain, which has one"),
        ({"domain": "api.example.com", **with_options(managed_zone="example-com", ingress="internal")}, "service:options.ingress: 'internal' keeps the load balancer of service:domain out too. Fix: pulumi config set --path service:options.ingress load-balancer"),
        (with_options(ingress="everywhere"), "service:options.ingress: 'everywhere' is not one of all, internal, load-balancer"),
        (with_options(public=False), "service:options.invokers: is required where the service is not public. Fix: pulumi config set --path service:options.invokers[0] group:ops@example.com"),
        (with_options(invokers=["group:ops@example.com"]), "service:options.invokers: is of no use where everybody may ask the service. Fix: pulumi config set --path service:options.public false"),
        (with_options(public=False, invokers=["allUsers"]), "'allUsers' is everybody; that is service:options.public true"),
        (with_options(public=False, invokers=["ops@example.com"]), "'ops@example.com' is not a principal such as group:ops@example.com"),
        (with_options(public=False, invokers=["user:a@example.com", "user:a@example.com"]), "user:a@example.com is named twice"),
        (with_options(network={"nat": True}), "service:options.network.nat: is of no use while options.network.egress is none. Fix: pulumi config set --path service:options.network.egress private"),
        (with_options(network={"cidr": "10.1.0.0/24"}), "service:options.network.cidr: is of no use while options.network.egress is none"),
        (with_options(network={"egress": "private", "nat": True}), "service:options.network.nat: what goes to the internet does not go through the VPC while options.network.egress is private. Fix: pulumi config set --path service:options.network.egress all"),
        (with_options(network={"egress": "private", "network": "default"}), "service:options.network.subnet: is required with options.network.network"),
        (with_options(network={"egress": "private", "subnet": "default"}), "service:options.network.network: is required with options.network.subnet"),
        (with_options(network={"egress": "all", "network": "default", "subnet": "default", "nat": True}), "service:options.network.nat: is a matter of the VPC that is there already. Fix: pulumi config rm --path service:options.network.nat"),
        (with_options(network={"egress": "private", "network": "default", "subnet": "default", "cidr": "10.1.0.0/24"}), "service:options.network.cidr: is a matter of the VPC that is there already"),
        (with_options(network={"egress": "private", "cidr": "10.0.0.0/28"}), "'10.0.0.0/28' is not a /8 to a /26, which a subnet of a stack's wants"),
        (with_options(network={"egress": "private", "cidr": "10.0.0.1/24"}), "'10.0.0.1/24' is not a block of IPv4 addresses such as 10.0.0.0/24"),
        (with_options(network={"egress": "public"}), "service:options.network.egress: 'public' is not one of none, private, all"),
        (with_options(traffic={"canary": 100}), "service:options.traffic.canary: 100 must be 99 or less. Fix: pulumi config set --path service:options.traffic.canary 10"),
        (with_options(traffic={"revision": "Slipway"}), "'Slipway' is not a name: 1 to 63 lower-case letters, digits, hyphens"),
        ({"registry": {"repository": "ghcr.io/acme/orders"}}, "service:registry: ghcr.io/acme/orders is not in Artifact Registry, from which alone Cloud Run pulls. Fix: pulumi config rm --path service:registry"),
        ({"registry": {"repository": "europe-west1-docker.pkg.dev/my-project-123/ours/orders", "username": "me"}}, "service:registry.username: Artifact Registry is logged in to as whoever runs the program"),
        ({"build": {"platforms": ["linux/arm64"]}}, "service:build.platforms: linux/amd64, which alone Cloud Run runs, is not among them. Fix: pulumi config set --path service:build.platforms[0] linux/amd64"),
        (with_options(log_retention=3651), "service:options.log_retention: 3651 must be 3650 or less"),
        (with_options(images_kept=1), "service:options.images_kept: 1 must be 2 or more"),
        (with_options(alarms={"emails": ["nobody"]}), "'nobody' is not an e-mail address"),
        (with_options(alarms={"errors": 0}), "service:options.alarms.errors: 0 must be more than 0"),
        (with_options(roles=["roles/editor"]), "'roles/editor' is a basic role, which allows far more than a service needs"),
        (with_options(roles=["cloudsql.client"]), "'cloudsql.client' is not a role such as roles/cloudsql.client"),
        ({"scale": {"min": 1, "max": 1001}}, "service:scale.max: 1001 must be 1000 or less"),
        ({"scale": {"min": 5, "max": 2}}, "service:scale.min: 5 is more than service:scale.max, 2"),
        ({"stored_secrets": {"SECRET_KEY": "prod/key"}}, "service:stored_secrets.SECRET_KEY: 'prod/key' is not the name of a secret in Secret Manager, with or without :version. Fix: pulumi config set --path service:stored_secrets.SECRET_KEY prod-api-key"),
        ({"stored_secrets": {"SECRET_KEY": "key:latest"}}, "'key:latest' is not the name of a secret in Secret Manager"),
        ({"stored_secrets": {"SECRET_KY": "key"}}, "service:stored_secrets.SECRET_KY: is not in [secrets] of app/service.toml (did you mean SECRET_KEY?)"),
    ],
)  # fmt: skip
def test_what_google_cannot_do_is_refused(given: dict[str, Any], problem: str) -> None:
    told = refused(given)
    assert [problem in each for each in told].count(True) == 1, told


def test_everything_wrong_is_told_at_once() -> None:
    wrong = {"domain": "api.example.com", **sized(3, "1GiB", public=False, network={"nat": True})}
    assert len(refused(wrong)) == 4


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (BASE, 8),
        ({**BASE, "server": "waitress", **sized(2, "1GiB")}, 16),
        ({**BASE, **with_options(concurrency=3)}, 3),
        ({**BASE, **sized(0.5, "512MiB", **PART)}, 1),
    ],
)
def test_an_instance_gets_as_many_requests_at_a_time_as_its_server_runs(given: dict[str, Any], expected: int) -> None:
    settings = load(given)
    assert isinstance(settings.options, CloudRunOptions)
    runs = {"gunicorn": 8, "waitress": 16}[str(settings.server)]
    assert concurrency(settings, settings.options, runs) == expected


def described(**more: Any) -> Service:
    web = {"callable": "service:app"}
    return parse_service({"name": "web", "files": ["service.toml"], "web": web, **more})


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"name": "a-service-with-a-name-that-is-too-long"}, "app/service.toml: name: 'a-service-with-a-name-that-is-too-long' has more than the 29 characters that a revision's name has room for"),
        ({"release": {"command": ["true"], "timeout": 604801}}, "app/service.toml: release.timeout: 604801 s are more than the 604800 s that a task of Cloud Run may take"),
        ({"jobs": {"a" * 40: {"command": ["true"], "schedule": "0 0 * * *", "timeout": 60}}}, "has more than the 34 characters that its name on Cloud Run has room for"),
        ({"jobs": {"tidy": {"command": ["true"], "schedule": "*/2 * * * *", "timeout": 60}}}, "60 s, and up to 120 s to start, are more than the 120 s until it is due again"),
        ({"jobs": {"tidy": {"command": ["true"], "schedule": "0 0 L * *", "timeout": 60}}}, "which Cloud Scheduler cannot say"),
    ],
)  # fmt: skip
def test_what_google_cannot_do_of_the_contract_is_refused(more: dict[str, Any], problem: str) -> None:
    (told,) = refused({}, described(**more))
    assert problem in told
