"""A change on its way, on the real engine: previewed, promoted, rolled back."""

import json

import pytest

from tests.engine.conftest import Stack

CHANGE = ("app/service/__init__.py", '"""', '"""Changed. ')


@pytest.mark.timeout(900)
def test_a_change_is_previewed_and_what_runs_is_promoted(stack: Stack, second_stack: Stack) -> None:
    checkout = stack.checkout
    checkout.commit("two stacks")
    stack.up()
    first = stack.version()["revision"]
    with checkout.changed(*CHANGE):
        made = stack.make("changes", BASE="HEAD~1", PREVIEW="1")
        assert made.returncode == 0
        document = json.loads((checkout.root / f".slipway/changes/{stack.name}.json").read_text())
        assert document["kind"] == "preview"
        assert {each["name"] for each in document["changes"]} >= {"deployment", "rollout"}
        said = checkout.make("comment", BASE="HEAD~1").stdout
        assert f"| `{stack.name}` | real preview |" in said

        refused = checkout.make("promote", FROM=stack.name, TO=second_stack.name)
        assert refused.returncode != 0
        expected = f"{stack.name} runs the revision {first}; from this checkout {second_stack.name} would run "
        assert expected in refused.stderr

        stack.up()
        second = stack.version()["revision"]
        assert second != first
        shown = checkout.make("promote", FROM=stack.name, TO=second_stack.name)
        assert shown.returncode != 0
        assert f"image: {second_stack.name} runs nothing yet\n" in shown.stdout
        assert "service:options.port: " in shown.stdout
        assert "  create Deployment deployment\n" in shown.stdout
        assert "Nothing was shipped. To ship it: YES=1" in shown.stderr
        assert not second_stack.answers()
        done = checkout.make("promote", FROM=stack.name, TO=second_stack.name, YES="1")
        assert done.returncode == 0
        assert second_stack.version()["revision"] == second


@pytest.mark.timeout(600)
def test_a_stack_returns_to_what_it_ran(stack: Stack) -> None:
    stack.checkout.commit("a stack")
    stack.up()
    first = stack.version()["revision"]
    with stack.checkout.changed(*CHANGE):
        stack.up()
        second = stack.version()["revision"]
        assert second != first
        listed = stack.make("rollback")
        assert listed.returncode == 0
        assert f"it runs the revision {second}" in listed.stderr
        numbers = [line.split()[0] for line in listed.stdout.splitlines()]
        assert len(numbers) == 2
        asked = stack.make("rollback", VERSION=numbers[-1])
        assert asked.returncode != 0
        assert stack.version()["revision"] == second
        back = stack.make("rollback", VERSION=numbers[-1], YES="1")
        assert back.returncode == 0
        assert stack.version()["revision"] == first
        assert stack.checkout.git("status", "--porcelain", "app") == ""
