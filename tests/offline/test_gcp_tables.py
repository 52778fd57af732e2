"""Google Cloud as the stand-in plays it: what can be looked up, what goes with what, what instances cost, what is sent."""

import importlib
import re
import typing
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from pulumi import _types

from infra.targets.gcp.offline import discovery, there
from infra.targets.gcp.offline.functions import FUNCTIONS
from infra.targets.gcp.offline.messages import MESSAGES, PROVIDERS, Message
from infra.targets.gcp.raw import SECRETS
from infra.targets.gcp.rights.table import RIGHTS
from tests.offline import gcp_mistakes as of
from tests.offline.gcp_bases import BASES, IMAGE, TASK
from tests.offline.test_session import resource, session
from tools.offline import sdk
from tools.offline.backend import Failure
from tools.offline.outputs import secrets_of
from tools.offline.packages import tables, types
from tools.offline.simulation import SimulatedSession
from tools.offline.values import UNKNOWN, Secret, Values, reveal
from tools.offline.world import World
from tools.plan import text
from tools.plan.inventory import Plan, plan
from tools.plan.preview import Planned, Preview

NETWORK, SUBNET = "gcp:compute/getNetwork:getNetwork", "gcp:compute/getSubnetwork:getSubnetwork"
CERTIFICATE = "gcp:compute/getCertificate:getCertificate"
CLUSTER = "gcp:container/getCluster:getCluster"
ZONE = "gcp:dns/getManagedZone:getManagedZone"
SECRET, VERSION = "gcp:secretmanager/getSecret:getSecret", "gcp:secretmanager/getSecretVersion:getSecretVersion"
PROJECT = "gcp:organizations/getProject:getProject"
ASKED = {
    CERTIFICATE: {"name": "existing"},
    CLUSTER: {"name": "existing"},
    NETWORK: {"name": "existing"},
    SUBNET: {"name": "existing"},
    ZONE: {"name": "example-com"},
    SECRET: {"secretId": "prod-api-key"},
    VERSION: {"secret": "prod-api-key"},
}


@pytest.mark.parametrize("token", FUNCTIONS)
def test_a_function_answers_what_the_sdk_reads_of_it_and_nothing_else(token: str) -> None:
    _, place, name = token.split(":")
    file = re.sub(r"([A-Z])", r"_\1", name).lower()
    module = importlib.import_module(f"pulumi_gcp.{place.partition('/')[0]}.{file}")
    getters = vars(getattr(module, f"{name[0].upper()}{name[1:]}Result")).values()
    read = {each.fget._pulumi_name for each in getters if isinstance(each, property)}
    assert {*reveal(session("gcp").invoke(token, ASKED.get(token, {})))} == read


def test_what_the_sdk_has_kept_secret_is_kept_secret_though_its_classes_are_not_used() -> None:
    made = {type_: secrets_of(type_) for type_ in RIGHTS if type_.startswith("gcp:")}
    told = {f"gcp:{token}": frozenset(names) for token, names in SECRETS.items()}
    assert told == {type_: names for type_, names in made.items() if names}


def test_what_is_there_is_found_in_whatever_project_and_region_is_configured() -> None:
    gcp = session("gcp", project="acme-prod", region="europe-west1")
    link = "https://www.googleapis.com/compute/v1/projects/acme-prod"
    assert gcp.invoke(NETWORK, {"name": "existing"})["selfLink"] == f"{link}/global/networks/existing"
    assert gcp.invoke(SUBNET, {"name": "existing"})["selfLink"] == f"{link}/regions/europe-west1/subnetworks/existing"
    assert gcp.invoke(SUBNET, {"name": "existing", "region": "asia-east1"})["region"] == "asia-east1"
    assert gcp.invoke(ZONE, {"name": "example-com"})["dnsName"] == "example.com."
    assert gcp.invoke(SECRET, {"secretId": "prod-api-key"})["name"] == "projects/acme-prod/secrets/prod-api-key"
    assert gcp.invoke(PROJECT, {})["projectId"] == "acme-prod"


def test_a_secrets_version_is_told_with_its_value_unless_it_is_asked_for_without() -> None:
    gcp = session("gcp")
    told = [
        gcp.invoke(VERSION, {"secret": "prod-api-key", **more})
        for more in ({"fetchSecretData": False}, {"version": "1"})
    ]
    assert [(each["version"], each["secretData"]) for each in told] == [("2", ""), ("1", Secret("offline"))]


@pytest.mark.parametrize(
    ("token", "arguments", "said"),
    [
        (NETWORK, {"name": "other"}, "projects/offline-project/global/networks/other' was not found"),
        (SUBNET, {"name": "other"}, "regions/us-central1/subnetworks/other' was not found"),
        (CERTIFICATE, {"name": "other"}, "projects/offline-project/global/sslCertificates/other' was not found"),
        (
            CLUSTER,
            {"name": "other", "location": "us-east1-b"},
            "projects/offline-project/locations/us-east1-b/clusters/other' was not found",
        ),
        (ZONE, {"name": "example.com"}, "managedZones/example.com' was not found"),
        (SECRET, {"secretId": "prod-api_key"}, "secrets/prod-api_key' was not found"),
        (VERSION, {"secret": "prod-api-key", "version": "3"}, "secrets/prod-api-key/versions/3' was not found"),
    ],
)
def test_what_is_not_there_is_refused_as_by_google(token: str, arguments: Values, said: str) -> None:
    with pytest.raises(Failure, match=re.escape(said)):
        session("gcp").invoke(token, arguments)


def test_what_a_stack_names_of_its_project_is_taken_to_be_there_where_a_plan_assumes() -> None:
    gcp = session("gcp", world=World(assuming=True), project="acme")
    assert (
        gcp.invoke(VERSION, {"secret": "stripe", "version": "7"})["name"] == "projects/acme/secrets/stripe/versions/7"
    )
    zone, certificate = gcp.invoke(ZONE, {"name": "acme-org"}), gcp.invoke(CERTIFICATE, {"name": "acme"})
    # It may be of any domain.
    assert (zone["name"], zone["dnsName"]) == ("acme-org", ".")
    proxy = {"name": "web", "urlMap": UNKNOWN, "sslCertificates": [certificate["selfLink"]]}
    gcp.foresee(resource(of.HTTPS), proxy)
    gcp.foresee(resource(of.ACCESSOR), {**READS, "secretId": "projects/acme/secrets/stripe"})
    network, subnet = gcp.invoke(NETWORK, {"name": "shared"}), gcp.invoke(SUBNET, {"name": "apps"})
    named = {"networkInterfaces": [{"network": network["id"], "subnetwork": subnet["id"]}]}
    template = {"containers": [{"image": IMAGE}], "vpcAccess": named}
    gcp.foresee(resource(of.RUN), {"name": "web", "location": "us-east1", "template": template})
    assert gcp.world.unresolved() == []
    assert len(gcp.world.assumed) == 5


def fields(cls: type, schema: Any, document: Any, path: str, names: Any, seen: frozenset[Any]) -> Iterator[str]:
    """Every input of a class that is no field of the message and is not said to be none."""
    for name, kind in _types.input_type_types(cls).items():
        at = f"{path}.{name}" if path else name
        renamed = names.get(at, name)
        if not renamed or (not path and name in PROVIDERS):
            continue
        known = discovery.field(schema, renamed)
        if known is None:
            yield at
            continue
        inner = next(_inner(kind), None)
        known = _message(document, known, inner is not None)
        if inner is not None and (inner, id(known)) not in seen:
            yield from fields(inner, known, document, at, names, seen | {(inner, id(known))})


def _message(document: Any, schema: Any, nested: bool) -> Any:
    while True:
        if "$ref" in schema:
            schema = document[schema["$ref"]]
        elif schema.get("type") == "array":
            schema = schema["items"]
        elif nested and "additionalProperties" in schema:
            schema = schema["additionalProperties"]
        else:
            return schema


def _inner(kind: Any) -> Iterator[type]:
    kind = _types.unwrap_type(kind)
    if isinstance(kind, type) and _types.is_input_type(kind):
        yield kind
    for argument in typing.get_args(kind):
        yield from _inner(argument)


@pytest.mark.parametrize("type_", MESSAGES)
def test_every_input_of_a_type_is_a_field_of_what_is_sent_or_said_to_be_none(type_: str) -> None:
    message = MESSAGES[type_]
    document = discovery.document(message.document)
    cls = sdk.inputs_class(type_)
    assert list(fields(cls, document[message.schema], document, "", message.names, frozenset())) == []


def test_what_is_sent_is_told_of_every_type_but_those_that_are_no_messages() -> None:
    # An API is named in the address of a request, a version's value is bytes, a dashboard is the message itself.
    others = {of.API, of.VERSION, of.DASHBOARD}
    made = {type_ for type_ in tables(["gcp"])["gcp"].types if not type_.startswith("kubernetes:")}
    assert made - {*MESSAGES} == others
    assert {type_ for type_ in BASES if type_ not in MESSAGES} == others


@pytest.mark.parametrize(
    ("schema", "given", "said"),
    [
        ("run.v2:GoogleCloudRunV2Service", {"template": {"revison": "web-1"}}, "template.revison: there is no such field in GoogleCloudRunV2RevisionTemplate"),
        ("run.v2:GoogleCloudRunV2Service", {"template": {"containers": [{"env": [{"key": "A"}]}]}}, "template.containers[0].env[0].key: there is no such field in GoogleCloudRunV2EnvVar"),
        ("run.v2:GoogleCloudRunV2Service", {"traffic": [{"percent": "all"}]}, "traffic[0].percent: must be of the type integer, not 'all'"),
        ("run.v2:GoogleCloudRunV2Service", {"invokerIamDisabled": "true"}, "invokerIamDisabled: must be of the type boolean, not 'true'"),
        ("run.v2:GoogleCloudRunV2Job", {"template": {"template": {"maxRetries": 2**31}}}, "template.template.maxRetries: 2147483648 is no 32-bit number"),
        ("artifactregistry.v1:Repository", {"cleanupPolicies": {"keep": {"keep": 30}}}, "cleanupPolicies.keep.keep: there is no such field in CleanupPolicy"),
        ("artifactregistry.v1:Repository", {"labels": {"team": 7}}, "labels.team: must be of the type string, not 7"),
        ("artifactregistry.v1:Repository", {"format": "OCI"}, "format: 'OCI' is none of DOCKER"),
    ],
)  # fmt: skip
def test_a_request_is_held_to_what_google_publishes_of_it(schema: str, given: Values, said: str) -> None:
    message = Message(*schema.split(":"))
    (problem,) = discovery.wrong(message, given)
    assert f"{problem.property}: {problem.reason}".startswith(said)


def test_nothing_is_said_of_a_request_that_is_right() -> None:
    message = Message("run.v2", "GoogleCloudRunV2Service")
    env = [{"name": "A", "value": "b"}, {"name": "C", "valueSource": {"secretKeyRef": {"secret": "c", "version": "1"}}}]
    limits = {"limits": {"cpu": "1", "memory": "512Mi"}, "cpuIdle": True}
    container = {"image": IMAGE, "env": env, "resources": limits, "ports": [{"containerPort": 8000}]}
    template = {"revision": "web-1", "containers": [container], "timeout": "60s"}
    assert list(discovery.wrong(message, {"template": template, "labels": {"team": "web"}})) == []
    assert list(discovery.wrong(message, {"template": UNKNOWN, "labels": {"team": UNKNOWN}})) == []


LOCATED = {"location": "us-east1", "name": "web"}


@pytest.mark.parametrize(
    ("type_", "inputs", "id_", "outputs"),
    [
        (of.RUN, {**LOCATED, "template": {"revision": "web-a1"}}, "projects/offline-project/locations/us-east1/services/web", {"uri": r"https://web-123456789012\.us-east1\.run\.app", "latestReadyRevision": "web-a1"}),
        (of.RUN, {**LOCATED, "template": {}}, ".+/services/web", {"latestReadyRevision": "web-00001-[0-9a-f]{3}"}),
        (of.RUN_JOB, LOCATED, "projects/offline-project/locations/us-east1/jobs/web", {}),
        (of.POOL, LOCATED, "projects/offline-project/locations/us-east1/workerPools/web", {}),
        (of.SCHEDULED, {"name": "tidy", "region": "us-east1"}, "projects/offline-project/locations/us-east1/jobs/tidy", {}),
        (of.READER, {"repository": "projects/p/locations/l/repositories/web", "role": "roles/a.b", "member": "group:a@b.c"}, "projects/offline-project/locations/us-central1/repositories/web/roles/a.b/group:a@b.c", {}),
        (of.ACCOUNT, {"accountId": "web-runner"}, "projects/offline-project/serviceAccounts/web-runner@offline-project.iam.gserviceaccount.com", {"member": "serviceAccount:web-runner@offline-project.iam.gserviceaccount.com"}),
        (of.SECRET, {"secretId": "key", "labels": {"team": "web"}}, "projects/offline-project/secrets/key", {"effectiveLabels": ".*'goog-pulumi-provisioned': 'true', 'team': 'web'.*"}),
        (of.VERSION, {"secret": "projects/p/secrets/prod-api-key"}, r"projects/p/secrets/prod-api-key/versions/\d{4}", {"name": "{id}", "version": r"\d{4}"}),
        (of.ADDRESS, {"name": "web"}, "projects/offline-project/global/addresses/web", {"address": r"203\.0\.113\.\d\d"}),
        (of.NAT, {"name": "web", "router": "r", "region": "us-east1"}, "offline-project/us-east1/r/web", {}),
        (of.RECORD, {"managedZone": "z", "name": "www.example.com.", "type": "A"}, r"projects/offline-project/managedZones/z/rrsets/www\.example\.com\./A", {}),
        (of.SINK, {"name": "web", "destination": "storage.googleapis.com/b"}, "projects/offline-project/sinks/web", {"writerIdentity": "serviceAccount:service-123456789012@gcp-sa-logging.iam.gserviceaccount.com"}),
        (of.CHECK, {"displayName": "web"}, "projects/offline-project/uptimeCheckConfigs/it-[0-9a-f]{12}", {"name": "{id}", "uptimeCheckId": "it-[0-9a-f]{12}"}),
        (of.ALERT, {"displayName": "web"}, r"projects/offline-project/alertPolicies/\d{19}", {"name": "{id}"}),
    ],
)  # fmt: skip
def test_ids_and_outputs_look_like_those_of_google(
    type_: str, inputs: Values, id_: str, outputs: dict[str, str]
) -> None:
    gcp = session("gcp")
    gcp.create(resource(of.REPOSITORY, "there"), {"repositoryId": "web", "location": "us-central1"}, 0)
    gcp.create(resource(of.ROUTER, "there"), {"name": "r"}, 0)
    made = gcp.foresee(resource(type_), inputs)
    assert re.fullmatch(id_, made.id), made.id
    for name, pattern in outputs.items():
        assert re.fullmatch(pattern.replace("{id}", re.escape(made.id)), str(made.outputs[name])), made.outputs[name]


def test_the_providers_labels_are_on_everything_under_the_resources_own() -> None:
    gcp = session("gcp", defaultLabels='{"slipway-stack": "dev", "team": "ops"}')
    made = gcp.create(resource(of.SECRET), {"secretId": "key", "labels": {"team": "web"}}, 0)
    expected = {"slipway-stack": "dev", "goog-pulumi-provisioned": "true", "team": "web"}
    assert made.outputs["effectiveLabels"] == expected


def test_a_new_value_of_a_secret_is_another_version_and_replaces_the_resource() -> None:
    gcp = session("gcp")
    version = resource(of.VERSION)
    assert "secretData" in gcp.kind(version.type).replaces
    inputs = {"secret": "projects/p/secrets/prod-api-key"}
    first, second = (gcp.create(version, {**inputs, "secretData": value}, 0).id for value in ("a", "b"))
    assert first != second


READS = {"secretId": "{secret}", "role": "roles/secretmanager.secretAccessor", "member": "serviceAccount:{account}"}
MADE = (
    ("account", of.ACCOUNT, "email", {"accountId": "web-runner"}),
    ("secret", of.SECRET, "id", {"secretId": "key", "replication": {"auto": {}}}),
)
ENV = [{"name": "KEY", "valueSource": {"secretKeyRef": {"secret": "{secret}", "version": "1"}}}]
GIVEN = {**LOCATED, "template": {"serviceAccount": "{account}", "containers": [{"image": IMAGE, "envs": ENV}]}}
OF_A_JOB = {**LOCATED, "template": {"template": GIVEN["template"]}}
JOB = ("job", of.RUN_JOB, "name", {**LOCATED, "template": {"template": {"containers": [{"image": IMAGE}]}}})
STARTS = {"name": "web", "location": "us-east1", "role": "roles/run.invoker", "member": "serviceAccount:{account}"}
CALL = {
    "name": "tidy",
    "region": "us-east1",
    "schedule": "0 3 * * *",
    "httpTarget": {
        "uri": "https://run.googleapis.com/v2/projects/p/locations/us-east1/jobs/web:run",
        "oauthToken": {"serviceAccountEmail": "{account}"},
    },
}
DENIED = "permission denied on secret 'projects/offline-project/secrets/key' for service account web-runner@"


def made(gcp: SimulatedSession, others: Sequence[Any]) -> dict[str, str]:
    """What resources are named by once they are made."""
    names: dict[str, str] = {}
    for word, type_, output, inputs in others:
        thing = gcp.create(resource(type_, word), filled(inputs, names), 0)
        names[word] = thing.id if output == "id" else str(thing.outputs[output])
    return names


def filled(value: Any, names: dict[str, str]) -> Any:
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


@pytest.mark.parametrize("act", ["foresee", "create"])
@pytest.mark.parametrize(
    ("others", "type_", "inputs", "said"),
    [
        ((*MADE, ("reads", of.ACCESSOR, "id", READS)), of.RUN, GIVEN, None),
        (MADE, of.RUN, GIVEN, DENIED),
        (MADE, of.RUN_JOB, OF_A_JOB, DENIED),
        (MADE, of.POOL, GIVEN, DENIED),
        ((*MADE, ("reads", of.ACCESSOR, "id", {**READS, "role": "roles/secretmanager.viewer"})), of.RUN, GIVEN, DENIED),
        ((*MADE, ("reads", of.ACCESSOR, "id", {**READS, "member": "group:a@example.com"})), of.RUN, GIVEN, DENIED),
        ((MADE[0], JOB, ("starts", of.STARTER, "id", STARTS)), of.SCHEDULED, CALL, None),
        ((MADE[0], JOB), of.SCHEDULED, CALL, "httpTarget.oauthToken: web-runner@.+ may not run the job web"),
        (MADE[:1], of.SCHEDULED, CALL, "httpTarget.uri: .+/jobs/web:run': there is no such job in this plan"),
        ((), of.INVOKER, {**STARTS, "member": "group:a@example.com"}, "name: 'web': there is no gcp:cloudrunv2/service:Service"),
        ((), of.ENDPOINTS, {"name": "web", "region": "us-east1", "cloudRun": {"service": "web"}}, "cloudRun.service: 'web': there is no such service in this plan"),
        ((), of.SINK, {"name": "web", "destination": "logging.googleapis.com/projects/p/locations/l/buckets/web"}, "destination: .+: there is no such bucket in this plan"),
    ],
)  # fmt: skip
def test_what_does_not_go_with_the_stacks_others_is_refused(
    others: Sequence[Any], type_: str, inputs: Values, said: str | None, act: str
) -> None:
    gcp = session("gcp")
    given = filled(inputs, made(gcp, others))

    def make() -> object:
        return gcp.foresee(resource(type_), given) if act == "foresee" else gcp.create(resource(type_), given, 0)

    if said is None:
        assert make()
        return
    with pytest.raises(Failure, match=said):
        make()


def costed(*resources: tuple[str, Values]) -> Plan:
    """The plan of these resources."""
    planned = [
        Planned(f"urn:pulumi:dev::program::{type_}::{number}", type_, inputs)
        for number, (type_, inputs) in enumerate(resources)
    ]
    return plan("dev", "gcp.cloud_run", Preview(tuple(planned)), types())


def service(least: Any = 0, most: int = 4, idle: bool = True, **limits: Any) -> Values:
    resources = {"limits": {"cpu": "1", "memory": "1Gi", **limits}, "cpuIdle": idle}
    scaling = {"minInstanceCount": least, "maxInstanceCount": most}
    return {"template": {"scaling": scaling, "containers": [{"resources": resources}]}}


@pytest.mark.parametrize(
    ("type_", "inputs", "hourly"),
    [
        (of.RUN, service(), 0.0),
        (of.RUN, service(2), 2 * (0.009 + 0.009)),
        (of.RUN, service(2, cpu="2", memory="512Mi"), 2 * (2 * 0.009 + 0.5 * 0.009)),
        (of.RUN, service(1, cpu="500m"), 0.5 * 0.009 + 0.009),
        (of.RUN, service(2, idle=False), 2 * (0.0648 + 0.0072)),
        (of.RUN, {**service(), "scaling": {"minInstanceCount": 3}}, 3 * (0.009 + 0.009)),
        (of.POOL, {"scaling": {"manualInstanceCount": 2}, "template": {"containers": [TASK]}}, 2 * (0.0404784 + 0.002223)),
        (of.RUN_JOB, {"template": {"template": {"containers": [TASK]}}}, 0.0),
        (of.NAT, {}, 0.005),
    ],
)  # fmt: skip
def test_instances_cost_by_size_billing_and_number(type_: str, inputs: Values, hourly: float) -> None:
    told = costed((type_, inputs))
    assert told.unpriced == []
    assert told.monthly == pytest.approx(730 * hourly)


@pytest.mark.parametrize(
    ("type_", "inputs"),
    [
        (of.RUN, service(UNKNOWN)),
        (of.RUN, service(1, cpu=UNKNOWN)),
        (of.RUN, {"template": UNKNOWN}),
        (of.RUN_JOB, {"template": {"template": UNKNOWN}}),
        (of.POOL, {"scaling": {"manualInstanceCount": UNKNOWN}, "template": {"containers": [TASK]}}),
    ],
)
def test_instances_of_unknown_size_or_number_have_no_known_price(type_: str, inputs: Values) -> None:
    assert [line.type for line in costed((type_, inputs)).unpriced] == [type_]


@pytest.mark.parametrize(
    ("inputs", "by_use"),
    [
        (service(), ["$0.009 for each GiB-hour of an instance that answers requests", "$0.0864 for each vCPU-hour of an instance that answers requests", "$0.4 for each million requests"]),
        (service(1, idle=False), ["$0.0072 for each GiB-hour of an instance more than at the least", "$0.0648 for each vCPU-hour of an instance more than at the least"]),
        (service(2, 2, idle=False), []),
    ],
)  # fmt: skip
def test_what_use_adds_is_by_the_billing(inputs: Values, by_use: list[str]) -> None:
    assert costed((of.RUN, inputs)).by_use == by_use


@pytest.mark.parametrize(
    ("resources", "monthly"),
    [
        ([(of.FORWARDING, {})], 730 * 0.025),
        ([(of.FORWARDING, {})] * 2, 730 * 0.025),
        ([(of.FORWARDING, {})] * 5, 730 * 0.025),
        ([(of.ARMOR, {"rules": [{}, {}, {}]})], 8.0),
        ([(of.ALERT, {"conditions": [{}, {}]})], 0.2),
        ([(of.SCHEDULED, {})] * 2, 0.2),
        ([(of.VERSION, {})] * 3, 0.18),
        ([(of.SUBNET, {})], 0.0),
    ],
)
def test_what_there_is_several_of_is_counted(resources: list[Any], monthly: float) -> None:
    told = costed(*resources)
    assert told.unpriced == []
    assert told.monthly == pytest.approx(monthly)


@pytest.mark.parametrize(
    ("type_", "without", "having", "said"),
    [
        (of.SUBNET, {}, {"logConfig": {}}, "$0.25 for each GiB of flow logs"),
        (of.BUCKET, {"retentionDays": 30}, {"retentionDays": 90}, "$0.01 for each GiB of logs a month that is kept longer than 30 days"),
        (of.REPOSITORY, {}, {"vulnerabilityScanningConfig": {"enablementConfig": "INHERITED"}}, "$0.26 for each image that is looked through"),
    ],
)  # fmt: skip
def test_what_is_turned_on_is_paid_for(type_: str, without: Values, having: Values, said: str) -> None:
    assert [said in costed((type_, inputs)).by_use for inputs in (without, having)] == [False, True]


def test_a_price_that_is_only_announced_is_named_an_estimate() -> None:
    (said,) = [each for each in text.cost(costed((of.ALERT, {"conditions": [{}]}))) if each.startswith("Prices: ")]
    assert said.startswith("Prices: https://cloud.google.com/stackdriver/pricing, ")
    assert "(an estimate: Google announced this price" in said


def test_what_is_there_may_be_named_by_a_plan_and_what_is_not_may_not() -> None:
    gcp = session("gcp")
    networks = [f"projects/p/global/networks/{name}" for name in ("default", there.NETWORK, "other")]
    for number, network in enumerate(networks):
        gcp.foresee(resource(of.ROUTER, str(number)), {"name": str(number), "network": network, "region": "us-east1"})
    assert [said.partition("problem: ")[2] for said in gcp.world.unresolved()] == [
        f"network: '{networks[2]}' is no resource of this plan"
    ]
