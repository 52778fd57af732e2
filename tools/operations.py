"""What is done to a stack: shipped, previewed, compared, destroyed, looked at."""

import shlex
import signal
import sys
from collections.abc import Sequence

from tools import pulumi
from tools.engine.plugins import offer
from tools.environment import offline_environment, offline_variables
from tools.errors import ToolError
from tools.process import foreground
from tools.project import ROOT
from tools.saying import say
from tools.stack import Stack, stacks
from tools.workbench import Workbench, workbench


def up(stack: str, arguments: Sequence[str], policy: bool) -> int:
    """Ship the service: `pulumi up`, and then where it is and what one may want next.

    With `policy`, nothing that breaks a rule of policies/ is made.
    """
    bench = _announced(stack)
    pulumi.ready(bench)
    code = pulumi.run(bench, "up", "--yes", *arguments, policy=policy)
    if code != 0:
        _next_after_failure(code, bench)
        return code
    url = pulumi.outputs(bench).get("url")
    say(f"\nThe service is at {url}\n" if url else "")
    say(f"  {_make('status', stack):<32} what runs, and what the address answers")
    say(f"  {_make('logs', stack):<32} what it says (FOLLOW=1 goes on)")
    say(f"  {_make('destroy', stack):<32} take it all down")
    return 0


def preview(stack: str, arguments: Sequence[str], policy: bool) -> int:
    """What `up` would do; with `policy`, also which rules of policies/ it would break."""
    bench = _announced(stack)
    pulumi.ready(bench, reads=True)
    return pulumi.run(bench, "preview", *arguments, policy=policy)


def refresh(stack: str, arguments: Sequence[str]) -> int:
    """Compare the state with what is really there."""
    bench = _announced(stack)
    pulumi.ready(bench)
    return pulumi.run(bench, "refresh", "--yes", *arguments)


def destroy(stack: str, arguments: Sequence[str], sure: bool) -> int:
    """Take everything down that the stack made. Anything but the local target is asked about first.

    A stack with `service:protect` is not destroyed: that is first turned off, and shipped.
    """
    bench = _announced(stack)
    if bench.stack.protected():
        off = f"pulumi config set service:protect false --stack {stack} && {_make('up', stack)}"
        raise ToolError(f"the stack {stack} is protected (service:protect)", f"{off} && {_make('destroy', stack)}")
    target = bench.stack.target()
    if target != "local" and not sure:
        _confirm(stack, target)
    pulumi.ready(bench)
    code = pulumi.run(bench, "destroy", "--yes", *arguments)
    if code == 0:
        say(f"\nNothing of the stack {stack} is left. {_make('up', stack)} ships it again.")
    return code


def plan(stack: str, form: str) -> int:
    """What the stack would be made of, and cost: the engine's preview against stand-ins for all providers."""
    if stack != "all":
        Stack(stack).check()
    command = [offline_environment().python, "-m", "tools.plan", "--stack", stack, "--form", form]
    return foreground(command, offline_variables(), ROOT)


def rights(stack: str, reads: bool, account: str) -> int:
    """Print the rights that it takes to deploy the stack, or where it only `reads` to preview it."""
    Stack(stack).check()
    told = ["--account", account, *(["--preview"] if reads else [])]
    command = [offline_environment().python, "-m", "tools.rights", "--stack", stack, *told]
    return foreground(command, offline_variables(), ROOT)


def bootstrap(stack: str, source: str, repository: str, sure: bool, cloud: str = "") -> int:
    """What the stack stands on: the place of its state, and roles by which a repository deploys it without a key.

    With a `source`, what those of pull requests stand on that are made from it; with a `cloud`, all its stacks.
    """
    if cloud:
        return _cloud(cloud, repository, sure)
    Stack(source or stack).check()
    which = f"FROM={source}" if source else f"STACK={stack}"
    if not repository:
        raise ToolError("whose workflows deploy it is not said", f"make bootstrap {which} REPO=owner/name")
    told = ["--repository", repository, *(["--yes"] if sure else [])]
    whose = ["--source", source] if source else ["--stack", stack]
    command = [offline_environment().python, "-m", "tools.bootstrap", *whose, *told]
    return foreground(command, offline_variables(), ROOT)


def _cloud(cloud: str, repository: str, sure: bool) -> int:
    """The ground of all stacks on a cloud, one after the other: what they share is made once."""
    named = [name for name in stacks() if Stack(name).platform() == cloud and not name.startswith("review-")]
    if not named:
        there = sorted({Stack(name).platform() for name in stacks()})
        raise ToolError(f"CLOUD={cloud}: no stack of stacks/ is there", f"CLOUD= one of {', '.join(there)}")
    for name in named:
        code = bootstrap(name, "", repository, sure)
        if code:
            return code
    return 0


def operate(act: str, stack: str, arguments: Sequence[str]) -> int:
    """`status`, `logs` and `exec`, which the stack's target knows how to do."""
    bench = workbench(stack)
    command = [bench.environment.python, "-m", "infra.operate", act, *arguments, "--stack", stack]
    return foreground(command, bench.variables(), ROOT)


def env(stack: str) -> int:
    """Print what a shell must export for a plain `pulumi` to do the same."""
    bench = workbench(stack)
    offer(bench.plugins(), bench.engine)
    for name, value in bench.settings().items():
        print(f"export {name}={shlex.quote(value)}")
    return 0


def _announced(stack: str) -> Workbench:
    bench = workbench(stack)
    state = "state inside the tree" if bench.backend.inside else f"state as {bench.backend.why} says"
    say(f"stack {stack}: {bench.stack.target()}; Pulumi {bench.engine.version}, {bench.engine.origin}; {state}\n")
    return bench


def _next_after_failure(code: int, bench: Workbench) -> None:
    stack = bench.stack.name
    if code in (128 + signal.SIGINT, 128 + signal.SIGKILL, 128 + signal.SIGTERM):
        say(f"\nup was ended before its time. {_make('up', stack)} goes on from where it stopped.")
        return
    say(f"\nup failed; the reason stands above. What the service itself said: {_make('logs', stack)}")
    if bench.engine.folders:
        say(f'For a `pulumi` command of your own, first: eval "$({_make("-s env", stack)})"')


def _confirm(stack: str, target: str) -> None:
    if not sys.stdin.isatty():
        raise ToolError(f"destroying the stack {stack} ({target}) wants a yes", f"{_make('destroy', stack)} YES=1")
    answer = input(f"This destroys everything that the stack {stack} made on {target}. Its name, to go on: ")
    if answer.strip() != stack:
        raise ToolError(f"that is not {stack}: nothing was destroyed")


def _make(verb: str, stack: str) -> str:
    return f"make {verb}" if stack == "local" else f"make {verb} STACK={stack}"
