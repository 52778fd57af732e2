"""What operations show of a platform's answers, the same for every platform."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Protocol

from infra import probe
from infra.service import load_service


class Line(Protocol):
    """A line, and the process that wrote it."""

    @property
    def process(self) -> str: ...

    @property
    def text(self) -> str: ...


def answer(where: str, wanted: Sequence[str]) -> tuple[str, bool]:
    """What an address answers, in words, and whether it is one of those that are wanted."""
    told = probe.ask(where + load_service().web.version)
    good = told in wanted
    asked = "" if good else f"; asked for {' or '.join(wanted) or 'nothing'}"
    return f"{where} answers {told}{asked}", good


def lines(some: Iterable[Line], width: int) -> None:
    """Print lines as they come, each behind the name of its process."""
    for line in some:
        print(f"{line.process:<{width}} | {line.text}", flush=True)


def moment(at: datetime | None) -> str:
    """A time, in UTC; nothing where it is not known."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}" if at else ""
