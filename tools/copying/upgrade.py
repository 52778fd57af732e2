"""`make upgrade-check`: plans every stack as it was and as it is, and holds to it that nothing with state is lost."""

import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.delivery import base
from tools.delivery.changes import difference_of
from tools.delivery.difference import MOVED
from tools.delivery.documents import LOUD, Change, Difference
from tools.errors import ToolError
from tools.offline.packages import types
from tools.offline.tables import Played, Purpose
from tools.project import ROOT
from tools.saying import say
from tools.stack import stacks

# What is replaced or deleted with these is gone for good, or for whoever has an address of it.
_STATEFUL: tuple[Purpose, ...] = ("network", "registry", "data")
_NAMED = re.compile(
    r"bucket|certificate|cluster|database|domain|encryption|hostname|key|managedenvironment|namespace|resourcegroup|secret|"
    r"vault|volume|zone",
    re.IGNORECASE,
)
# How a difference says that the commit before could not be planned (tools/delivery/changes.py).
_NO_PLAN_BEFORE = "All of it is shown as new"
_MARK = re.compile(r"^(?:<{7}|>{7}) ", re.MULTILINE)


def check(commit: str) -> int:
    """Say what changes in each stack since the commit; 1 where something with state is lost, or nobody can tell."""
    _merged()
    known = _git("rev-parse", "--verify", "--quiet", f"{commit}^{{commit}}").strip()
    if not known:
        raise ToolError(f"BASE={commit}: git knows no such commit", "name the one before the update: BASE=HEAD~1")
    if not _git("status", "--porcelain") and known == _git("rev-parse", "HEAD").strip():
        raise ToolError(f"BASE={commit}: nothing was changed since", "name the commit before the update: BASE=HEAD~1")
    tables = types()
    with base.checkout(known) as tree:
        before = {path.name.removeprefix("Pulumi.").removesuffix(".yaml") for path in tree.glob("stacks/Pulumi.*.yaml")}
        found = [difference_of(name, tree, tables, real=False) for name in stacks()]
    return verdict(found, sorted(before - {*stacks()}), tables)


def verdict(found: Sequence[Difference], gone: Sequence[str], tables: Mapping[str, Played]) -> int:
    """Say what the differences are; 0 where they prove that nothing with state is lost."""
    bad = False
    for each in found:
        lost = [change for change in each.changes if change.act in LOUD and stateful(change, tables)]
        unknown = (*each.problems, *(warning for warning in each.warnings if warning.startswith(_NO_PLAN_BEFORE)))
        say(f"{each.stack}: {_counted(each)}")
        moved = sorted({path for change in each.changes for path in change.forced if path.startswith(MOVED)})
        if moved:
            say(f"  MOVED elsewhere by {', '.join(moved)}: all is made anew there, and what it held is lost")
        for change in each.changes:
            say(f"  {'LOST ' if change in lost else ''}{_line(change)}")
        for problem in unknown:
            say(f"  not known: {problem}")
        bad = bad or bool(moved or lost or unknown)
    for stack in gone:
        say(f"{stack}: its file is gone, and what it runs is nobody's then. Before: make destroy STACK={stack}")
    if bad or gone:
        say("not proven: see MOVED, LOST, not known and gone above. Fix: keep those parts as they were, and ask again")
        return 1
    say(f"proven by the plans of {len(found)} stacks: nothing that holds state is replaced or deleted")
    return 0


def stateful(change: Change, tables: Mapping[str, Played]) -> bool:
    """Whether a resource is a registry, network, cluster, certificate, database or secret, or the like."""
    played = tables.get(change.type)
    return (played.purpose in _STATEFUL if played else True) or bool(_NAMED.search(change.type))


def _counted(found: Difference) -> str:
    acts = [change.act for change in found.changes]
    counted = ", ".join(
        f"{acts.count(act)} to {act}" for act in ("create", "update", "replace", "delete") if act in acts
    )
    return f"{counted or 'nothing changes'}, {found.kept} stay as they are"


def _line(change: Change) -> str:
    why = f" ({', '.join(change.forced or change.properties)})" if change.forced or change.properties else ""
    return f"{change.act} {change.type} {change.name}{why}"


def _merged() -> None:
    """That no merge is left half done."""
    unmerged = set(filter(None, _git("diff", "--name-only", "--diff-filter=U").splitlines()))
    changed = filter(None, _git("diff", "--name-only", "HEAD").splitlines())
    for name in changed:
        file = Path(ROOT, name)
        if file.is_file() and _MARK.search(file.read_text(encoding="utf-8", errors="replace")):
            unmerged.add(name)
    unmerged |= {
        name for name in _git("ls-files", "--others", "--exclude-standard").splitlines() if name.endswith(".rej")
    }
    if unmerged:
        raise ToolError(
            f"these are not merged yet: {', '.join(sorted(unmerged))}",
            "edit them (between <<<<<<< and >>>>>>> stands what both changed), git add them, and ask again",
        )


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False).stdout
