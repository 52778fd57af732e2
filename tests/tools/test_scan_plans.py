"""The judge of clouds' plans: it sees every resource whole, finds what is planted, and lets pass what is waived."""

import json
from dataclasses import replace

import pytest

from tools.errors import ToolError
from tools.offline.values import UNKNOWN, Secret
from tools.offline.world import made_up
from tools.plan.preview import Planned
from tools.scan import azure_plan, cloud_judge, cloud_plan
from tools.scan.cloud_judge import WAIVERS, Finding, Verdict, judged, objections

# Seven plans are made and judged before the first test.
pytestmark = pytest.mark.timeout(900)


STACK = "urn:pulumi:dev::slipway::"


def resource(type_, logical, **inputs):
    return Planned(f"{STACK}{type_}::{logical}", type_, inputs)


def digits(each, count):
    return made_up(f"{each.urn}#0").digest[:count]


def translated(*resources):
    return cloud_plan.document(resources)["planned_values"]["root_module"]["resources"]


@pytest.fixture(scope="module")
def prod():
    return cloud_plan.planned("aws-prod")


@pytest.fixture(scope="module")
def dev():
    return cloud_plan.planned("aws-dev")


@pytest.fixture(scope="module")
def staging():
    return cloud_plan.planned("aws-staging")


@pytest.fixture(scope="module")
def google():
    return cloud_plan.planned("gcp-prod")


@pytest.fixture(scope="module")
def google_dev():
    return cloud_plan.planned("gcp-dev")


@pytest.fixture(scope="module")
def azure():
    return cloud_plan.planned("azure-prod")


@pytest.fixture(scope="module")
def azure_dev():
    return cloud_plan.planned("azure-dev")


@pytest.fixture(scope="module")
def plans(prod, staging, dev, google, google_dev, azure, azure_dev):
    """The project's stacks, and those of production with mistakes in them."""
    own = {"aws-prod": prod, "aws-staging": staging, "aws-dev": dev, "gcp-prod": google, "gcp-dev": google_dev}
    own |= {"azure-prod": azure, "azure-dev": azure_dev}
    return {**own, **{f"planted-{each}": planted(own[f"{each}-prod"]) for each in ("aws", "gcp", "azure")}}


@pytest.fixture(scope="module")
def verdict(tmp_path_factory, plans):
    """What checkov finds in them."""
    folder = tmp_path_factory.mktemp("plans")
    for name, resources in plans.items():
        document = azure_plan.document if "azure" in name else cloud_plan.document
        (folder / f"{name}.json").write_text(json.dumps(document(resources)))
    return judged(folder)


# What is changed in a resource of the plan, and the checks that must find it.
VAULT = {"properties": {"enableRbacAuthorization": True, "enableSoftDelete": False}}
OPEN = {"name": "ssh", "access": "Allow", "direction": "Inbound", "protocol": "Tcp", "priority": 100}
MISTAKES = {
    "azure-native:containerregistry:Registry slipway": (
        {"adminUserEnabled": True, "anonymousPullEnabled": True},
        {"CKV_AZURE_137", "CKV_AZURE_138"},
    ),
    "azure-native:keyvault:Vault VAULT": (VAULT, {"CKV_AZURE_42", "CKV_AZURE_110", "CKV_AZURE_111"}),
    "azure-native:network:NetworkSecurityGroup slipway": (
        {"securityRules": [{**OPEN, "sourceAddressPrefix": "*", "destinationPortRange": "22"}]},
        {"CKV_AZURE_10"},
    ),
    "aws:cloudwatch/logGroup:LogGroup slipway": ({"kmsKeyId": None}, {"CKV_AWS_158"}),
    "aws:ec2/subnet:Subnet slipway-public-0": ({"mapPublicIpOnLaunch": True}, {"CKV_AWS_130"}),
    "aws:ecr/repository:Repository slipway": (
        {"imageScanningConfiguration": {"scanOnPush": False}},
        {"CKV_AWS_163"},
    ),
    "aws:ecs/cluster:Cluster slipway": (
        {"settings": [{"name": "containerInsights", "value": "disabled"}]},
        {"CKV_AWS_65"},
    ),
    "aws:ecs/service:Service slipway-web": ({"networkConfiguration": {"assignPublicIp": True}}, {"CKV_AWS_333"}),
    "aws:ecs/taskDefinition:TaskDefinition slipway-web": (
        {"containerDefinitions": '[{"name": "app", "image": "x"}]'},
        {"CKV_AWS_336"},
    ),
    "aws:iam/rolePolicy:RolePolicy slipway-jobs": (
        {"policy": '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'},
        {"CKV_AWS_62", "CKV_AWS_63", "CKV_AWS_355", *(f"CKV_AWS_{each}" for each in range(286, 291)), "CKV2_AWS_40"},
    ),
    "aws:kms/key:Key slipway": ({"enableKeyRotation": False}, {"CKV_AWS_7"}),
    "aws:lb/listener:Listener slipway-https": (
        {"sslPolicy": "ELBSecurityPolicy-2016-08"},
        {"CKV_AWS_103", "CKV2_AWS_74"},
    ),
    "aws:lb/listener:Listener slipway-http": (
        {"defaultActions": [{"type": "forward"}]},
        {"CKV_AWS_2", "CKV_AWS_103"},
    ),
    "aws:s3/bucketPolicy:BucketPolicy slipway-access": (
        {
            "policy": '{"Version": "2012-10-17", "Statement": '
            '[{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}]}'
        },
        {"CKV_AWS_70"},
    ),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock slipway-access": (
        {"blockPublicAcls": False},
        {"CKV_AWS_53"},
    ),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule slipway-https-balancer": (
        {"fromPort": 22, "toPort": 22},
        {"CKV_AWS_24"},
    ),
    "gcp:compute/globalForwardingRule:GlobalForwardingRule slipway-http": (
        {"loadBalancingScheme": "EXTERNAL", "target": "https://www.googleapis.com/x/global/targetHttpProxies/y"},
        {"CKV2_GCP_38"},
    ),
    "gcp:compute/sSLPolicy:SSLPolicy slipway": ({"profile": "COMPATIBLE"}, {"CKV_GCP_4"}),
    "gcp:compute/securityPolicy:SecurityPolicy slipway": (
        {
            "rules": [
                {"action": "allow", "match": {"expr": {"expression": "evaluatePreconfiguredWaf('cve-canary')"}}},
            ]
        },
        {"CKV_GCP_73"},
    ),
    "gcp:compute/subnetwork:Subnetwork slipway": ({"privateIpGoogleAccess": False}, {"CKV_GCP_74"}),
}


def planted(resources):
    return [replace(each, inputs={**each.inputs, **MISTAKES.get(known(each), ({}, ()))[0]}) for each in resources]


def known(each):
    """A resource as a mistake names it; a vault's name is made for the stack."""
    return f"{each.type} {'VAULT' if each.type.endswith('keyvault:Vault') else each.name}"


def address(each):
    """How checkov calls it."""
    if azure_plan.of_azure(each):
        (said,) = azure_plan.document([each])["resources"]
        return f"{said['type']}.{said['name']}"
    return f"{cloud_plan.TYPES[each.type]}.{each.name}"


def of(verdict, stack):
    return {(each.check, each.place.partition("/")[2]) for each in verdict.findings if each.place.startswith(stack)}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_planted_mistake_is_found_where_it_is(verdict, plans, mistake):
    cloud = mistake.partition(":")[0].removesuffix("-native")
    place = next(address(each) for each in plans[f"{cloud}-prod"] if known(each) == mistake)
    more = of(verdict, f"planted-{cloud}/") - of(verdict, f"{cloud}-prod/")
    assert {check for check, where in more if where == place} == MISTAKES[mistake][1]


def test_the_plans_of_the_stacks_pass_and_no_waiver_is_left_over(verdict):
    stacks = Verdict(
        tuple(each for each in verdict.findings if not each.place.startswith("planted")),
        verdict.checks,
        {stack: seen for stack, seen in verdict.resources.items() if not stack.startswith("planted")},
    )
    assert list(objections(stacks, WAIVERS)) == []


def test_every_resource_of_a_plan_is_judged(verdict, plans):
    wanted = {
        stack: len([each for each in plan if each.type.partition(":")[0] in ("aws", "azure-native", "gcp")])
        for stack, plan in plans.items()
    }
    assert verdict.resources == wanted
    assert all(verdict.checks[stack] > verdict.resources[stack] for stack in ("aws-prod", "aws-staging", "aws-dev"))
    # Of what is made on Google Cloud and on Azure checkov knows few types.
    assert all(verdict.checks[stack] > 0 for stack in plans)


def test_nothing_is_unknown_to_the_judge(prod, dev, google, azure):
    assert "unknown" not in [repr(value) for each in (*prod, *dev) for value in each.inputs.values()]
    task = next(each for each in dev if each.name == "slipway-web" and "taskDefinition" in each.type)
    (container,) = json.loads(task.inputs["containerDefinitions"])
    assert container["readonlyRootFilesystem"] is True
    (service,) = [each for each in google if each.type == "gcp:cloudrunv2/service:Service"]
    (container,) = service.inputs["template"]["containers"]
    assert "@sha256:" in container["image"]
    assert service.inputs["traffics"][0]["revision"] == service.inputs["template"]["revision"]
    web = next(each for each in azure_plan.document(azure)["resources"] if each["name"] == "slipway-web")
    assert web["type"] == "Microsoft.App/containerApps"
    assert "@sha256:" in web["properties"]["template"]["containers"][0]["image"]
    assert web["properties"]["configuration"]["secrets"][0]["keyVaultUrl"].startswith("https://")


def test_a_resource_says_in_terraforms_words_what_it_says_in_pulumis():
    vpc = resource("aws:ec2/vpc:Vpc", "web", cidrBlock="10.0.0.0/16", __defaults=[], tags={"slipway:stack": "dev"})
    group = resource("aws:lb/targetGroup:TargetGroup", "web", vpcId=f"vpc-{digits(vpc, 17)}", port=8000)
    balancer = resource("aws:lb/loadBalancer:LoadBalancer", "web", accessLogs={"bucket": "b", "enabled": True})
    listener = resource(
        "aws:lb/listener:Listener",
        "web",
        loadBalancerArn=f"arn:aws:elasticloadbalancing:eu-central-1:1:loadbalancer/app/web-{digits(balancer, 7)}",
        certificateArn=UNKNOWN,
        defaultActions=[{"type": "forward", "targetGroupArn": f"arn:aws:x:y:1:targetgroup/web-{digits(group, 7)}"}],
    )
    key = resource(
        "aws:secretsmanager/secretVersion:SecretVersion", "web", secretId="of another stack", secretString=Secret("s3")
    )
    said = {each["address"]: each["values"] for each in translated(vpc, group, balancer, listener, key)}
    assert said == {
        "aws_vpc.web": {"cidr_block": "10.0.0.0/16", "tags": {"slipway:stack": "dev"}},
        "aws_lb_target_group.web": {"vpc_id": "aws_vpc.web.id", "port": 8000},
        "aws_lb.web": {"access_logs": [{"bucket": "b", "enabled": True}]},
        "aws_lb_listener.web": {
            "load_balancer_arn": "aws_lb.web.arn",
            "default_action": [{"type": "forward", "target_group_arn": "aws_lb_target_group.web.arn"}],
        },
        "aws_secretsmanager_secret_version.web": {"secret_id": "of another stack", "secret_string": "s3"},
    }


def test_a_resource_of_azure_says_what_azure_is_sent():
    record = resource(
        "azure-native:dns:RecordSet", "proof", resourceGroupName="dns", zoneName="example.com", recordType="TXT",
        relativeRecordSetName="asuid", ttl=300, txtRecords=[{"value": ["0", UNKNOWN]}], __defaults=[],
    )  # fmt: skip
    owner = resource(
        "azure-native:managedidentity:UserAssignedIdentity", "web", resourceGroupName="web", tags={"stack": "dev"}
    )
    assert azure_plan.document([owner, record])["resources"] == [
        {"type": "Microsoft.Network/dnsZones/TXT", "name": "proof", "properties": {"TTL": 300, "TXTRecords": [{"value": ["0"]}]}},
        {"type": "Microsoft.ManagedIdentity/userAssignedIdentities", "name": "web", "tags": {"stack": "dev"}, "properties": {}},
    ]  # fmt: skip
    with pytest.raises(ToolError, match="azure-native:sql:Server"):
        azure_plan.document([resource("azure-native:sql:Server", "web")])
    with pytest.raises(ToolError, match="the same type and the same name"):
        azure_plan.document([owner, owner])


def test_what_has_its_name_in_the_plural_there_too_keeps_it():
    run = {"containers": [{"image": "x", "envs": [{"name": "A", "value": "b"}], "ports": {"containerPort": 8000}}]}
    service = resource("gcp:cloudrunv2/service:Service", "web", template=run, traffics=[{"percent": 100}])
    group = resource("gcp:compute/regionNetworkEndpointGroup:RegionNetworkEndpointGroup", "web", region="europe-west1")
    backend = resource(
        "gcp:compute/backendService:BackendService", "web", backends=[{"group": f"web-{digits(group, 7)}"}]
    )
    said = {each["address"]: each["values"] for each in translated(service, group, backend)}
    container = {"image": "x", "env": [{"name": "A", "value": "b"}], "ports": [{"container_port": 8000}]}
    assert said == {
        "google_cloud_run_v2_service.web": {"template": [{"containers": [container]}], "traffic": [{"percent": 100}]},
        "google_compute_region_network_endpoint_group.web": {"region": "europe-west1"},
        "google_compute_backend_service.web": {
            "backend": [{"group": "google_compute_region_network_endpoint_group.web.id"}]
        },
    }


def test_what_no_resource_names_is_never_a_reference_to_itself():
    group = resource("aws:cloudwatch/logGroup:LogGroup", "web")
    group = replace(group, inputs={"name": f"web-{digits(group, 7)}"})
    assert translated(group)[0]["values"] == {"name": group.inputs["name"]}


def test_an_alarm_has_another_name_for_its_name():
    alarm = resource("aws:cloudwatch/metricAlarm:MetricAlarm", "web", name="web-cpu", metricQueries=[{"id": "m"}])
    assert translated(alarm)[0]["values"] == {"alarm_name": "web-cpu", "metric_query": [{"id": "m"}]}


@pytest.mark.parametrize(
    ("plural", "single"),
    [
        ("capacity_provider_strategies", "capacity_provider_strategy"),
        ("aliases", "alias"),
        ("ingress", "ingress"),
        ("rules", "rule"),
    ],
)
def test_blocks_have_their_names_in_the_singular(plural, single):
    assert cloud_plan.singular(plural) == single


def test_a_type_that_is_not_written_down_is_refused_and_none_is_passed_over():
    with pytest.raises(ToolError, match="aws:sqs/queue:Queue"):
        translated(resource("aws:sqs/queue:Queue", "web"))


def test_two_resources_of_one_address_are_refused():
    one = resource("aws:ec2/vpc:Vpc", "web")
    with pytest.raises(ToolError, match="the same type and the same name"):
        translated(one, replace(one, urn=f"{STACK}slipway:aws:Network$aws:ec2/vpc:Vpc::web"))


def test_a_plan_is_written_the_same_in_whatever_order_it_was_made(prod):
    assert cloud_plan.document(prod) == cloud_plan.document(list(reversed(prod)))


def test_a_plan_that_checkov_does_not_read_whole_is_no_plan_without_findings(tmp_path):
    seen = cloud_plan.document([resource("aws:ec2/vpc:Vpc", "web")])
    seen["planned_values"]["root_module"]["resources"].append({"type": "aws_vpc", "address": "aws_vpc.x", "name": "x"})
    (tmp_path / "dev.json").write_text(json.dumps(seen))
    with pytest.raises(ToolError, match="checkov saw 1 of 2 resources"):
        judged(tmp_path)


FINDING = Finding("CKV_AWS_2", "dev/aws_lb_listener.web", "Ensure ALB protocol is HTTPS")


@pytest.mark.parametrize(
    ("waivers", "said"),
    [
        ({}, ["dev/aws_lb_listener.web: CKV_AWS_2: Ensure ALB protocol is HTTPS"]),
        ({"CKV_AWS_2": {"dev/aws_lb_listener.*": "It has no domain."}}, []),
        (
            {"CKV_AWS_2": {"prod/aws_lb_listener.*": "There is no such stack."}},
            ["dev/aws_lb_listener.web: CKV_AWS_2: Ensure ALB protocol is HTTPS"],
        ),
        (
            {"CKV_AWS_2": {"*/aws_lb_listener.*": " "}},
            ["CKV_AWS_2: */aws_lb_listener.*: this waiver gives no reason"],
        ),
        (
            {"CKV_AWS_2": {"*": "It has none."}, "CKV_AWS_7": {"dev/*": "Once."}},
            ["CKV_AWS_7: dev/*: nothing wants this waiver"],
        ),
    ],
)
def test_findings_need_a_waiver_and_waivers_a_finding_and_a_reason(waivers, said):
    assert list(objections(Verdict((FINDING,), {"dev": 1}, {"dev": 1}), waivers)) == said


def test_a_finding_in_a_plan_fails_the_scan_and_is_told(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(cloud_judge, "foreground", lambda *_: 0)
    monkeypatch.setattr(cloud_judge, "judged", lambda _: Verdict((FINDING,), {"dev": 3}, {"dev": 2}))
    monkeypatch.setattr(cloud_judge, "WAIVERS", {})
    assert cloud_judge.plans(tmp_path) == 1
    # What came before tells of the environment, where it was not there yet.
    assert capsys.readouterr().err.splitlines()[-2:] == [
        "dev: 3 checks on 2 resources",
        "dev/aws_lb_listener.web: CKV_AWS_2: Ensure ALB protocol is HTTPS",
    ]


def test_a_stack_without_a_plan_fails_the_scan(monkeypatch, tmp_path):
    monkeypatch.setattr(cloud_judge, "foreground", lambda *_: 1)
    assert cloud_judge.plans(tmp_path) == 1
