"""CONTRIBUTING's walk-through of a further platform, followed as it is written: the files that it shows, and a plan."""

import json
import re
import shutil
from pathlib import Path

import pytest

from infra.paths import ROOT
from tests.engine.conftest import copy_of_this

SHOWN = re.compile(
    r"`(?P<path>[\w/.]+\.(?:py|yaml))`[^`]*?(?:`__init__\.py`\)?)?[^`]*?:[^`]*?\n\n?```(?:python|yaml)\n(?P<text>.*?)```",
    re.DOTALL,
)


def shown() -> dict[str, str]:
    """The files of the walk-through, by their paths."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = text.partition("## A further platform is one folder\n")[2].partition("\n## ")[0]
    return {found["path"]: found["text"] for found in SHOWN.finditer(section) if "pier" in found["path"].lower()}


def test_the_walk_through_shows_the_four_files_that_it_says() -> None:
    assert list(shown()) == [
        "infra/targets/pier/spec.py",
        "infra/targets/pier/target.py",
        "infra/targets/pier/offline.py",
        "stacks/Pulumi.pier.yaml",
    ]


@pytest.mark.timeout(900)
def test_a_platform_that_is_added_as_it_says_is_planned_and_nothing_else_is_touched(tmp_path: Path) -> None:
    tree = copy_of_this(tmp_path / "slipway")
    for name, text in shown().items():
        (tree.root / name).parent.mkdir(parents=True, exist_ok=True)
        (tree.root / name).write_text(text, encoding="utf-8")
    (tree.root / "infra/targets/pier/__init__.py").touch()
    # What `make lock` makes of an extra that asks for nothing.
    (tree.root / ".slipway/envs").unlink()
    (tree.root / ".slipway/envs").mkdir()
    for each in (ROOT / ".slipway/envs").iterdir():
        (tree.root / ".slipway/envs" / each.name).symlink_to(each)
    shutil.copy(ROOT / "requirements/local.txt", tree.root / "requirements/pier.txt")
    (tree.root / ".slipway/envs/pier").symlink_to(ROOT / ".slipway/envs/local")

    done = tree.make("plan", STACK="pier", JSON="1")

    assert done.returncode == 0
    plan = json.loads(done.stdout)
    assert sorted(each["type"] for each in plan["resources"]) == [
        "pulumi-python:dynamic/slipway:Berth",
        "pulumi-python:dynamic/slipway:Rollout",
    ]
    touched = [line[3:] for line in tree.git("status", "--porcelain", "--untracked-files=all").splitlines()]
    assert sorted(touched) == sorted([*shown(), "infra/targets/pier/__init__.py", "requirements/pier.txt"])
