"""A plan as data: every resource with its purpose, and what a month of it costs as far as that can be known."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tools.offline.tables import PURPOSES, Played, Price, Purpose
from tools.plan.preview import Planned, Preview

HOURS_A_MONTH = 730
FIXED = {"hour": HOURS_A_MONTH, "month": 1}


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


def plan(stack: str, target: str, seen: Preview, tables: Mapping[str, Played]) -> Plan:
    """The plan of a stack that was previewed. `tables` are the platforms', by type."""
    found = [_line(planned, tables.get(planned.type, Played())) for planned in seen.resources]
    lines = sorted(found, key=lambda line: (PURPOSES.index(line.purpose), line.type, line.name))
    return Plan(stack, target, tuple(lines), seen.problems, seen.warnings)


def _line(planned: Planned, played: Played) -> Line:
    due = [(price, price.units(dict(planned.inputs))) for price in played.prices]
    due = [(price, units) for price, units in due if units]
    fixed = [price.dollars * FIXED[price.unit] * units for price, units in due if price.unit in FIXED]
    monthly = sum(fixed) if played.free or due else None
    return Line(
        name=planned.name,
        type=planned.type,
        purpose=played.purpose,
        monthly=monthly,
        by_use=tuple(_by_use(price) for price, _ in due if price.unit not in FIXED),
        note=played.free or ("" if due else "no price is known here"),
        sources=tuple(str(price.source) for price, _ in due),
        regions=tuple(price.region for price, _ in due if price.region),
        urn=planned.urn,
        needs=planned.needs,
    )


def _by_use(price: Price) -> str:
    return f"${price.dollars:g} for each {price.unit}"
