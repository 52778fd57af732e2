"""Words that others chose, put into Markdown as nothing but words: they name nobody, link nowhere, and end no line."""

import os
import re
from collections.abc import Iterable, Mapping

# Of the variables of a run, those whose values nobody should read.
_SECRET = re.compile(r".*(CREDENTIALS|PASSPHRASE|PASSWD|PASSWORD|PRIVATE|SECRET|TOKEN|_KEY)")
_SHORTEST = 6


def code(words: str, most: int = 120) -> str:
    """Words as a span of code, in which GitHub reads neither Markdown nor HTML nor names of people."""
    line = " ".join(words.replace("`", "'").split())
    return f"`{shortened(line, most) or ' '}`"


def block(lines: Iterable[str], most: int) -> str:
    """Lines as a block of text that ends where it should, whatever they hold."""
    text = shortened("\n".join(lines).strip(), most)
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
