"""What the settings of `aws.fargate` make of its plan, and its whole life on a simulated AWS."""

import json
from collections import Counter
from typing import Any

import pytest

from infra.targets.aws.offline import there
from tests.offline.plans import of
from tests.offline.test_properties import planned
from tools.offline import sdk
from tools.plan.preview import Preview

REGION = "eu-central-1"
PUBLIC = [each["id"] for each in there.subnets(REGION) if each["mapPublicIpOnLaunch"]]
PRIVATE = [each["id"] for each in there.subnets(REGION) if not each["mapPublicIpOnLaunch"]]


def fargate(options: dict[str, Any] | None = None, **more: Any) -> Preview:
    """The plan of a stack with these options."""
    return planned({"target": "aws.fargate", "options": {"region": REGION, **(options or {})}, **more})


def counted(plan: Preview) -> Counter[str]:
    assert plan.problems == ()
    return Counter(each.type.rpartition(":")[2] for each in plan.resources)


@pytest.mark.parametrize(
    ("network", "expected"),
    [
        ({}, {"NatGateway": 0, "Eip": 0, "VpcEndpoint": 1, "Subnet": 2, "FlowLog": 1}),
        ({"flow_logs": False}, {"FlowLog": 0}),
        ({"tasks": "private"}, {"NatGateway": 0, "VpcEndpoint": 5, "Subnet": 4, "RouteTable": 2}),
        ({"tasks": "private", "nat": "one"}, {"NatGateway": 1, "Eip": 1, "VpcEndpoint": 1, "Subnet": 4, "RouteTable": 2}),
        ({"tasks": "private", "nat": "per-zone"}, {"NatGateway": 2, "Eip": 2, "VpcEndpoint": 1, "RouteTable": 3}),
        ({"tasks": "private", "nat": "one", "endpoints": True}, {"NatGateway": 1, "VpcEndpoint": 5}),
        ({"vpc": there.VPC, "public_subnets": PUBLIC}, {"Vpc": 0, "Subnet": 0, "VpcEndpoint": 0, "InternetGateway": 0}),
    ],
)  # fmt: skip
def test_the_network_is_what_the_settings_say(network: dict[str, Any], expected: dict[str, int]) -> None:
    made = counted(fargate({"network": network}))
    assert {type_: made[type_] for type_ in expected} == expected


def test_only_private_tasks_have_no_address_of_their_own() -> None:
    for tasks, nat in (("public", "none"), ("private", "one")):
        (service,) = [
            each
            for each in of(fargate({"network": {"tasks": tasks, "nat": nat}}), "aws:ecs/service:Service")
            if each.name == "slipway-web"
        ]
        assert service.inputs["networkConfiguration"]["assignPublicIp"] is (tasks == "public")


def test_a_network_that_is_there_is_used() -> None:
    network = {"vpc": there.VPC, "public_subnets": PUBLIC, "private_subnets": PRIVATE[:2], "tasks": "private"}
    plan = fargate({"network": network})
    (balancer,) = of(plan, "aws:lb/loadBalancer:LoadBalancer")
    assert balancer.inputs["subnets"] == PUBLIC
    services = of(plan, "aws:ecs/service:Service")
    assert [each.inputs["networkConfiguration"]["subnets"] for each in services] == [PRIVATE[:2]] * len(services)


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"options": {"network": {"vpc": there.VPC, "public_subnets": [PUBLIC[0], PRIVATE[0]]}}}, f"service:options.network.public_subnets: they are in {REGION}a, {REGION}a; a load balancer wants each in another zone, and two at the least"),
        ({"options": {"network": {"vpc": there.VPC, "public_subnets": ["subnet-00000000000000000", PUBLIC[0]]}}}, f"service:options.network.public_subnets[0]: subnet-00000000000000000 is not found in {there.VPC}"),
        ({"options": {"network": {"vpc": "vpc-00000000000000000", "public_subnets": PUBLIC}}}, f"service:options.network.public_subnets[0]: {PUBLIC[0]} is not found in vpc-00000000000000000"),
        ({"options": {"region": "us-west-1", "zones": 3}}, "service:options.zones: 3 are more than there are in us-west-1: us-west-1b, us-west-1c. Fix: pulumi config set --path service:options.zones 2"),
        ({"domain": "api.example.org", "options": {"hosted_zone": "example.org"}}, "service:options.hosted_zone: example.org: no such public hosted zone"),
        ({"stored_secrets": {"SECRET_KEY": "prod/other"}}, "service:stored_secrets.SECRET_KEY: prod/other cannot be looked up in eu-central-1"),
    ],
)  # fmt: skip
def test_what_a_stack_names_and_is_not_there_is_told_before_anything_is_made(
    settings: dict[str, Any], problem: str
) -> None:
    given = {**settings, "options": {"region": REGION, **settings.get("options", {})}}
    plan = planned({"target": "aws.fargate", **given})
    (told,) = plan.problems
    assert "nothing was created:" in told
    assert problem in told
    assert plan.resources == ()


def test_everything_that_is_not_there_is_told_at_once() -> None:
    network = {"vpc": there.VPC, "public_subnets": ["subnet-00000000000000000", PUBLIC[0]]}
    options = {"region": REGION, "network": network, "hosted_zone": "example.org"}
    given = {"options": options, "domain": "api.example.org", "stored_secrets": {"SECRET_KEY": "prod/other"}}
    (told,) = planned({"target": "aws.fargate", **given}).problems
    assert told.count("Fix: ") == 3


def test_a_domain_is_served_over_https_alone() -> None:
    plan = fargate({"hosted_zone": "example.com"}, domain="api.example.com")
    listeners = {each.inputs["port"]: each.inputs for each in of(plan, "aws:lb/listener:Listener")}
    assert {port: each["defaultActions"][0]["type"] for port, each in listeners.items()} == {
        80: "redirect",
        443: "forward",
    }
    assert listeners[443]["sslPolicy"] == "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
    alias = [each.inputs for each in of(plan, "aws:route53/record:Record") if each.inputs["type"] == "A"]
    assert [each["name"] for each in alias] == ["api.example.com"]
    opened = [
        each.inputs["fromPort"]
        for each in of(plan, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
        if each.inputs.get("cidrIpv4") == "0.0.0.0/0"
    ]
    assert sorted(opened) == [80, 443]


def test_tasks_are_reached_by_the_balancer_alone_and_reach_what_is_stated() -> None:
    plan = fargate({"network": {"egress": ["0.0.0.0/0:443", "10.0.0.0/8:5432"]}})
    (tasks,) = [each for each in of(plan, "aws:ec2/securityGroup:SecurityGroup") if each.name == "slipway-tasks"]
    inbound = of(plan, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    (own,) = [each.inputs for each in inbound if each.name == "slipway-tasks"]
    assert (own["fromPort"], own["toPort"], "cidrIpv4" in own) == (8000, 8000, False)
    assert own["referencedSecurityGroupId"] != own["securityGroupId"]
    outbound = [
        each.inputs
        for each in of(plan, "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")
        if each.inputs["securityGroupId"] == own["securityGroupId"]
    ]
    assert [(each["cidrIpv4"], each["fromPort"]) for each in outbound] == [("0.0.0.0/0", 443), ("10.0.0.0/8", 5432)]
    assert "ingress" not in tasks.inputs


@pytest.mark.parametrize(
    ("deploy", "strategy"),
    [({"strategy": "blue-green"}, "BLUE_GREEN"), ({"strategy": "canary", "percent": 5}, "CANARY"), ({"strategy": "linear", "percent": 50}, "LINEAR")],
)  # fmt: skip
def test_traffic_is_shifted_by_ecs_itself(deploy: dict[str, Any], strategy: str) -> None:
    plan = fargate({"deploy": deploy, "alarms": {}})
    (web,) = [each.inputs for each in of(plan, "aws:ecs/service:Service") if each.name == "slipway-web"]
    assert web["deploymentConfiguration"]["strategy"] == strategy
    assert web["alarms"]["rollback"] is True
    assert sorted(each.rpartition("-")[0] for each in web["alarms"]["alarmNames"]) == [
        "slipway-errors",
        "slipway-latency",
        "slipway-unhealthy",
        "slipway-unhealthy-1",
    ]
    (behind,) = web["loadBalancers"]
    assert behind["advancedConfiguration"]["alternateTargetGroupArn"] != behind["targetGroupArn"]
    assert len(of(plan, "aws:lb/targetGroup:TargetGroup")) == 2


def test_everything_that_can_be_is_tagged_with_whose_it_is() -> None:
    plan = fargate({"alarms": {}, "access_logs": True, "kms": True, "waf": True}, scale={"min": 1, "max": 2})
    assert plan.problems == ()
    wanted = {"slipway:service": "slipway", "slipway:stack": "dev"}
    can_be = [each for each in plan.resources if each.type.startswith("aws:") and "tags" in sdk.properties(each.type)]
    assert [each.urn for each in can_be if not wanted.items() <= each.inputs.get("tags", {}).items()] == []
    assert len(can_be) > 30


def test_a_load_balancer_is_in_every_zone_that_tasks_stand_in() -> None:
    network = {"vpc": there.VPC, "public_subnets": PUBLIC[:2], "private_subnets": PRIVATE, "tasks": "private"}
    (told,) = planned({"target": "aws.fargate", "options": {"region": REGION, "network": network}}).problems
    assert f"service:options.network.public_subnets: none is in {REGION}c, where private tasks stand" in told


def test_a_key_of_ones_own_encrypts_what_is_kept() -> None:
    plan = fargate({"kms": True, "alarms": {}})
    (key,) = of(plan, "aws:kms/key:Key")
    kept = {
        "aws:cloudwatch/logGroup:LogGroup": "kmsKeyId",
        "aws:secretsmanager/secret:Secret": "kmsKeyId",
        "aws:sns/topic:Topic": "kmsMasterKeyId",
    }
    keys = [each.inputs[path] for type_, path in kept.items() for each in of(plan, type_)]
    assert len(keys) >= 5
    assert len(set(keys)) == 1
    assert all(":key/" in each for each in keys)
    assert key.inputs["enableKeyRotation"] is True


def test_what_is_protected_outlives_a_destroy() -> None:
    (balancer,) = of(fargate(protect=True), "aws:lb/loadBalancer:LoadBalancer")
    assert balancer.inputs["enableDeletionProtection"] is True


def test_capacity_is_on_demand_spare_or_both() -> None:
    given = {"capacity": {"base": 1, "on_demand": 0, "spot": 1}}
    services = of(fargate(given), "aws:ecs/service:Service")
    expected = [("FARGATE", 0, 1), ("FARGATE_SPOT", 1, 0)]
    for service in services:
        told = [(e["capacityProvider"], e["weight"], e["base"]) for e in service.inputs["capacityProviderStrategies"]]
        assert told == expected


def test_the_number_of_tasks_follows_what_the_stack_says() -> None:
    scaling = {
        "requests": 1000,
        "schedules": {"night": {"cron": "0 22 * * *", "timezone": "Europe/Berlin", "min": 1, "max": 2}},
    }
    plan = fargate({"scaling": scaling}, scale={"min": 2, "max": 6})
    metrics = [
        each.inputs["targetTrackingScalingPolicyConfiguration"]["predefinedMetricSpecification"]["predefinedMetricType"]
        for each in of(plan, "aws:appautoscaling/policy:Policy")
    ]
    assert sorted(metrics) == [
        "ALBRequestCountPerTarget",
        "ECSServiceAverageCPUUtilization",
        "ECSServiceAverageMemoryUtilization",
    ]
    (night,) = of(plan, "aws:appautoscaling/scheduledAction:ScheduledAction")
    assert (night.inputs["schedule"], night.inputs["timezone"]) == ("cron(0 22 * * ? *)", "Europe/Berlin")
    assert counted(fargate())["Target"] == 0


def test_nothing_secret_stands_in_the_plan() -> None:
    plan = fargate(secrets={"SECRET_KEY": "hunter2"})
    assert "hunter2" not in json.dumps([each.inputs for each in plan.resources], default=str)


def test_what_a_stack_names_of_its_account_is_taken_to_be_there_in_a_plan_which_says_so() -> None:
    subnets = ["subnet-00000000000000001", "subnet-00000000000000002"]
    network = {"vpc": "vpc-00000000000000001", "public_subnets": subnets}
    options = {"region": REGION, "network": network, "hosted_zone": "orders.example.org"}
    given = {"domain": "api.orders.example.org", "stored_secrets": {"SECRET_KEY": "orders/key"}}
    plan = planned({"target": "aws.fargate", "options": options, **given}, assuming=True)
    (balancer,) = of(plan, "aws:lb/loadBalancer:LoadBalancer")
    assert balancer.inputs["subnets"] == subnets
    told = [said for said in plan.warnings if said.startswith("not checked in a plan: whether there is ")]
    assert [said.rpartition("is ")[2] for said in told if "arn" not in said][:4] == [
        "id subnet-00000000000000001, vpcId vpc-00000000000000001",
        "id subnet-00000000000000002, vpcId vpc-00000000000000001",
        "name orders.example.org",
        "name orders/key",
    ]
    assert "not checked in a plan: whether there is name orders.example.org" in told
