"""What a resource names must be somewhere: in the whole plan, or there when it is made."""

import json

import pytest

from tests.offline.bases import CONTAINER, TRUST
from tests.offline.test_session import LOGS, TASK, VPC, resource, session
from tools.offline.backend import Failure
from tools.offline.simulation import SimulatedSession
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


@pytest.mark.parametrize(
    ("account", "unresolved"),
    [
        ("web@acme.iam.gserviceaccount.com", 1),
        # Google's own, and the default one of a project.
        ("service-123456789012@gcp-sa-logging.iam.gserviceaccount.com", 0),
        ("123456789012-compute@developer.gserviceaccount.com", 0),
    ],
)
def test_a_service_on_google_cloud_runs_as_an_account_of_the_plan(account: str, unresolved: int) -> None:
    gcp = session("gcp")
    template = {"serviceAccount": account, "containers": [{"image": "web:1"}]}
    gcp.foresee(resource("gcp:cloudrunv2/service:Service"), {"name": "web", "location": "l", "template": template})
    assert len(gcp.world.unresolved()) == unresolved


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


SUBNETS = [
    ("aws", SUBNET, "cidrBlock", VPC, {"cidrBlock": "10.0.0.0/16"}, "vpcId"),
    ("gcp", "gcp:compute/subnetwork:Subnetwork", "ipCidrRange", "gcp:compute/network:Network", {"name": "it"}, "network"),
    ("azure-native", "azure-native:network:Subnet", "addressPrefix", "azure-native:network:VirtualNetwork", {"resourceGroupName": "web", "virtualNetworkName": "it", "addressSpace": {"addressPrefixes": ["10.0.0.0/17", "10.0.128.0/17"]}}, "virtualNetworkName"),
]  # fmt: skip


def neighbours(package: str, network: str, inputs: Values) -> tuple[SimulatedSession, str]:
    """A network, and its name as its subnets know it."""
    there = session(package)
    made = there.create(resource(network), inputs, 0)
    return there, "it" if package == "azure-native" else made.id


@pytest.mark.parametrize("act", ["foresee", "create"])
@pytest.mark.parametrize(("package", "subnet", "block", "network", "inputs", "where"), SUBNETS)
def test_subnets_of_a_network_do_not_overlap(
    package: str, subnet: str, block: str, network: str, inputs: Values, where: str, act: str
) -> None:
    there, name = neighbours(package, network, inputs)

    def make(number: int, given: str, of: str = name) -> None:
        named = {"name": str(number), "subnetName": str(number), "resourceGroupName": "web", where: of, block: given}
        known = resource(subnet, f"n{number}")
        there.foresee(known, named) if act == "foresee" else there.create(known, named, 0)

    make(1, "10.0.1.0/24")
    make(2, "10.0.2.0/24")
    with pytest.raises(Failure, match=f"{block}: 10.0.2.128/25 overlaps 10.0.2.0/24 of .+, in the same network"):
        make(3, "10.0.2.128/25")


@pytest.mark.parametrize(
    ("package", "subnet", "block", "network", "inputs", "where"), [each for each in SUBNETS if each[0] != "gcp"]
)
def test_a_subnet_lies_in_its_network(
    package: str, subnet: str, block: str, network: str, inputs: Values, where: str
) -> None:
    there, name = neighbours(package, network, inputs)
    given = {"subnetName": "a", "resourceGroupName": "web", where: name}
    there.foresee(resource(subnet, "a"), {**given, block: "10.0.129.0/24"})
    with pytest.raises(Failure, match=f"{block}: 10.1.0.0/24 lies in none of its network's blocks: 10.0.0.0/1"):
        there.foresee(resource(subnet, "b"), {**given, "subnetName": "b", block: "10.1.0.0/24"})
