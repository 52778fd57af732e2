"""`make promote`: lets one stack run what another runs, and first shows what differs: image, settings, plan."""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from tools import operations, pulumi
from tools.delivery import difference
from tools.delivery.documents import Difference
from tools.delivery.rollback import Shipped, git, shipped
from tools.errors import ToolError
from tools.offline.packages import types
from tools.plan.stack_file import settings
from tools.plan.text import short
from tools.saying import say
from tools.stack import Stack
from tools.workbench import Workbench, workbench

SAID = "promoted from {source}: revision {revision}, image {image}"


def promote(source: str, destination: str, sure: bool) -> int:
    """Show what differs, and after a yes ship it; then hold what runs to what was shown."""
    _check(source, destination)
    bench, there = workbench(source), workbench(destination)
    running, now = pulumi.outputs(bench), pulumi.outputs(there)
    if not running.get("revision"):
        raise ToolError(f"the stack {source} runs nothing that could be promoted", f"make up STACK={source}")
    _takes(there, source)
    _has(source, next(iter(shipped(pulumi.history(bench))), None))
    pulumi.ready(there)
    found, planned = _previewed(there)
    if planned and planned != running["revision"]:
        raise ToolError(
            f"{source} runs the revision {running['revision']}; from this checkout {destination} would run {planned}",
            f"check out the commit that {source} was shipped from, and run it again",
        )
    for line in (*_image(source, destination, running, now), *_settings(bench.stack, there.stack), *plan(found)):
        print(line)
    if found.problems or found.broken:
        return 1
    if not sure and not _agreed(destination):
        return 1
    message = SAID.format(source=source, revision=running["revision"], image=running.get("image"))
    code = operations.up(destination, ["--skip-preview", "--message", message], policy=True)
    return code or _held(destination, running, pulumi.outputs(there))


def plan(found: Difference) -> Iterator[str]:
    """What would be done, louder acts first; a line for each resource."""
    yield f"plan: {found.kept} resources stay as they are"
    for each in found.changes:
        names = ", ".join(each.forced or each.properties) if each.act != "create" else ""
        why = f", forced by {names}" if each.forced else f": {names}" if names else ""
        shown = each.act.upper() if each.act in ("replace", "delete") else each.act
        yield f"  {shown} {short(each.type)} {each.name}{why}"
    yield from (f"  breaks a rule: {each}" for each in found.broken)
    yield from (f"  no plan: {each}" for each in found.problems)


def differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """The keys in which two stacks' settings differ, with both values; of a secret no more than that it is one."""
    was, now = dict(_flat(one, "")), dict(_flat(other, ""))
    return [
        f"{key}: {was.get(key, '-')} | {now.get(key, '-')}"
        for key in sorted({*was, *now})
        if was.get(key) != now.get(key)
    ]


def _flat(value: Any, path: str) -> Iterator[tuple[str, str]]:
    match value:
        case {"secure": str()}:
            yield path, "a secret"
        case dict() if value:
            for name, item in value.items():
                yield from _flat(item, f"{path}.{name}" if path else str(name))
        case _:
            yield path, json.dumps(value, ensure_ascii=False)


def _check(source: str, destination: str) -> None:
    for name, given in (("FROM", source), ("TO", destination)):
        if not given:
            raise ToolError(f"{name} is not said", "make promote FROM=aws-dev TO=aws-prod")
        Stack(given).check()
    if source == destination:
        raise ToolError(f"FROM={source} TO={destination}: that is one stack", "name another stack to promote to")


def _takes(bench: Workbench, source: str) -> None:
    """That the destination runs the source's image; where there are none, its release is what this checkout has."""
    from infra.targets import find_spec

    spec = find_spec(bench.stack.target())
    named = settings(bench.stack.file).get("service:image")
    if spec and spec.capabilities.image and named != source:
        name = bench.stack.name
        says = f"service:image is {named}" if named else "it builds its own"
        raise ToolError(
            f"{name} does not run what {source} runs: {says}",
            f"pulumi config set service:image {source} --stack {name}",
        )


def _has(source: str, latest: Shipped | None) -> None:
    """That this checkout has the commit that the source was shipped from: else its program is older than the image.

    So a run that waited for somebody to agree does not ship what a later one has brought to the source meanwhile.
    """
    commit = latest.commit if latest else ""
    if not commit or git("merge-base", "--is-ancestor", commit, "HEAD").returncode == 0:
        return
    head = git("rev-parse", "HEAD").stdout.strip()
    raise ToolError(
        f"{source} runs what was shipped from {commit[:12]}, a commit that this checkout ({head[:12]}) does not have",
        f"promote what was shipped last, by its own run or by git checkout {commit[:12]}",
    )


def _previewed(bench: Workbench) -> tuple[Difference, str]:
    """What `up` would do, and the revision that it would ship where that is known before."""
    ran = pulumi.asked(bench, "preview", "--json", "--show-sames", policy=True)
    found = difference.told(bench.stack.name, bench.stack.target(), ran.stdout, ran.stderr, types(), ran.returncode)
    steps = json.loads(ran.stdout[ran.stdout.index("{") :]).get("steps") or []
    rollouts = [step.get("newState") or {} for step in steps if str(step.get("urn")).endswith("Rollout::rollout")]
    revision = next((str((each.get("inputs") or {}).get("revision") or "") for each in rollouts), "")
    return found, revision if len(revision) == _REVISION else ""


# Of hex digits; what is not known before is a longer mark of the engine's.
_REVISION = 12


def _image(source: str, destination: str, running: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    yield f"image: {destination} {_runs(now)}"
    same = running["revision"] == now.get("revision")
    yield f"       {source} {_runs(running)}{', the same revision' if same else ''}"


def _runs(outputs: Mapping[str, Any]) -> str:
    revision = outputs.get("revision")
    return f"runs the revision {revision} ({outputs.get('image')})" if revision else "runs nothing yet"


def _settings(one: Stack, other: Stack) -> Iterator[str]:
    found = differing(settings(one.file), settings(other.file))
    yield f"settings: {one.name} | {other.name}" if found else "settings: the same"
    yield from (f"  {line}" for line in found)


def _agreed(destination: str) -> bool:
    if not sys.stdin.isatty():
        say("\nNothing was shipped. To ship it: YES=1")
        return False
    answer = input(f"\nShip it to {destination}? Its name, to go on: ")
    return answer.strip() == destination


def _held(destination: str, promised: Mapping[str, Any], runs: Mapping[str, Any]) -> int:
    """That what runs is what was shown: meanwhile somebody may have shipped to the source."""
    if runs.get("revision") == promised["revision"] and digest_of(runs) == digest_of(promised):
        say(f"{destination} runs the revision {runs['revision']}")
        return 0
    say(f"error: {destination} {_runs(runs)}, and what was shown is {promised['revision']} ({promised.get('image')})")
    return 1


def digest_of(outputs: Mapping[str, Any]) -> str:
    """The digest of the image that a stack runs; empty where that has none."""
    found = re.search(r"@(sha256:[0-9a-f]{64})$", str(outputs.get("image", "")))
    return found[1] if found else ""
