"""Runs the engine's preview of a stack against stand-ins, from an empty state, with no account and no secret."""

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import yaml

from tools.errors import ToolError
from tools.offline.packages import PROVIDER
from tools.offline.values import unmarked
from tools.plan.engine import PlanEngine, plan_engine
from tools.plan.stack_file import PLACEHOLDER, promoted, settings, without_secrets
from tools.project import ROOT
from tools.workbench import Workbench

# An image by its digest.
IMAGE = f"registry.example.com/slipway@sha256:{'0123456789abcdef' * 4}"

# The engine's own word for that something failed, of which nothing is learnt where the reason is told as well.
FAILED = "an unhandled error occurred: program exited with non-zero exit code"


@dataclass(frozen=True)
class Planned:
    """A resource that the engine would make."""

    urn: str
    type: str
    inputs: Mapping[str, Any]
    needs: tuple[str, ...] = ()
    provider: str = ""
    """The URN of the provider that makes it; empty where none is told."""

    @property
    def name(self) -> str:
        return self.urn.rpartition("::")[2]


@dataclass(frozen=True)
class Preview:
    """What the engine said: the resources, or why there is no plan."""

    resources: tuple[Planned, ...] = ()
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    asked: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    """The functions that the program asked of the platforms, with their arguments."""
    providers: tuple[Planned, ...] = ()

    def provider_of(self, resource: Planned) -> Planned | None:
        """The provider that makes a resource."""
        return next((each for each in self.providers if each.urn == resource.provider), None)


def preview(bench: Workbench, strict: bool = True, assuming: bool = True) -> Preview:
    """Preview the whole stack; the bench alone wants one that is not `strict`, and lets everything through.

    What a stack names of an account, no plan can look up: it is taken to be there, and the plan says so. Not where
    `assuming` is off, as for a test.
    """
    config = settings(bench.stack.file)
    other = promoted(bench.stack, config)
    kept, secrets = without_secrets(config)
    with plan_engine(bench, strict, assuming) as engine:
        name = bench.stack.name
        scratch = engine.folder
        shutil.copy(ROOT / "Pulumi.yaml", scratch)
        written = scratch / bench.stack.file.parent.name / bench.stack.file.name
        written.parent.mkdir()
        written.write_text(yaml.safe_dump({"config": kept}), encoding="utf-8")
        engine.must("stack", "init", name, "--no-select", cwd=scratch)
        if secrets:
            given = [word for path in secrets for word in ("--secret", f"{path}={PLACEHOLDER}")]
            engine.must("config", "set-all", "--path", *given, "--stack", name, cwd=scratch)
        if other:
            _running(other, engine)
        ran = engine.run("preview", "--json", "--stack", name, "--config-file", str(written), cwd=ROOT)
    seen = replace(read(ran.stdout, ran.stderr), asked=tuple(engine.world.asked))
    taken = [f"not checked in a plan: whether there is {_shown(each)}" for each in engine.world.assumed]
    seen = replace(seen, warnings=(*seen.warnings, *dict.fromkeys(taken)))
    return replace(seen, problems=(*seen.problems, *engine.world.unresolved())) if strict else seen


def _shown(arguments: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in sorted(arguments.items()) if isinstance(value, str))


def image_of(stack: str) -> str:
    """What a stack that is promoted runs in a plan. Which image it really runs is in a state that no plan has.

    Another stack runs another, so that two plans differ where it is another that is promoted.
    """
    return f"registry.example.com/{stack.lower()}@sha256:{hashlib.sha256(stack.encode()).hexdigest()}"


def _running(stack: str, engine: PlanEngine) -> None:
    """Let another stack of the project seem to run an image."""
    project = yaml.safe_load((ROOT / "Pulumi.yaml").read_text(encoding="utf-8"))["name"]
    type_ = "pulumi:pulumi:Stack"
    root = {
        "urn": f"urn:pulumi:{stack}::{project}::{type_}::{project}-{stack}",
        "type": type_,
        "custom": False,
        "outputs": {"image": image_of(stack)},
    }
    state = engine.folder / "promoted.json"
    manifest = {"time": "2026-01-01T00:00:00Z", "magic": "", "version": ""}
    state.write_text(json.dumps({"version": 3, "deployment": {"manifest": manifest, "resources": [root]}}), "utf-8")
    engine.must("stack", "init", stack, "--no-select", cwd=engine.folder)
    engine.must("stack", "import", "--stack", stack, "--file", str(state), cwd=engine.folder)


def read(stdout: str, stderr: str = "") -> Preview:
    """What `pulumi preview --json` said. Raises ToolError when that is no plan and no reason either."""
    try:
        said = json.loads(stdout[stdout.index("{") :])
    except ValueError:
        raise ToolError(f"the engine made no plan:\n{(stdout + stderr).strip()}") from None
    told = said.get("diagnostics") or []
    problems = [_text(each) for each in told if each.get("severity") == "error"]
    problems = [each for each in problems if not each.startswith(FAILED)] or problems
    # What a dynamic provider writes is no warning to the engine; what it did not check is one to whoever reads a plan.
    warnings = [
        _text(each)
        for each in told
        if each.get("severity") == "warning" or str(each.get("message", "")).startswith("not checked in a plan")
    ]
    if not said.get("changeSummary") and not problems:
        problems = [stderr.strip() or "the engine planned nothing and did not say why"]
    found = list(_custom(said.get("steps") or []))
    return Preview(
        tuple(each for each in found if not each.type.startswith(PROVIDER)),
        tuple(problems),
        tuple(warnings),
        providers=tuple(each for each in found if each.type.startswith(PROVIDER)),
    )


def _text(diagnostic: Mapping[str, Any]) -> str:
    return str(diagnostic.get("message", "")).strip().removeprefix("error: ").removeprefix("warning: ")


def _custom(steps: list[Mapping[str, Any]]) -> Iterator[Planned]:
    for step in steps:
        state = step.get("newState") or {}
        # A component is no more than what is in it, and what is read is there already.
        if not state.get("custom") or step.get("op") == "read":
            continue
        needs = sorted({*state.get("dependencies", []), *_mentioned(state)})
        # It is told with the id that it has, which no two plans share.
        provider = str(state.get("provider", "")).rpartition("::")[0]
        yield Planned(state["urn"], state["type"], unmarked(state.get("inputs", {})), tuple(needs), provider)


def _mentioned(state: Mapping[str, Any]) -> Iterator[str]:
    for urns in (state.get("propertyDependencies") or {}).values():
        yield from urns or []
