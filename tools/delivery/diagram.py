"""What changes in a stack, and what of that needs what, in Mermaid."""

from collections.abc import Sequence

from tools.delivery.documents import Act, Change
from tools.plan.text import arrows, label, short

# More boxes are no picture any more.
MOST = 40

_LOUDEST: tuple[Act, ...] = ("delete", "replace", "update", "create")
_STYLES = (
    "  classDef create fill:#dafbe1,stroke:#1a7f37,color:#1f2328",
    "  classDef update fill:#fff8c5,stroke:#9a6700,color:#1f2328",
    "  classDef replace fill:#ffebe9,stroke:#cf222e,stroke-width:3px,color:#1f2328",
    "  classDef delete fill:#ffebe9,stroke:#cf222e,stroke-width:3px,stroke-dasharray:5 3,color:#1f2328",
)


def diagram(changes: Sequence[Change]) -> str:
    """A box for each change, the louder ones where there are too many; nothing where nothing changes."""
    drawn = sorted(changes, key=lambda each: _LOUDEST.index(each.act))[:MOST]
    if not drawn:
        return ""
    numbers = {change.urn: f"r{index}" for index, change in enumerate(drawn)}
    boxes = [f'  {numbers[each.urn]}["{_shown(each)}"]:::{each.act}' for each in drawn]
    more = [f'  more["and {len(changes) - MOST} more"]'] if len(changes) > MOST else []
    acts = {each.act for each in drawn}
    styles = [style for style in _STYLES if style.split()[1] in acts]
    needs = arrows(numbers, {each.urn: each.needs for each in drawn})
    return "\n".join(["```mermaid", "flowchart LR", *boxes, *more, *needs, *styles, "```"])


def _shown(change: Change) -> str:
    return f"{change.act}<br/>{label(short(change.type))}<br/>{label(change.name)}"
