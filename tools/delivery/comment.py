"""The one comment of a pull request: what it does to every stack, never longer than GitHub takes."""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

from tools.delivery.documents import LOUD, Act, Change, Difference
from tools.delivery.section import DETAILS, Detail, change, section
from tools.delivery.words import code, listed, scrubbed

# "Body is too long (maximum is 65536 characters)" is what GitHub's API answers to a longer one: issue 259 of
# telia-oss/github-pr-resource, read 2026-11-29. Counted here in bytes, which are never fewer than characters.
LIMIT = 65_536
COLUMNS: tuple[Act, ...] = ("create", "update", "replace", "delete")
MARK = "<!-- slipway:preview -->"
# At most so many rows of the table and lines of what is loud, where each of them would be too many.
_TIGHTER = ((5000, 200), (5000, 40), (5000, 10), (5000, 3), (400, 3), (200, 3))
_MANY = 200
# So many lines of what is loud stand before the table; the others are folded.
_UNFOLDED = 40
_END = "\n_Some of it is told shorter here, as a comment holds 65,536 characters._\n"


@dataclass(frozen=True)
class Subject:
    """Which change it is that the comment speaks of."""

    head: str
    base: str = ""
    run: str = ""
    removed: tuple[str, ...] = ()


def comment(differences: Sequence[Difference], of: Subject, limit: int = LIMIT) -> str:
    """The comment, with as much as there is room for: what is longest is told shorter first."""
    body = ""
    for rows, loud in _TIGHTER:
        title = [MARK, "## What this change does", ""]
        top = "\n".join([*title, *_above(of), *_loud(differences, loud), *_table(differences, rows)])
        levels = _fitting(differences, limit - _size(top) - _size(_END))
        sections = [f"\n{said}" for said in _sections(differences, levels) if said]
        shorter = any(levels) or (rows, loud) != _TIGHTER[0]
        body = scrubbed("".join([top, *sections, _END if shorter else ""]))
        if _size(body) <= limit:
            break
    return body


def _fitting(differences: Sequence[Difference], room: int) -> list[int]:
    """The details of each section with which all of them fit into the room, or the least."""
    # Of so many stacks that their lines alone are long, each can have little more.
    first = 0 if len(differences) < _MANY else len(DETAILS) - 1
    levels = [first] * len(differences)
    sizes = [_size(said) for said in _sections(differences, levels)]
    longest = [(-size, index) for index, size in enumerate(sizes) if size]
    heapq.heapify(longest)
    left = sum(sizes) + len(sizes)
    while longest and left > room:
        size, index = heapq.heappop(longest)
        levels[index] += 1
        fresh = _size(_section(differences[index], levels[index]))
        left += fresh + size
        if fresh:
            heapq.heappush(longest, (-fresh, index))
    return levels


def _size(text: str) -> int:
    return len(text.encode())


def _sections(differences: Sequence[Difference], levels: Sequence[int]) -> list[str]:
    return [_section(each, level) for each, level in zip(differences, levels, strict=True)]


def _section(difference: Difference, level: int) -> str:
    return section(difference, DETAILS[level]) if level < len(DETAILS) else ""


def _above(of: Subject) -> list[str]:
    against = f" against {code(of.base[:12])}" if of.base else ""
    run = f" [The run that made this]({of.run})." if of.run else ""
    removed = [
        f"> [!WARNING]\n> The file of the stack {code(name)} is removed. What the stack made stays, and costs, until "
        f"`make destroy STACK={name}` is run where the file still is.\n"
        for name in of.removed[:10]
    ]
    return [f"Commit {code(of.head[:12])}{against}.{run}", "", *removed]


def _loud(differences: Sequence[Difference], most: int) -> list[str]:
    """What is deleted or replaced, before anything else. Where it is much, each stack has its turn, deletions first."""
    detail = Detail(changes=most, properties=3, words=0, drawn=False)
    found = [
        (turn, stack, each)
        for stack, difference in enumerate(differences)
        for turn, each in enumerate([*difference.of("delete"), *difference.of("replace")])
    ]
    if not found:
        return []
    found.sort(key=lambda each: each[:2])

    def lines(some: Sequence[tuple[int, int, Change]]) -> list[str]:
        ordered = sorted(some, key=lambda each: (each[1], each[0]))
        names = [(code(differences[stack].stack), each) for _, stack, each in ordered]
        return [f"> - {name} {change(each, detail).removeprefix('- ')}" for name, each in names]

    first, second = lines(found[: min(most, _UNFOLDED)]), lines(found[_UNFOLDED:most])
    left = [f"> - … and {len(found) - most} more"] if len(found) > most else []
    if second:
        summary = f"> <details><summary>{len(found) - len(first)} more</summary>"
        second = [">", summary, ">", *second, *left, ">", "> </details>"]
    return ["> [!CAUTION]", "> **Replaced or deleted:**", *first, *(second or left), ""]


def _table(differences: Sequence[Difference], most: int) -> list[str]:
    if not differences:
        return ["No stack is affected.", ""]
    rows = [_row(each) for each in sorted(differences, key=lambda each: each.quiet)]
    left = [f"| … and {len(rows) - most} more | | | | | | | |"] if len(rows) > most else []
    head = "| stack | seen by | create | change | replace | delete | a month | policies |"
    return [head, "|---|---|--:|--:|--:|--:|---|---|", *rows[:most], *left, "", *_kinds(differences)]


def _kinds(differences: Sequence[Difference]) -> list[str]:
    """What an offline plan is, and why there is no more, where there is one."""
    plans = [each for each in differences if each.kind == "plan"]
    if not plans:
        return []
    why = sorted({each.why for each in plans if each.why})
    because = f" ({listed(why, 3)})" if why else ""
    meant = "compares what the code before and after would make from nothing; no platform was asked"
    real = "**Real preview**: the platform was asked, with rights to read."
    return [f"**Offline plan**{because}: it {meant}. {real}", ""]


def _row(difference: Difference) -> str:
    seen = "real preview" if difference.kind == "preview" else "offline plan"
    stack = code(difference.stack)
    policies = f"**{len(difference.broken)} broken**" if difference.broken else f"{difference.rules} kept"
    if difference.problems:
        return f"| {stack} | **no {seen}** | | | | | | |"
    if not difference.changes:
        return f"| {stack} | {seen}: unchanged | | | | | {_month(difference)} | {policies} |"
    numbers = {act: len(difference.of(act)) for act in COLUMNS}
    counts = [("**{}**" if act in LOUD else "{}").format(number) if number else "" for act, number in numbers.items()]
    return f"| {stack} | {seen} | {' | '.join(counts)} | {_month(difference)} | {policies} |"


def _month(difference: Difference) -> str:
    cost = difference.cost
    use = " + use" if cost.by_use else ""
    if cost.after is None:
        return ""
    if cost.before is None:
        return f"${cost.after:,.2f}{use} (new)"
    if cost.before == cost.after:
        return f"${cost.after:,.2f}{use}"
    more = cost.after - cost.before
    return f"${cost.before:,.2f} → ${cost.after:,.2f}{use} (**{'+' if more > 0 else '−'}${abs(more):,.2f}**)"
