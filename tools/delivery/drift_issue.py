"""The one issue of a stack that drifted: opened or updated with what is different, and closed when that is mended."""

from collections.abc import Iterator, Sequence

from tools.delivery.comment import LIMIT
from tools.delivery.documents import Act
from tools.delivery.drift import Drift, Drifted, Whose
from tools.delivery.hub import Hub, Text
from tools.delivery.words import block, code, listed, scrubbed
from tools.plan.text import short

_TITLES: dict[Whose, str] = {
    "there": "What is there is not what was shipped",
    "program": "What this commit has is not what was shipped",
    "secret": "A secret is another; nobody can tell whose",
    "follows": "Follows from the rest",
}
_WORDS: dict[Act, str] = {"delete": "delete", "replace": "replace", "update": "change", "create": "make"}
# Of each kind at most so many resources, of each of those so many properties: the first that there is room for.
_DETAILS = ((200, 12), (200, 3), (50, 3), (10, 1))
_REASON = 6000


def mark(stack: str) -> str:
    """What the text of a stack's issue begins with."""
    return f"<!-- slipway:drift:{stack} -->"


def title(drift: Drift) -> str:
    """The issue's title."""
    return f"{drift.stack} cannot be compared" if drift.problems else f"{drift.stack} has drifted"


def body(drift: Drift, commit: str, run: str, limit: int = LIMIT) -> str:
    """The issue's text, with as much of the difference as there is room for."""
    text = ""
    for rows, properties in _DETAILS:
        run_of = f" [The run that saw it]({run})." if run else ""
        text = scrubbed(
            "\n".join([mark(drift.stack), *lines(drift, rows, properties), "", f"Commit {code(commit[:12])}.{run_of}"])
        )
        if len(text.encode()) <= limit:
            break
    return text


def lines(drift: Drift, rows: int = 200, properties: int = 12) -> Iterator[str]:
    """What is different, in lines of Markdown: who is, the resource, the properties, and what mends it."""
    stack = drift.stack
    if drift.problems:
        yield f"Whether {code(stack)} has drifted cannot be told. What stands below says why, and what to mend:"
        yield from ("", block(drift.problems, _REASON))
        return
    for whose, said in _TITLES.items():
        found = [each for each in drift.changes if each.whose == whose or each.of(whose)]
        if found:
            yield from (f"**{said}:**", "")
            yield from (_line(each, whose, properties) for each in found[:rows])
            yield from ([f"- … and {len(found) - rows} more"] if len(found) > rows else [])
            yield ""
    yield f"`make up STACK={stack}` makes it as this commit has it. What shall stay as it is there belongs in"
    yield f"`stacks/Pulumi.{stack}.yaml` or the program first. All of it: `make drift STACK={stack}`"


def settle(hub: Hub, drift: Drift, commit: str, run: str) -> str:
    """Open, update or close the stack's issue; what was done, in words."""
    mine = own(hub, drift.stack)
    if drift.healed:
        for each in mine:
            word = "Nothing is different any more." if drift.deployed else "The stack is no more."
            hub.close_issue(each, f"{word} Commit {code(commit[:12])}.")
        return " ".join(f"closed: {each.url}" for each in mine) or "no issue is open"
    said = (title(drift), body(drift, commit, run))
    if not mine:
        return f"opened: {hub.open_issue(*said).url}"
    first, *more = mine
    hub.rewrite_issue(first, *said)
    for each in more:
        hub.close_issue(each, "")
    return f"updated: {first.url}"


def own(hub: Hub, stack: str) -> list[Text]:
    """The stack's open issues that are this login's own, the oldest first: anybody can write a mark."""
    return [each for each in hub.issues() if each.body.startswith(mark(stack))]


def _line(each: Drifted, whose: Whose, properties: int) -> str:
    names: Sequence[str] = each.of(whose)
    said = f"- {code(short(each.type))} {code(each.name)}"
    if each.act == "create" and whose == "there":
        return f"{said} is gone"
    if names:
        said += f": {listed(names, properties)}"
    return f"{said} (`up` would {_WORDS[each.act]} it)"
