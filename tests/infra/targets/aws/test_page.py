"""docs/aws.md: what it tells a person to type is there to be typed."""

import pytest

from infra.paths import ROOT
from infra.targets.aws.spec import FargateOptions
from tests.infra.targets.page import Page, key_in, unknown

PAGE = Page("aws", FargateOptions)


@pytest.mark.parametrize("command", PAGE.made())
def test_every_verb_of_make_and_its_switches_are_there(command: str) -> None:
    assert unknown(command) == []


@pytest.mark.parametrize("line", PAGE.configured())
def test_every_key_that_is_set_is_a_key_of_a_stacks_file(line: str) -> None:
    name = key_in(line)
    assert name in PAGE.keys or name.rpartition(".")[0] in PAGE.keys


def test_every_option_in_the_table_of_costs_is_one_of_the_target() -> None:
    rows = PAGE.options_in("What it costs")
    assert len(rows) >= 6
    assert [row for row in rows if not PAGE.is_option(row)] == []


def test_readme_leads_to_it() -> None:
    assert "(docs/aws.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
