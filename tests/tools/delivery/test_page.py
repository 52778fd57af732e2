"""docs/delivery.md: what it tells a person to type, and what the workflows must be told, is there."""

import re
import shlex

import pytest

from tools.project import ROOT

PAGE = (ROOT / "docs" / "delivery.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TYPED = [*re.findall(r"^\$ (.+)$", PAGE, re.MULTILINE), *re.findall(r"`(make [^`]+)`", PAGE)]
EXPORTED = re.findall(r"^export (.*)$", MAKEFILE, re.MULTILINE)[0].split()


@pytest.mark.parametrize("line", TYPED)
def test_every_verb_of_make_and_its_switches_are_there(line):
    _, verb, *switches = shlex.split(line.partition(" # ")[0])
    assert re.search(rf"^{verb}:", MAKEFILE, re.MULTILINE)
    assert [switch for switch in switches if switch.partition("=")[0] not in EXPORTED] == []


def test_the_variables_in_its_table_are_those_that_the_workflows_ask_for():
    listed = set(re.findall(r"^\| `([A-Z_]+?)(?:_<STACK>)?` \|", PAGE, re.MULTILINE))
    asked = {
        name
        for file in (ROOT / ".github" / "workflows").glob("*.yml")
        for name in re.findall(r"(?:vars|secrets)\.([A-Z_]+)|vars\[format\('([A-Z_]+)_\{0\}'", file.read_text())
        for name in filter(None, name)
    }
    assert listed == asked


def test_readme_leads_to_it():
    assert "(docs/delivery.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
