"""Azure as the stand-in plays it: what can be looked up, what is sent, what goes with what, what replicas cost."""

import importlib
import re
import typing
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from pulumi import _types

from infra.targets.azure.offline import functions as asked
from infra.targets.azure.offline import requests, schemas, there
from infra.targets.azure.offline.messages import MESSAGES, Message
from tests.offline import azure_mistakes as of
from tests.offline.azure_bases import BASES, CONTAINER, DEFINITIONS, PULL, READ, SUBSCRIPTION, TENANT
from tests.offline.test_session import resource, session
from tools.offline import sdk
from tools.offline.backend import Failure
from tools.offline.packages import tables, types
from tools.offline.values import UNKNOWN, Secret, Values, reveal
from tools.offline.world import World
from tools.plan.inventory import Plan, plan
from tools.plan.preview import Planned, Preview

IN = {"resourceGroupName": there.GROUP}
THERE: dict[str, Values] = {
    asked.NETWORK: {**IN, "virtualNetworkName": "existing"},
    asked.SUBNET: {**IN, "virtualNetworkName": "existing", "subnetName": "existing"},
    asked.ZONE: {**IN, "zoneName": "example.com"},
    asked.CLUSTER: {**IN, "resourceName": "existing"},
    asked.CREDENTIALS: {**IN, "resourceName": "web"},
    asked.VAULT: {**IN, "vaultName": "existing-vault"},
    asked.SECRET: {**IN, "vaultName": "existing-vault", "secretName": "prod-api-key"},
    asked.DOMAIN: {**IN, "containerAppName": "web", "customHostname": there.POINTED},
}


@pytest.mark.parametrize("token", asked.FUNCTIONS)
def test_a_function_answers_nothing_but_what_the_sdk_reads(token: str) -> None:
    _, place, name = token.split(":")
    file = re.sub(r"([A-Z])", r"_\1", name).lower()
    module = importlib.import_module(f"pulumi_azure_native.{place}.{file}")
    getters = vars(getattr(module, f"{name[0].upper()}{name[1:]}Result")).values()
    read = {each.fget._pulumi_name for each in getters if isinstance(each, property)}
    assert {*reveal(session("azure-native").invoke(token, THERE.get(token, {})))} - read == set()


def test_what_is_there_is_found_in_whatever_subscription_is_configured() -> None:
    azure = session("azure-native", subscriptionId=TENANT)
    group = f"/subscriptions/{TENANT}/resourceGroups/existing/providers"
    subnet, secret = azure.invoke(asked.SUBNET, THERE[asked.SUBNET]), azure.invoke(asked.SECRET, THERE[asked.SECRET])
    assert subnet["id"] == f"{group}/Microsoft.Network/virtualNetworks/existing/subnets/existing"
    assert subnet["delegations"][0]["serviceName"] == "Microsoft.App/environments"
    assert azure.invoke(asked.ZONE, THERE[asked.ZONE])["zoneType"] == "Public"
    address = "https://existing-vault.vault.azure.net/secrets/prod-api-key"
    assert secret["properties"]["secretUriWithVersion"] == f"{address}/{there.VERSION}"
    assert "value" not in secret["properties"]
    assert azure.invoke(asked.CONFIG, {})["subscriptionId"] == TENANT
    assert azure.invoke(asked.TOKEN, {})["token"] == Secret("offline")


@pytest.mark.parametrize(
    ("token", "other", "said"),
    [
        (asked.NETWORK, {"virtualNetworkName": "other"}, "The Resource 'Microsoft.Network/virtualNetworks/other' under resource group 'existing' was not found."),
        (asked.SUBNET, {"subnetName": "other"}, "Microsoft.Network/virtualNetworks/subnets/existing/other' under"),
        (asked.ZONE, {"resourceGroupName": "other"}, "Microsoft.Network/dnsZones/example.com' under resource group 'other' was not found."),
        (asked.SECRET, {"secretName": "key"}, "Microsoft.KeyVault/vaults/secrets/existing-vault/key' under"),
        (asked.DOMAIN, {"customHostname": "www.example.org"}, "Microsoft.App/containerApps/web' under resource group 'existing'"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_refused_as_by_azure(token: str, other: Values, said: str) -> None:
    with pytest.raises(Failure, match=f'Status=404 Code="ResourceNotFound" Message=".*{re.escape(said)}'):
        session("azure-native").invoke(token, {**THERE[token], **other})


def test_what_a_stack_names_of_its_subscription_is_taken_to_be_there_where_a_plan_assumes() -> None:
    azure = session("azure-native", world=World(assuming=True))
    subnet = azure.invoke(asked.SUBNET, {"resourceGroupName": "net", "virtualNetworkName": "a", "subnetName": "apps"})
    assert azure.invoke(asked.ZONE, {"resourceGroupName": "dns", "zoneName": "acme.org"})["name"] == "acme.org"
    inside = {"infrastructureSubnetId": subnet["id"], "internal": True}
    azure.foresee(resource(of.ENVIRONMENT), {"environmentName": "web", "vnetConfiguration": inside, **GROUP})
    assert azure.world.unresolved() == []
    assert len(azure.world.assumed) == 2


# What the API had in a version for trials and has no more, or not in the version that is not: nobody is to want it.
REFUSED: Mapping[str, Sequence[str]] = {
    of.APP: (
        "configuration.ingress.targetPortHttpScheme",
        "configuration.revisionTransitionThreshold",
        "configuration.runtime.dotnet",
        "configuration.runtime.java.javaAgent",
        "configuration.targetLabel",
        "patchingConfiguration",
        "template.containers.imageType",
        "template.containers.resources.gpu",
        "template.initContainers.imageType",
        "template.initContainers.resources.gpu",
        "template.serviceBinds.clientType",
        "template.serviceBinds.customizedKeys",
    ),
    of.JOB: (
        "extendedLocation",
        "template.containers.imageType",
        "template.containers.resources.gpu",
        "template.initContainers.imageType",
        "template.initContainers.resources.gpu",
    ),
    of.ENVIRONMENT: (
        "appLogsConfiguration.logAnalyticsConfiguration.dynamicJsonColumns",
        "availabilityZones",
        "diskEncryptionConfiguration",
        "ingressConfiguration.scale",
        "workloadProfiles.enableFips",
    ),
    of.REGISTRY: ("policies.softDeletePolicy",),
}


def fields(
    cls: type, schema: schemas.Schema, path: str, names: Mapping[str, str], seen: frozenset[Any]
) -> Iterator[str]:
    """Every input of a class that is no field of the model, and is not said to be none."""
    for name, kind in _types.input_type_types(cls).items():
        at = f"{path}.{name}" if path else name
        renamed = names.get(at, name)
        kinds = [schema, *filter(None, map(schemas.schema, schema.kinds.values()))]
        found = next(((each, each.place(renamed)) for each in kinds if each.place(renamed)), None)
        if not renamed or found is None:
            yield from [at] if renamed else []
            continue
        within, (*outer, last) = found
        for step in outer:
            within = typing.cast("schemas.Schema", schemas.schema(within.fields[step].kind))
        inner, deeper = next(_inner(kind), None), _schema(within.fields[last].kind)
        if inner is not None and deeper is not None and (inner, deeper.name) not in seen:
            yield from fields(inner, deeper, at, names, seen | {(inner, deeper.name)})


def _inner(kind: Any) -> Iterator[type]:
    kind = _types.unwrap_type(kind)
    if isinstance(kind, type) and _types.is_input_type(kind):
        yield kind
    for argument in typing.get_args(kind):
        yield from _inner(argument)


def _schema(kind: Any) -> schemas.Schema | None:
    while schemas.schema(kind) is None and typing.get_args(kind):
        kind = typing.get_args(kind)[-1]
    return schemas.schema(kind)


@pytest.mark.parametrize("type_", MESSAGES)
def test_every_input_of_a_type_is_a_field_of_what_is_sent_or_known_to_be_none(type_: str) -> None:
    message = MESSAGES[type_]
    model = schemas.schema(schemas.model(message.package, message.model))
    assert model is not None
    told = [
        each
        for each in fields(sdk.inputs_class(type_), model, "", message.names, frozenset())
        if "ipamPool" not in each
    ]
    assert told == list(REFUSED.get(type_, ()))


def test_what_is_sent_is_told_of_every_type_whose_api_has_a_package() -> None:
    # The offline environment has none for clusters, identities, roles, tasks, Application Insights and private DNS.
    others = {
        of.ASSIGNMENT, of.CLUSTER, of.COMPONENT, of.DEFINITION, of.FEDERATED, of.GROUP, of.IDENTITY, of.LINK, of.PRIVATE_RECORD,
        of.PRIVATE_ZONE, of.TASK, of.WORKBOOK,
    }  # fmt: skip
    assert {*tables(["azure-native"])["azure-native"].types} - {*MESSAGES} == others
    assert {*BASES} == {*tables(["azure-native"])["azure-native"].types}


@pytest.mark.parametrize(
    ("model", "given", "said"),
    [
        ("appcontainers:ContainerApp", {"properties": {"template": {"revision": "r1"}}}, "properties.template.revision: there is no such field in Template"),
        ("appcontainers:ContainerApp", {"properties": {"latestRevisionName": "r1"}}, "properties.latestRevisionName: only Azure itself says this of ContainerAppProperties"),
        ("appcontainers:ContainerApp", {"properties": {"configuration": {"ingress": {"traffic": [{"weight": "all"}]}}}}, "properties.configuration.ingress.traffic[0].weight: must be a whole number, not 'all'"),
        ("appcontainers:Job", {"configuration": {"triggerType": "Manual"}}, "configuration.replicaTimeout: required by JobConfiguration, but missing"),
        ("appcontainers:Job", {"configuration": {"secrets": {"name": "a"}}}, "configuration.secrets: must be a list, not {'name': 'a'}"),
        ("containerregistry:Registry", {"sku": {"name": "Free"}}, "sku.name: 'Free' is none of Classic, Basic, Standard, Premium"),
        ("keyvault:VaultCreateOrUpdateParameters", {"properties": {"tenantId": "t"}}, "properties.sku: required by VaultProperties, but missing"),
        ("dns:RecordSet", {"ttl": "300", "aRecords": []}, "ttl: must be a whole number, not '300'"),
        ("monitor:MetricAlertResource", {"criteria": {"odataType": "None"}}, "criteria.odataType: 'None' is none of Microsoft.Azure.Monitor."),
        ("monitor:ActionGroupResource", {"location": "global", "groupShortName": "x" * 13, "enabled": True}, "groupShortName: 13 characters must be from 0 to 12"),
        ("network:VirtualNetwork", {"subnets": [{"name": "a", "addressPrefixx": "10.0.0.0/24"}]}, "subnets[0].addressPrefixx: there is no such field in Subnet"),
    ],
)  # fmt: skip
def test_a_request_is_held_to_what_microsoft_publishes_of_it(model: str, given: Values, said: str) -> None:
    problems = requests.wrong(Message(*model.split(":")), given)
    assert [f"{each.property}: {each.reason}".startswith(said) for each in problems][:1] == [True], problems


def test_nothing_is_said_of_what_is_not_known_yet() -> None:
    app = {"properties": {"template": UNKNOWN, "configuration": {"secrets": [UNKNOWN]}}, "tags": {"team": UNKNOWN}}
    assert requests.wrong(Message("appcontainers", "ContainerApp"), app) == []
    assert (
        requests.wrong(Message("monitor", "MetricAlertResource"), {**ALERT, "criteria": {"odataType": UNKNOWN, "x": 1}})
        == []
    )


GROUP = {"resourceGroupName": "web"}
ALERT = {
    name: BASES[of.METRIC][name] for name in ("location", "severity", "enabled", "evaluationFrequency", "windowSize")
}
ALERT |= {"scopes": ["/a"]}


def test_what_the_provider_has_flat_is_sent_where_the_api_has_it() -> None:
    identity = {"type": "UserAssigned", "userAssignedIdentities": ["/one", "/two"]}
    app = {**GROUP, "containerAppName": "web", "location": "westeurope", "identity": identity, "environmentId": "/e"}
    assert requests.body(of.APP, app) == {
        "location": "westeurope",
        "identity": {"type": "UserAssigned", "userAssignedIdentities": {"/one": {}, "/two": {}}},
        "properties": {"environmentId": "/e"},
    }
    subnets = [{"name": "apps", "addressPrefix": "10.0.0.0/23", "natGateway": {"id": "/nat"}}]
    assert requests.body(of.NETWORK, {**GROUP, "subnets": subnets})["properties"]["subnets"] == [
        {"name": "apps", "properties": {"addressPrefix": "10.0.0.0/23", "natGateway": {"id": "/nat"}}}
    ]
    assert requests.body(of.TASK, {**GROUP, "timeout": 300, "tags": {"a": "b"}}) == {
        "tags": {"a": "b"},
        "properties": {"timeout": 300},
    }


PROVIDERS = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/web/providers"
WEB = {**GROUP, "containerAppName": "web", "location": "West Europe", "environmentId": "/e"}


@pytest.mark.parametrize(
    ("type_", "inputs", "id_", "outputs"),
    [
        (of.APP, {**WEB, "configuration": {"ingress": {"external": True}}, "template": {"revisionSuffix": "r1"}}, "Microsoft.App/containerApps/web", {"latestRevisionName": "web--r1", "configuration": r".*'fqdn': 'web\.kindsea-[0-9a-f]{8}\.westeurope\.azurecontainerapps\.io'.*"}),
        (of.APP, {**WEB, "configuration": {"ingress": {"external": False}}}, "Microsoft.App/containerApps/web", {"latestRevisionName": "web--[0-9a-f]{7}", "configuration": r".*'web\.internal\.kindsea.*"}),
        (of.JOB, {**GROUP, "jobName": "tidy"}, "Microsoft.App/jobs/tidy", {}),
        (of.ENVIRONMENT, {**GROUP, "environmentName": "web", "location": "westeurope"}, "Microsoft.App/managedEnvironments/web", {"defaultDomain": r"kindsea-[0-9a-f]{8}\.westeurope\.azurecontainerapps\.io", "customDomainConfiguration": ".*'customDomainVerificationId': '[0-9a-f]{64}'.*"}),
        (of.REGISTRY, {**GROUP, "registryName": "WebImages"}, "Microsoft.ContainerRegistry/registries/WebImages", {"loginServer": r"webimages\.azurecr\.io"}),
        (of.VAULT, {**GROUP, "vaultName": "keys", "properties": {}}, "Microsoft.KeyVault/vaults/keys", {"properties": ".*'vaultUri': 'https://keys.vault.azure.net/'.*"}),
        (of.WORKSPACE, {**GROUP, "workspaceName": "logs"}, "Microsoft.OperationalInsights/workspaces/logs", {"customerId": "[0-9a-f-]{36}"}),
        (of.RECORD, {**GROUP, "zoneName": "example.com", "recordType": "TXT", "relativeRecordSetName": "@"}, "Microsoft.Network/dnsZones/example.com/TXT/@", {"fqdn": r"example\.com\."}),
        (of.COMPONENT, {**GROUP, "resourceName": "web", "location": "westeurope"}, "Microsoft.Insights/components/web", {"connectionString": "InstrumentationKey=.+;IngestionEndpoint=https://westeurope-1.*"}),
    ],
)  # fmt: skip
def test_ids_and_outputs_look_like_those_of_azure(
    type_: str, inputs: Values, id_: str, outputs: dict[str, str]
) -> None:
    made = session("azure-native").foresee(resource(type_), inputs)
    assert made.id == f"{PROVIDERS}/{id_}"
    for name, pattern in outputs.items():
        assert re.fullmatch(pattern, str(made.outputs[name])), made.outputs[name]


def test_an_apps_address_is_under_its_environments_domain() -> None:
    azure = session("azure-native")
    environment = azure.create(
        resource(of.ENVIRONMENT), {**GROUP, "environmentName": "web", "location": "westeurope"}, 0
    )
    ingress = {"configuration": {"ingress": {"external": True}}}
    app = azure.create(resource(of.APP), {**WEB, "environmentId": environment.id, **ingress}, 0)
    assert app.outputs["configuration"]["ingress"]["fqdn"] == f"web.{environment.outputs['defaultDomain']}"


def test_another_value_of_a_secret_is_another_version_of_the_same() -> None:
    azure, secret = session("azure-native"), resource(of.SECRET)
    given = {**GROUP, "vaultName": there.VAULT, "secretName": "key"}
    old = {**given, "properties": {"value": "a"}}
    made = azure.create(secret, old, 0)
    changed = azure.update(
        resource(of.SECRET, id_=made.id), old, {**given, "properties": {"value": "b"}}, made.outputs, 0
    )
    first, second = (each["properties"] for each in (made.outputs, changed))
    assert first["secretUri"] == second["secretUri"]
    assert first["secretUriWithVersion"] != second["secretUriWithVersion"]
    assert {each.rpartition("/")[0] for each in (first["secretUriWithVersion"], second["secretUriWithVersion"])} == {
        first["secretUri"]
    }


@pytest.mark.parametrize(
    ("template", "configuration", "wakes"),
    [
        ({"scale": {"minReplicas": 0}}, {}, False),
        ({}, {}, False),
        ({"scale": {"minReplicas": 1}}, {}, True),
        ({"scale": {"minReplicas": UNKNOWN}}, {}, True),
        ({"scale": {"rules": [{"name": "queue", "azureQueue": {}}]}}, {}, True),
        ({}, {"ingress": {"targetPort": 8000}}, True),
    ],
)
def test_what_nobody_can_ask_starts_by_itself(template: Values, configuration: Values, wakes: bool) -> None:
    inputs = {**WEB, "template": {**template, "containers": [CONTAINER]}, "configuration": configuration}
    said = [each.reason for each in session("azure-native").judge(resource(of.APP), inputs)]
    assert any("it never starts" in each for each in said) is not wakes


RUNNER = ("runner", of.IDENTITY, "principalId", {**GROUP, "resourceName": "runner"})
IMAGES = ("images", of.REGISTRY, "id", {**GROUP, "registryName": "images"})
KEYS = ("keys", of.VAULT, "id", {**GROUP, "vaultName": "keys", "properties": {"tenantId": TENANT}})
ME = f"{PROVIDERS}/Microsoft.ManagedIdentity/userAssignedIdentities/runner"
MAY = {"principalId": "{runner}", "principalType": "ServicePrincipal"}
PULLS = (
    "pulls",
    of.ASSIGNMENT,
    "id",
    {**MAY, "roleAssignmentName": f"{TENANT[:-1]}3", "scope": "{images}", "roleDefinitionId": f"{DEFINITIONS}/{PULL}"},
)
READS = (
    "reads",
    of.ASSIGNMENT,
    "id",
    {**MAY, "roleAssignmentName": f"{TENANT[:-1]}4", "scope": "{keys}", "roleDefinitionId": f"{DEFINITIONS}/{READ}"},
)
KEY = ("key", of.SECRET, "id", {**GROUP, "vaultName": "keys", "secretName": "key", "properties": {"value": "x"}})
ONE = ("one", of.ASSIGNMENT, "id", {**READS[3], "scope": "{key}"})
KEPT = {"name": "key", "keyVaultUrl": "https://keys.vault.azure.net/secrets/key", "identity": ME}
GIVEN = {**WEB, "configuration": {"registries": [{"server": "images.azurecr.io", "identity": ME}], "secrets": [KEPT]}}
TIDY = {**GROUP, "jobName": "tidy", "configuration": GIVEN["configuration"]}
SMALL = {"virtualNetworkName": "net", "subnetName": "apps", "addressPrefix": "10.0.0.0/28"}
INSIDE = {**GROUP, "environmentName": "web", "vnetConfiguration": {"infrastructureSubnetId": "{subnet}"}}
DELEGATED = [{"name": "apps", "serviceName": "Microsoft.App/environments"}]


def subnet(**more: Any) -> tuple[str, str, str, Values]:
    return ("subnet", of.SUBNET, "id", {**GROUP, **SMALL, **more})


def record(name: str, kind: str) -> tuple[str, str, str, Values]:
    named = {"zoneName": "example.com", "relativeRecordSetName": name, "recordType": kind}
    return (f"{name}-{kind}", of.RECORD, "id", {**GROUP, **named})


SERVED = {**WEB, "configuration": {"ingress": {"customDomains": [{"name": "www.example.com", "bindingType": "Auto"}]}}}
CERTIFIED = {
    **GROUP,
    "environmentName": "e",
    "managedCertificateName": "www",
    "properties": {"subjectName": "www.example.com"},
}


@pytest.mark.parametrize("act", ["foresee", "create"])
@pytest.mark.parametrize(
    ("others", "type_", "inputs", "said"),
    [
        ((RUNNER, IMAGES, KEYS, PULLS, READS), of.APP, GIVEN, None),
        ((RUNNER, IMAGES, KEYS, KEY, PULLS, ONE), of.JOB, TIDY, None),
        ((RUNNER, IMAGES, KEYS, READS), of.APP, GIVEN, "registries.0..identity: runner has no AcrPull on images in this plan"),
        ((RUNNER, IMAGES, KEYS, PULLS), of.JOB, TIDY, "secrets.0..identity: runner may not read key of keys in this plan"),
        ((RUNNER, IMAGES, KEYS, PULLS, READS), of.ASSIGNMENT, {**PULLS[3], "roleAssignmentName": TENANT}, "roleDefinitionId: .+: this role is given already"),
        ((subnet(addressPrefix="10.0.0.0/27", delegations=DELEGATED),), of.ENVIRONMENT, INSIDE, None),
        ((subnet(addressPrefix="10.0.0.0/27"),), of.ENVIRONMENT, INSIDE, "apps is not delegated to Microsoft.App/environments"),
        ((subnet(delegations=DELEGATED),), of.ENVIRONMENT, INSIDE, "10.0.0.0/28 is smaller than a /27"),
        ((subnet(addressPrefix="172.30.0.0/24", delegations=DELEGATED),), of.ENVIRONMENT, INSIDE, "172.30.0.0/24 overlaps 172.30.0.0/16, which Azure keeps for itself"),
        ((record("www", "CNAME"), record("asuid.www", "TXT")), of.APP, SERVED, None),
        ((record("www", "CNAME"),), of.APP, SERVED, "there is no TXT record asuid.www.example.com in this plan"),
        ((record("www", "CNAME"),), of.RECORD, record("www", "TXT")[3], "recordType: www has a CNAME, beside which there is nothing else"),
        ((("app", of.APP, "id", SERVED),), of.CERTIFICATE, CERTIFIED, None),
        ((), of.CERTIFICATE, CERTIFIED, "properties.subjectName: no app of e has taken www.example.com"),
    ],
)  # fmt: skip
def test_what_does_not_go_with_the_stacks_others_is_refused(
    others: Sequence[Any], type_: str, inputs: Values, said: str | None, act: str
) -> None:
    azure = session("azure-native")
    names: dict[str, str] = {}
    for word, of_type, output, given in others:
        thing = azure.create(resource(of_type, word), filled(given, names), 0)
        names[word] = thing.id if output == "id" else str(thing.outputs[output])
    known = filled(inputs, names)

    def make() -> object:
        return azure.foresee(resource(type_), known) if act == "foresee" else azure.create(resource(type_), known, 0)

    if said is None:
        assert make()
        return
    with pytest.raises(Failure, match=said):
        make()


def filled(value: Any, names: Mapping[str, str]) -> Any:
    """The value with the names of what was made."""
    match value:
        case str():
            return re.sub(r"\{(\w+)\}", lambda found: names.get(found[1], found[0]), value)
        case dict():
            return {name: filled(item, names) for name, item in value.items()}
        case list():
            return [filled(item, names) for item in value]
        case _:
            return value


def costed(*resources: tuple[str, Values]) -> Plan:
    """The plan of these resources."""
    planned = [
        Planned(f"urn:pulumi:dev::program::{type_}::{number}", type_, inputs)
        for number, (type_, inputs) in enumerate(resources)
    ]
    return plan("dev", "azure.container_apps", Preview(tuple(planned)), types())


def app(least: Any = 0, **more: Any) -> Values:
    template = {"scale": {"minReplicas": least, "maxReplicas": 4}, "containers": [CONTAINER]}
    return {"template": template, "configuration": {"ingress": {"targetPort": 8000}}, **more}


SIDECAR = {"template": {"scale": {"minReplicas": 1}, "containers": [CONTAINER, CONTAINER]}}
PROFILES = [{"workloadProfileType": "Consumption"}, {"workloadProfileType": "D4", "minimumCount": 2}]
WITHIN = {"vnetConfiguration": {"infrastructureSubnetId": "/subnet"}}


@pytest.mark.parametrize(
    ("type_", "inputs", "hourly"),
    [
        (of.APP, app(), 0.0),
        (of.APP, app(2), 2 * (0.5 + 1) * 0.0144),
        (of.APP, SIDECAR, (1 + 2) * 0.0144),
        (of.APP, app(2, workloadProfileName="D4"), 0.0),
        (of.JOB, {"template": {"containers": [CONTAINER]}}, 0.0),
        (of.ENVIRONMENT, {}, 0.0),
        (of.ENVIRONMENT, {"workloadProfiles": PROFILES}, 2 * (4 * 0.080859 + 16 * 0.006638) + 0.10),
        (of.ENVIRONMENT, WITHIN, 0.025 + 2 * 0.005),
        (of.ENVIRONMENT, {"vnetConfiguration": {**WITHIN["vnetConfiguration"], "internal": True}}, 0.025 + 0.005),
        (of.NAT, {}, 0.045),
        (of.ADDRESS, {}, 0.005),
    ],
)  # fmt: skip
def test_replicas_nodes_and_networks_cost_by_size_and_number(type_: str, inputs: Values, hourly: float) -> None:
    told = costed((type_, inputs))
    assert told.unpriced == []
    assert told.monthly == pytest.approx(730 * hourly)


@pytest.mark.parametrize(
    ("type_", "inputs"),
    [
        (of.APP, app(UNKNOWN)),
        (of.APP, {"template": UNKNOWN}),
        (of.JOB, {"template": {"containers": [{"resources": {"cpu": UNKNOWN, "memory": "1Gi"}}]}}),
    ],
)
def test_replicas_of_unknown_size_or_number_have_no_known_price(type_: str, inputs: Values) -> None:
    assert [line.monthly for line in costed((type_, inputs)).lines] in ([None], [0.0])


DOES = "of a replica that does something, in place of an idle one"
ACTIVE = [f"$0.0144 for each GiB-hour {DOES}", f"$0.1224 for each vCPU-hour {DOES}"]


@pytest.mark.parametrize(
    ("type_", "inputs", "by_use"),
    [
        (of.APP, app(), [*ACTIVE, "$0.56 for each million requests"]),
        (of.APP, app(configuration={}), ACTIVE),
        (of.APP, app(workloadProfileName="D4"), []),
        (of.JOB, {"template": {"containers": [CONTAINER]}}, ["$0.0144 for each GiB-hour of a job", "$0.1224 for each vCPU-hour of a job"]),
        (of.WORKSPACE, {"retentionInDays": 30}, ["$2.99 for each GB of logs"]),
        (of.WORKSPACE, {"retentionInDays": 90}, ["$0.13 for each GB of logs a month that is kept longer than 31 days", "$2.99 for each GB of logs"]),
    ],
)  # fmt: skip
def test_what_use_adds_is_by_what_there_is(type_: str, inputs: Values, by_use: list[str]) -> None:
    assert costed((type_, inputs)).by_use == by_use


def criteria(*values: Sequence[str]) -> Values:
    return {"criteria": {"allOf": [{"dimensions": [{"values": list(each)}]} for each in values]}}


@pytest.mark.parametrize(
    ("resources", "monthly"),
    [
        ([(of.METRIC, criteria(["502", "503", "504"]))], 0.3),
        ([(of.METRIC, {"criteria": {"allOf": [{}, {}]}})], 0.2),
        ([(of.QUERY, {"evaluationFrequency": "PT1M"})], 3.0),
        ([(of.QUERY, {"evaluationFrequency": "PT5M"}), (of.QUERY, {"evaluationFrequency": "PT1H"})], 2.0),
        ([(of.ZONE, {}), (of.PRIVATE_ZONE, {})], 1.0),
        ([(of.REGISTRY, {"sku": {"name": "Standard"}})], 0.6666 * 365 / 12),
    ],
)
def test_what_there_is_several_of_is_counted(resources: list[Any], monthly: float) -> None:
    told = costed(*resources)
    assert told.unpriced == []
    assert told.monthly == pytest.approx(monthly)
