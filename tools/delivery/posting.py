"""Puts the comment under its pull request: once, and from then on in its place."""

import re
import subprocess
from collections.abc import Callable

from tools.delivery.comment import MARK, Subject
from tools.delivery.hub import Hub, Text
from tools.delivery.review_note import carried, part, without
from tools.errors import ToolError
from tools.project import ROOT

STACK_FILE = re.compile(r"stacks/Pulumi\.([A-Za-z0-9][A-Za-z0-9_.-]{0,99})\.yaml")


def subject(hub: Hub, number: int, run: str) -> Subject:
    """The change of a pull request, by what the hub knows of it."""
    found = hub.request(number)
    removed = [named[1] for named in map(STACK_FILE.fullmatch, hub.removed(number)) if named]
    return Subject(found.head, found.base, run, tuple(removed))


def commit() -> str:
    """The commit that is checked out."""
    ran = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True)
    return ran.stdout.strip()


def post(hub: Hub, number: int, body: str, head: str = "") -> str:
    """Write the comment, in the place of the one before; what was done, in words.

    With `head`, only while that is the pull request's newest commit: a slow run never covers what a later one said.
    """
    if head:
        newest = hub.request(number)
        if newest.head != head:
            return f"nothing was written: {newest.name} has moved on to {newest.head[:12]}"
    return _written(hub, number, lambda there: f"{body}{carried(there)}")


def note(hub: Hub, number: int, url: str) -> str:
    """Say in the comment where the pull request's stack is, or without an address that it is no more."""
    said = part(url)
    return _written(hub, number, lambda there: f"{without(there[0]) if there else MARK}{said}")


def _written(hub: Hub, number: int, body: Callable[[list[str]], str]) -> str:
    """Write the one comment, whose text is made of those that are there; what was done, in words."""
    mine = own(hub, number, MARK)
    if not mine:
        made = hub.comment(number, body([]))
        # Another job may have written one at the same time: of those the oldest stays, as that one finds as well.
        mine = own(hub, number, MARK)
        if not mine or mine[0].number == made.number:
            return f"written: {made.url}"
        before = [each for each in mine if each.number != made.number]
        hub.rewrite(number, before[0], body([each.body for each in before]))
        hub.take_away(number, made)
        return f"updated: {before[0].url}"
    first, *more = mine
    hub.rewrite(number, first, body([each.body for each in mine]))
    for each in more:
        hub.take_away(number, each)
    return f"updated: {first.url}"


def own(hub: Hub, number: int, mark: str) -> list[Text]:
    """This login's own comments that begin with the mark: anybody can write a mark."""
    if number < 1:
        raise ToolError(f"PR={number}: that is no pull request", "make comment PR=<its number>")
    return [each for each in hub.comments(number) if each.body.startswith(mark)]
