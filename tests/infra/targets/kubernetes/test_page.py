"""docs/kubernetes.md: what it tells a person to type is there to be typed."""

import pytest

from infra.targets.kubernetes.spec import KubernetesOptions
from tests.infra.targets.page import Page, key_in, unknown

PAGE = Page("kubernetes", KubernetesOptions)


@pytest.mark.parametrize("command", PAGE.made())
def test_every_verb_of_make_and_its_switches_are_there(command: str) -> None:
    assert unknown(command) == []


@pytest.mark.parametrize("line", PAGE.configured())
def test_every_key_that_is_set_is_a_key_of_a_stacks_file(line: str) -> None:
    name = key_in(line)
    assert name in PAGE.keys or name.rpartition(".")[0] in PAGE.keys


@pytest.mark.parametrize(("section", "least"), [("The first time", 3), ("Changing one's mind", 5)])
def test_every_option_in_a_table_is_one_of_the_target(section: str, least: int) -> None:
    rows = PAGE.options_in(section)
    assert len(rows) >= least
    assert [row for row in rows if not PAGE.is_option(row) and row not in PAGE.keys] == []
