"""What a change does to a stack: from two plans, and from what the engine's preview says in JSON."""

import json
from dataclasses import replace

import pytest

from tools.delivery.difference import between, told
from tools.delivery.documents import Change, Cost
from tools.offline.packages import types
from tools.offline.tables import Package, Played, Price, Source, replacing
from tools.offline.values import UNKNOWN, Secret
from tools.plan.preview import Planned, Preview

SERVICE, QUEUE = "aws:ecs/service:Service", "aws:sqs/queue:Queue"
PRICE = Price(
    1.0, "month", Source("https://prices.example", "2026-11-29"), lambda inputs: float(inputs.get("count", 0))
)
TABLES = Package(
    "aws", {SERVICE: Played(kind=replacing("cluster"), prices=(PRICE,)), QUEUE: Played(free="it is free")}
).types


def urn(type_: str, name: str) -> str:
    return f"urn:pulumi:dev::slipway::{type_}::{name}"


def planned(name: str, type_: str = SERVICE, **inputs) -> Planned:
    return Planned(urn(type_, name), type_, inputs)


def changes(before: list[Planned], after: list[Planned]) -> list[tuple]:
    found = between("dev", "aws.fargate", Preview(tuple(before)), Preview(tuple(after)), TABLES, "why")
    return [(each.act, each.name, each.properties, each.forced) for each in found.changes]


def test_each_act_is_found_with_its_properties_and_what_forces_a_replacement():
    before = [
        planned("gone"),
        planned("kept", a=1),
        planned("more", count=1, b=[1, 2]),
        planned("other", cluster="one", count=1),
    ]
    after = [
        planned("kept", a=1),
        planned("more", count=2, b=[1, 3]),
        planned("new"),
        planned("other", cluster="two", count=2),
    ]
    assert changes(before, after) == [
        ("delete", "gone", (), ()),
        ("replace", "other", ("cluster", "count"), ("cluster",)),
        ("update", "more", ("b[1]", "count"), ()),
        ("create", "new", (), ()),
    ]


def test_what_neither_plan_knows_is_no_difference_and_a_secret_is_one_without_its_value():
    assert changes([planned("a", x=UNKNOWN)], [planned("a", x=UNKNOWN)]) == []
    found = between("dev", "t", Preview((planned("a", x=Secret("hunter2")),)), Preview((planned("a", x=Secret("correct horse")),)), TABLES, "")  # fmt: skip
    assert [each.properties for each in found.changes] == [("x",)]
    assert "hunter2" not in found.model_dump_json()
    assert "horse" not in found.model_dump_json()


def at(*names: str, type_: str = "aws", **configured) -> Preview:
    """A plan of services, each made by the same provider of this configuration."""
    provider = planned("it", f"pulumi:providers:{type_}", **configured)
    return Preview(tuple(replace(planned(name, a=1), provider=provider.urn) for name in names), providers=(provider,))


@pytest.mark.parametrize(
    ("before", "after", "moved"),
    [
        (at("a", region="here", version="1"), at("a", region="there", version="2"), ("provider.region",)),
        (at("a", region="here", defaultTags="{}"), at("a", region="here", defaultTags='{"b": 1}'), ()),
        (at("a", type_="other", version="1"), at("a", type_="other", version="2"), ()),
        (at("a", type_="other", where=["here"]), at("a", type_="other", where=["there"]), ("provider.where[0]",)),
        (at("a", region=Secret("one")), at("a", region=Secret("two")), ("provider.region",)),
        (at("a", region=UNKNOWN), at("a", region=UNKNOWN), ()),
    ],
)
def test_what_a_provider_makes_elsewhere_is_replaced_whatever_its_own_inputs_are(before, after, moved) -> None:
    found = between("dev", "aws.fargate", before, after, types(), "why")
    assert [(each.act, each.name, each.forced) for each in found.changes] == [("replace", "a", moved)] * bool(moved)


def test_cost_is_counted_before_and_after_and_what_is_kept_is_counted():
    before = Preview((planned("a", count=2), planned("b", count=1)))
    found = between("dev", "t", before, Preview((planned("a", count=5), planned("b", count=1))), TABLES, "no account")
    assert (found.cost, found.kept, found.kind, found.why) == (Cost(before=3, after=6), 1, "plan", "no account")
    new = between("dev", "t", None, before, TABLES, "")
    assert (new.cost, [each.act for each in new.changes]) == (Cost(after=3), ["create", "create"])


def test_a_plan_that_there_is_not_says_why_and_deletes_nothing():
    found = between("dev", "t", Preview((planned("a", count=2),)), Preview(problems=("service:sise: no",)), TABLES, "")
    assert (found.changes, found.problems, found.cost) == ((), ("service:sise: no",), Cost(before=2))


def test_the_rules_are_held_to_what_would_be_there():
    open_ = planned("repository", "aws:ecr/repository:Repository", imageTagMutability="MUTABLE")
    found = between("dev", "t", None, Preview((open_,)), types(), "")
    assert found.broken == ("repository: tags-stay: an image's tag can be moved to another image",)


def state(name: str, type_: str = SERVICE, **inputs) -> dict:
    return {"urn": urn(type_, name), "custom": True, "type": type_, "inputs": inputs}


def step(op: str, old: dict | None, new: dict | None, **more) -> dict:
    return {
        "op": op,
        "urn": (new or old or {})["urn"],
        **({"oldState": old} if old else {}),
        **({"newState": new} if new else {}),
        **more,
    }


STEPS = [
    step("same", state("kept", count=1), state("kept", count=1)),
    step("update", state("more", count=1), state("more", count=3), detailedDiff={"count": {"kind": "update", "inputDiff": False}}),
    step("create-replacement", state("other", count=1), state("other", count=1), detailedDiff={"cluster": {"kind": "update-replace"}, "tags.a": {"kind": "add"}}, replaceReasons=["cluster"]),
    step("replace", state("other", count=1), state("other", count=1), diffReasons=["cluster"], replaceReasons=["cluster"], detailedDiff=None),
    step("delete-replaced", state("other", count=1), None),
    step("delete", state("gone", count=4), None),
    step("create", None, state("new", QUEUE)),
    step("create", None, {**state("group"), "custom": False}),
    step("create", None, state("default", "pulumi:providers:aws")),
]  # fmt: skip


def test_a_preview_is_told_once_for_each_resource_with_what_forces_a_replacement():
    said = json.dumps({"steps": STEPS, "changeSummary": {"same": 1}})
    found = told("dev", "aws.fargate", f"warning: noise\n{said}", "", TABLES)
    assert found.changes == (
        Change(act="delete", type=SERVICE, name="gone", urn=urn(SERVICE, "gone")),
        Change(act="replace", type=SERVICE, name="other", urn=urn(SERVICE, "other"), properties=("cluster", "tags.a"), forced=("cluster",)),
        Change(act="update", type=SERVICE, name="more", urn=urn(SERVICE, "more"), properties=("count",)),
        Change(act="create", type=QUEUE, name="new", urn=urn(QUEUE, "new")),
    )  # fmt: skip
    assert (found.kind, found.cost, found.kept) == ("preview", Cost(before=7, after=5), 1)


def test_a_preview_that_ended_badly_and_does_not_say_why_is_none_and_no_unchanged_stack():
    state = {"urn": urn(QUEUE, "a"), "type": QUEUE, "custom": True, "inputs": {}}
    said = json.dumps({"steps": [{"op": "same", "urn": state["urn"], "newState": state}], "changeSummary": {"same": 1}})
    assert told("dev", "aws.fargate", said, "", TABLES, 0).quiet
    assert told("dev", "aws.fargate", said, "", TABLES, 255).problems == ("the engine ended with 255",)
    assert told("dev", "aws.fargate", said, "killed", TABLES, 137).problems == ("killed",)
