"""What a stack may ask of `azure.container_apps`: everything wrong is told at once, each with the mending command."""

import json
from typing import Any

import pytest

from infra.errors import SettingsError
from infra.service import Service, load_service, parse_service
from infra.settings import Settings, load_settings
from infra.targets.azure.checks import concurrency, nodes
from infra.targets.azure.spec import ContainerAppsOptions, RoleOptions

ONE, OTHER = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"
PLACE = {"subscription": ONE, "location": "westeurope"}
BASE: dict[str, Any] = {"target": "azure.container_apps", "server": "gunicorn", "options": PLACE}
DOMAIN = {"domain": "api.example.com"}
NETS = "resourceGroups/net/providers/Microsoft.Network/virtualNetworks/main/subnets/apps"
SUBNET = f"/subscriptions/{ONE}/{NETS}"
ZONES = "resourceGroups/dns/providers/Microsoft.Network/dnsZones"
PULLS = {
    "role": "AcrPull",
    "scope": f"/subscriptions/{OTHER}/resourceGroups/images/providers/Microsoft.ContainerRegistry/registries/acme",
}
DAYS = {"start": "0 8 * * 1-5", "end": "0 18 * * 1-5"}


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


def test_a_subscription_and_a_location_are_all_that_a_stack_must_say() -> None:
    settings = load(BASE)
    assert (settings.size.cpu, settings.size.memory, settings.rollout_timeout) == (0.5, 1024**3, 600)


@pytest.mark.parametrize(
    "given",
    [
        sized(0.25, "512MiB"),
        sized(1.75, "3.5GiB"),
        sized(4, "8GiB"),
        sized(4, "16GiB", workload_profile="D4"),
        sized(0.25, "256MiB", workload_profile="D4"),
        sized(32, "256GiB", workload_profile="E32"),
        with_options(network={"own": True, "cidr": "10.1.0.0/27"}, internal=True, zone_redundant=True),
        with_options(network={"subnet": SUBNET}, zone_redundant=True),
        DOMAIN,
        {**DOMAIN, **with_options(dns_zone="dns/example.com")},
        {"domain": "example.com", **with_options(dns_zone=f"/subscriptions/{ONE}/{ZONES}/example.com")},
        {"registry": {"repository": "ghcr.io/acme/orders"}},
        {"registry": {"repository": "acme.azurecr.io/orders"}, **with_options(roles=[PULLS])},
        {"registry": {"repository": "ghcr.io/acme/orders", "username": "acme", "password": "of"}},
        {"stored_secrets": {"SECRET_KEY": "shared/acme-secrets/api-key"}},
        {"stored_secrets": {"SECRET_KEY": f"shared/acme-secrets/api-key:{'0' * 32}"}},
        with_options(session_affinity=True, traffic={"revision": "slipway-dev--0a1b2c3d"}),
        {"scale": {"min": 1, "max": 5}, **with_options(scale_rules={"cpu": 70, "cron": [{**DAYS, "replicas": 5}]})},
        {"scale": {"min": 0, "max": 1000}},
        {"timeout": 240},
    ],
)  # fmt: skip
def test_what_azure_can_do_is_taken(given: dict[str, Any]) -> None:
    assert load({**BASE, **given}).target == "azure.container_apps"


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (sized(0.3, "1GiB"), "service:size.cpu: 0.3 is not what a replica on Consumption may have: 0.25 to 4 cores in steps of 0.25. Fix: pulumi config set --path service:size.cpu 0.5"),
        (sized(0.1, "512MiB"), "Fix: pulumi config set --path service:size.cpu 0.25"),
        (sized(8, "16GiB"), "Fix: pulumi config set --path service:size.cpu 4"),
        (sized(1, "1GiB"), "service:size.memory: 1GiB does not go with 1 cores on Consumption: there is 2GiB. Fix: pulumi config set --path service:size.memory 2GiB"),
        (sized(0.25, "1GiB"), "Fix: pulumi config set --path service:size.memory 0.5GiB"),
        (sized(8, "16GiB", workload_profile="D4"), "service:size.cpu: 8 is not what a replica on D4 may have: 0.25 to 4 cores in steps of 0.25. Fix: pulumi config set --path service:size.cpu 4"),
        (sized(2, "32GiB", workload_profile="D4"), "service:size.memory: 32GiB is not what a replica on D4 may have: 0.25 to 16GiB in steps of 0.25. Fix: pulumi config set --path service:size.memory 16GiB"),
        (sized(2, "1000MiB", workload_profile="D4"), "Fix: pulumi config set --path service:size.memory 1GiB"),
        (with_options(workload_profile="D2"), "service:options.workload_profile: 'D2' is not one of Consumption, D4, D8"),
        ({"timeout": 241}, "service:timeout: 241 s are more than the 240 s that ingress waits for an answer. Fix: pulumi config set --path service:timeout 240"),
        ({"options": {"location": "westeurope"}}, f"service:options.subscription: is required. Fix: pulumi config set --path service:options.subscription {ONE}"),
        ({"options": {"subscription": ONE}}, "service:options.location: is required. Fix: pulumi config set --path service:options.location westeurope"),
        (with_options(subscription="Acme"), "'Acme' is not the id of a subscription, a UUID in lower case"),
        (with_options(registry="Free"), "service:options.registry"),
        (with_options(location="marsnorth"), "'marsnorth' is not a location such as westeurope"),
        (with_options(location="West Europe"), "'West Europe' is not a location such as westeurope"),
        (with_options(region="westeurope"), "service:options.region: is not a known key"),
        (with_options(registry="Free"), "service:options.registry: 'Free' is not one of Basic, Standard, Premium"),
        (with_options(images_kept=1), "service:options.images_kept: 1 must be 2 or more"),
        (with_options(concurrency=0), "service:options.concurrency: 0 must be 1 or more"),
        (with_options(concurrency=80), "service:options.concurrency: 80 is more than the 8 that gunicorn runs at a time in such a replica. Fix: pulumi config set --path service:options.concurrency 8"),
        ({"server": "waitress", **with_options(concurrency=9)}, "service:options.concurrency: 9 is more than the 8 that waitress runs at a time"),
        (with_options(network={"own": True, "subnet": SUBNET}), "service:options.network.subnet: is of no use beside a network of the stack's own. Fix: pulumi config rm --path service:options.network.subnet"),
        (with_options(network={"subnet": f"/subscriptions/{OTHER}/{NETS}"}), f"service:options.network.subnet: is in another subscription than {ONE}"),
        (with_options(network={"subnet": "apps"}), "'apps' is not the id of a subnet"),
        (with_options(network={"cidr": "10.1.0.0/24"}), "service:options.network.cidr: is of no use without a network of the stack's own. Fix: pulumi config set --path service:options.network.own true"),
        (with_options(network={"own": True, "cidr": "10.0.0.0/28"}), "'10.0.0.0/28' is not a /8 to a /27, which an environment wants"),
        (with_options(network={"own": True, "cidr": "10.0.0.1/24"}), "'10.0.0.1/24' is not a block of IPv4 addresses such as 10.0.0.0/23"),
        (with_options(network={"own": True, "cidr": "100.100.0.0/23"}), "'100.100.0.0/23' shares addresses with 100.100.0.0/17, which Azure keeps for itself"),
        ({"scale": {"min": 2, "max": 70}, **with_options(network={"own": True, "cidr": "10.0.0.0/27"})}, "service:scale.max: 70 is more than the 69 that options.network.cidr, 10.0.0.0/27, has addresses for. Fix: pulumi config set --path service:scale.max 69"),
        (with_options(internal=True), "service:options.internal: an environment that is so is reached from a network, and there is none. Fix: pulumi config set --path service:options.network.own true"),
        (with_options(zone_redundant=True), "service:options.zone_redundant: an environment that is so wants a network, and there is none"),
        (with_options(ingress="everywhere"), "service:options.ingress: 'everywhere' is not one of all, internal"),
        (with_options(ingress="internal", allowed_ips=["203.0.113.0/24"]), "service:options.allowed_ips: is of no use where nobody comes in from outside. Fix: pulumi config rm --path service:options.allowed_ips"),
        (with_options(allowed_ips=["0.0.0.0/0"]), "'0.0.0.0/0' is everybody, who may come in where none are named"),
        (with_options(allowed_ips=["office"]), "'office' is not a block of IPv4 addresses such as 203.0.113.0/24"),
        (with_options(allowed_ips=["203.0.113.7/32", "203.0.113.7/32"]), "203.0.113.7/32 is named twice"),
        ({**DOMAIN, **with_options(ingress="internal")}, "service:options.ingress: 'internal' keeps out whoever asks for service:domain. Fix: pulumi config set --path service:options.ingress all"),
        ({**DOMAIN, **with_options(internal=True, network={"own": True})}, "service:options.internal: Azure makes a certificate for service:domain only where it is reached from outside. Fix: pulumi config set --path service:options.internal false"),
        (with_options(session_affinity=True, traffic={"canary": 10}), "service:options.session_affinity: does not go with options.traffic.canary: Azure knows it only where one revision answers. Fix: pulumi config set --path service:options.session_affinity false"),
        (with_options(traffic={"canary": 100}), "service:options.traffic.canary: 100 must be 99 or less. Fix: pulumi config set --path service:options.traffic.canary 10"),
        (with_options(traffic={"revision": "0a1b2c3d"}), "'0a1b2c3d' is not a revision's name: app--suffix"),
        (with_options(dns_zone="dns/example.com"), "service:options.dns_zone: is of no use without service:domain. Fix: pulumi config set --path service:domain api.example.com"),
        (with_options(dns_zone="example.com"), "'example.com' is not a zone of Azure DNS such as dns/example.com: its resource group and its name"),
        ({"domain": "api.example.org", **with_options(dns_zone="dns/example.com")}, "service:options.dns_zone: example.com does not hold api.example.org. Fix: pulumi config set --path service:options.dns_zone dns/example.org"),
        ({"domain": "notexample.com", **with_options(dns_zone="dns/example.com")}, "service:options.dns_zone: example.com does not hold notexample.com"),
        ({**DOMAIN, **with_options(dns_zone=f"/subscriptions/{OTHER}/{ZONES}/example.com")}, f"service:options.dns_zone: is in another subscription than {ONE}"),
        ({"scale": {"min": 0, "max": 2}, **with_options(scale_rules={"cpu": 70})}, "service:options.scale_rules.cpu: of no replica there is no CPU to look at, so that one must always run. Fix: pulumi config set --path service:scale.min 1"),
        (with_options(scale_rules={"cpu": 0}), "service:options.scale_rules.cpu: 0 must be 1 or more"),
        (with_options(scale_rules={"cron": [{**DAYS, "replicas": 5}]}), "service:options.scale_rules.cron[0].replicas: 5 is more than service:scale.max, 1. Fix: pulumi config set --path service:options.scale_rules.cron[0].replicas 1"),
        (with_options(scale_rules={"cron": [{**DAYS, "start": "8:00", "replicas": 1}]}), "'8:00' is not a cron schedule of five fields, such as 0 8 * * 1-5"),
        (with_options(log_retention=7), "service:options.log_retention: 7 must be 30 or more"),
        (with_options(log_retention=731), "service:options.log_retention: 731 must be 730 or less"),
        (with_options(alarms={"emails": ["nobody"]}), "'nobody' is not an e-mail address"),
        (with_options(alarms={"errors": 0}), "service:options.alarms.errors: 0 must be more than 0"),
        (with_options(roles=[{"role": "Contributor"}]), "'Contributor' is a basic role, which allows far more than a service needs"),
        (with_options(roles=[{"role": "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"}]), "is a basic role, which allows far more than a service needs"),
        (with_options(roles=[{"role": "Blob Reader"}]), "'Blob Reader' is neither a role's id nor one of: "),
        (with_options(roles=[{"role": "Storage Blob Data Reader", "scope": "storage"}]), "'storage' is not the id of a subscription, a group or a resource"),
        ({"registry": {"repository": "acme.azurecr.io/orders", "username": "me", "password": "of"}}, "service:registry.username: a registry of Azure's is logged in to as whoever runs the program, and as the app's identity. Fix: pulumi config rm --path service:registry"),
        ({"registry": {"repository": "acme.azurecr.io/orders"}}, "service:options.roles: the app's identity, which is the stack's own, is given no AcrPull on acme. Fix: pulumi config set --path service:options.roles[0].role AcrPull; pulumi config set --path service:options.roles[0].scope \"$(az acr show --name acme --query id --output tsv)\""),
        ({"registry": {"repository": "acme.azurecr.io/orders"}, **with_options(roles=[{"role": "AcrPull"}])}, "Fix: pulumi config set --path service:options.roles[1].role AcrPull"),
        ({"registry": {"repository": "ghcr.io/acme/orders", "username": "me"}}, "service:registry.password: is required with the other half of the login, which the app pulls its image with. Fix: pulumi config set --secret --path service:registry.password ..."),
        ({"build": {"platforms": ["linux/arm64"]}}, "service:build.platforms: linux/amd64, which alone Container Apps runs, is not among them. Fix: pulumi config set --path service:build.platforms[0] linux/amd64"),
        ({"scale": {"min": 1, "max": 1001}}, "service:scale.max: 1001 must be 1000 or less"),
        ({"stored_secrets": {"SECRET_KEY": "prod-key"}}, "service:stored_secrets.SECRET_KEY: 'prod-key' is not <resource group>/<vault>/<secret> of Key Vault, with or without :version. Fix: pulumi config set --path service:stored_secrets.SECRET_KEY shared/acme-secrets/api-key"),
        ({"stored_secrets": {"SECRET_KEY": "shared/acme-secrets/key:latest"}}, "'shared/acme-secrets/key:latest' is not <resource group>/<vault>/<secret> of Key Vault"),
        ({"stored_secrets": {"SECRET_KY": "shared/acme-secrets/key"}}, "service:stored_secrets.SECRET_KY: is not in [secrets] of app/service.toml (did you mean SECRET_KEY?)"),
    ],
)  # fmt: skip
def test_what_azure_cannot_do_is_refused(given: dict[str, Any], problem: str) -> None:
    told = refused(given)
    assert [problem in each for each in told].count(True) == 1, told


def test_everything_wrong_is_told_at_once() -> None:
    wrong = {**DOMAIN, "timeout": 300, **sized(0.3, "1GiB", ingress="internal", zone_redundant=True)}
    assert len(refused(wrong)) == 4


def test_a_replica_gets_as_many_requests_at_a_time_as_its_server_runs() -> None:
    asked = [load({**BASE, **given}).options for given in ({}, with_options(concurrency=3))]
    assert [concurrency(each, 8) for each in asked if isinstance(each, ContainerAppsOptions)] == [8, 3]


@pytest.mark.parametrize(
    ("given", "workers", "expected"),
    [
        (sized(4, "8GiB", workload_profile="D4"), 0, 2),
        ({**sized(1, "2GiB", workload_profile="D4"), "scale": {"min": 2, "max": 20}}, 1, 11),
        ({**sized(1, "8GiB", workload_profile="D4"), "scale": {"min": 2, "max": 20}}, 0, 20),
    ],
)
def test_nodes_hold_all_replicas_twice(given: dict[str, Any], workers: int, expected: int) -> None:
    settings = load({**BASE, **given})
    assert isinstance(settings.options, ContainerAppsOptions)
    assert nodes(settings, settings.options, workers) == expected


def test_a_role_is_known_by_its_name_or_its_id() -> None:
    known = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
    assert RoleOptions(role="Storage Blob Data Reader", scope=None).definition == known
    assert RoleOptions(role=known, scope=f"/subscriptions/{ONE}/resourceGroups/data").definition == known


def described(**more: Any) -> Service:
    web = {"callable": "service:app"}
    return parse_service({"name": "web", "files": ["service.toml"], "web": web, **more})


def job(schedule: str) -> dict[str, Any]:
    return {"jobs": {"tidy": {"command": ["true"], "schedule": schedule, "timeout": 60}}}


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        (job("*/2 * * * *"), "60 s, and up to 120 s to start, are more than the 120 s until it is due again"),
        (job("0 0 L * *"), "which Container Apps cannot say"),
        ({"secrets": {"API_KEY_": {"generate": True}}}, "secrets.API_KEY_: ends with an underscore"),
    ],
)
def test_what_azure_cannot_do_of_the_contract_is_refused(more: dict[str, Any], problem: str) -> None:
    (told,) = refused({}, described(**more))
    assert problem in told
