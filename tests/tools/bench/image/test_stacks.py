"""What the other side's image is made from."""

from __future__ import annotations

from tools.bench.image.stacks import CHANGED, unpinned
from tools.project import ROOT


def test_a_templates_requirements_are_the_apps_without_versions() -> None:
    requirements = "# What it needs.\nflask>=3.1,<3.2\nprometheus-client>=0.26,<1   # metrics\n-r more.in\n\n"

    assert unpinned(requirements) == ["flask", "prometheus-client"]


def test_what_a_change_is_made_in_is_shipped_code() -> None:
    assert (ROOT / CHANGED).is_file()
    assert CHANGED.endswith(".py")
