"""What Mermaid itself says of diagrams."""

import json
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tools.errors import ToolError
from tools.picture.packages import node, packages

# `maxTextSize` of mermaid.js.org/config/schema-docs/config.html, read 2026-11-30: beyond it there is an error instead
# of a picture, which the parser alone does not tell. It tells of too many arrows itself.
MOST_CHARACTERS = 50_000

_PROGRAM = Path(__file__).resolve().with_name("parse.mjs")


def diagrams(markdown: str) -> list[str]:
    """The diagrams of a text."""
    return re.findall(r"^```mermaid\n(.*?)^```$", markdown, re.DOTALL | re.MULTILINE)


def errors(texts: Sequence[str]) -> list[str]:
    """For each diagram what Mermaid's parser says against it; nothing where it takes it."""
    long = [f"it has more than {MOST_CHARACTERS} characters" if len(text) > MOST_CHARACTERS else "" for text in texts]
    command = [str(node()), str(_PROGRAM)]
    ran = subprocess.run(
        command, input=json.dumps(list(texts)), cwd=packages(), capture_output=True, text=True, check=False
    )
    if ran.returncode != 0:
        raise ToolError(f"Mermaid's parser ended with {ran.returncode}:\n{ran.stderr.strip()[-2000:]}")
    said: list[str] = json.loads(ran.stdout)
    return [one or other for one, other in zip(long, said, strict=True)]
