"""The golden inventories in tests/inventories: what each plan is made of. SLIPWAY_WRITE_INVENTORIES=1 writes them anew."""

import functools
import json
import os
from pathlib import Path

from tools.plan.inventory import Plan
from tools.plan.preview import Preview, preview
from tools.workbench import workbench

FOLDER = Path(__file__).parent.parent / "inventories"


@functools.cache
def previewed(stack: str) -> Preview:
    """A stack's preview, made once for all that look at it."""
    return preview(workbench(stack))


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
