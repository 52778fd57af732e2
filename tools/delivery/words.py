"""Words that others chose, put into Markdown as nothing but words: they name nobody, link nowhere, and end no line."""

import os
import re
from collections.abc import Iterable, Mapping

# Of the variables of a run, those whose values nobody should read.
_SECRET = re.compile(r".*(CREDENTIALS|PASSPHRASE|PASSWD|PASSWORD|PRIVATE|SECRET|TOKEN|_KEY)")
_SHORTEST = 6


# What colours a terminal's text; what moves, hides or turns round what is read.
_COLOURS = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


def plain(text: str) -> str:
    """The text as it is read: its letters and lines, without colours and whatever else is not seen."""
    if text.isprintable():
        return text
    return _UNSEEN.sub("", re.sub(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]", "\n", _COLOURS.sub("", text)))


def code(words: str, most: int = 120) -> str:
    """Words as a span of code, in which GitHub reads neither Markdown nor HTML nor names of people."""
    line = " ".join(plain(words).replace("`", "'").split())
    return f"`{shortened(line, most) or ' '}`"


def block(lines: Iterable[str], most: int) -> str:
    """Lines as a block of text that ends where it should, whatever they hold.

    None begins with a slash: GitLab takes `/close` for an order, and does not see every end of a block as it is
    (`lib/gitlab/quick_actions/extractor.rb` of github.com/gitlabhq/gitlabhq, read 2026-11-30).
    """
    text = re.sub(r"(?m)^(?=/)", " ", shortened(plain("\n".join(lines)).strip(), most))
    longest = max((len(ticks) for ticks in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"


def shortened(text: str, most: int) -> str:
    """At most so many characters of it, with a mark where something was left out."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def listed(words: Iterable[str], most: int) -> str:
    """Spans of code with commas, and how many there are beyond `most`."""
    every = list(words)
    more = [f"{len(every) - most} more"] if len(every) > most else []
    return ", ".join([*map(code, every[:most]), *more])


def scrubbed(text: str, variables: Mapping[str, str] = os.environ) -> str:
    """The text without any value of a variable that is a secret by its name."""
    values = {value for name, value in variables.items() if _SECRET.fullmatch(name.upper()) and len(value) >= _SHORTEST}
    for value in sorted(values, key=len, reverse=True):
        text = text.replace(value, "[secret]")
    return text
