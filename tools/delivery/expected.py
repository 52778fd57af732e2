"""Which stacks a comment should speak of, so that one whose run died is missed and not silently left out."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from tools.delivery.documents import FOLDER, Difference

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
_MOST = 1000


def expect(names: Iterable[str], folder: Path = FOLDER) -> Path:
    """Write down which stacks are affected, beside their documents."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "affected"
    file.write_text("".join(f"{name}\n" for name in names), encoding="utf-8")
    return file


def with_missing(found: Sequence[Difference], folder: Path = FOLDER) -> list[Difference]:
    """The documents, and for each stack that should have one and has none, one that says so."""
    file = folder / "affected"
    if not file.is_file():
        # Not that none is: nobody knows.
        said = "which stacks it touches was not found out: look at the run"
        return [*found, Difference(stack="all", target="", kind="plan", problems=(said,))]
    names = file.read_text(encoding="utf-8", errors="replace").split()[:_MOST]
    there = {each.stack for each in found}
    why = "its run ended before it said anything: look at the run"
    missing = [
        Difference(stack=name, target="", kind="plan", problems=(why,))
        for name in dict.fromkeys(names)
        if name not in there and _NAME.fullmatch(name)
    ]
    return sorted([*found, *missing], key=lambda each: each.stack)
