"""docs/aws.md: what it tells a person to type is there to be typed."""

import re
import shlex

import pytest

from infra.paths import ROOT
from infra.settings import Settings
from infra.stackfile import fields
from infra.targets.aws.spec import FargateOptions

PAGE = (ROOT / "docs" / "aws.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TYPED = [*re.findall(r"^\$ (.+)$", PAGE, re.MULTILINE), *re.findall(r"`((?:make|pulumi config) [^`]+)`", PAGE)]
KEYS = {name for name, _ in (*fields(Settings), *fields(FargateOptions, "options."))}


def words(line: str) -> list[str]:
    return shlex.split(line.partition(" # ")[0], comments=True)


def made() -> list[str]:
    """Every command of make, by itself."""
    parts = [part.strip() for line in TYPED for part in re.split("&&", line.partition(" # ")[0])]
    return [part for part in parts if part.startswith("make ")]


@pytest.mark.parametrize("line", made())
def test_every_verb_of_make_and_its_switches_are_there(line: str) -> None:
    _, verb, *switches = words(line)
    assert re.search(rf"^{verb}:", MAKEFILE, re.MULTILINE)
    for switch in switches:
        assert re.search(rf"\b{switch.partition('=')[0]}\b", MAKEFILE)


@pytest.mark.parametrize("line", [line for line in TYPED if "pulumi config set" in line])
def test_every_key_that_is_set_is_a_key_of_a_stacks_file(line: str) -> None:
    (key,) = [word.removeprefix("service:") for word in words(line) if word.startswith("service:")]
    name = re.sub(r"\[\d+\]$", "", key)
    assert name in KEYS or name.rpartition(".")[0] in KEYS


def test_every_option_in_the_table_of_costs_is_one_of_the_target() -> None:
    (costs,) = re.findall(r"^## What it costs.*?(?=^## )", PAGE, re.MULTILINE | re.DOTALL)
    rows = re.findall(r"^\| `([a-z_.]+)(?:: [a-z-]+)?`", costs, re.MULTILINE)
    assert len(rows) >= 6
    assert [row for row in rows if not any(f"{key}.".startswith(f"options.{row}.") for key in KEYS)] == []


def test_readme_leads_to_it() -> None:
    assert "(docs/aws.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
