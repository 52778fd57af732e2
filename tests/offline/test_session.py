"""What becomes of single resources, asked of a session itself: what an engine would only take longer to ask."""

import re
from typing import Any

import pytest

from tools.offline.backend import Failure, Resource
from tools.offline.packages import installed, tables
from tools.offline.simulation import SimulatedSession, Simulation
from tools.offline.values import Values
from tools.offline.world import EFFECTS, Fault, World

TASK = "aws:ecs/taskDefinition:TaskDefinition"
VPC = "aws:ec2/vpc:Vpc"
LOGS = "aws:cloudwatch/logGroup:LogGroup"


def session(package: str = "aws", world: World | None = None, **config: Any) -> SimulatedSession:
    return Simulation(tables(installed())[package], world or World()).configure(config)


def resource(type_: str, name: str = "it", id_: str = "") -> Resource:
    return Resource(f"urn:pulumi:dev::program::{type_}::{name}", type_, id_)


def task(memory: str) -> Values:
    return {"family": "web", "cpu": "256", "memory": memory, "containerDefinitions": "[]"}


def test_a_task_definition_that_is_replaced_is_the_familys_next_revision() -> None:
    aws = session()
    first, second = (aws.create(resource(TASK), task(memory), 0) for memory in ("512", "1024"))
    start = "arn:aws:ecs:us-east-1:123456789012:task-definition/web"
    assert [(made.id, made.outputs["arn"], made.outputs["revision"]) for made in (first, second)] == [
        ("web", f"{start}:1", 1),
        ("web", f"{start}:2", 2),
    ]
    aws.delete(resource(TASK, id_="web"), task("512"), first.outputs, 0)
    assert aws.world.things[TASK, "web"].outputs == second.outputs
    aws.delete(resource(TASK, id_="web"), task("1024"), second.outputs, 0)
    assert (TASK, "web") not in aws.world.things


def test_after_an_update_no_input_that_was_taken_away_is_an_output_and_what_is_made_up_stays() -> None:
    aws = session()
    old = {"cidrBlock": "10.0.0.0/16", "enableDnsHostnames": True, "ipv6CidrBlockNetworkBorderGroup": "us-east-1"}
    new = {"cidrBlock": "10.0.0.0/16", "tags": {"of": "ours"}}
    made = aws.create(resource(VPC), old, 0)
    changed = aws.update(resource(VPC, id_=made.id), old, new, made.outputs, 0)
    kept = {name: value for name, value in made.outputs.items() if name not in old or name == "cidrBlock"}
    assert {name: changed[name] for name in kept} == kept
    assert changed["tags"] == {"of": "ours"}
    assert (changed["enableDnsHostnames"], changed["ipv6CidrBlockNetworkBorderGroup"]) != (True, "us-east-1")
    assert aws.world.things[VPC, made.id].outputs == changed


def test_another_build_has_another_digest_and_another_reference() -> None:
    docker = session("docker-build")
    image = resource("docker-build:index:Image")
    first = {"buildArgs": {"REVISION": "one"}, "tags": ["registry.example.com/web:one"]}
    second = {"buildArgs": {"REVISION": "two"}, "tags": ["registry.example.com/web:one"]}
    made = docker.create(image, first, 0)
    at = resource(image.type, id_=made.id)
    foreseen = docker.foresee_change(at, first, second, made.outputs)
    changed = docker.update(at, first, second, made.outputs, 0)
    assert foreseen == changed
    assert changed["ref"] == f"registry.example.com/web:one@{changed['digest']}"
    assert changed["digest"] != made.outputs["digest"]
    assert docker.update(at, second, first, changed, 0) == made.outputs


def test_what_is_gone_cannot_be_changed_and_what_another_process_made_can() -> None:
    aws = session()
    made = aws.create(resource(LOGS), {"name": "/web"}, 0)
    aws.world.removed(LOGS, made.id)
    with pytest.raises(Failure, match=f"NotFound: there is no {LOGS} /web"):
        aws.update(resource(LOGS, id_=made.id), {"name": "/web"}, {"name": "/web", "tags": {}}, made.outputs, 0)
    theirs = session()
    changed = theirs.update(resource(LOGS, id_="/web"), {"name": "/web"}, {"name": "/web", "retentionInDays": 1}, {}, 0)
    assert (changed["arn"], changed["retentionInDays"]) == (made.outputs["arn"], 1)


def test_a_fault_that_would_do_nothing_cannot_be_made() -> None:
    every = {effect for effects in EFFECTS.values() for effect in effects}
    for act, effects in EFFECTS.items():
        for effect in every - effects:
            with pytest.raises(ValueError, match=f"no {effect} is played on {act}"):
                Fault(act, LOGS, effect)


@pytest.mark.parametrize(("act", "effect"), [(act, effect) for act in EFFECTS for effect in sorted(EFFECTS[act])])
def test_every_fault_does_something_as_often_as_it_is_told(act: Any, effect: Any) -> None:
    aws = session()
    there = aws.create(resource(LOGS), {"name": "/there"}, 0)
    at = resource(LOGS, id_=there.id)
    token = "aws:index/getRegion:getRegion"
    aws.world.faults.append(Fault(act, token if act == "invoke" else LOGS, effect, times=2))
    done = {
        "create": lambda: aws.create(resource(LOGS, "new"), {"name": "/new"}, 0).id,
        "read": lambda: aws.read(at, {"name": "/there"}, there.outputs),
        "update": lambda: aws.update(at, {"name": "/there"}, {"name": "/there", "tags": {}}, there.outputs, 0),
        "delete": lambda: aws.delete(at, {"name": "/there"}, there.outputs, 0),
        "invoke": lambda: aws.invoke(token, {}),
    }[act]
    before = {key: dict(thing.inputs) for key, thing in aws.world.things.items()}
    if effect in ("lag", "rollback"):
        assert (done() is None) == (effect == "lag")
    else:
        with pytest.raises(
            Failure, match={"throttle": "ThrottlingException", "timeout": "timeout"}.get(effect, "Internal")
        ):
            done()
    after = {key: thing.inputs for key, thing in aws.world.things.items()}
    assert (after != before) == (effect == "timeout")
    assert [fault.times for fault in aws.world.faults] == [1]


def test_two_resources_of_one_name_are_refused_before_anything_is_made() -> None:
    aws = session()
    for name in ("one", "one", "other"):
        aws.foresee(resource(LOGS, name), {"name": f"/{name}"})
    with pytest.raises(Failure, match=f"AlreadyExists: there is a {LOGS} /one already"):
        aws.foresee(resource(LOGS, "third"), {"name": "/one"})
    # In another region, which has a provider of its own, the name is free.
    assert session(world=aws.world, region="eu-west-1").foresee(resource(LOGS, "fourth"), {"name": "/one"}).id == "/one"


@pytest.mark.parametrize(
    ("type_", "inputs", "name", "pattern"),
    [
        ("aws:sqs/queue:Queue", {}, "arn", r"arn:aws:sqs:us-east-1:123456789012:it-[0-9a-f]{8}"),
        ("aws:sqs/queue:Queue", {}, "url", r"https://sqs\.us-east-1\.amazonaws\.com/123456789012/it-[0-9a-f]{8}"),
        ("aws:ec2/eip:Eip", {}, "publicIp", r"203\.0\.113\.\d\d"),
        ("gcp:compute/address:Address", {"name": "it"}, "selfLink", r"https://www\.googleapis\.com/compute/v1/projects/offline-project/it-[0-9a-f]{8}"),
        ("azure-native:storage:StorageAccount", {"resourceGroupName": "g"}, "name", "it"),
    ],
)  # fmt: skip
def test_outputs_of_what_no_table_tells_look_like_the_platforms(
    type_: str, inputs: Values, name: str, pattern: str
) -> None:
    made = session(type_.partition(":")[0]).create(resource(type_), inputs, 0)
    assert re.fullmatch(pattern, str(made.outputs[name])), made.outputs[name]
