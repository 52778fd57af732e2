"""A plan as data: every resource with its purpose, and what a month of it costs as far as that can be known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from tools.offline.tables import PURPOSES, Played, Price, Purpose
from tools.offline.values import Values
from tools.plan.preview import Planned, Preview

HOURS_A_MONTH = 730
FIXED = {"hour": HOURS_A_MONTH, "month": 1}
# So many days after it was read a price may be another one.
OLD = 180


@dataclass(frozen=True)
class Line:
    """A resource of the plan. `monthly` is None where no price is known; `by_use` is what use adds."""

    name: str
    type: str
    purpose: Purpose
    monthly: float | None
    by_use: tuple[str, ...]
    note: str
    sources: tuple[str, ...]
    regions: tuple[str, ...]
    urn: str
    needs: tuple[str, ...]
    read: tuple[tuple[str, str], ...] = ()
    """The day as of which each price stands here, and its page."""


@dataclass(frozen=True)
class Plan:
    """The plan of one stack."""

    stack: str
    target: str
    lines: tuple[Line, ...]
    problems: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def monthly(self) -> float:
        """What is paid for a month whatever the use, of what has a price."""
        return sum(line.monthly or 0.0 for line in self.lines)

    @property
    def unpriced(self) -> list[Line]:
        """What costs something that is not known here."""
        return [line for line in self.lines if line.monthly is None]

    @property
    def by_use(self) -> list[str]:
        """What use adds, each price once."""
        return sorted({text for line in self.lines for text in line.by_use})

    @property
    def sources(self) -> list[str]:
        """Where the prices were read, and when."""
        return sorted({source for line in self.lines for source in line.sources})

    @property
    def regions(self) -> list[str]:
        """Where the prices are asked, which need not be where the stack is."""
        return sorted({region for line in self.lines for region in line.regions})

    def of(self, purpose: Purpose) -> list[Line]:
        return [line for line in self.lines if line.purpose == purpose]

    def document(self) -> dict[str, Any]:
        """The plan as JSON has it."""
        return {
            "stack": self.stack,
            "target": self.target,
            "resources": [
                {
                    "name": line.name, "type": line.type, "purpose": line.purpose, "monthly": line.monthly,
                    "by_use": list(line.by_use), "note": line.note,
                }
                for line in self.lines
            ],
            "cost": {
                "monthly": round(self.monthly, 2),
                "by_use": self.by_use,
                "unpriced": [f"{line.type} {line.name}" for line in self.unpriced],
                "sources": self.sources,
                "regions": self.regions,
            },
            "problems": list(self.problems),
            "warnings": list(self.warnings),
        }  # fmt: skip


def plan(stack: str, target: str, seen: Preview, tables: Mapping[str, Played], today: date | None = None) -> Plan:
    """The plan of a stack that was previewed. `tables` are the platforms', by type."""
    found = [_line(planned, tables.get(planned.type, Played()), seen.resources) for planned in seen.resources]
    lines = sorted(found, key=lambda line: (PURPOSES.index(line.purpose), line.type, line.name))
    warnings = (*seen.warnings, *_aged(lines, today or datetime.now(UTC).date()))
    return Plan(stack, target, tuple(lines), seen.problems, warnings)


def _aged(lines: Sequence[Line], today: date) -> list[str]:
    """A warning where the oldest price of the plan was read long ago."""
    oldest = min((read for line in lines for read in line.read), default=None)
    days = (today - date.fromisoformat(oldest[0])).days if oldest else 0
    if oldest is None or days <= OLD:
        return []
    return [f"prices may be others by now: the oldest was read {days} days ago, on {oldest[0]}, at {oldest[1]}"]


def _line(planned: Planned, played: Played, resources: Sequence[Planned]) -> Line:
    def others(type_: str) -> list[tuple[str, Values]]:
        return [(each.urn, dict(each.inputs)) for each in resources if each.type == type_ and each is not planned]

    counted = [(price, price.count(dict(planned.inputs), others)) for price in played.prices]
    due = [(price, units) for price, units in counted if units is not None]
    fixed = [price.dollars * FIXED[price.unit] * units for price, units in due if price.unit in FIXED]
    monthly = sum(fixed) if played.free or due else None
    asked = [price for price, units in due if units]
    return Line(
        name=planned.name,
        type=planned.type,
        purpose=played.purpose,
        monthly=monthly,
        by_use=tuple(_by_use(price) for price in asked if price.unit not in FIXED),
        note=played.free or ("" if due else "no price is known here"),
        sources=tuple(map(str, asked)),
        regions=tuple(price.region for price in asked if price.region),
        urn=planned.urn,
        needs=planned.needs,
        read=tuple((price.source.dated, price.source.page) for price in asked),
    )


def _by_use(price: Price) -> str:
    return f"${price.dollars:g} for each {price.unit}"
