"""An application that is there already, in each shape: it is adopted and shipped by what is brought beside it."""

import json
import os
from pathlib import Path

import pytest
import yaml

from tests.copying.conftest import EVERYWHERE, Template, lend
from tests.copying.layouts import LAYOUTS
from tests.copying.test_application import laid
from tests.engine.conftest import Checkout, Stack, free_port

SAYS = {"single": "<h1>ledger</h1>", "factory": "shop", "src": "orders"}
# Each is a copy, an adoption and its plans: SLIPWAY_COPIES=1 goes through each layout for each platform, and for all.
whole = "SLIPWAY_COPIES" in os.environ
CHOICES = [("single", "local")]
if whole:
    CHOICES = [(layout, which) for which in ("local", *EVERYWHERE, "all") for layout in SAYS]

pytestmark = pytest.mark.timeout(900)


class Beside(Checkout):
    """A repository of an application's own, whose Makefile is not ours."""

    def command(self, verb: str, **variables: str) -> list[str]:
        return ["make", "-f", "slipway.mk", *super().command(verb, **variables)[1:]]


@pytest.mark.parametrize(("layout", "which"), CHOICES)
def test_an_application_is_adopted_and_none_of_its_files_is_touched(
    template: Template, tmp_path: Path, layout: str, which: str
) -> None:
    chosen = {"local": [], "all": EVERYWHERE}.get(which, [which])
    copy = Beside(tmp_path / "ledger")
    own = LAYOUTS[layout].files
    laid(copy.root, own)
    copy.git("init", "-q")
    copy.git("add", "--all")
    copy.git("commit", "-qm", "as it was")
    template.copy(copy.root, targets=chosen)
    lend(copy, "local", "offline", "uv", "test", *chosen)

    adopted = copy.make("adopt")
    assert adopted.returncode == 0, adopted.stderr
    assert f"callable: {LAYOUTS[layout].found[0]}" in adopted.stderr
    assert copy.make("adopt").returncode != 0
    assert {name: (copy.root / name).read_text() for name in own} == own
    copy.git("add", "--all")

    if whole:
        fits(copy, chosen)
    serves(copy, layout)


def fits(copy: Checkout, chosen: list[str]) -> None:
    """What was brought is linted, and its stacks are planned."""
    linted = copy.make("lint")
    assert linted.returncode == 0, linted.stdout + linted.stderr
    planned = copy.make("plan", STACK="all", JSON="1")
    assert planned.returncode == 0, planned.stderr
    plans = json.loads(planned.stdout)
    assert {each["target"].partition(".")[0] for each in plans} == {"local", *chosen}
    assert [each["problems"] for each in plans] == [[]] * len(plans)


def serves(copy: Checkout, layout: str) -> None:
    """`make up` runs it in the wrapper, on this machine."""
    stack = Stack(copy, "local", free_port())
    content = yaml.safe_load(stack.file.read_text())
    content["config"]["service:options"] = {"port": stack.port}
    stack.file.write_text(yaml.safe_dump(content))
    try:
        stack.up()
        assert SAYS[layout] in stack.get("/")
        assert stack.version()["service"] == "ledger"
        assert json.loads(stack.get("/readyz")) == {"status": "ready"}
    finally:
        stack.make("destroy", YES="1")
