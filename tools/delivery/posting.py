"""Puts the comment under its pull request: once, and from then on in its place."""

import re
import subprocess

from tools.delivery.comment import MARK, Subject
from tools.delivery.hub import Hub
from tools.delivery.review_note import carried, part, without
from tools.errors import ToolError
from tools.project import ROOT

STACK_FILE = re.compile(r"stacks/Pulumi\.([A-Za-z0-9][A-Za-z0-9_.-]{0,99})\.yaml")


def pull_request(hub: Hub, head: str, branch: str, owner: str) -> int | None:
    """The number of the open pull request whose newest commit is `head`, as the hub itself says.

    The run of a fork can claim any number: it is asked for by the commit, branch and owner that the hub knows of it.
    """
    for found in hub.every(f"pulls?state=open&head={owner}:{branch}"):
        if found["head"]["sha"] == head:
            return int(found["number"])
    return None


def subject(hub: Hub, number: int, run: str) -> Subject:
    """The change of a pull request, by what the hub knows of it."""
    found = hub.one(f"pulls/{number}")
    files = [each["filename"] for each in hub.every(f"pulls/{number}/files") if each.get("status") == "removed"]
    removed = [named[1] for named in map(STACK_FILE.fullmatch, files) if named]
    return Subject(str(found["head"]["sha"]), str(found["base"]["sha"]), run, tuple(removed))


def commit() -> str:
    """The commit that is checked out."""
    ran = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True)
    return ran.stdout.strip()


def post(hub: Hub, number: int, body: str, head: str = "") -> str:
    """Write the comment, in the place of the one before; what was done, in words.

    With `head`, only while that is the pull request's newest commit: a slow run never covers what a later one said.
    """
    if head:
        newest = str(hub.one(f"pulls/{number}")["head"]["sha"])
        if newest != head:
            return f"nothing was written: #{number} has moved on to {newest[:12]}"
    mine = own(hub, number, MARK)
    if not mine:
        made = hub.send("POST", f"issues/{number}/comments", {"body": body})
        return f"written: {made['html_url']}"
    first, *more = mine
    said = f"{body}{carried(str(each['body']) for each in mine)}"
    hub.send("PATCH", f"issues/comments/{first['id']}", {"body": said})
    for each in more:
        hub.send("DELETE", f"issues/comments/{each['id']}")
    return f"updated: {first['html_url']}"


def note(hub: Hub, number: int, url: str) -> str:
    """Say in the comment where the pull request's stack is, or without an address that it is no more."""
    said = part(url)
    mine = own(hub, number, MARK)
    if not mine:
        made = hub.send("POST", f"issues/{number}/comments", {"body": f"{MARK}{said}"})
        return f"written: {made['html_url']}"
    body = f"{without(str(mine[0]['body']))}{said}"
    hub.send("PATCH", f"issues/comments/{mine[0]['id']}", {"body": body})
    return f"updated: {mine[0]['html_url']}"


def own(hub: Hub, number: int, mark: str) -> list[dict[str, object]]:
    """The comments that begin with the mark and are this login's own: anybody can write a mark."""
    if number < 1:
        raise ToolError(f"PR={number}: that is no pull request", "make comment PR=<its number>")
    return [
        each
        for each in hub.every(f"issues/{number}/comments")
        if (each.get("user") or {}).get("login") == hub.login and str(each.get("body", "")).startswith(mark)
    ]
