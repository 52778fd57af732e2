"""What the program registers on the stack `local`, seen by Pulumi's own mock engine."""

import asyncio
import gc
import json
import warnings
from collections.abc import Iterator
from typing import Any

import pulumi
import pytest
from pulumi.runtime import config, mocks, rpc, settings, stack

from infra import program
from infra.service import load_service

Registered = dict[str, tuple[str, dict[str, Any]]]


class Engine(mocks.Mocks):
    """Records every registration under its name."""

    def __init__(self) -> None:
        self.registered: Registered = {}

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        self.registered[args.name] = (args.typ, dict(args.inputs))
        return f"{args.name}-id", {**args.inputs, "value": "generated", "started": "now"}

    def call(self, args: mocks.MockCallArgs) -> dict[str, Any]:
        raise AssertionError(f"the program asked for {args.token}")


@pytest.fixture
def event_loop_of_pulumi() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield loop
    asyncio.set_event_loop(None)
    loop.close()
    # Pulumi's mock monitor leaves an open event loop in every thread that it answered from.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


def registered(loop: asyncio.AbstractEventLoop, given: dict[str, str], secret: tuple[str, ...] = ()) -> Registered:
    """Everything that the program registers, after all of it has been registered."""
    engine = Engine()
    config.set_all_config(given, list(secret))
    mocks.set_mocks(engine, project="slipway", stack="local", preview=False)
    loop.run_until_complete(stack.run_pulumi_func(program.deploy))
    settings.reset_options()
    return engine.registered


def test_the_local_stack_is_its_release_its_task_its_processes_and_the_wait(
    event_loop_of_pulumi: asyncio.AbstractEventLoop,
) -> None:
    found = registered(event_loop_of_pulumi, {"service:target": "local"})
    assert {name: kind for name, (kind, _) in found.items()} == {
        load_service().name: "slipway:local:Service",
        "bundle": "pulumi-python:dynamic/slipway:Bundle",
        "generated-secret-key": "pulumi-python:dynamic/slipway:GeneratedSecret",
        "secret-version-key": "pulumi-python:dynamic/slipway:GeneratedSecret",
        "release": "pulumi-python:dynamic/slipway:ReleaseTask",
        "deployment": "pulumi-python:dynamic/slipway:Deployment",
        "rollout": "pulumi-python:dynamic/slipway:Rollout",
    }


def test_secrets_are_handed_over_as_secrets_only(event_loop_of_pulumi: asyncio.AbstractEventLoop) -> None:
    given = {"service:target": "local", "service:secrets": json.dumps({"SECRET_KEY": "hunter2"})}
    found = registered(event_loop_of_pulumi, given, ("service:secrets",))
    assert "generated-secret-key" not in found
    for name, (_, inputs) in found.items():
        plain = {key: value for key, value in inputs.items() if not rpc.is_rpc_secret(value)}
        assert "hunter2" not in json.dumps(plain, default=str), name
    assert rpc.unwrap_rpc_secret(found["deployment"][1]["secrets"]) == {"SECRET_KEY": "hunter2"}


@pytest.mark.parametrize(
    "change",
    [
        {"service:environment": '{"GREETING": "hi"}'},
        {"service:timeout": "30"},
        {"service:size": '{"memory": "1GiB", "cpu": 4}'},
    ],
    ids=str,
)
def test_a_changed_setting_alone_is_another_deployment(
    event_loop_of_pulumi: asyncio.AbstractEventLoop, change: dict[str, str]
) -> None:
    before = registered(event_loop_of_pulumi, {"service:target": "local"})["deployment"][1]
    after = registered(event_loop_of_pulumi, {"service:target": "local", **change})["deployment"][1]
    assert before["revision"] == after["revision"]
    assert before["deployment"] != after["deployment"]


def test_a_changed_secret_alone_is_another_deployment(event_loop_of_pulumi: asyncio.AbstractEventLoop) -> None:
    def deployment(value: str) -> str:
        given = {"service:target": "local", "service:secrets": json.dumps({"SECRET_KEY": value})}
        return str(registered(event_loop_of_pulumi, given, ("service:secrets",))["deployment"][1]["deployment"])

    assert deployment("one") == deployment("one")
    assert deployment("one") != deployment("two")


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("hello", "service:secrets: is not a table."),
        ('["a", "b"]', "service:secrets: is not a table."),
        ('{"SECRET_KEY": "x"}', "service:secrets.SECRET_KEY: stands in the stack's file in plain text."),
    ],
)
@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "encrypted as a whole"])
def test_secrets_that_are_no_table_of_encrypted_values_are_refused_in_words(
    event_loop_of_pulumi: asyncio.AbstractEventLoop, table: str, told: str, encrypted: bool
) -> None:
    given = {"service:target": "local", "service:secrets": table}
    config.set_all_config(given, ["service:secrets"] if encrypted else [])
    mocks.set_mocks(Engine(), project="slipway", stack="local")
    if encrypted and table.startswith("{"):
        event_loop_of_pulumi.run_until_complete(stack.run_pulumi_func(program.deploy))
        return
    with pytest.raises(pulumi.RunError) as refused:
        event_loop_of_pulumi.run_until_complete(stack.run_pulumi_func(program.deploy))
    assert str(refused.value).startswith(f"nothing was created:\n{told}")


def test_a_mistake_ends_the_program_before_anything_is_registered(
    event_loop_of_pulumi: asyncio.AbstractEventLoop,
) -> None:
    engine = Engine()
    config.set_all_config({"service:target": "local", "service:sise": "1"})
    mocks.set_mocks(engine, project="slipway", stack="local")
    with pytest.raises(pulumi.RunError) as refused:
        event_loop_of_pulumi.run_until_complete(stack.run_pulumi_func(program.deploy))
    assert str(refused.value) == (
        "nothing was created:\n"
        "service:sise: is not a known key (did you mean service:size?). "
        "Fix: pulumi config rm --path service:sise --stack local"
    )
    assert engine.registered == {}
