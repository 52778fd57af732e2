"""`make review` and `make sweep`: a stack of its own for a pull request, and away with it when that is over."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TextIO

from tools import operations, pulumi
from tools.delivery import review_file, review_stack
from tools.delivery.event import output
from tools.delivery.hub import Hub
from tools.delivery.posting import note
from tools.delivery.review_stack import Made
from tools.errors import ToolError
from tools.saying import say
from tools.stack import Stack
from tools.workbench import Workbench, workbench


def review(number: int, base: str, policy: bool, hub: Hub | None) -> int:
    """Make or update the pull request's stack from a base stack, and say in its comment where it is."""
    stack = Stack(review_stack.name_of(number))
    if not base:
        raise ToolError("FROM is not said", f"make review PR={number} FROM=aws-dev")
    Stack(base).check()
    bench = review_stack.bench_of(stack.name)
    there = pulumi.there(bench)
    if there and review_stack.made(bench) is None:
        raise _not_its_own(stack.name)
    review_file.write(Stack(base), stack, number)
    if not there:
        pulumi.ready(workbench(stack.name))
        review_stack.mark(bench, number, base)
    code = operations.up(stack.name, ["--skip-preview", "--message", f"review of pull request {number}"], policy)
    if code != 0:
        return code
    url = str(pulumi.outputs(bench).get("url") or "")
    output("url", url)
    if hub:
        say(note(hub, number, url))
    return 0


def close(number: int, hub: Hub | None) -> int:
    """Take the pull request's stack away. One that `make review` did not make is an error, and stays."""
    bench = review_stack.bench_of(review_stack.name_of(number))
    if not pulumi.there(bench):
        say(f"there is no stack {bench.stack.name}")
        return 0
    made = review_stack.made(bench)
    if made is None:
        raise _not_its_own(bench.stack.name)
    code = _remove(bench, made)
    if code == 0 and hub:
        say(note(hub, number, ""))
    return code


def sweep(days: int, sure: bool, hub: Hub | None, number: int | None = None) -> int:
    """Take away the stacks of pull requests that are closed, or that are older than so many days; 1 where one stays.

    With a number only that pull request's. Whatever a stack is called: only what its own state proves to be made by
    `make review` is ever touched.
    """
    failed = False
    for bench, made in _its_own():
        if number not in (None, made.number):
            continue
        try:
            why = over(made, days, hub)
            if why and not sure:
                print(f"{bench.stack.name}: would be removed: {why}")
            elif why:
                print(f"{bench.stack.name}: is removed: {why}", flush=True)
                failed |= _remove(bench, made) != 0
            else:
                print(f"{bench.stack.name}: stays")
        except ToolError as error:
            # What is wrong with one does not keep the others.
            say(f"error: {bench.stack.name}: {error}")
            failed = True
    return 1 if failed else 0


def swept(days: int, hub: Hub | None) -> list[dict[str, str]]:
    """The stacks whose time is over, or of which that cannot be asked, as entries of a matrix: each says it itself."""
    found: list[dict[str, str]] = []
    for bench, made in _its_own(sys.stderr):
        try:
            due = bool(over(made, days, hub))
        except ToolError as error:
            say(f"error: {bench.stack.name}: {error}")
            due = True
        if due:
            found.append({"stack": bench.stack.name, "number": str(made.number)})
    return found


def over(made: Made, days: int, hub: Hub | None, now: datetime | None = None) -> str:
    """Why a stack's time is over; nothing while it is not. Without a hub its age alone tells."""
    if hub and (request := hub.request(made.number)).closed:
        return f"its pull request {request.name} is closed"
    if (now or datetime.now(UTC)) - made.since > timedelta(days=days):
        return f"it is older than {days} days"
    return ""


def _its_own(out: TextIO | None = None) -> Iterator[tuple[Workbench, Made]]:
    for name in review_stack.names(review_stack.bench_of("review")):
        bench = review_stack.bench_of(name)
        made = review_stack.made(bench)
        if made:
            yield bench, made
        else:
            print(f"{name}: is left alone: make review did not make it", file=out)


def _remove(bench: Workbench, made: Made) -> int:
    stack = bench.stack
    review_file.write(Stack(made.base), stack, made.number)
    code = operations.destroy(stack.name, [], sure=True)
    if code == 0:
        review_stack.forget(bench)
        stack.file.unlink()
    return code


def _not_its_own(name: str) -> ToolError:
    return ToolError(
        f"the stack {name} was not made by `make review`: nothing in its state says so",
        f"give that stack another name; where a killed run left it empty: pulumi stack rm {name}",
    )
