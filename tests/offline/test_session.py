"""What becomes of single resources, asked of a session itself: what an engine would only take longer to ask."""

from typing import Any

from tools.offline.backend import Resource
from tools.offline.packages import installed, tables
from tools.offline.simulation import SimulatedSession, Simulation
from tools.offline.values import Values
from tools.offline.world import World

TASK = "aws:ecs/taskDefinition:TaskDefinition"
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
