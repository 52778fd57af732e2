"""`make changes`: what a change does to a stack, by a real preview or by two plans; or why nobody can tell."""

from collections.abc import Mapping
from pathlib import Path

from tools import pulumi
from tools.delivery import base, difference
from tools.delivery.documents import Difference
from tools.delivery.event import why_no_preview
from tools.delivery.words import scrubbed, shortened
from tools.errors import ToolError
from tools.offline.tables import Played
from tools.plan.preview import Preview, preview
from tools.workbench import Workbench, workbench

Tables = Mapping[str, Played]


def difference_of(stack: str, tree: Path, tables: Tables, real: bool) -> Difference:
    """What the change does to the stack: by a real preview, or by the plans of this tree and of the one before."""
    target = ""
    try:
        bench = workbench(stack)
        target = bench.stack.target()
        if real and pulumi.there(bench):
            return _previewed(bench, target, tables)
        why = "the stack is not deployed yet" if real else why_no_preview()
        return _compared(bench, target, tree, tables, why)
    except ToolError as error:
        said = shortened(scrubbed(str(error)), 20_000)
        kind = "preview" if real else "plan"
        return Difference(stack=stack, target=target, kind=kind, problems=(said,))


def _previewed(bench: Workbench, target: str, tables: Tables) -> Difference:
    pulumi.provide(bench.plugins(), bench.engine)
    ran = pulumi.asked(bench, "preview", "--json", "--show-sames", policy=True)
    return difference.told(bench.stack.name, target, ran.stdout, ran.stderr, tables)


def _compared(bench: Workbench, target: str, tree: Path, tables: Tables, why: str) -> Difference:
    after = preview(bench)
    warnings: tuple[str, ...] = ()
    before: Preview | None = None
    try:
        before = base.planned(bench.stack.name, tree)
    except ToolError as error:
        warnings = (f"All of it is shown as new: {error}",)
    made = difference.between(bench.stack.name, target, before, after, tables, why)
    return made.model_copy(update={"warnings": (*made.warnings, *map(scrubbed, warnings))})
