"""What a resource names must be somewhere: in the whole plan, or there when it is made."""

import json

import pytest

from tests.offline.bases import CONTAINER, TRUST
from tests.offline.test_session import LOGS, TASK, VPC, resource, session
from tools.offline.backend import Failure
from tools.offline.values import Values
from tools.offline.world import Fault, World
from tools.plan.preview import preview
from tools.workbench import workbench

ROLE = "aws:iam/role:Role"
SUBNET = "aws:ec2/subnet:Subnet"
OURS = "arn:aws:iam::123456789012:role/web"


def task(role: str) -> Values:
    return {"family": "web", "containerDefinitions": json.dumps([CONTAINER]), "executionRoleArn": role}


def test_a_resource_may_be_named_before_it_is_planned() -> None:
    aws = session()
    aws.foresee(resource(TASK), task(OURS))
    assert aws.world.unresolved() == [
        f"{TASK} resource 'it' has a problem: executionRoleArn: '{OURS}' is no resource of this plan"
    ]
    aws.foresee(resource(ROLE), {"name": "web", "assumeRolePolicy": json.dumps(TRUST)})
    assert aws.world.unresolved() == []


def test_what_a_change_names_is_held_to_the_plan_too() -> None:
    aws = session()
    old = {"vpcId": aws.create(resource(VPC), {"cidrBlock": "10.0.0.0/16"}, 0).id}
    made = aws.create(resource(SUBNET), old, 0)
    new = {**old, "outpostArn": OURS}
    aws.foresee_change(resource(SUBNET, id_=made.id), old, new, made.outputs)
    assert [OURS in said for said in aws.world.unresolved()] == [True]
    with pytest.raises(Failure, match="NotFound: outpostArn names a resource that is not there"):
        aws.update(resource(SUBNET, id_=made.id), old, new, made.outputs, 0)


@pytest.mark.parametrize("how", ["removed", "rolled back"])
def test_nothing_is_made_with_the_name_of_what_is_gone(how: str) -> None:
    aws = session()
    if how == "rolled back":
        aws.world.faults.append(Fault("create", VPC, "rollback"))
    vpc = aws.create(resource(VPC), {"cidrBlock": "10.0.0.0/16"}, 0).id
    if how == "removed":
        aws.world.removed(VPC, vpc)
    with pytest.raises(Failure, match="NotFound: vpcId names a resource that is not there"):
        aws.create(resource(SUBNET), {"vpcId": vpc}, 0)


@pytest.mark.parametrize(
    "role",
    [
        "arn:aws:iam::123456789012:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
        "arn:aws:iam::999999999999:role/theirs",
    ],
)
def test_what_the_platform_made_itself_and_what_is_anothers_may_be_named(role: str) -> None:
    aws = session()
    aws.foresee(resource(TASK), task(role))
    assert aws.world.unresolved() == []
    assert aws.create(resource(TASK), task(role), 0).id == "web"


def test_what_another_process_made_may_be_named_once_the_engine_tells_of_it() -> None:
    theirs, ours = session(), session()
    inputs = {"cidrBlock": "10.0.0.0/16"}
    made = theirs.create(resource(VPC), inputs, 0)
    ours.meet(resource(VPC, id_=made.id), inputs, made.outputs)
    assert ours.create(resource(SUBNET), {"vpcId": made.id}, 0).outputs["vpcId"] == made.id


def test_tags_name_nothing() -> None:
    aws = session()
    aws.foresee(resource(LOGS), {"name": "/web", "tags": {"vpc": "vpc-0123456789abcdef0"}})
    assert aws.world.unresolved() == []


def test_a_plan_with_a_name_of_nothing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(World, "unresolved", lambda _world: ["nowhere"])
    assert preview(workbench("local")).problems == ("nowhere",)
