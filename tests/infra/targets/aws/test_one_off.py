"""A task that is run once, where a role is not known everywhere yet."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.targets.aws import one_off

WANTED = one_off.OneOff("cluster", "web:1", ("true",), {}, {"launchType": "FARGATE"}, "a test")
UNASSUMED = "ECS was unable to assume the role 'arn:aws:iam::123456789012:role/web' that was provided for this task."


class Ecs:
    """ECS that refuses some times, and then begins the task."""

    def __init__(self, *refusals: str) -> None:
        self.refusals, self.ecs, self.region = list(refusals), self, "eu-central-1"

    def run_task(self, **_given: Any) -> Any:
        if self.refusals:
            said = {"Code": "ClientException", "Message": self.refusals.pop(0)}
            raise ClientError({"Error": said}, "RunTask")
        return {"tasks": [{"taskArn": "arn"}], "failures": []}


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_off, "POLL", 0)


def start(ecs: Any) -> str:
    return one_off.start(ecs, WANTED)


def test_it_is_asked_again_until_the_role_is_known() -> None:
    ecs = Ecs(UNASSUMED, UNASSUMED)
    assert (start(ecs), ecs.refusals) == ("arn", [])


def test_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_off, "UNKNOWN", 0)
    with pytest.raises(ClientError, match="unable to assume the role"):
        start(Ecs(*[UNASSUMED] * 100_000))


def test_whatever_else_is_refused_is_told_at_once() -> None:
    ecs = Ecs("TaskDefinition is inactive", "never asked for")
    with pytest.raises(ClientError, match="TaskDefinition is inactive"):
        start(ecs)
    assert ecs.refusals == ["never asked for"]
