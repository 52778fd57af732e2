"""What of a stack is different, by the steps of a preview with a refresh, and the one issue that says so."""

import json

import pytest

from tools.backend import Backend
from tools.delivery import drift_issue
from tools.delivery.drift import Drift, Drifted, drift_of, told
from tools.delivery.drift_issue import body, lines, mark, settle
from tools.stack import Stack
from tools.workbench import Workbench

COMMIT, RUN = "a" * 40, "https://hub.example/run/1"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "[secret]"}
WEB = "aws:ecs/service:Service"


def state(name, inputs, type_=WEB, custom=True, **outputs):
    urn = f"urn:pulumi:dev::slipway::slipway:aws:Service${type_}::{name}"
    return {"urn": urn, "type": type_, "custom": custom, "inputs": inputs, "outputs": {**inputs, **outputs}}


def refreshed(shipped):
    # The engine tells what it found only in the steps that follow.
    return {"op": "refresh", "urn": shipped["urn"], "oldState": shipped, "newState": shipped}


def step(op, old=None, new=None, details=()):
    given = {"oldState": old, "newState": new}
    return {"op": op, "urn": (new or old)["urn"], "detailedDiff": {path: {} for path in details} or None, **{k: v for k, v in given.items() if v}}  # fmt: skip


def said(*steps, **more):
    return json.dumps({"steps": steps, "changeSummary": {"same": 1}, **more})


def test_of_each_resource_it_is_told_who_is_different_from_what_was_shipped_and_in_which_properties():
    shipped = state("web", {"count": 2, "image": "one", "key": SECRET, "token": SECRET})
    there = state("web", {"count": 5, "image": "one", "key": SECRET, "token": SECRET}, status="moved")
    wanted = state("web", {"count": 2, "image": "two", "key": SECRET, "token": SECRET})
    own, follower = state("bundle", {"files": 1}, serving="yes"), state("rollout", {"started": "then"})
    gone, old = state("logs", {"days": 7}), state("old", {})
    found = told(
        "dev",
        said(
            *map(refreshed, (shipped, own, follower, gone, old, state("same", {}))),
            step("same", state("same", {}), state("same", {})),
            step("replace", there, wanted, ("count", "image", "key")),
            # A dynamic provider's own: no details, and the program wants what was shipped.
            step("update", state("bundle", {"files": 1}, serving="no"), state("bundle", {"files": 1})),
            step("update", follower, state("rollout", {"started": UNKNOWN})),
            # What is made anew has another name, which is known before.
            step(
                "update",
                state("task", {"logs": "logs-1"}),
                {**state("task", {"logs": "logs-2"}), "propertyDependencies": {"logs": [gone["urn"]]}},
                ("logs",),
            ),
            step("create", None, gone),
            step("create", None, state("new", {})),
            step("delete", old),
            step(
                "update", state("provider", {}, "pulumi:providers:aws"), state("provider", {}, "pulumi:providers:aws")
            ),
            step("update", state("part", {}, custom=False), state("part", {}, custom=False)),
        ),
        "",
    )
    assert found == Drift(
        "dev",
        changes=(
            Drifted("delete", WEB, "old", "program"),
            Drifted("replace", WEB, "web", "there", {"count": "there", "image": "program", "key": "secret"}),
            Drifted("update", WEB, "bundle", "there", {"serving": "there"}),
            Drifted("update", WEB, "rollout", "follows"),
            Drifted("update", WEB, "task", "follows", {"logs": "follows"}),
            Drifted("create", WEB, "logs", "there"),
            Drifted("create", WEB, "new", "program"),
        ),
    )
    assert list(lines(found)) == [
        "**What is there is not what was shipped:**",
        "",
        "- `aws ecs.Service` `web`: `count` (`up` would replace it)",
        "- `aws ecs.Service` `bundle`: `serving` (`up` would change it)",
        "- `aws ecs.Service` `logs` is gone",
        "",
        "**What this commit has is not what was shipped:**",
        "",
        "- `aws ecs.Service` `old` (`up` would delete it)",
        "- `aws ecs.Service` `web`: `image` (`up` would replace it)",
        "- `aws ecs.Service` `new` (`up` would make it)",
        "",
        "**A secret is another; nobody can tell whose:**",
        "",
        "- `aws ecs.Service` `web`: `key` (`up` would replace it)",
        "",
        "**Follows from the rest:**",
        "",
        "- `aws ecs.Service` `rollout` (`up` would change it)",
        "- `aws ecs.Service` `task`: `logs` (`up` would change it)",
        "",
        "`make up STACK=dev` makes it as this commit has it. What shall stay as it is there belongs in",
        "`stacks/Pulumi.dev.yaml` or the program first. All of it: `make drift STACK=dev`",
    ]


def test_no_value_is_told_and_what_fails_is_a_problem_and_not_a_stack_that_is_healed(monkeypatch):
    monkeypatch.setenv("A_TOKEN", "hunter22")
    failed = said(diagnostics=[{"severity": "error", "message": "error: denied to hunter22"}])
    assert told("dev", failed, "") == Drift("dev", problems=("denied to [secret]",))
    assert told("dev", said(), "the engine fell over", 255).problems == ("the engine fell over",)
    secret = told("dev", said(step("update", state("web", {"x": "v1:value-there"}), state("web", {"x": "v2:value-here"}))), "")  # fmt: skip
    assert "value" not in body(secret, COMMIT, RUN)


def drifted(number=1):
    changes = [Drifted("update", WEB, f"web-{each}" + "é" * 90, "there", {f"{'ü' * 200}{n}": "there" for n in range(20)}) for each in range(number)]  # fmt: skip
    return Drift("dev", changes=tuple(changes))


@pytest.mark.parametrize("number", [1, 60, 4000])
def test_an_issue_is_never_longer_than_the_hub_takes_and_says_how_many_more_there_are(number):
    text = body(drifted(number), COMMIT, RUN)
    assert len(text.encode()) <= 65_536
    assert text.startswith(mark("dev"))
    assert ("- … and " in text) == (number > 200)
    assert text.endswith(f"Commit `aaaaaaaaaaaa`. [The run that saw it]({RUN}).")


def test_an_issue_is_opened_then_updated_in_its_place_and_closed_with_a_word_when_nothing_is_different(simulated, hub):
    opened = settle(hub, drifted(), COMMIT, RUN)
    assert opened == "opened: https://hub.example/acme/orders/issues/1"
    assert settle(hub, drifted(2), COMMIT, RUN) == "updated: https://hub.example/acme/orders/issues/1"
    settle(hub, Drift("dev", problems=("denied",)), COMMIT, RUN)
    (issue,) = simulated.issues
    assert (issue["title"], issue["state"], "denied" in issue["body"]) == ("dev cannot be compared", "open", True)
    assert settle(hub, Drift("dev"), COMMIT, RUN) == "closed: https://hub.example/acme/orders/issues/1"
    assert (issue["state"], issue["state_reason"]) == ("closed", "completed")
    assert simulated.bodies(1) == ["Nothing is different any more. Commit `aaaaaaaaaaaa`."]
    assert settle(hub, Drift("dev"), COMMIT, RUN) == "no issue is open"
    assert settle(hub, drifted(), COMMIT, RUN) == "opened: https://hub.example/acme/orders/issues/2"


def test_only_the_stacks_own_issue_is_touched(simulated, hub):
    text = f"{mark('dev')}\nall is well, trust me"
    simulated.issue(text, login="mallory")
    simulated.issue(f"{mark('dev2')}\nanother stack's")
    simulated.issue("about <!-- slipway:drift:dev -->")
    simulated.issue(text, pull_request={"url": "..."})
    before = json.dumps(simulated.issues)
    settle(hub, Drift("dev", deployed=False), COMMIT, RUN)
    assert json.dumps(simulated.issues) == before
    simulated.page = 1
    twice = [simulated.issue(f"{mark('dev')}\n{each}") for each in ("one", "two")]
    assert settle(hub, drifted(), COMMIT, RUN) == f"updated: https://hub.example/acme/orders/issues/{twice[0]}"
    assert [simulated.issues[number - 1]["state"] for number in twice] == ["open", "closed"]
    assert json.dumps(simulated.issues[:4]) == before


def test_a_marked_issue_names_its_stack_alone():
    assert drift_issue.title(drifted()) == "dev has drifted"
    assert not f"{mark('dev-2')}".startswith(mark("dev"))


def test_where_a_runner_keeps_no_state_no_stack_is_said_to_be_healed(monkeypatch):
    bench = Workbench(Stack("aws-dev"), None, None, Backend("file:///x", True, "inside the tree"))
    monkeypatch.setattr("tools.delivery.drift.workbench", lambda _name: bench)
    monkeypatch.setenv("CI", "true")
    found = drift_of("aws-dev")
    assert (found.deployed, found.healed) == (True, False)
    assert found.problems[0].startswith(
        "the state of the stack aws-dev would be inside the tree, which is gone with this runner\nFix: export PULUMI_BACKEND_URL="
    )
