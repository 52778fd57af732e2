"""A page of docs/ on a platform: what it tells a person to type."""

import re
import shlex
from dataclasses import dataclass

from infra.paths import ROOT
from infra.settings import Settings
from infra.stackfile import fields
from infra.targets.spec import Options

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Page:
    """The page of this name, of a target that has these options."""

    name: str
    options: type[Options]

    @property
    def text(self) -> str:
        return (ROOT / "docs" / f"{self.name}.md").read_text(encoding="utf-8")

    @property
    def keys(self) -> set[str]:
        """Those of a stack's file."""
        return {name for name, _ in (*fields(Settings), *fields(self.options, "options."))}

    @property
    def typed(self) -> list[str]:
        """All that is to be typed."""
        lines = re.findall(r"^\$ (.+)$", self.text, re.MULTILINE)
        return [*lines, *re.findall(r"`((?:make|pulumi config) [^`]+)`", self.text)]

    def made(self) -> list[str]:
        """Every command of make, by itself."""
        parts = [part.strip() for line in self.typed for part in re.split("&&", line.partition(" # ")[0])]
        return [part for part in parts if part.startswith("make ")]

    def configured(self) -> list[str]:
        """Every line that sets a key or takes one away."""
        return [line for line in self.typed if re.search("pulumi config (set|rm)", line)]

    def section(self, title: str) -> str:
        """What stands under a heading."""
        (found,) = re.findall(rf"^## {title}.*?(?=^## |\Z)", self.text, re.MULTILINE | re.DOTALL)
        return found

    def options_in(self, section: str) -> list[str]:
        """The options that the first column of a section's table begins with."""
        return re.findall(r"^\| `([a-z_.]+)(?:: [a-z-]+)?`", self.section(section), re.MULTILINE)

    def is_option(self, name: str) -> bool:
        return any(f"{key}.".startswith(f"options.{name}.") for key in self.keys)


def words(line: str) -> list[str]:
    """A line as a shell parts it."""
    return shlex.split(line.partition(" # ")[0], comments=True)


def unknown(command: str) -> list[str]:
    """The verb and the switches of a command of make that the Makefile does not have."""
    _, verb, *switches = words(command)
    names = [switch.partition("=")[0] for switch in switches]
    lacking = [name for name in names if not re.search(rf"\b{name}\b", MAKEFILE)]
    return lacking if re.search(rf"^{verb}:", MAKEFILE, re.MULTILINE) else [verb, *lacking]


def key_in(line: str) -> str:
    """The key that a line sets or takes away, without its place in a list."""
    (key,) = [word.removeprefix("service:") for word in words(line) if word.startswith("service:")]
    return re.sub(r"\[\d+\]$", "", key)
