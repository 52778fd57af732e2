"""`python -m tools.scan.aws_plan FOLDER`: each AWS stack's plan in Terraform's words, for judges that read no others.

It runs in the environment of the stand-ins. pulumi-aws is the Terraform provider behind a bridge, so a resource says
the same in both: the type has another name, a property is written in snake_case, and what is an object here is a block
there, of which there is a list by a name in the singular. Where one resource names another, the id that the stand-ins
made up becomes Terraform's reference, by which a judge finds what belongs together.
"""

import json
import re
import sys
import typing
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from pulumi import _types

from tools.errors import ToolError
from tools.offline import sdk
from tools.offline.sdk import MAPPINGS
from tools.offline.values import UNKNOWN, reveal
from tools.offline.world import made_up
from tools.plan.preview import Planned, preview
from tools.saying import say
from tools.scan.known import everything_known
from tools.stack import Stack, stacks
from tools.workbench import workbench

# So many digits of what was made up are in every id and in every automatic name.
_DIGITS = 7

# What the bridge calls each of Terraform's types: `renames` in provider/cmd/pulumi-resource-aws/bridge-metadata.json of
# github.com/pulumi/pulumi-aws, read 2026-11-23.
TYPES = {
    "aws:acm/certificate:Certificate": "aws_acm_certificate",
    "aws:acm/certificateValidation:CertificateValidation": "aws_acm_certificate_validation",
    "aws:appautoscaling/policy:Policy": "aws_appautoscaling_policy",
    "aws:appautoscaling/scheduledAction:ScheduledAction": "aws_appautoscaling_scheduled_action",
    "aws:appautoscaling/target:Target": "aws_appautoscaling_target",
    "aws:cloudwatch/dashboard:Dashboard": "aws_cloudwatch_dashboard",
    "aws:cloudwatch/eventRule:EventRule": "aws_cloudwatch_event_rule",
    "aws:cloudwatch/eventTarget:EventTarget": "aws_cloudwatch_event_target",
    "aws:cloudwatch/logGroup:LogGroup": "aws_cloudwatch_log_group",
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": "aws_cloudwatch_log_metric_filter",
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": "aws_cloudwatch_log_resource_policy",
    "aws:cloudwatch/metricAlarm:MetricAlarm": "aws_cloudwatch_metric_alarm",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": "aws_default_security_group",
    "aws:ec2/eip:Eip": "aws_eip",
    "aws:ec2/flowLog:FlowLog": "aws_flow_log",
    "aws:ec2/internetGateway:InternetGateway": "aws_internet_gateway",
    "aws:ec2/natGateway:NatGateway": "aws_nat_gateway",
    "aws:ec2/route:Route": "aws_route",
    "aws:ec2/routeTable:RouteTable": "aws_route_table",
    "aws:ec2/routeTableAssociation:RouteTableAssociation": "aws_route_table_association",
    "aws:ec2/securityGroup:SecurityGroup": "aws_security_group",
    "aws:ec2/subnet:Subnet": "aws_subnet",
    "aws:ec2/vpc:Vpc": "aws_vpc",
    "aws:ec2/vpcEndpoint:VpcEndpoint": "aws_vpc_endpoint",
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": "aws_ecr_lifecycle_policy",
    "aws:ecr/repository:Repository": "aws_ecr_repository",
    "aws:ecs/cluster:Cluster": "aws_ecs_cluster",
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": "aws_ecs_cluster_capacity_providers",
    "aws:ecs/service:Service": "aws_ecs_service",
    "aws:ecs/taskDefinition:TaskDefinition": "aws_ecs_task_definition",
    "aws:iam/role:Role": "aws_iam_role",
    "aws:iam/rolePolicy:RolePolicy": "aws_iam_role_policy",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "aws_iam_role_policy_attachment",
    "aws:kms/alias:Alias": "aws_kms_alias",
    "aws:kms/key:Key": "aws_kms_key",
    "aws:lb/listener:Listener": "aws_lb_listener",
    "aws:lb/listenerRule:ListenerRule": "aws_lb_listener_rule",
    "aws:lb/loadBalancer:LoadBalancer": "aws_lb",
    "aws:lb/targetGroup:TargetGroup": "aws_lb_target_group",
    "aws:route53/record:Record": "aws_route53_record",
    "aws:s3/bucket:Bucket": "aws_s3_bucket",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": "aws_s3_bucket_lifecycle_configuration",
    "aws:s3/bucketLogging:BucketLogging": "aws_s3_bucket_logging",
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": "aws_s3_bucket_ownership_controls",
    "aws:s3/bucketPolicy:BucketPolicy": "aws_s3_bucket_policy",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": "aws_s3_bucket_public_access_block",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": (
        "aws_s3_bucket_server_side_encryption_configuration"
    ),
    "aws:s3/bucketVersioning:BucketVersioning": "aws_s3_bucket_versioning",
    "aws:scheduler/schedule:Schedule": "aws_scheduler_schedule",
    "aws:scheduler/scheduleGroup:ScheduleGroup": "aws_scheduler_schedule_group",
    "aws:secretsmanager/secret:Secret": "aws_secretsmanager_secret",
    "aws:secretsmanager/secretVersion:SecretVersion": "aws_secretsmanager_secret_version",
    "aws:sns/topic:Topic": "aws_sns_topic",
    "aws:sns/topicPolicy:TopicPolicy": "aws_sns_topic_policy",
    "aws:sns/topicSubscription:TopicSubscription": "aws_sns_topic_subscription",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": "aws_vpc_security_group_egress_rule",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "aws_vpc_security_group_ingress_rule",
    "aws:wafv2/webAcl:WebAcl": "aws_wafv2_web_acl",
    "aws:wafv2/webAclAssociation:WebAclAssociation": "aws_wafv2_web_acl_association",
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": "aws_wafv2_web_acl_logging_configuration",
}

# Where a property has another name there, beyond the rule.
NAMES = {("aws_cloudwatch_metric_alarm", "name"): "alarm_name"}

Block = dict[str, Any]


def main(arguments: Sequence[str]) -> int:
    """Write the plans into the folder, each as <stack>.json."""
    (folder,) = map(Path, arguments)
    for stack in stacks():
        if Stack(stack).platform() == "aws":
            (folder / f"{stack}.json").write_text(json.dumps(document(planned(stack))), encoding="utf-8")
    return 0


def planned(stack: str) -> Sequence[Planned]:
    """The resources of a stack's plan. Raises ToolError where it has none."""
    with everything_known(workbench(stack)) as bench:
        seen = preview(bench)
    if seen.problems:
        raise ToolError("\n".join([f"{stack}: no plan to judge:", *seen.problems]))
    return seen.resources


def document(resources: Sequence[Planned]) -> Block:
    """What `terraform show -json` would say of the plan, as far as it is read.

    Raises ToolError for a type whose name in Terraform is not written down here, and for two resources of one address.
    """
    mine = sorted((each for each in resources if each.type.startswith("aws:")), key=lambda each: (each.type, each.name))
    unnamed = sorted({each.type for each in mine} - TYPES.keys())
    if unnamed:
        raise ToolError(f"what Terraform calls them is not written down: {', '.join(unnamed)}", f"add it to {__name__}")
    addresses = {each.urn: f"{TYPES[each.type]}.{each.name}" for each in mine}
    if len({*addresses.values()}) < len(addresses):
        raise ToolError("two resources of a plan have the same type and the same name")
    # The engine's dependencies do not tell all: a certificate is named by the ARN of itself, and waited for by another.
    known = {made_up(f"{urn}#0").digest[:_DIGITS]: address for urn, address in addresses.items()}
    said = [_resource(each, addresses[each.urn], known) for each in mine]
    return {
        "format_version": "1.2",
        "terraform_version": "1.9.0",
        "planned_values": {"root_module": {"resources": said}},
    }


def _resource(resource: Planned, address: str, known: Mapping[str, str]) -> Block:
    type_ = TYPES[resource.type]
    others = {digits: other for digits, other in known.items() if other != address}
    values = _block(sdk.properties(resource.type), reveal(dict(resource.inputs)), others)
    return {
        "address": address,
        "mode": "managed",
        "type": type_,
        "name": resource.name,
        "values": {NAMES.get((type_, name), name): value for name, value in values.items()},
    }


def _block(kinds: Mapping[str, Any], given: Mapping[str, Any], others: Mapping[str, str]) -> Block:
    """A block's attributes; what is not known before it is made is left out, as Terraform does."""
    block: Block = {}
    for name, value in given.items():
        if value is UNKNOWN or name not in kinds:
            continue
        inner = next(_blocks(kinds[name]), None)
        listed = cast("list[Any]", value if isinstance(value, list) else [value])
        if inner is None or not all(isinstance(each, dict) for each in listed):
            block[snake(name)] = _referring(value, others)
            continue
        said = [_block(_types.input_type_types(inner), each, others) for each in listed]
        block[singular(snake(name)) if isinstance(value, list) else snake(name)] = said
    return block


def _blocks(kind: Any) -> Iterator[type]:
    """The SDK's classes of blocks in a property's type: one, a list of them, none for plain values and mappings."""
    if isinstance(kind, type) and _types.is_input_type(kind):
        yield kind
    elif typing.get_origin(kind) not in MAPPINGS:
        for arm in typing.get_args(kind):
            yield from _blocks(arm)


def _referring(value: Any, others: Mapping[str, str]) -> Any:
    """The same with a reference for each string that is another resource's id, ARN or name."""
    match value:
        case str() if not value.startswith(("{", "[")):
            found = next((address for digits, address in others.items() if digits in value), None)
            return f"{found}.{'arn' if value.startswith('arn:') else 'id'}" if found else value
        case list():
            return [_referring(each, others) for each in cast("list[Any]", value) if each is not UNKNOWN]
        case dict():
            known = cast("dict[str, Any]", value)
            return {name: _referring(each, others) for name, each in known.items() if each is not UNKNOWN}
        case _:
            return value


def snake(name: str) -> str:
    """`cidrBlock` as `cidr_block`, `cidrIpv4` as `cidr_ipv4`."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda letter: f"_{letter[1].lower()}", name)


def singular(name: str) -> str:
    """How the bridge's plural was called before: `capacity_provider_strategies` as `capacity_provider_strategy`."""
    for plural, single in (("ies", "y"), ("iases", "ias"), ("ss", "ss"), ("s", "")):
        if name.endswith(plural):
            return name.removesuffix(plural) + single
    return name


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ToolError as error:
        say(f"error: {error}")
        sys.exit(error.exit_code)
