"""What changes in a stack, and what of that needs what, in Mermaid."""

from tools.delivery.documents import Change
from tools.plan.text import label, short

# More boxes are no picture any more.
MOST = 40

_STYLES = (
    "  classDef create fill:#dafbe1,stroke:#1a7f37,color:#1f2328",
    "  classDef update fill:#fff8c5,stroke:#9a6700,color:#1f2328",
    "  classDef replace fill:#ffebe9,stroke:#cf222e,stroke-width:3px,color:#1f2328",
    "  classDef delete fill:#ffebe9,stroke:#cf222e,stroke-width:3px,stroke-dasharray:5 3,color:#1f2328",
)


def diagram(changes: list[Change]) -> str:
    """A box for each change, louder ones first where there are too many; nothing where nothing changes."""
    drawn = changes[:MOST]
    if not drawn:
        return ""
    numbers = {change.urn: f"r{index}" for index, change in enumerate(drawn)}
    boxes = [f'  {numbers[each.urn]}["{_shown(each)}"]:::{each.act}' for each in drawn]
    arrows = [f"  {numbers[each.urn]} --> {numbers[need]}" for each in drawn for need in each.needs if need in numbers]
    more = [f'  more["and {len(changes) - MOST} more"]'] if len(changes) > MOST else []
    acts = {each.act for each in drawn}
    styles = [style for style in _STYLES if style.split()[1] in acts]
    return "\n".join(["```mermaid", "flowchart LR", *boxes, *more, *arrows, *styles, "```"])


def _shown(change: Change) -> str:
    return f"{change.act}<br/>{_words(short(change.type))}<br/>{_words(change.name)}"


def _words(words: str) -> str:
    line = " ".join(words.split()).replace("`", "'")
    return label(line if len(line) <= 60 else f"{line[:59]}…")
