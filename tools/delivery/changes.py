"""`make changes`: what a change does to a stack, by a real preview or by two plans; or why nobody can tell."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from tools import pulumi
from tools.delivery import base, difference
from tools.delivery.documents import Difference, Promoted
from tools.delivery.event import why_no_preview
from tools.delivery.promotion import digest_of
from tools.delivery.words import scrubbed, shortened
from tools.errors import ToolError
from tools.offline.tables import Played
from tools.plan.preview import Preview, preview
from tools.plan.stack_file import promoted, settings
from tools.stack import Stack
from tools.workbench import Workbench, workbench

Tables = Mapping[str, Played]


def difference_of(stack: str, tree: Path, tables: Tables, real: bool) -> Difference:
    """What the change does to the stack: by a real preview, or by the plans of this tree and of the one before."""
    target = ""
    try:
        bench = workbench(stack)
        target = bench.stack.target()
        if real:
            bench.lasting()
        if real and pulumi.there(bench):
            return _promoting(_previewed(bench, target, tables), bench, tree, asks=True)
        why = "the stack is not deployed yet" if real else why_no_preview()
        return _promoting(_compared(bench, target, tree, tables, why), bench, tree, asks=False)
    except ToolError as error:
        said = shortened(scrubbed(str(error)), 20_000)
        kind = "preview" if real else "plan"
        return Difference(stack=stack, target=target, kind=kind, problems=(said,))


def _previewed(bench: Workbench, target: str, tables: Tables) -> Difference:
    pulumi.provide(bench.plugins(), bench.engine)
    ran = pulumi.asked(bench, "preview", "--json", "--show-sames", policy=True)
    return difference.told(bench.stack.name, target, ran.stdout, ran.stderr, tables, ran.returncode)


def _promoting(found: Difference, bench: Workbench, tree: Path, *, asks: bool) -> Difference:
    """The same with whose image the stack runs before and after; where the state may be asked, with the digests."""
    file = bench.stack.file
    earlier = tree / "stacks" / file.name
    before, after = (_image(each) for each in (earlier, file))
    if not before and not after:
        return found
    runs = would = ""
    if asks:
        source = promoted(bench.stack, settings(file))
        runs = digest_of(pulumi.outputs(bench))
        would = digest_of(pulumi.outputs(replace(bench, stack=Stack(source)))) if source else after.partition("@")[2]
    return found.model_copy(update={"promoted": Promoted(before=before, after=after, runs=runs, would=would)})


def _image(file: Path) -> str:
    """What a stack's file has as its `service:image`; of a secret no more than that it is one."""
    said = settings(file).get("service:image") if file.is_file() else None
    return "" if not said else said[:500] if isinstance(said, str) else "a secret"


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
