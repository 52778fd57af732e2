"""A plan as one self-contained page: a diagram, the table, the cost."""

from html import escape
from pathlib import Path

from tools.offline.tables import PURPOSES, Purpose
from tools.plan import text
from tools.plan.inventory import Line, Plan
from tools.project import INSIDE

WIDTH, HEIGHT, GAP, LEFT = 280, 44, 14, 20
COLUMN = WIDTH + 70

STYLE = """
:root { color-scheme: light dark; --line: #8886; --soft: #8882; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 1100px; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
td, th { border-bottom: 1px solid var(--line); padding: .35rem .6rem; text-align: left; }
td:last-child, th:last-child { text-align: right; font-variant-numeric: tabular-nums; }
figure { margin: 1.5rem 0; overflow-x: auto; }
rect { fill: var(--soft); stroke: var(--line); }
text { fill: currentColor; font: 12px system-ui, sans-serif; }
text.purpose { font-weight: 600; font-size: 14px; }
path { fill: none; stroke: var(--line); stroke-width: 1.5; }
"""


def write(plan: Plan) -> Path:
    """Write the page below .slipway/, and say where."""
    target = INSIDE / "plans" / f"{plan.stack}.html"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(page(plan), encoding="utf-8")
    return target


def page(plan: Plan) -> str:
    """The whole page, which fetches nothing."""
    title = f"{plan.stack}: what {plan.target} would be made of"
    rows = "\n".join(_row(line) for purpose in PURPOSES for line in plan.of(purpose))
    said = "".join(f"<p>{escape(sentence)}</p>" for sentence in text.cost(plan))
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{escape(title)}</title>
<style>{STYLE}</style>
</head>
<body>
<h1>{escape(title)}</h1>
<section id="cost">{said}</section>
<figure>{diagram(plan)}</figure>
<table>
<thead><tr><th>for</th><th>what</th><th>name</th><th>a month</th></tr></thead>
<tbody>
{rows}
</tbody>
</table>
</body>
</html>
"""


def diagram(plan: Plan) -> str:
    """What needs what: a column for each purpose, a box for each resource."""
    places: dict[str, tuple[int, int]] = {}
    drawn: list[str] = []
    columns: list[Purpose] = [purpose for purpose in PURPOSES if plan.of(purpose)]
    for number, purpose in enumerate(columns):
        x = LEFT + number * COLUMN
        drawn.append(f'<text class="purpose" x="{x}" y="22">{purpose}</text>')
        for row, line in enumerate(plan.of(purpose)):
            y = 36 + row * (HEIGHT + GAP)
            places[line.urn] = (x, y)
            drawn.append(_box(line, x, y))
    arrows = [_arrow(places[line.urn], places[need]) for line in plan.lines for need in line.needs if need in places]
    width = LEFT * 2 + len(columns) * COLUMN
    height = 60 + max((len(plan.of(purpose)) for purpose in columns), default=0) * (HEIGHT + GAP)
    return (
        f'<svg role="img" aria-label="What needs what" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">{"".join([*arrows, *drawn])}</svg>'
    )


def _box(line: Line, x: int, y: int) -> str:
    return (
        f'<g><title>{escape(line.urn)}</title><rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="6"/>'
        f'<text x="{x + 8}" y="{y + 18}">{escape(text.short(line.type)[:38])}</text>'
        f'<text x="{x + 8}" y="{y + 35}">{escape(line.name[:38])}</text></g>'
    )


def _arrow(start: tuple[int, int], end: tuple[int, int]) -> str:
    (x, y), (to_x, to_y) = start, end
    half = HEIGHT // 2
    if x == to_x:
        bend = x + WIDTH + 40
        return f'<path d="M{x + WIDTH} {y + half} C{bend} {y + half} {bend} {to_y + half} {x + WIDTH} {to_y + half}"/>'
    from_x, into_x = (x + WIDTH, to_x) if x < to_x else (x, to_x + WIDTH)
    middle = (from_x + into_x) // 2
    return f'<path d="M{from_x} {y + half} C{middle} {y + half} {middle} {to_y + half} {into_x} {to_y + half}"/>'


def _row(line: Line) -> str:
    cells = (line.purpose, text.short(line.type), line.name, text.money(line))
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"
