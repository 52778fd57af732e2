"""Holds inputs against the models of AWS's APIs, as botocore ships them: enumerations, patterns, lengths, ranges."""

# botocore has no types of its own.
# pyright: basic

import functools
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tools.offline.backend import Problem
from tools.offline.once import once
from tools.offline.values import UNKNOWN, Values


@dataclass(frozen=True)
class Call:
    """The call by which a type of resource is made.

    `within`: where in what it is given the resource stands. `names`: the members whose names are others than the
    inputs', wherever they are; an empty one is that of an input which is written in another form.
    """

    service: str
    operation: str
    names: Mapping[str, str] = field(default_factory=dict[str, str])
    within: str = ""


_ACTIONS = {
    "arn": "TargetGroupArn",
    "duration": "DurationSeconds",
    "fixedResponse": "FixedResponseConfig",
    "forward": "ForwardConfig",
    "redirect": "RedirectConfig",
    "stickiness": "TargetGroupStickinessConfig",
}

CALLS: Mapping[str, Call] = {
    "aws:acm/certificate:Certificate": Call("acm", "RequestCertificate"),
    "aws:appautoscaling/policy:Policy": Call("application-autoscaling", "PutScalingPolicy", {"name": "PolicyName"}),
    "aws:appautoscaling/scheduledAction:ScheduledAction": Call(
        "application-autoscaling", "PutScheduledAction", {"name": "ScheduledActionName"}
    ),
    "aws:appautoscaling/target:Target": Call("application-autoscaling", "RegisterScalableTarget"),
    "aws:cloudwatch/eventRule:EventRule": Call("events", "PutRule", {"state": ""}),
    "aws:cloudwatch/eventTarget:EventTarget": Call(
        "events", "PutTargets", {"targetId": "Id", "ecsTarget": "EcsParameters"}, within="Targets"
    ),
    "aws:cloudwatch/logGroup:LogGroup": Call("logs", "CreateLogGroup", {"name": "logGroupName"}),
    "aws:cloudwatch/metricAlarm:MetricAlarm": Call(
        "cloudwatch",
        "PutMetricAlarm",
        {"name": "AlarmName", "alarmDescription": "AlarmDescription", "metricQueries": "Metrics", "dimensions": ""},
    ),
    "aws:ec2/eip:Eip": Call("ec2", "AllocateAddress"),
    "aws:ec2/flowLog:FlowLog": Call("ec2", "CreateFlowLogs"),
    "aws:ec2/natGateway:NatGateway": Call("ec2", "CreateNatGateway"),
    "aws:ec2/securityGroup:SecurityGroup": Call("ec2", "CreateSecurityGroup", {"name": "GroupName"}),
    "aws:ec2/subnet:Subnet": Call("ec2", "CreateSubnet"),
    "aws:ec2/vpc:Vpc": Call("ec2", "CreateVpc"),
    "aws:ec2/vpcEndpoint:VpcEndpoint": Call("ec2", "CreateVpcEndpoint"),
    "aws:ecr/repository:Repository": Call("ecr", "CreateRepository", {"name": "repositoryName"}),
    "aws:ecs/cluster:Cluster": Call("ecs", "CreateCluster", {"name": "clusterName"}),
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": Call("ecs", "PutClusterCapacityProviders"),
    "aws:ecs/service:Service": Call("ecs", "CreateService", {"name": "serviceName"}),
    "aws:ecs/taskDefinition:TaskDefinition": Call("ecs", "RegisterTaskDefinition", {"containerDefinitions": ""}),
    "aws:eks/accessEntry:AccessEntry": Call("eks", "CreateAccessEntry"),
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": Call("eks", "AssociateAccessPolicy"),
    "aws:eks/addon:Addon": Call("eks", "CreateAddon"),
    "aws:eks/cluster:Cluster": Call("eks", "CreateCluster", {"vpcConfig": "resourcesVpcConfig"}),
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": Call("eks", "CreatePodIdentityAssociation"),
    "aws:iam/role:Role": Call(
        "iam", "CreateRole", {"name": "RoleName", "assumeRolePolicy": "AssumeRolePolicyDocument"}
    ),
    "aws:iam/rolePolicy:RolePolicy": Call(
        "iam", "PutRolePolicy", {"name": "PolicyName", "policy": "PolicyDocument", "role": "RoleName"}
    ),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": Call("iam", "AttachRolePolicy", {"role": "RoleName"}),
    "aws:kms/key:Key": Call("kms", "CreateKey"),
    "aws:lb/listener:Listener": Call("elbv2", "CreateListener", _ACTIONS),
    "aws:lb/listenerRule:ListenerRule": Call("elbv2", "CreateRule", _ACTIONS),
    "aws:lb/loadBalancer:LoadBalancer": Call("elbv2", "CreateLoadBalancer", {"loadBalancerType": "Type"}),
    "aws:lb/targetGroup:TargetGroup": Call("elbv2", "CreateTargetGroup"),
    "aws:route53/record:Record": Call(
        "route53",
        "ChangeResourceRecordSets",
        {"records": "", "aliases": "AliasTarget"},
        "ChangeBatch.Changes.ResourceRecordSet",
    ),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": Call(
        "s3", "PutBucketLifecycleConfiguration", within="LifecycleConfiguration"
    ),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": Call(
        "s3", "PutBucketOwnershipControls", within="OwnershipControls"
    ),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": Call(
        "s3", "PutBucketEncryption", within="ServerSideEncryptionConfiguration"
    ),
    "aws:scheduler/schedule:Schedule": Call("scheduler", "CreateSchedule"),
    "aws:scheduler/scheduleGroup:ScheduleGroup": Call("scheduler", "CreateScheduleGroup"),
    "aws:secretsmanager/secret:Secret": Call("secretsmanager", "CreateSecret"),
    "aws:secretsmanager/secretVersion:SecretVersion": Call("secretsmanager", "PutSecretValue"),
    "aws:wafv2/webAcl:WebAcl": Call("wafv2", "CreateWebACL"),
    "aws:wafv2/webAclAssociation:WebAclAssociation": Call("wafv2", "AssociateWebACL"),
}


def prepare() -> None:
    """Load the models that every plan on AWS wants."""
    for name in ("ec2", "ecr", "ecs", "elbv2", "iam", "logs"):
        _service(name)


def judge(type_: str, inputs: Values) -> Iterator[Problem]:
    """What the API's model refuses of the inputs that it knows."""
    call = CALLS.get(type_)
    if call is None:
        return
    model = _service(call.service).operation_model(call.operation).input_shape
    for step in call.within.split(".") if call.within else ():
        model = model.members[step]
        model = model.member if model.type_name == "list" else model
    if model is not None:
        # Tags are judged by themselves, and are a list there.
        yield from _structure(model, inputs, "", {"tags": "", **call.names})


def judge_containers(type_: str, inputs: Values) -> Iterator[Problem]:
    """A task definition's containers, which are the API's own JSON: each name and each value."""
    if type_ != "aws:ecs/taskDefinition:TaskDefinition" or inputs.get("containerDefinitions") in (None, UNKNOWN):
        return
    try:
        listed = json.loads(inputs["containerDefinitions"])
    except ValueError as error:
        yield Problem("containerDefinitions", f"is not JSON: {error}")
        return
    shape = _service("ecs").shape_for("ContainerDefinitions")
    from botocore.validate import ParamValidator

    for error in ParamValidator().validate(listed, shape).generate_report().splitlines():
        yield Problem("containerDefinitions", error)
    for index, container in enumerate(listed if isinstance(listed, list) else []):
        if isinstance(container, dict):
            yield from _structure(shape.member, container, f"containerDefinitions[{index}]", {})


def _structure(shape: Any, given: Mapping[str, Any], path: str, names: Mapping[str, str]) -> Iterator[Problem]:
    members = {_plain(name): member for name, member in shape.members.items()}
    for name, value in given.items():
        known = names.get(name, name)
        member = members.get(_plain(known)) or (members.get(_plain(name)) if known else None)
        if member is not None and value is not None and value is not UNKNOWN:
            yield from _value(member, value, f"{path}.{name}" if path else name, names)


def _value(shape: Any, value: Any, path: str, names: Mapping[str, str]) -> Iterator[Problem]:
    match shape.type_name, value:
        case "structure", dict():
            yield from _structure(shape, value, path, names)
        case "structure", list():
            # What the SDK has as a list of one where the API has an object.
            for index, item in enumerate(value):
                yield from _value(shape, item, f"{path}[{index}]", names)
        case "list", list():
            yield from _between(shape, len(value), "entries", path)
            for index, item in enumerate(value):
                yield from _value(shape.member, item, f"{path}[{index}]", names)
        case "list", dict():
            # What the SDK has as one object where the API has a list.
            yield from _value(shape.member, value, path, names)
        case "string", str():
            yield from _text(shape, value, path)
        case (("integer" | "long" | "float" | "double"), int() | float()):
            yield from _between(shape, value, "", path)


def _text(shape: Any, value: str, path: str) -> Iterator[Problem]:
    choices = getattr(shape, "enum", [])
    if choices and value not in choices:
        yield Problem(path, f"{value!r} is none of {', '.join(choices)} ({_told(shape)})")
        return
    pattern = _pattern(shape.metadata.get("pattern", ""))
    if pattern is not None and not pattern.fullmatch(value):
        yield Problem(path, f"{value!r} must match {shape.metadata['pattern']} ({_told(shape)})")
    yield from _between(shape, len(value), "characters", path)


def _between(shape: Any, size: float, what: str, path: str) -> Iterator[Problem]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if (least is not None and size < least) or (most is not None and size > most):
        limits = f"at least {least}" if most is None else f"at most {most}" if least is None else f"{least} to {most}"
        yield Problem(path, f"must be {limits} {what}".rstrip() + f", not {size} ({_told(shape)})")


@functools.cache
def _pattern(text: str) -> re.Pattern[str] | None:
    # The models' patterns are Java's; a few of them mean nothing to Python.
    try:
        return re.compile(text, re.DOTALL) if text else None
    except re.error:
        return None


@once
def _service(name: str) -> Any:
    # Not by a session, which imports all that makes calls.
    from botocore.loaders import Loader
    from botocore.model import ServiceModel

    loader = Loader()
    version = loader.determine_latest_version(name, "service-2")
    return ServiceModel(loader.load_data(f"{name}/{version}/service-2"), name)


def _told(shape: Any) -> str:
    return f"botocore's model, {shape.name}"


def _plain(name: str) -> str:
    """A name without capitals, and as that of one thing: strategies are a strategy."""
    small = name.lower()
    return f"{small.removesuffix('ies')}y" if small.endswith("ies") else small.removesuffix("s")
