"""AWS as the stand-in plays it: what can be looked up, what goes with what, how things are named, what tasks cost."""

import importlib
import inspect
import json
import re
from collections.abc import Sequence
from typing import Any

import pytest

from infra.targets.aws.offline import there
from infra.targets.aws.offline.functions import FUNCTIONS
from tests.offline.bases import CONTAINER, FORWARD, KEY_POLICY, SCALED, TRUST, WRITING
from tests.offline.test_session import resource, session
from tools.offline.backend import Failure
from tools.offline.packages import types
from tools.offline.simulation import SimulatedSession
from tools.offline.values import UNKNOWN, Values, reveal
from tools.plan import text
from tools.plan.inventory import Plan, plan
from tools.plan.preview import Planned, Preview

VPC, SUBNET = "aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet"
ENDPOINT, ROUTE = "aws:ec2/vpcEndpoint:VpcEndpoint", "aws:ec2/route:Route"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
BALANCER, TARGETS = "aws:lb/loadBalancer:LoadBalancer", "aws:lb/targetGroup:TargetGroup"
LISTENER, LISTENER_RULE = "aws:lb/listener:Listener", "aws:lb/listenerRule:ListenerRule"
CERTIFICATE, VALIDATION = "aws:acm/certificate:Certificate", "aws:acm/certificateValidation:CertificateValidation"
RECORD = "aws:route53/record:Record"
BUCKET, BUCKET_POLICY = "aws:s3/bucket:Bucket", "aws:s3/bucketPolicy:BucketPolicy"
BUCKET_KEYS = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
CLUSTER, SERVICE, TASK = "aws:ecs/cluster:Cluster", "aws:ecs/service:Service", "aws:ecs/taskDefinition:TaskDefinition"
PROVIDERS = "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders"
SCALABLE, SCALING = "aws:appautoscaling/target:Target", "aws:appautoscaling/policy:Policy"
SCHEDULE = "aws:scheduler/schedule:Schedule"
LOGS, KEY = "aws:cloudwatch/logGroup:LogGroup", "aws:kms/key:Key"
EVENT_TARGET = "aws:cloudwatch/eventTarget:EventTarget"

GET_SUBNET, GET_VPC = "aws:ec2/getSubnet:getSubnet", "aws:ec2/getVpc:getVpc"
GET_ZONE = "aws:route53/getZone:getZone"
GET_SECRET = "aws:secretsmanager/getSecret:getSecret"
GET_VERSIONS = "aws:secretsmanager/getSecretVersions:getSecretVersions"
ASKED = {GET_SUBNET: {"id": there.IDS[1]}, GET_ZONE: {"name": "example.com"}, GET_SECRET: {"name": "prod/api-key"}, GET_VERSIONS: {"secretId": "prod/api-key"}}  # fmt: skip

ZONE_A, ZONE_B = "subnet-0123456789abcdea0", "subnet-0123456789abcdeb0"
LISTENED = {"loadBalancerArn": "{balancer}", "port": 80, "protocol": "HTTP", "defaultActions": FORWARD}
GROUP = {"name": "web", "port": 8000, "protocol": "HTTP", "vpcId": there.VPC}
BALANCED = {"loadBalancers": [{"containerName": "web", "containerPort": 8000, "targetGroupArn": "{targets}"}]}


@pytest.mark.parametrize("token", FUNCTIONS)
def test_a_function_answers_what_the_sdk_reads_of_it_and_nothing_else(token: str) -> None:
    package, place, name = token.split(":")
    file = re.sub(r"([A-Z])", r"_\1", name).lower()
    folder, _, _ = place.partition("/")
    module = importlib.import_module(f"pulumi_{package}.{folder}.{file}" if folder != "index" else f"pulumi_aws.{file}")
    read, given = (
        {*inspect.signature(of).parameters} - {"__self__", "opts"}
        for of in (getattr(module, f"{name[0].upper()}{name[1:]}Result").__init__, getattr(module, file))
    )
    answered = session().invoke(token, ASKED.get(token, {}))
    told = {re.sub(r"([A-Z])", r"_\1", key).lower() for key in reveal(answered)}
    # What it was asked by it tells again, where it was asked by that.
    assert (told - read, read - told - given) == (set(), set())


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1"])
def test_what_is_there_is_found_in_whatever_region_is_configured(region: str) -> None:
    aws = session(region=region)
    found = [aws.invoke(GET_SUBNET, {"id": id_}) for id_ in there.IDS[1:]]
    assert [each["availabilityZone"] for each in found] == [f"{region}{letter}" for letter in "abcabc"]
    assert [each["mapPublicIpOnLaunch"] for each in found] == [True] * 3 + [False] * 3
    assert {each["vpcId"] for each in found} == {aws.invoke(GET_VPC, {"id": there.VPC})["id"]}
    arn = aws.invoke(GET_SECRET, {"name": "prod/api-key"})["arn"]
    versions = aws.invoke(GET_VERSIONS, {"secretId": arn})["versions"]
    assert arn.startswith(f"arn:aws:secretsmanager:{region}:123456789012:secret:prod/api-key-")
    assert [each["versionStages"] for each in versions] == [["AWSCURRENT"], ["AWSPREVIOUS"]]
    assert aws.invoke(GET_ZONE, {"name": "example.com.", "privateZone": False})["zoneId"] == there.ZONE_ID


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ({"vpcId": there.VPC, "filters": [{"name": "availability-zone", "values": ["us-east-1a"]}, {"name": "map-public-ip-on-launch", "values": ["true"]}]}, ZONE_A),
        ({"cidrBlock": "10.20.1.0/24"}, ZONE_B),
        ({"tags": {"Name": "existing-public-b"}}, ZONE_B),
        ({"filters": [{"name": "tag:Name", "values": ["existing-public-a"]}]}, ZONE_A),
    ],
)  # fmt: skip
def test_a_subnet_is_found_by_what_tells_it_from_the_others(arguments: Values, found: str) -> None:
    assert session().invoke(GET_SUBNET, arguments)["id"] == found


@pytest.mark.parametrize(
    ("token", "arguments", "said"),
    [
        (GET_SUBNET, {"id": "subnet-00000000000000000"}, "no matching EC2 Subnet found"),
        (GET_SUBNET, {"vpcId": there.VPC}, "multiple EC2 Subnets matched; use additional constraints"),
        (GET_SUBNET, {"filters": [{"name": "owner", "values": ["me"]}]}, "owner: the stand-in has no such filter"),
        (GET_VPC, {"id": "vpc-00000000000000000"}, "no matching EC2 VPC found"),
        (GET_VPC, {"default": True}, "no matching EC2 VPC found"),
        (GET_ZONE, {"name": "example.org"}, "no matching Route 53 Hosted Zone found"),
        (GET_ZONE, {"name": "www.example.com"}, "no matching Route 53 Hosted Zone found"),
        (GET_ZONE, {"name": "example.com", "privateZone": True}, "no matching Route 53 Hosted Zone found"),
        (GET_ZONE, {}, "one of `name` and `zoneId` must be specified"),
        (GET_SECRET, {"name": "prod/api_key"}, re.escape("reading Secrets Manager Secret (prod/api_key): couldn't find resource")),
        (GET_SECRET, {}, "one of `arn` and `name` must be specified"),
        (GET_VERSIONS, {"secretId": "prod"}, "couldn't find resource"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_refused_as_by_aws(token: str, arguments: Values, said: str) -> None:
    with pytest.raises(Failure, match=said):
        session().invoke(token, arguments)


@pytest.mark.parametrize(
    ("region", "partition", "suffix"),
    [("eu-west-1", "aws", "amazonaws.com"), ("us-gov-west-1", "aws-us-gov", "amazonaws.com")],
)
def test_a_region_is_in_its_partition(region: str, partition: str, suffix: str) -> None:
    told = session(region=region).invoke("aws:index/getPartition:getPartition", {})
    assert (told["partition"], told["dnsSuffix"], told["reverseDnsPrefix"]) == (partition, suffix, "com.amazonaws")


def test_what_is_there_may_be_named_by_a_plan_and_what_is_not_may_not() -> None:
    aws = session(region="eu-west-1")
    aws.foresee(resource(BALANCER), {"name": "web", "subnets": [*there.IDS[1:4]]})
    aws.foresee(resource(TARGETS), {**GROUP})
    aws.foresee(resource(EVENT_TARGET), {"rule": UNKNOWN, "arn": there.secret_arn("eu-west-1")})
    assert aws.world.unresolved() == []
    aws.foresee(resource(TARGETS, "other"), {**GROUP, "name": "other", "vpcId": "vpc-0123456789abcdef1"})
    aws.foresee(
        resource(EVENT_TARGET), {"rule": UNKNOWN, "arn": there.secret_arn("eu-west-1").replace("AbCdEf", "GhIjKl")}
    )
    assert [re.findall(r"'([^']+)' is no resource", said)[0] for said in sorted(aws.world.unresolved())] == [
        there.secret_arn("eu-west-1").replace("AbCdEf", "GhIjKl"),
        "vpc-0123456789abcdef1",
    ]


def made(aws: SimulatedSession, *several: tuple[str, str, str, Values]) -> dict[str, str]:
    """The ids of resources that are made in this order; later ones name earlier ones by their words."""
    ids: dict[str, str] = {}
    for words, type_, name, inputs in several:
        ids[words] = aws.create(resource(type_, name), filled(inputs, ids), 0).id
    return ids


def filled(inputs: Values, ids: dict[str, str]) -> Values:
    given = json.dumps(inputs)
    for words, id_ in ids.items():
        given = given.replace(f"{{{words}}}", id_)
    return dict(json.loads(given))


OPEN = {"securityGroupId": "sg", "ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": "0.0.0.0/0"}
TO_LOGS = {"serviceName": "com.amazonaws.us-east-1.logs", "vpcEndpointType": "Interface", "privateDnsEnabled": True}
RULED = {"listenerArn": "{listener}", "priority": 10, "actions": FORWARD}
BALANCING = (
    ("balancer", BALANCER, "b", {"name": "web", "subnets": [ZONE_A, ZONE_B]}),
    ("targets", TARGETS, "t", {**GROUP, "targetType": "ip"}),
)
RUNNING = (
    *BALANCING,
    ("listener", LISTENER, "l", LISTENED),
    ("task", TASK, "t", {"family": "web", "containerDefinitions": json.dumps([CONTAINER])}),
    ("cluster", CLUSTER, "c", {"name": "web"}),
)
PLACED = {
    "cluster": "{cluster}",
    "taskDefinition": "{task}",
    "name": "web",
    "networkConfiguration": {"subnets": [ZONE_A]},
}
LOGGING = {"name": "logged", "subnets": [ZONE_A, ZONE_B], "accessLogs": {"bucket": "there-logs", "enabled": True}}
LOG_BUCKET = ("bucket", BUCKET, "b", {"bucket": "there-logs"})
MAY_LOG = ("policy", BUCKET_POLICY, "p", {"bucket": "there-logs", "policy": json.dumps(WRITING)})
PROVEN = {"domainName": "example.com", "subjectAlternativeNames": ["www.example.com"], "validationMethod": "DNS"}
SEALED = json.dumps({**KEY_POLICY, "Statement": KEY_POLICY["Statement"][:1]})


@pytest.mark.parametrize(
    ("others", "type_", "inputs", "said"),
    [
        ((), BALANCER, {"name": "web", "subnets": [ZONE_A, "subnet-0123456789abcdea1"]}, "subnets: .+a1 and .+a0 are in the same availability zone, a"),
        ((("vpc", VPC, "v", {"cidrBlock": "10.0.0.0/16"}), ("one", SUBNET, "1", {"vpcId": "{vpc}", "cidrBlock": "10.0.1.0/24", "availabilityZone": "us-east-1a"}), ("two", SUBNET, "2", {"vpcId": "{vpc}", "cidrBlock": "10.0.2.0/24", "availabilityZone": "us-east-1a"})), BALANCER, {"name": "web", "subnets": ["{one}", "{two}"]}, "subnets: .+ are in the same availability zone, us-east-1a"),
        ((LOG_BUCKET,), BALANCER, LOGGING, "accessLogs.bucket: Access Denied for bucket there-logs: no policy of it lets logdelivery"),
        ((LOG_BUCKET, MAY_LOG, ("keys", BUCKET_KEYS, "k", {"bucket": "there-logs", "rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms"}}]})), BALANCER, LOGGING, "accessLogs.bucket: a load balancer writes with no keys but S3's own"),
        ((), BUCKET_POLICY, {"bucket": "nowhere", "policy": json.dumps(WRITING)}, "bucket: 'nowhere': NoSuchBucket"),
        ((*BALANCING, ("listener", LISTENER, "l", LISTENED)), LISTENER, LISTENED, "port: 80: DuplicateListener"),
        ((*BALANCING, ("listener", LISTENER, "l", LISTENED), ("rule", LISTENER_RULE, "r", RULED)), LISTENER_RULE, RULED, "priority: 10: PriorityInUse"),
        ((("group", INGRESS, "g", OPEN),), INGRESS, OPEN, "securityGroupId: InvalidPermission.Duplicate"),
        ((("vpc", VPC, "v", {"cidrBlock": "10.0.0.0/16"}),), ENDPOINT, {"vpcId": "{vpc}", **TO_LOGS}, "privateDnsEnabled: enabling private DNS requires enableDnsHostnames"),
        ((("vpc", VPC, "v", {"cidrBlock": "10.0.0.0/16", "enableDnsHostnames": True}),), ENDPOINT, {"vpcId": "{vpc}", **TO_LOGS}, None),
        ((("vpc", VPC, "v", {"cidrBlock": "10.0.0.0/16", "enableDnsHostnames": True, "enableDnsSupport": False}),), ENDPOINT, {"vpcId": "{vpc}", **TO_LOGS}, "privateDnsEnabled: enabling private DNS requires enableDnsSupport"),
        ((("vpc", VPC, "v", {"cidrBlock": "10.0.0.0/16", "enableDnsHostnames": True, "enableDnsSupport": True}), ("logs", ENDPOINT, "l", {"vpcId": "{vpc}", **TO_LOGS})), ENDPOINT, {"vpcId": "{vpc}", **TO_LOGS}, "privateDnsEnabled: there is a conflicting DNS domain for com.amazonaws.us-east-1.logs"),
        ((("certificate", CERTIFICATE, "c", PROVEN),), VALIDATION, {"certificateArn": "{certificate}", "validationRecordFqdns": ["_0.example.com"]}, "validationRecordFqdns: missing example.com DNS validation record: _"),
        ((), RECORD, {"zoneId": "Z00000000000000000000", "name": "www", "type": "A"}, "zoneId: NoSuchHostedZone: no hosted zone found with ID: Z0"),
        ((), RECORD, {"zoneId": there.ZONE_ID, "name": "example.com", "type": "CNAME"}, "type: RRSet of type CNAME is not permitted at the apex"),
        ((("key", KEY, "k", {"policy": SEALED}),), LOGS, {"name": "/web", "kmsKeyId": "arn:aws:kms:us-east-1:123456789012:key/{key}"}, "kmsKeyId: the key .+ is not allowed to be used by logs"),
        ((), SCALING, {**SCALED, "name": "cpu"}, "resourceId: ObjectNotFoundException: no scalable target registered"),
        ((), SCHEDULE, {"name": "tidy", "groupName": "web"}, "groupName: 'web': there is no such group of schedules"),
        ((), EVENT_TARGET, {"rule": "ended"}, "rule: 'ended': there is no such rule"),
        (RUNNING, SERVICE, {**PLACED, **BALANCED}, None),
        (RUNNING, SERVICE, {**PLACED, "loadBalancers": [{"containerName": "app", "containerPort": 8000}]}, r"loadBalancers\[0\]: the container app does not exist in the task definition"),
        (RUNNING, SERVICE, {**PLACED, "loadBalancers": [{"containerName": "web", "containerPort": 80}]}, r"loadBalancers\[0\]: the container web did not have a container port 80 defined"),
        (BALANCING, SERVICE, {"name": "web", **BALANCED}, r"loadBalancers\[0\]: the target group .+ does not have an associated load balancer"),
        ((BALANCING[0], ("targets", TARGETS, "t", GROUP), ("listener", LISTENER, "l", LISTENED)), SERVICE, {**PLACED, **BALANCED, "cluster": "web", "taskDefinition": "web"}, r"loadBalancers\[0\]: the target group .+ must have the target type ip"),
        (RUNNING, SERVICE, {**PLACED, "capacityProviderStrategies": [{"capacityProvider": "FARGATE", "weight": 1}]}, r"capacityProviderStrategies\[0\].capacityProvider: the capacity provider FARGATE is not associated with the cluster web"),
        ((*RUNNING, ("providers", PROVIDERS, "p", {"clusterName": "web", "capacityProviders": ["FARGATE"]})), SERVICE, {**PLACED, "capacityProviderStrategies": [{"capacityProvider": "FARGATE", "weight": 1}]}, None),
        ((LOG_BUCKET, MAY_LOG), BALANCER, LOGGING, None),
    ],
)  # fmt: skip
@pytest.mark.parametrize("act", ["foresee", "create"])
def test_what_does_not_go_with_the_stacks_others_is_refused(
    others: Sequence[Any], type_: str, inputs: Values, said: str | None, act: str
) -> None:
    aws = session()
    given = filled(inputs, made(aws, *others))

    def make() -> object:
        return aws.foresee(resource(type_), given) if act == "foresee" else aws.create(resource(type_), given, 0)

    if said is None:
        assert make()
        return
    with pytest.raises(Failure, match=said):
        make()


def test_nothing_is_said_of_others_that_are_not_known_yet() -> None:
    aws = session()
    for type_, inputs in (
        (CERTIFICATE, {"domainName": UNKNOWN, "validationMethod": "DNS"}),
        (TASK, {"family": "web", "containerDefinitions": UNKNOWN}),
        (KEY, {"policy": UNKNOWN}),
        (LISTENER, {"loadBalancerArn": UNKNOWN, "defaultActions": UNKNOWN}),
        (PROVIDERS, {"clusterName": UNKNOWN}),
        (VALIDATION, {"certificateArn": UNKNOWN, "validationRecordFqdns": [UNKNOWN]}),
        (SERVICE, {"name": "web", "taskDefinition": "web", "cluster": UNKNOWN, "loadBalancers": [{"containerName": "web", "containerPort": 8000, "targetGroupArn": UNKNOWN}]}),
        (LOGS, {"name": "/web", "kmsKeyId": UNKNOWN}),
        (BALANCER, {"name": "web", "subnets": [UNKNOWN, UNKNOWN], "accessLogs": {"bucket": UNKNOWN, "enabled": True}}),
    ):  # fmt: skip
        assert aws.foresee(resource(type_), inputs)


@pytest.mark.parametrize(
    ("type_", "inputs", "id_", "outputs"),
    [
        ("aws:ec2/eip:Eip", {}, r"eipalloc-[0-9a-f]{17}", {"allocationId": "{id}", "publicIp": r"203\.0\.113\.\d\d"}),
        ("aws:ec2/flowLog:FlowLog", {}, r"fl-[0-9a-f]{17}", {"arn": "arn:aws:ec2:us-east-1:123456789012:vpc-flow-log/{id}"}),
        (ENDPOINT, {}, r"vpce-[0-9a-f]{17}", {"state": "available"}),
        (ROUTE, {"routeTableId": "rtb-1"}, r"r-rtb-1\d{10}", {"state": "active"}),
        (INGRESS, {}, r"sgr-[0-9a-f]{17}", {"securityGroupRuleId": "{id}"}),
        (BALANCER, {"name": "web"}, r"arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/web/[0-9a-f]{16}", {"arnSuffix": r"app/web/[0-9a-f]{16}", "dnsName": r"web-\d{9}\.us-east-1\.elb\.amazonaws\.com"}),
        (LISTENER_RULE, {}, r"arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/it(/[0-9a-f]{16}){3}", {"priority": r"\d+"}),
        (VALIDATION, {"certificateArn": "arn:aws:acm:us-east-1:999999999999:certificate/a"}, "arn:aws:acm:us-east-1:999999999999:certificate/a", {}),
        (RECORD, {"zoneId": there.ZONE_ID, "name": "www", "type": "A", "setIdentifier": "b"}, f"{there.ZONE_ID}_www_A_b", {"fqdn": r"www\.example\.com"}),
        (RECORD, {"zoneId": there.ZONE_ID, "name": "www.example.com.", "type": "A"}, rf"{there.ZONE_ID}_www\.example\.com_A", {"fqdn": r"www\.example\.com"}),
        ("aws:wafv2/webAcl:WebAcl", {"name": "web"}, r"[0-9a-f-]{36}", {"arn": "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/web/{id}"}),
        (BUCKET, {"bucket": "web-logs"}, "web-logs", {"arn": "arn:aws:s3:::web-logs", "bucketRegionalDomainName": r"web-logs\.s3\.us-east-1\.amazonaws\.com"}),
        (SERVICE, {"name": "web", "cluster": "arn:aws:ecs:us-east-1:999999999999:cluster/prod"}, "arn:aws:ecs:us-east-1:123456789012:service/prod/web", {"arn": "{id}"}),
        (SERVICE, {"name": "web"}, "arn:aws:ecs:us-east-1:123456789012:service/default/web", {}),
        (SCHEDULE, {"name": "tidy"}, "default/tidy", {"arn": "arn:aws:scheduler:us-east-1:123456789012:schedule/default/tidy"}),
        ("aws:scheduler/scheduleGroup:ScheduleGroup", {"name": "web"}, "web", {"arn": "arn:aws:scheduler:us-east-1:123456789012:schedule-group/web"}),
        ("aws:secretsmanager/secretVersion:SecretVersion", {"secretId": "web"}, r"web\|terraform-\d{26}", {"secretArn": "web", "versionId": r"terraform-\d{26}"}),
        ("aws:cloudwatch/dashboard:Dashboard", {"dashboardName": "web"}, "web", {"dashboardArn": "arn:aws:cloudwatch::123456789012:dashboard/web"}),
        ("aws:cloudwatch/eventRule:EventRule", {"name": "ended"}, "ended", {"arn": "arn:aws:events:us-east-1:123456789012:rule/ended"}),
        ("aws:sns/topic:Topic", {"name": "web"}, "arn:aws:sns:us-east-1:123456789012:web", {"arn": "{id}"}),
        ("aws:sns/topicSubscription:TopicSubscription", {"topic": "arn:aws:sns:us-east-1:999999999999:web"}, "arn:aws:sns:us-east-1:999999999999:web:[0-9a-f-]{36}", {"pendingConfirmation": "True"}),
        (KEY, {}, r"[0-9a-f-]{36}", {"arn": "arn:aws:kms:us-east-1:123456789012:key/{id}", "keyId": "{id}"}),
        ("aws:kms/alias:Alias", {"name": "alias/web", "targetKeyId": "k"}, "alias/web", {"arn": "arn:aws:kms:us-east-1:123456789012:alias/web", "targetKeyArn": "arn:aws:kms:us-east-1:123456789012:key/k"}),
    ],
)  # fmt: skip
def test_ids_and_outputs_look_like_those_of_aws(type_: str, inputs: Values, id_: str, outputs: dict[str, str]) -> None:
    thing = session().create(resource(type_), inputs, 0)
    assert re.fullmatch(id_, thing.id), thing.id
    for name, pattern in outputs.items():
        assert re.fullmatch(pattern.replace("{id}", re.escape(thing.id)), str(thing.outputs[name])), thing.outputs[name]


def test_a_domain_and_all_names_directly_below_it_are_proven_by_one_record() -> None:
    aws = session()
    inputs = {"domainName": "example.com", "subjectAlternativeNames": ["*.example.com", "www.example.com"]}
    options = aws.create(resource(CERTIFICATE), inputs, 0).outputs["domainValidationOptions"]
    assert [each["domainName"] for each in options] == ["example.com", "*.example.com", "www.example.com"]
    apex, below, www = (each["resourceRecordName"] for each in options)
    assert (apex == below, apex == www) == (True, False)
    assert re.fullmatch(r"_[0-9a-f]{32}\.www\.example\.com\.", www)
    assert {each["resourceRecordType"] for each in options} == {"CNAME"}
    again = session().create(resource(CERTIFICATE, "other"), {"domainName": "example.com"}, 0)
    assert again.outputs["domainValidationOptions"][0] == options[0]


def test_a_new_value_of_a_secret_is_another_version_and_replaces_the_resource() -> None:
    aws = session()
    version = resource("aws:secretsmanager/secretVersion:SecretVersion")
    assert "secretString" in aws.kind(version.type).replaces
    first, second = (aws.create(version, {"secretId": "web", "secretString": text}, 0).id for text in ("a", "b"))
    assert first != second


DEFINED = {"family": "web", "cpu": "1024", "memory": "2048"}
NAMED = {"name": "web", "cluster": "arn:aws:ecs:us-east-1:123456789012:cluster/prod", "taskDefinition": "arn:aws:ecs:us-east-1:123456789012:task-definition/web:1"}  # fmt: skip
ARM = {"runtimePlatform": {"cpuArchitecture": "ARM64"}}
X86_HOUR, ARM_HOUR = 0.04048 + 2 * 0.004445, 0.03238 + 2 * 0.00356


def strategy(**weights: Any) -> dict[str, Any]:
    """A mix of capacity: the weight of each provider, or its weight and base."""
    items = {name: given if isinstance(given, tuple) else (given, 0) for name, given in weights.items()}
    return {
        "capacityProviderStrategies": [
            {"capacityProvider": name, "weight": weight, "base": base} for name, (weight, base) in items.items()
        ]
    }


def costed(service: Values, *others: tuple[str, Values]) -> Plan:
    """The plan of a service with a task definition of one vCPU and 2 GB, unless it is another."""
    several = [(SERVICE, {**NAMED, **service}), *others]
    if TASK not in [type_ for type_, _ in others]:
        several.append((TASK, DEFINED))
    resources = [
        Planned(f"urn:pulumi:dev::program::{type_}::{number}", type_, inputs)
        for number, (type_, inputs) in enumerate(several)
    ]
    return plan("dev", "aws.fargate", Preview(tuple(resources)), types())


@pytest.mark.parametrize(
    ("service", "others", "hourly"),
    [
        ({"launchType": "FARGATE", "desiredCount": 2}, (), 2 * X86_HOUR),
        ({**strategy(FARGATE=1), "desiredCount": 1}, ((TASK, {**DEFINED, **ARM}),), ARM_HOUR),
        ({**strategy(FARGATE_SPOT=1), "desiredCount": 1}, (), 0.3 * X86_HOUR),
        ({**strategy(FARGATE=(1, 2), FARGATE_SPOT=3), "desiredCount": 6}, (), 3 * X86_HOUR + 3 * 0.3 * X86_HOUR),
        ({**strategy(FARGATE=(0, 1), FARGATE_SPOT=1), "desiredCount": 1}, (), X86_HOUR),
        ({"desiredCount": 1}, ((PROVIDERS, {"clusterName": "prod", "defaultCapacityProviderStrategies": [{"capacityProvider": "FARGATE", "weight": 1}]}),), X86_HOUR),
        ({"launchType": "FARGATE", "desiredCount": 1}, ((SCALABLE, {"resourceId": "service/prod/web", "minCapacity": 3, "maxCapacity": 9}),), 3 * X86_HOUR),
        ({"launchType": "FARGATE", "desiredCount": 1}, ((SCALABLE, {"resourceId": "service/prod/other", "minCapacity": 3, "maxCapacity": 9}),), X86_HOUR),
        ({"launchType": "FARGATE", "desiredCount": 2}, ((TASK, {**DEFINED, "ephemeralStorage": {"sizeInGib": 30}}),), 2 * (X86_HOUR + 10 * 0.000111)),
        ({"launchType": "FARGATE", "desiredCount": 2, "networkConfiguration": {"assignPublicIp": True}}, (), 2 * (X86_HOUR + 0.005)),
        ({"launchType": "FARGATE", "desiredCount": 1, "taskDefinition": "web"}, ((TASK, {"family": "web", "cpu": ".5 vCPU", "memory": "1GB"}),), X86_HOUR / 2),
        ({"launchType": "FARGATE", "desiredCount": 0}, (), 0.0),
    ],
)  # fmt: skip
def test_a_service_costs_its_tasks_by_size_architecture_and_capacity(
    service: Values, others: Sequence[Any], hourly: float
) -> None:
    told = costed(service, *others)
    assert told.unpriced == []
    assert told.monthly == pytest.approx(730 * hourly)


@pytest.mark.parametrize(
    ("service", "others"),
    [
        ({"launchType": "FARGATE", "desiredCount": UNKNOWN}, ()),
        ({"launchType": "FARGATE", "desiredCount": 1, "taskDefinition": UNKNOWN}, ()),
        ({"launchType": "FARGATE", "desiredCount": 1}, ((TASK, {**DEFINED, "cpu": UNKNOWN}),)),
        ({"launchType": "FARGATE", "desiredCount": 1}, ((TASK, {**DEFINED, "runtimePlatform": {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}}),)),
        ({"capacityProviderStrategies": UNKNOWN, "desiredCount": 1}, ()),
        ({"launchType": "EC2", "desiredCount": 1}, ()),
    ],
)  # fmt: skip
def test_a_service_of_unknown_size_or_number_has_no_known_price(service: Values, others: Sequence[Any]) -> None:
    assert [line.type for line in costed(service, *others).unpriced] == [SERVICE]


def test_the_price_of_spare_capacity_is_named_an_estimate_and_that_on_demand_is_not() -> None:
    spare, surely = (
        text.cost(costed({**strategy(**{name: 1}), "desiredCount": 1})) for name in ("FARGATE_SPOT", "FARGATE")
    )
    (said,) = [sentence for sentence in spare if sentence.startswith("Prices: ")]
    assert said.startswith("Prices: https://aws.amazon.com/fargate/pricing/, ")
    assert "(an estimate: Fargate Spot is taken at 70% less than on demand" in said
    assert not any("estimate" in sentence for sentence in surely)
    assert "Prices are those of us-east-1; yours may differ." in surely


def test_what_scales_or_runs_at_times_is_named_as_use() -> None:
    target = (SCALABLE, {"resourceId": "service/prod/web", "minCapacity": 1, "maxCapacity": 4})
    schedule = (SCHEDULE, {"target": {"ecsParameters": {"taskDefinitionArn": NAMED["taskDefinition"]}}})
    told = costed({"launchType": "FARGATE", "desiredCount": 1}, target, schedule)
    assert told.by_use == [
        "$0.004445 for each GB-hour of a job",
        "$0.004445 for each GB-hour of a task more than at the least",
        "$0.04048 for each vCPU-hour of a job",
        "$0.04048 for each vCPU-hour of a task more than at the least",
        "$1 for each million starts of a schedule",
    ]
    assert told.monthly == pytest.approx(730 * X86_HOUR)


@pytest.mark.parametrize(
    ("type_", "inputs", "monthly"),
    [
        (BALANCER, {"subnets": ["a", "b"]}, 730 * (0.0225 + 2 * 0.005)),
        (BALANCER, {"subnets": ["a", "b"], "internal": True}, 730 * 0.0225),
        (ENDPOINT, {"vpcEndpointType": "Interface", "subnetIds": ["a", "b", "c"]}, 730 * 0.03),
        (ENDPOINT, {"serviceName": "com.amazonaws.us-east-1.s3"}, 0.0),
        ("aws:wafv2/webAcl:WebAcl", {"rules": [{}, {}, {}]}, 8.0),
        ("aws:cloudwatch/metricAlarm:MetricAlarm", {"metricName": "a", "period": 60}, 0.1),
        ("aws:cloudwatch/metricAlarm:MetricAlarm", {"metricName": "a", "period": 10}, 0.3),
        ("aws:cloudwatch/metricAlarm:MetricAlarm", {"metricQueries": [{"expression": "a/b"}, {"metric": {}}, {"metric": {}}]}, 0.2),
        (SCALING, {"targetTrackingScalingPolicyConfiguration": {}}, 0.2),
        (SCALING, {"targetTrackingScalingPolicyConfiguration": {"disableScaleIn": True}}, 0.1),
    ],
)  # fmt: skip
def test_what_there_is_several_of_is_counted(type_: str, inputs: Values, monthly: float) -> None:
    told = plan("dev", "aws", Preview((Planned(f"urn:pulumi:dev::program::{type_}::it", type_, inputs),)), types())
    assert told.unpriced == []
    assert told.monthly == pytest.approx(monthly)


def test_the_trust_of_a_role_is_as_long_as_it_may_be() -> None:
    aws = session()
    problems = aws.judge(resource("aws:iam/role:Role"), {"assumeRolePolicy": json.dumps(TRUST, indent=400)})
    assert list(problems) == []
