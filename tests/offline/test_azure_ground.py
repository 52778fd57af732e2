"""What a service on Azure stands on: its registry, identity, network, environment, secrets and domain."""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from infra.targets.azure import vault
from infra.targets.azure.offline import there
from tests.offline.program import Program
from tools.offline.server import Serving
from tools.offline.world import World
from tools.plan.preview import Planned, read
from tools.project import ROOT

SUBSCRIPTION = "00000000-0000-4000-8000-000000000001"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/service-prod/providers"
ROLES = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions"
TAGS = {"slipway-service": "service", "slipway-stack": "prod"}

SOURCE = """
import sys

sys.path.insert(0, {root!r})

import pulumi
import pulumi_azure_native as azure
from infra.targets.azure import domain, vault
from infra.targets.azure.environment import Environment, EnvironmentArgs, Workspace, WorkspaceArgs
from infra.targets.azure.identity import Identity, IdentityArgs, Role
from infra.targets.azure.network import Network, NetworkArgs
from infra.targets.azure.raw import resource
from infra.targets.azure.registry import Images, ImagesArgs

asked, place, tags = {asked!r}, "westeurope", {tags!r}
made = azure.Provider("azure", subscription_id={subscription!r}, location=place)
opts = pulumi.ResourceOptions(provider=made)
about = {{"resourceGroupName": "service-prod", "location": place}}
group = resource("resources:ResourceGroup", "service", about, opts, ["name"]).output("name")
registry_id = None
if asked["images"]:
    args = ImagesArgs(group, place, "serviceprod0a1b2c3d", "Standard", asked["kept"], tags, asked["protect"])
    registry_id = Images("service", args, opts).registry_id
blobs = Role("ba92f5b4-2d11-453d-a403-e96b0029c9fe", asked["scope"])
identity = Identity("service", IdentityArgs(group, place, "service-prod", registry_id, {{"blobs": blobs}}, tags), opts)
network = Network("service", NetworkArgs(group, place, asked["cidr"], tags), opts) if asked["network"] else None
workspace = Workspace("service", WorkspaceArgs(group, place, "service-prod", 90, tags), opts)
environment = Environment(
    "service",
    EnvironmentArgs(
        group=group,
        location=place,
        name="service-prod",
        workspace=workspace,
        subnet_id=network.subnet_id if network else None,
        internal=asked["internal"],
        zone_redundant=network is not None,
        profile=asked["profile"],
        insights=asked["insights"],
        network_id=network.network_id if network else None,
        tags=tags,
        nodes=2,
    ),
    opts,
)
secrets = vault.Vault(
    "service",
    vault.VaultArgs(
        group=group,
        location=place,
        name="service-production",
        tenant="00000000-0000-4000-8000-000000000002",
        reader=identity.principal_id,
        values={{name: pulumi.Output.secret(value) for name, value in asked["values"].items()}},
        stored=vault.stored(asked["stored"], {subscription!r}, made),
        tags=tags,
        protect=asked["protect"],
    ),
    opts,
)
pulumi.export("created", pulumi.Output.all(*identity.created, *secrets.created))
pulumi.export("references", {{name: [each.name, each.url] for name, each in secrets.references.items()}})
for name, (of, in_zone) in asked["domains"].items():
    zone = domain.DnsZone("example.com", "existing") if in_zone else None
    how = domain.pointed(of, zone, "service-prod", name, made) if zone else None
    records = domain.Records(name, domain.RecordsArgs(of, zone, name, environment), opts)
    pulumi.export(name, records.wanted)
    container = {{"name": "web", "image": "registry.example.com/service@sha256:" + "0" * 64}}
    taken = [{{"name": of, "bindingType": "Auto"}}] if how else []
    app = resource(
        "app:ContainerApp",
        name,
        {{
            "resourceGroupName": group,
            "containerAppName": name,
            "location": place,
            "managedEnvironmentId": environment.environment_id,
            "configuration": {{"ingress": {{"external": True, "targetPort": 8000, "customDomains": taken}}}},
            "template": {{"containers": [{{**container, "resources": {{"cpu": 0.5, "memory": "1Gi"}}}}]}},
        }},
        pulumi.ResourceOptions(provider=made, depends_on=[*environment.ready, *records.ready]),
    )
    if how:
        domain.Certificate(name, domain.CertificateArgs(group, place, records, how, [app], tags), opts)
"""
LEAST: Mapping[str, Any] = {
    "images": False,
    "kept": 30,
    "protect": False,
    "scope": f"/subscriptions/{SUBSCRIPTION}/resourceGroups/existing",
    "network": False,
    "cidr": "10.0.0.0/24",
    "internal": False,
    "profile": "Consumption",
    "insights": None,
    "values": {},
    "stored": {},
    "domains": {},
}
WHOLE: Mapping[str, Any] = {
    **LEAST,
    "images": True,
    "protect": True,
    # Another subscription's, whose role it then is.
    "scope": "/subscriptions/00000000-0000-4000-8000-000000000009/resourceGroups/data",
    "network": True,
    "internal": True,
    "profile": "D4",
    "insights": "InstrumentationKey=0",
    "values": {"SECRET_KEY": "first"},
    "stored": {"API_KEY": f"{there.GROUP}/{there.VAULT}/{there.SECRET}"},
    "domains": {"service-apex": ("example.com", True), "service-api": ("api.example.com", True)},
}


def source(asked: Mapping[str, Any]) -> str:
    return SOURCE.format(root=str(ROOT), asked=dict(asked), tags=TAGS, subscription=SUBSCRIPTION)


@pytest.fixture(scope="module")
def plan(serving: Serving, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Sequence[Planned]]:
    """What a program would make of it, with what it warns of nowhere."""
    folder: Path = tmp_path_factory.mktemp("ground")
    program = Program(folder / "azure", "azure", {"PULUMI_DEBUG_PROVIDERS": serving.variable()})
    kept: dict[str, Sequence[Planned]] = {}

    def planned(asked: Mapping[str, Any]) -> Sequence[Planned]:
        text = source(asked)
        if text not in kept:
            program.write(text)
            ran = program.run("preview", "--json")
            seen = read(ran.stdout, ran.stderr)
            assert seen.problems == ()
            kept[text] = seen.resources
        return kept[text]

    return planned


@pytest.fixture
def whole(plan: Callable[..., Sequence[Planned]]) -> Sequence[Planned]:
    return plan(WHOLE)


@pytest.fixture
def least(plan: Callable[..., Sequence[Planned]]) -> Sequence[Planned]:
    return plan(LEAST)


def of(resources: Sequence[Planned], kind: str) -> dict[str, dict[str, Any]]:
    """By its name what each resource of a kind is told."""
    return {
        each.name: {key: value for key, value in each.inputs.items() if key != "__defaults"}
        for each in resources
        if each.type == f"azure-native:{kind}"
    }


def one(resources: Sequence[Planned], kind: str) -> dict[str, Any]:
    (found,) = of(resources, kind).values()
    return found


def needs(resources: Sequence[Planned], kind: str, name: str) -> set[str]:
    """The kinds and names of what a resource waits for itself."""
    (found,) = [each for each in resources if each.type == f"azure-native:{kind}" and each.name == name]
    named = [(urn.split("::")[-2].rpartition("$")[2], urn.rpartition("::")[2]) for urn in found.needs]
    return {f"{type_.rpartition(':')[2]} {each}" for type_, each in named}


def test_a_registry_has_no_admin_and_removes_at_night_what_is_old_and_none_of_the_newest(
    whole: Sequence[Planned],
) -> None:
    assert one(whole, "containerregistry:Registry") == {
        "resourceGroupName": "service-prod",
        "registryName": "serviceprod0a1b2c3d",
        "location": "westeurope",
        "sku": {"name": "Standard"},
        "adminUserEnabled": False,
        "tags": TAGS,
    }
    task = one(whole, "containerregistry:Task")
    step = task["step"]
    assert base64.b64decode(step["encodedTaskContent"]).decode().splitlines() == [
        "version: v1.1.0",
        "steps:",
        "  - cmd: acr purge --filter 'service:.*' --filter 'service-cache:.*' --ago 7d --keep 30 --untagged",
        "    disableWorkingDirectoryOverride: true",
        "    timeout: 3600",
    ]
    assert (step["type"], task["registryName"], task["trigger"], task["credentials"], task["status"]) == (
        "EncodedTask",
        "serviceprod0a1b2c3d",
        {"timerTriggers": [{"name": "nightly", "schedule": "20 3 * * *"}]},
        {"sourceRegistry": {"loginMode": "Default"}},
        "Enabled",
    )


def test_the_identity_may_pull_read_its_secrets_and_do_what_the_stack_says_and_no_more(
    whole: Sequence[Planned], least: Sequence[Planned]
) -> None:
    given = of(whole, "authorization:RoleAssignment")
    elsewhere = "/subscriptions/00000000-0000-4000-8000-000000000009"
    reader, existing = f"{ROLES}/{vault.READER}", f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{there.GROUP}"
    (own,) = of(whole, "keyvault:Vault").values()
    assert {name: (each["roleDefinitionId"], each["scope"]) for name, each in given.items()} == {
        "service-pull": (
            f"{ROLES}/7f951dda-4ed3-4680-a7ca-43fe172d538d",
            f"{GROUP}/Microsoft.ContainerRegistry/registries/serviceprod0a1b2c3d",
        ),
        "service-blobs": (
            f"{elsewhere}/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe",
            WHOLE["scope"],
        ),
        "service-read": (reader, f"{GROUP}/Microsoft.KeyVault/vaults/{own['vaultName']}"),
        "service-api-key-read": (
            reader,
            f"{existing}/providers/Microsoft.KeyVault/vaults/{there.VAULT}/secrets/{there.SECRET}",
        ),
    }
    # A new principal may not be found, unless it is said what it is.
    assert {each["principalType"] for each in given.values()} == {"ServicePrincipal"}
    assert len({each["principalId"] for each in given.values()}) == 1
    assert list(of(least, "authorization:RoleAssignment")) == ["service-blobs"]


def test_a_subnet_is_the_environments_alone_behind_the_rules_that_every_group_has(whole: Sequence[Planned]) -> None:
    subnet, network = one(whole, "network:Subnet"), one(whole, "network:VirtualNetwork")
    rules = one(whole, "network:NetworkSecurityGroup")
    assert network["addressSpace"] == {"addressPrefixes": ["10.0.0.0/24"]}
    assert subnet == {
        "resourceGroupName": "service-prod",
        "virtualNetworkName": network["virtualNetworkName"],
        "subnetName": "apps",
        "addressPrefix": "10.0.0.0/24",
        "delegations": [{"name": "apps", "serviceName": "Microsoft.App/environments"}],
        "networkSecurityGroup": {
            "id": f"{GROUP}/Microsoft.Network/networkSecurityGroups/{rules['networkSecurityGroupName']}"
        },
    }
    assert "securityRules" not in rules


def test_an_environment_in_a_network_has_a_node_in_each_zone_and_sends_its_telemetry_and_logs_away(
    whole: Sequence[Planned],
) -> None:
    network = one(whole, "network:VirtualNetwork")["virtualNetworkName"]
    made = one(whole, "app:ManagedEnvironment")
    logs = made.pop("appLogsConfiguration")
    assert made == {
        "resourceGroupName": "service-prod",
        "environmentName": "service-prod",
        "location": "westeurope",
        "workloadProfiles": [
            {"name": "Consumption", "workloadProfileType": "Consumption"},
            {"name": "D4", "workloadProfileType": "D4", "minimumCount": 3, "maximumCount": 3},
        ],
        "zoneRedundant": True,
        "vnetConfiguration": {
            "infrastructureSubnetId": f"{GROUP}/Microsoft.Network/virtualNetworks/{network}/subnets/apps",
            "internal": True,
        },
        "appInsightsConfiguration": {"connectionString": "InstrumentationKey=0"},
        "openTelemetryConfiguration": {
            "tracesConfiguration": {"destinations": ["appInsights"]},
            "logsConfiguration": {"destinations": ["appInsights"]},
        },
        "tags": TAGS,
    }
    assert logs["destination"] == "log-analytics"
    # The workspace's key is in no plan.
    assert logs["logAnalyticsConfiguration"]["sharedKey"] == "[secret]"
    kept = one(whole, "operationalinsights:Workspace")
    assert (kept["retentionInDays"], kept["sku"]) == (90, {"name": "PerGB2018"})


def test_an_environment_in_no_network_is_paid_by_use_alone(least: Sequence[Planned]) -> None:
    made = one(least, "app:ManagedEnvironment")
    assert made["workloadProfiles"] == [{"name": "Consumption", "workloadProfileType": "Consumption"}]
    assert made["zoneRedundant"] is False
    assert {"vnetConfiguration", "appInsightsConfiguration", "openTelemetryConfiguration"} & set(made) == set()
    kinds = {each.type.split(":")[1] for each in least}
    assert {"network", "privatedns", "keyvault", "containerregistry", "dns"} & kinds == set()


def test_the_names_of_an_internal_environment_are_found_in_its_network(whole: Sequence[Planned]) -> None:
    network = one(whole, "network:VirtualNetwork")["virtualNetworkName"]
    zone = one(whole, "privatedns:PrivateZone")["privateZoneName"]
    assert zone.endswith(".westeurope.azurecontainerapps.io")
    record, link = one(whole, "privatedns:PrivateRecordSet"), one(whole, "privatedns:VirtualNetworkLink")
    assert (record["privateZoneName"], record["relativeRecordSetName"], record["aRecords"]) == (
        zone,
        "*",
        [{"ipv4Address": "20.0.0.1"}],
    )
    assert (link["privateZoneName"], link["virtualNetwork"], link["registrationEnabled"]) == (
        zone,
        {"id": f"{GROUP}/Microsoft.Network/virtualNetworks/{network}"},
        False,
    )
    assert {"PrivateRecordSet service", "VirtualNetworkLink service"} <= needs(whole, "app:ContainerApp", "service-api")


def test_a_vault_asks_azures_roles_and_its_name_is_never_that_of_one_that_was_deleted(
    whole: Sequence[Planned],
) -> None:
    made = one(whole, "keyvault:Vault")
    assert made["properties"] == {
        "tenantId": "00000000-0000-4000-8000-000000000002",
        "sku": {"family": "A", "name": "standard"},
        "enableRbacAuthorization": True,
        "enableSoftDelete": True,
        "softDeleteRetentionInDays": 90,
        "enablePurgeProtection": True,
    }
    assert len(made["vaultName"]) <= 24
    secret = one(whole, "keyvault:Secret")
    assert (secret["vaultName"], secret["secretName"]) == (made["vaultName"], "secret-key")
    assert secret["properties"] == {"value": "[secret]", "contentType": "text/plain"}


def test_a_domain_is_proven_before_the_app_takes_it_and_moves_when_that_is_there_and_then_gets_its_certificate(
    whole: Sequence[Planned],
) -> None:
    environment = one(whole, "app:ManagedEnvironment")["environmentName"]
    suffix = one(whole, "privatedns:PrivateZone")["privateZoneName"]
    records = of(whole, "dns:RecordSet")
    for each in records.values():
        assert (each.pop("resourceGroupName"), each.pop("zoneName"), each.pop("ttl")) == (
            "existing",
            "example.com",
            300,
        )
    ((proof,),) = [each["value"] for each in records["service-api-proof"]["txtRecords"]]
    told = [{"value": [proof]}]
    assert records == {
        "service-api-proof": {"recordType": "TXT", "relativeRecordSetName": "asuid.api", "txtRecords": told},
        "service-apex-proof": {"recordType": "TXT", "relativeRecordSetName": "asuid", "txtRecords": told},
        "service-api-app": {
            "recordType": "CNAME",
            "relativeRecordSetName": "api",
            "cnameRecord": {"cname": f"service-api.{suffix}"},
        },
        "service-apex-app": {
            "recordType": "A",
            "relativeRecordSetName": "@",
            "aRecords": [{"ipv4Address": "20.0.0.1"}],
        },
    }
    certificates = of(whole, "app:ManagedCertificate")
    assert {name: (each["environmentName"], each["properties"]) for name, each in certificates.items()} == {
        "service-api": (environment, {"subjectName": "api.example.com", "domainControlValidation": "CNAME"}),
        "service-apex": (environment, {"subjectName": "example.com", "domainControlValidation": "HTTP"}),
    }
    assert "RecordSet service-api-proof" in needs(whole, "app:ContainerApp", "service-api")
    assert "ContainerApp service-api" in needs(whole, "dns:RecordSet", "service-api-app")
    assert {"ContainerApp service-api", "RecordSet service-api-app"} <= needs(
        whole, "app:ManagedCertificate", "service-api"
    )


def replaced(program: Program, text: str) -> set[str]:
    """The kinds of what would be made anew."""
    program.write(text)
    steps = json.loads(program.run("preview", "--json").stdout)["steps"]
    return {step["newState"]["type"].rpartition(":")[2] for step in steps if step["op"] == "replace"}


def test_the_ground_lives_through_changes_and_leaves_to_its_owner_what_goes_with_that(
    program: Callable[[str], Program], world: World
) -> None:
    others = set(world.things)
    ground = program("azure")
    domains = {"service-api": ("api.example.com", True), "service-www": ("www.example.org", False)}
    asked = {**LEAST, "network": True, "values": {"SECRET_KEY": "first"}, "domains": domains}
    ground.up(source(asked))
    before = ground.outputs()
    assert ground.up() == {}

    # Another value is another version, which the next revision names.
    assert ground.up(source({**asked, "values": {"SECRET_KEY": "second"}})) == {"update": 1}
    after = ground.outputs()
    (name, first), (_, second) = before["references"]["SECRET_KEY"], after["references"]["SECRET_KEY"]
    assert name == "secret-key"
    assert (first.rpartition("/")[0], first != second) == (second.rpartition("/")[0], True)
    assert before["created"] == after["created"]
    # Where the zone is not Azure's, nobody here knows whether a name is a zone's own.
    fqdn = f"service-www.{after['service-api'][1][2].removeprefix('service-api.')}"
    assert after["service-www"] == [
        ["TXT", "asuid.www.example.org", after["service-api"][0][2]],
        ["CNAME", "www.example.org", fqdn],
        ["A", "www.example.org", "20.0.0.1"],
    ]
    assert "first" not in ground.state()

    # Nothing that is in a network can be given other addresses.
    assert {"VirtualNetwork", "Subnet", "ManagedEnvironment", "ContainerApp"} <= replaced(
        ground, source({**asked, "cidr": "10.1.0.0/24"})
    )

    # A certificate cannot go while the app has the domain, nor may a secret's name be given up: both go with theirs.
    there_before = set(world.things) - others
    ground.run("destroy", "--yes", "--skip-preview")
    left = {key for key in there_before & set(world.things) if key[0].startswith("azure-native:")}
    assert {type_.rpartition(":")[2] for type_, _ in left} == {"ManagedCertificate", "Secret"}
    for key in left:
        del world.things[key]
    assert json.loads(ground.state())["checkpoint"]["latest"].get("resources") is None
