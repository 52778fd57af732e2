"""Differences as tests want them."""

from typing import Any

from tools.delivery.documents import Change, Cost, Difference


def change(act: str, name: str, type_: str = "aws:ecs/service:Service", **more: Any) -> Change:
    return Change(act=act, type=type_, name=name, urn=f"urn:pulumi:dev::slipway::{type_}::{name}", **more)


def difference(stack: str, *changes: Change, **more: Any) -> Difference:
    given = {
        "target": "aws.fargate",
        "kind": "preview",
        "kept": 3,
        "rules": 7,
        "cost": Cost(before=10, after=10),
        **more,
    }
    return Difference(stack=stack, changes=changes, **given)
