"""The part of a pull request's one comment that says where its own stack is; each part is written by another job."""

import re
from collections.abc import Iterable

from tools.errors import ToolError

_BEGIN, _END = "<!-- slipway:review -->", "<!-- /slipway:review -->"
_PART = re.compile(rf"\n*{_BEGIN}.*?{_END}", re.DOTALL)
# The address comes from a job that ran the pull request's code.
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]{1,253}(:\d{1,5})?/?")
# What the rest of the comment leaves for it.
ROOM = 1000
# Instead of an address: there is none any more.
REMOVED = "removed"


def part(url: str) -> str:
    """Where the pull request's stack is, or without an address that it is no more."""
    if url and not _ADDRESS.fullmatch(url):
        raise ToolError(f"REVIEW={url[:100]!r}: that is no address", "REVIEW=https://...")
    where = f"**The stack of this pull request** is at {url}" if url else "_The stack of this pull request is removed._"
    return f"\n\n{_BEGIN}\n{where}\n{_END}"


def without(body: str) -> str:
    """The rest of a comment."""
    return _PART.sub("", body)


def carried(bodies: Iterable[str]) -> str:
    """That part of the comments, for whoever writes the rest anew."""
    found = [each[0] for body in bodies if (each := _PART.search(body))]
    return found[0] if found and len(found[0]) <= ROOM else ""
