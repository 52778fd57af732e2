"""The golden inventories in tests/inventories: what each plan is made of. SLIPWAY_WRITE_INVENTORIES=1 writes them anew."""

import functools
import json
import os
import shutil
import tempfile
from pathlib import Path

import pytest

from infra.targets.rights import Deployer
from tools import bootstrap
from tools.plan.inventory import Plan
from tools.plan.preview import Preview, preview
from tools.project import ROOT
from tools.rights import planned, reviewer
from tools.stack import Stack
from tools.workbench import workbench

FOLDER = Path(__file__).parent.parent / "inventories"


@functools.cache
def previewed(stack: str) -> Preview:
    """A stack's preview, made once for all that look at it."""
    return preview(workbench(stack))


@functools.cache
def reviewed(base: str, account: str = "") -> tuple[Preview, Deployer]:
    """The plan of a pull request's stack that is made from another, and whoever ships all such stacks."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        shutil.copy(ROOT / "stacks" / f"Pulumi.{base}.yaml", folder)
        patch.setattr("tools.stack.STACKS", Path(folder))
        with bootstrap._one(Stack(base)) as one:
            seen = planned(one)
            return seen, reviewer(Stack(base), one, seen, account)


def needed(plan: Preview, name: str, type_: str) -> set[str]:
    """All that must be there before a resource is made, through whatever is between: each as `type::name`."""
    by_urn = {each.urn: each for each in plan.resources}
    (asked,) = [each for each in plan.resources if each.type == type_ and each.name == name]
    found, left = set[str](), list(asked.needs)
    while left:
        urn = left.pop()
        if urn in by_urn and urn not in found:
            found.add(urn)
            left.extend(by_urn[urn].needs)
    return {f"{by_urn[urn].type}::{by_urn[urn].name}" for urn in found}


def matches(plan: Plan) -> None:
    """Fail with a whole comparison when the plan is not the one that was written down."""
    golden = FOLDER / f"{plan.stack}.json"
    document = plan.document()
    inventory = {
        "target": plan.target,
        "resources": [f"{each['purpose']}: {each['type']} {each['name']}" for each in document["resources"]],
        "cost": {name: value for name, value in document["cost"].items() if name != "sources"},
    }
    if os.environ.get("SLIPWAY_WRITE_INVENTORIES"):
        golden.write_text(json.dumps(inventory, indent=2) + "\n", encoding="utf-8")
    assert inventory == json.loads(golden.read_text(encoding="utf-8"))
