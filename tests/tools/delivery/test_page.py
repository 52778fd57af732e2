"""docs/delivery.md: what it tells a person to type, and what the workflows must be told, is there."""

import re
import shlex

import pytest

from tools import __main__ as tools
from tools import bootstrap, operations, rights
from tools.delivery import __main__ as delivery
from tools.delivery import verbs
from tools.project import ROOT
from tools.stack import stacks

PAGE = (ROOT / "docs" / "delivery.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TYPED = [*re.findall(r"^\$ (.+)$", PAGE, re.MULTILINE), *re.findall(r"`(make [^`]+)`", PAGE)]
EXPORTED = re.findall(r"^export (.*)$", MAKEFILE, re.MULTILINE)[0].split()


@pytest.mark.parametrize("line", TYPED)
def test_every_verb_of_make_and_its_switches_are_there(line):
    _, verb, *switches = shlex.split(line.partition(" # ")[0])
    assert re.search(rf"^{verb}:", MAKEFILE, re.MULTILINE)
    assert [switch for switch in switches if switch.partition("=")[0] not in EXPORTED] == []


class Python:
    """The environment of the stand-ins, which nothing is started in."""

    python = "python"


PARSERS = {"bootstrap": bootstrap._parser, "delivery": delivery._parser, "rights": rights._parser}


@pytest.mark.parametrize("line", re.findall(r"^\$ (make (?!plan).+)$", PAGE, re.MULTILINE))
def test_what_is_typed_reaches_what_does_it_in_words_that_it_knows(line, monkeypatch):
    """From make's variables to the command that is run, which reads all of them; the engine's tests run those."""
    _, verb, *switches = shlex.split(line.partition(" # ")[0])
    given = dict(switch.split("=", 1) for switch in switches)
    if not {given[name] for name in ("STACK", "FROM") if name in given} <= {*stacks(), "all"}:
        pytest.skip("it names a stack that is not here")
    for name in EXPORTED:
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    ran = []
    for module in (operations, verbs):
        monkeypatch.setattr(module, "foreground", lambda command, *_: ran.append(command) or 0)
        monkeypatch.setattr(module, "offline_environment", Python)
    assert tools.main([verb]) == 0
    ((_, _, module, *words),) = ran
    told = PARSERS[module.rpartition(".")[2]]().parse_args(words)
    said = {str(value) for value in vars(told).values()}
    assert {value for value in given.values() if value != "1"} <= said


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
