"""What copier was told when this copy was made: .copier-answers.yml, read without a YAML parser."""

import re
from collections.abc import Mapping

from tools.errors import ToolError
from tools.project import ROOT

FILE = ROOT / ".copier-answers.yml"
_ANSWER = re.compile(r"^(?P<key>\w+): *(?P<value>.*)$|^ *- (?P<item>\S+)$", re.MULTILINE)


def answers() -> Mapping[str, str]:
    """The answers that are texts, and lists as their items with spaces between. ToolError where this is no copy."""
    if not FILE.is_file():
        raise ToolError(
            f"there is no {FILE.name}: this was not made by copier, but is the template itself or a plain copy of it",
            "uvx copier copy <the template's repository> ../orders",
        )
    found: dict[str, str] = {}
    last = ""
    for each in _ANSWER.finditer(FILE.read_text(encoding="utf-8")):
        if each["item"] is not None:
            found[last] = f"{found[last]} {each['item']}".strip()
        else:
            last = each["key"]
            found[last] = each["value"].strip().strip("'\"").removeprefix("[]")
    return found
