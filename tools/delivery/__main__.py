"""`python -m tools.delivery`: what make's verbs of delivery run in the environment of the stand-ins."""

import argparse
import json
import os
import sys
from pathlib import Path

from tools.delivery import base, drift_issue, event, jobs, posting
from tools.delivery.affected import affected, changed
from tools.delivery.changes import difference_of
from tools.delivery.comment import LIMIT, Subject, comment
from tools.delivery.documents import FOLDER, Difference, keep, kept
from tools.delivery.drift import Drift, drift_of
from tools.delivery.expected import expect, with_missing
from tools.delivery.github import github
from tools.delivery.gitlab import in_gitlab
from tools.delivery.hub import Hub
from tools.delivery.hubs import hub, hub_there
from tools.delivery.planned import written
from tools.delivery.promotion import promote
from tools.delivery.review import close, review, sweep, swept
from tools.delivery.review_note import REMOVED, ROOM
from tools.delivery.rollback import rollback
from tools.errors import ToolError
from tools.offline.packages import types
from tools.plan.preview import preview
from tools.project import shown
from tools.saying import say
from tools.stack import stacks
from tools.workbench import workbench


def main(arguments: list[str]) -> int:
    """Do what is asked for; the exit code."""
    given = _parser().parse_args(arguments)
    match given.act:
        case "affected":
            return _affected(given.base, given.json)
        case "changes":
            return _changes(given.stack, given.base, given.preview)
        case "comment":
            if given.review:
                say(posting.note(hub(), given.pull_request or 0, "" if given.review == REMOVED else given.review))
                return 0
            return _comment(given.base, given.pull_request)
        case "drift":
            return _drift(given.stack, given.json)
        case "review" if given.close:
            return close(given.pull_request or 0, hub_there())
        case "review":
            return review(given.pull_request or 0, given.source, given.policy, hub_there())
        case "sweep" if given.json:
            print(json.dumps(swept(given.days, hub_there())))
            return 0
        case "sweep":
            return sweep(given.days, given.yes, hub_there(), given.pull_request)
        case "promote":
            return promote(given.source, given.destination, given.yes)
        case "rollback":
            return rollback(given.stack, given.version, given.yes)
        case _:
            print(written(preview(workbench(given.stack))))
            return 0


def _affected(since: str, as_json: bool) -> int:
    names = affected(changed(since).files)
    expect(names)
    print(json.dumps([jobs.job(name) for name in names]) if as_json else "\n".join(names))
    return 0


def _changes(stack: str, since: str, real: bool) -> int:
    """Write the document of each stack; 1 when one of them has a problem."""
    change = changed(since)
    names = affected(change.files) if stack == "all" else [stack]
    tables = types()
    found: list[Difference] = []
    with base.checkout(change.base) as tree:
        for name in names:
            found.append(difference_of(name, tree, tables, real))
            say(f"{name}: {shown(keep(found[-1]))}")
    for each in found:
        for problem in each.problems:
            say(f"{each.stack}: {problem}")
    return 1 if any(each.problems for each in found) else 0


def _comment(since: str, number: int | None) -> int:
    """Print the comment, or put it under a pull request: the one named, or that of the run that is reported."""
    folder = Path(os.environ.get("CHANGES") or FOLDER)
    reported = event.event().get("workflow_run")
    # On a laptop one asks for the stacks that one wants.
    found = with_missing(kept(folder), folder) if reported or in_gitlab() else kept(folder)
    if number is None and not reported:
        change = changed(since)
        print(comment(found, Subject(posting.commit(), change.base, event.run(), tuple(change.removed))))
        return 0
    head = ""
    if reported:
        if event.reports_a_fork(event.event()):
            # It cannot have asked a platform, whatever it says of itself.
            found = [each.model_copy(update={"kind": "plan", "why": event.FORKED}) for each in found]
        head = str(reported["head_sha"])
        owner = str((reported.get("head_repository") or {}).get("owner", {}).get("login", ""))
        number = github().pull_request(head, str(reported["head_branch"]), owner)
        if number is None:
            say(f"nothing was written: no open pull request has {head[:12]} as its newest commit")
            return 0
    assert number is not None
    here = hub()
    said = posting.subject(here, number, event.run())
    # What was found is of the run's own commit, which may not be the newest any more.
    say(posting.post(here, number, comment(found, said, LIMIT - ROOM), head or event.head(number) or said.head))
    return 0


def _drift(stack: str, as_json: bool) -> int:
    """Say what of each stack is different, where there is a hub in its issue too; 1 when something is."""
    names = stacks() if stack == "all" else [stack]
    if as_json:
        print(json.dumps([jobs.job(name) for name in names]))
        return 0
    here = hub_there()
    found = [_settled(here, drift_of(name)) for name in names]
    return 0 if all(each.healed for each in found) else 1


def _settled(here: Hub | None, found: Drift) -> Drift:
    if not found.healed:
        print("\n".join(drift_issue.lines(found)) + "\n")
    elif found.deployed:
        print(f"{found.stack}: nothing is different")
    else:
        print(f"{found.stack}: it is not deployed")
    if here:
        say(f"{found.stack}: {drift_issue.settle(here, found, posting.commit(), event.run())}")
    return found


# Words of a verb that are nothing unless they are given.
_TOLD = {
    "comment": ("--review",),
    "promote": ("--source", "--destination"),
    "review": ("--source",),
    "rollback": ("--version",),
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.delivery", description=__doc__)
    acts = parser.add_subparsers(dest="act", required=True)
    for name, what in {
        "affected": "the stacks that a change may touch",
        "changes": "what it does to a stack, or to all that it touches",
        "comment": "the comment that says so",
        "drift": "whether what is there is still what was shipped",
        "review": "a stack of its own for a pull request",
        "sweep": "take away those whose time is over",
        "promote": "let a stack run what another runs",
        "rollback": "return a stack to what it ran",
        "planned": "a stack's plan, for whoever compares it with another",
    }.items():
        act = acts.add_parser(name, help=what)
        if name in ("affected", "changes", "comment"):
            act.add_argument("--base", default="origin/main", help="what the change is measured from")
        if name in ("changes", "drift", "planned", "rollback"):
            act.add_argument("--stack", required=True)
        if name in ("promote", "rollback", "sweep"):
            act.add_argument("--yes", action="store_true", help="do it")
        for option in _TOLD.get(name, ()):
            act.add_argument(option, default="")
        if name in ("affected", "drift", "sweep"):
            act.add_argument("--json", action="store_true", help="as a list in JSON")
        if name == "changes":
            act.add_argument("--preview", action="store_true", help="ask the platform")
        if name == "sweep":
            act.add_argument("--days", type=int, default=14)
        if name == "review":
            act.add_argument("--policy", action="store_true", help="hold it to policies/")
            act.add_argument("--close", action="store_true", help="take it away")
        if name in ("comment", "review", "sweep"):
            act.add_argument("--pull-request", type=int, help="its number; without it the comment is printed")
    return parser


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ToolError as error:
        say(f"error: {error}")
        sys.exit(error.exit_code)
