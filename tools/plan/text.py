"""A plan as a table on a terminal, and as Markdown with a diagram."""

import re
from collections.abc import Iterable, Mapping
from html import escape
from itertools import accumulate

from rich.console import Console
from rich.table import Table

from tools.offline.tables import PURPOSES
from tools.plan.inventory import Line, Plan

# Mermaid draws no text of more than 50,000 characters and no more than 500 arrows: `maxTextSize` and `maxEdges` of
# mermaid.js.org/config/schema-docs/config.html, read 2026-11-30. The boxes may have so much of it.
_BOXES = 35_000
_ARROWS = 500
# What means something to Mermaid, or might.
_MEANT = re.compile(r"[^\w .,'()/@=+…-]")


def short(type_: str) -> str:
    """`aws:ec2/vpc:Vpc` as `aws ec2.Vpc`; a dynamic resource of this project's by its name alone."""
    package, module, name = type_.split(":")
    folder = module.partition("/")[0]
    if package == "pulumi-python":
        return name
    return f"{package} {name}" if folder == "index" else f"{package} {folder}.{name}"


def money(line: Line) -> str:
    """A line's price for a month."""
    if line.monthly is None:
        return "unknown"
    if line.by_use:
        return f"${line.monthly:.2f} + use" if line.monthly else "by use"
    return f"${line.monthly:.2f}" if line.monthly else "-"


def cost(plan: Plan) -> list[str]:
    """What the whole costs, in sentences: what is fixed, what use adds, what has no price here."""
    said = [f"A month costs ${plan.monthly:.2f} as far as it is fixed and its price is known."]
    if plan.by_use:
        said.append(f"Use adds: {'; '.join(plan.by_use)}.")
    if plan.unpriced:
        named = ", ".join(f"{short(line.type)} {line.name}" for line in plan.unpriced)
        said.append(f"Without a known price, and not counted: {named}.")
    if plan.sources:
        said.append(f"Prices: {'; '.join(plan.sources)}.")
    if plan.regions:
        said.append(f"Prices are those of {' and '.join(plan.regions)}; yours may differ.")
    return said


def summary(plan: Plan) -> str:
    """A stack in a line."""
    if plan.problems:
        # The engine's reasons stand below a line of their own, and a fix below what is wrong.
        return f"{plan.stack}: no plan: {' '.join(plan.problems[0].splitlines()[:2])}"
    unpriced = f", {len(plan.unpriced)} without a known price" if plan.unpriced else ""
    use = " + use" if plan.by_use else ""
    where = f", at prices of {' and '.join(plan.regions)}" if plan.regions else ""
    price = f"${plan.monthly:.2f}{use} a month{where}{unpriced}"
    return f"{plan.stack}: {plan.target}: {len(plan.lines)} resources, {price}"


def show(plan: Plan, console: Console) -> None:
    """Print the table, and below it the cost."""
    table = Table(title=f"{plan.stack}: what {plan.target} would be made of", title_justify="left", expand=False)
    table.add_column("for")
    table.add_column("what")
    table.add_column("name")
    table.add_column("a month", justify="right")
    for purpose in PURPOSES:
        lines = plan.of(purpose)
        for index, line in enumerate(lines):
            last = index == len(lines) - 1
            table.add_row("" if index else purpose, short(line.type), line.name, money(line), end_section=last)
    console.print(table)
    for sentence in cost(plan):
        console.print(sentence, soft_wrap=True, highlight=False)


def markdown(plan: Plan) -> str:
    """The plan for a comment under a change: the cost, a table, a diagram in Mermaid. Or why there is none."""
    if plan.problems:
        return "\n".join([f"### {plan.stack}: no plan", "", "```text", *plan.problems, "```"])
    rows = [
        f"| {purpose if not index else ''} | {_cell(short(line.type))} | {_cell(line.name)} | {money(line)} |"
        for purpose in PURPOSES
        for index, line in enumerate(plan.of(purpose))
    ]
    return "\n".join(
        [
            f"### {plan.stack}: {plan.target}",
            "",
            *(f"{sentence}  " for sentence in cost(plan)),
            "",
            "| for | what | name | a month |",
            "|---|---|---|---:|",
            *rows,
            "",
            "```mermaid",
            mermaid(plan),
            "```",
        ]
    )


def mermaid(plan: Plan) -> str:
    """What needs what, grouped by purpose, as far as there is room for it."""
    boxes = [f'["{label(short(line.type))}<br/>{label(line.name)}"]' for line in plan.lines]
    fitting = sum(size <= _BOXES for size in accumulate(map(len, boxes)))
    shown = plan.lines[:fitting]
    numbers = {line.urn: f"r{index}" for index, line in enumerate(shown)}
    drawn = ["flowchart LR"]
    for purpose in PURPOSES:
        inside = [(line, box) for line, box in zip(shown, boxes, strict=False) if line.purpose == purpose]
        if inside:
            drawn.append(f"  subgraph {purpose}")
            drawn += [f"    {numbers[line.urn]}{box}" for line, box in inside]
            drawn.append("  end")
    if len(shown) < len(plan.lines):
        drawn.append(f'  more["and {len(plan.lines) - len(shown)} more"]')
    return "\n".join([*drawn, *arrows(numbers, {line.urn: line.needs for line in shown})])


def arrows(numbers: Mapping[str, str], needs: Mapping[str, Iterable[str]]) -> list[str]:
    """An arrow from each box that is drawn to each that it needs, as many as Mermaid draws."""
    found = [
        f"  {numbers[urn]} --> {numbers[need]}" for urn, every in needs.items() for need in every if need in numbers
    ]
    return list(dict.fromkeys(found))[:_ARROWS]


def _cell(words: str) -> str:
    """Words in a table of Markdown, where a bar ends a cell and HTML is read."""
    return escape(words.replace("\\", "\\\\").replace("|", "\\|"), quote=False)


def label(words: str, most: int = 60) -> str:
    """Words in Mermaid's quotes: nothing in them is read as anything but what it looks like, and they are cut short.

    Mermaid has entities of its own (`#35;`). It takes `%%{init: ...}%%` for an order, `fa:fa-trash` for a picture and
    `$$` for a formula wherever they stand.
    """
    seen = "".join(letter for letter in " ".join(words.split()) if letter.isprintable())
    short = seen if len(seen) <= most else f"{seen[: most - 1]}…"
    return _MEANT.sub(lambda found: f"#{ord(found[0])};", short)
