"""One stack's part of the comment, from all that is known down to nothing but its line in the table."""

from collections.abc import Callable
from dataclasses import dataclass

from tools.delivery.diagram import diagram
from tools.delivery.documents import Act, Change, Difference
from tools.delivery.words import block, code, listed
from tools.plan.text import short

_WORDS: dict[Act, str] = {"delete": "deletes", "replace": "replaces", "update": "changes", "create": "creates"}


@dataclass(frozen=True)
class Detail:
    """How much is said: of each act at most so many changes, of each change so many properties."""

    changes: int
    properties: int
    words: int
    drawn: bool


# What a comment can bear is tried in this order. The last says nothing: what is left of a stack is its line above.
DETAILS = (
    Detail(changes=200, properties=12, words=6000, drawn=True),
    Detail(changes=200, properties=12, words=6000, drawn=False),
    Detail(changes=25, properties=4, words=2000, drawn=False),
    Detail(changes=5, properties=2, words=600, drawn=False),
    Detail(changes=0, properties=0, words=200, drawn=False),
)


def section(difference: Difference, detail: Detail) -> str:
    """What a change does to a stack, or why that cannot be told; nothing where there is nothing to say."""
    parts = [
        *_problems(difference, detail),
        *_broken(difference, detail),
        *_promoted(difference),
        *_changes(difference, detail),
        *_costs(difference),
        *_warnings(difference, detail),
    ]
    if difference.quiet or not parts:
        return ""
    return "\n".join([f"### {code(difference.stack)}", "", *parts, _more(difference)])


def change(each: Change, detail: Detail) -> str:
    """A change in a line: what it is, and which properties force or make it."""
    said = f"**{_WORDS[each.act]}** {code(short(each.type))} {code(each.name)}"
    if each.forced:
        said += f", forced by {listed(each.forced, max(detail.properties, 1))}"
    rest = [name for name in each.properties if name not in each.forced]
    if rest and detail.properties and each.act != "create":
        said += f"{', also' if each.forced else ':'} {listed(rest, detail.properties)}"
    return f"- {said}"


def cut(changes: list[Change], most: int, line: Callable[[Change], str]) -> list[str]:
    """A line for each of the first changes, and how many more there are."""
    left = [f"- … and {len(changes) - most} more"] if len(changes) > most else []
    return [*map(line, changes[:most]), *left]


def _problems(difference: Difference, detail: Detail) -> list[str]:
    if not difference.problems:
        return []
    what = "preview" if difference.kind == "preview" else "plan"
    why = f"**There is no {what}.** What stands below says why, and what to mend:"
    return [why, "", block(difference.problems, detail.words), ""]


def _broken(difference: Difference, detail: Detail) -> list[str]:
    if not difference.broken:
        return []
    return ["**Breaks the rules in `policies/`:**", "", block(difference.broken, detail.words), ""]


def _promoted(difference: Difference) -> list[str]:
    """Whose image it runs, where it is another than before the change or than what runs."""
    image = difference.promoted
    if not image.differs:
        return []
    says = f"**Runs {_whose(image.after)}**"
    if image.before != image.after:
        says += f", before this change {_whose(image.before)}"
    if image.runs and image.would:
        same = "as it does" if image.runs == image.would else f"instead of {code(image.runs)}"
        return [f"{says}: {code(image.would)} {same}.", ""]
    unknown = f" Which image that is, the state of {code(image.after)} has, and no plan."
    return [f"{says}.{unknown if image.after and '@' not in image.after else ''}", ""]


def _whose(image: str) -> str:
    if not image:
        return "an image of its own"
    return f"the image {code(image)}" if "@" in image else f"what {code(image)} runs"


def _changes(difference: Difference, detail: Detail) -> list[str]:
    if not difference.changes or not detail.changes:
        return []
    lines = [
        line for act in _WORDS for line in cut(difference.of(act), detail.changes, lambda each: change(each, detail))
    ]
    drawn = [diagram(list(difference.changes)), ""] if detail.drawn else []
    return ["<details><summary>What changes</summary>", "", *lines, "", *drawn, "</details>", ""]


def _costs(difference: Difference) -> list[str]:
    cost = difference.cost
    said: list[str] = []
    if cost.by_use:
        said.append(f"Use adds: {listed(cost.by_use, 4)}.")
    if cost.unpriced:
        said.append(f"Without a known price: {listed(cost.unpriced, 4)}.")
    if cost.regions:
        said.append(f"Prices are those of {listed(cost.regions, 3)}.")
    return [" ".join(said), ""] if said else []


def _warnings(difference: Difference, detail: Detail) -> list[str]:
    if not difference.warnings or not detail.changes:
        return []
    summary = f"<details><summary>Warnings: {len(difference.warnings)}</summary>"
    return [summary, "", block(difference.warnings, detail.words), "", "</details>", ""]


def _more(difference: Difference) -> str:
    verb = "preview" if difference.kind == "preview" else "plan"
    return f"All of it: `make {verb} STACK={difference.stack}`\n"
