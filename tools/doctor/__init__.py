"""`make doctor`: what a laptop or a runner has of what a stack wants, and what mends the rest. Nothing is made."""

import json
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from tools.backend import backend
from tools.doctor import machine, runner, state
from tools.doctor.check import Check, missing, warn
from tools.engine.plugins import wanted
from tools.environment import Environment, environment_there
from tools.project import ROOT, shown
from tools.stack import Stack, lock_of

# What a platform is asked has patience of its own; an Engine or a host may take longer to refuse.
_SECONDS = 60
_WIDTH = 12


def doctor(stack: str, as_json: bool) -> int:
    """Print a line for each check, and below it what mends it; 1 when something that is needed is missing."""
    found = list(examined(Stack(stack)))
    absent = [check for check in found if check.state == "missing"]
    if as_json:
        print(json.dumps({"stack": stack, "checks": [check.document() for check in found]}, indent=2))
        return 1 if absent else 0
    for check in found:
        print(f"{check.state:<8}{check.name:<{_WIDTH}} {check.said}")
        if check.fix:
            print(f"{'':<8}{'':<{_WIDTH}} Fix: {check.fix}")
    print(f"\n{stack}: {f'{len(absent)} missing' if absent else 'nothing is missing'}")
    return 1 if absent else 0


def examined(stack: Stack) -> Iterator[Check]:
    """Every check, for a stack that there is."""
    stack.check()
    environment = stack.environment()
    here = environment_there(environment)
    with ThreadPoolExecutor() as pool:
        asked = pool.submit(_of_platform, stack, here)
        yield from machine.checks()
        yield machine.environment(environment, here)
        engine, said = machine.engine()
        yield said
        yield from machine.plugins(stack.name, wanted(lock_of(environment)))
        yield from runner.checks()
        yield from state.checks(stack, backend(), engine, here)
        yield from asked.result()


def _of_platform(stack: Stack, here: Environment | None) -> list[Check]:
    """What the platform's own checks say, which its SDK's environment runs."""
    platform = stack.platform()
    if not (ROOT / "infra" / "targets" / platform / "doctor.py").is_file():
        return []
    if here is None:
        fix = f"python3 -m tools environment {stack.environment()} && make doctor STACK={stack.name}"
        return [warn(platform, "not asked, as there is no environment for it yet", fix)]
    command = [str(shown(here.python)), "-m", "tools.doctor.platform", stack.name]
    again = " ".join(command)
    try:
        ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return [missing(platform, f"it did not answer within {_SECONDS} s", again)]
    try:
        return [Check(**each) for each in json.loads(ran.stdout)]
    except ValueError:
        last = (ran.stderr.strip().splitlines() or [f"exit code {ran.returncode}"])[-1]
        return [missing(platform, f"it could not be asked: {last}", again)]
