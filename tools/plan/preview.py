"""Runs the engine's preview of a stack against stand-ins, from an empty state, with no account and no secret."""

import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tools.errors import ToolError
from tools.offline.values import unmarked
from tools.plan.engine import plan_engine
from tools.project import ROOT
from tools.workbench import Workbench

# What a secret is in a plan: the real ones are encrypted, for whoever has the key.
PLACEHOLDER = "a secret that no plan knows"

STACK_TYPE = "pulumi:pulumi:Stack"


@dataclass(frozen=True)
class Planned:
    """A resource that the engine would make."""

    urn: str
    type: str
    parent: str
    inputs: Mapping[str, Any]
    needs: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.urn.rpartition("::")[2]


@dataclass(frozen=True)
class Preview:
    """What the engine said: the resources, or why there is no plan."""

    resources: tuple[Planned, ...] = ()
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def preview(bench: Workbench, strict: bool = True) -> Preview:
    """Preview the whole stack; the bench alone wants one that is not `strict`, and lets everything through."""
    with plan_engine(bench, strict) as engine:
        name = bench.stack.name
        scratch = engine.folder
        (scratch / bench.stack.file.parent.name).mkdir()
        shutil.copy(ROOT / "Pulumi.yaml", scratch)
        config = scratch / bench.stack.file.parent.name / bench.stack.file.name
        secrets = _without_secrets(bench.stack.file, config)
        engine.must("stack", "init", name, "--no-select", cwd=scratch)
        if secrets:
            given = [word for path in secrets for word in ("--secret", f"{path}={PLACEHOLDER}")]
            engine.must("config", "set-all", "--path", *given, "--stack", name, cwd=scratch)
        ran = engine.run("preview", "--json", "--stack", name, "--config-file", str(config), cwd=ROOT)
    return read(ran.stdout, ran.stderr)


def read(stdout: str, stderr: str = "") -> Preview:
    """What `pulumi preview --json` said. Raises ToolError when that is no plan and no reason either."""
    try:
        said = json.loads(stdout[stdout.index("{") :])
    except ValueError:
        raise ToolError(f"the engine made no plan:\n{(stdout + stderr).strip()}") from None
    told = said.get("diagnostics") or []
    problems = [_text(each) for each in told if each.get("severity") == "error"]
    # What a dynamic provider writes is no warning to the engine; what it did not check is one to whoever reads a plan.
    warnings = [
        _text(each)
        for each in told
        if each.get("severity") == "warning" or str(each.get("message", "")).startswith("not checked in a plan")
    ]
    if not said.get("changeSummary") and not problems:
        problems = [stderr.strip() or "the engine planned nothing and did not say why"]
    return Preview(tuple(_resources(said.get("steps") or [])), tuple(problems), tuple(warnings))


def _text(diagnostic: Mapping[str, Any]) -> str:
    return str(diagnostic.get("message", "")).strip().removeprefix("error: ").removeprefix("warning: ")


def _resources(steps: list[Mapping[str, Any]]) -> Iterator[Planned]:
    for step in steps:
        state = step.get("newState") or {}
        if state.get("type", STACK_TYPE) == STACK_TYPE or state["type"].startswith("pulumi:providers:"):
            continue
        needs = sorted({*state.get("dependencies", []), *_mentioned(state)})
        yield Planned(
            state["urn"], state["type"], state.get("parent", ""), unmarked(state.get("inputs", {})), tuple(needs)
        )


def _mentioned(state: Mapping[str, Any]) -> Iterator[str]:
    for urns in (state.get("propertyDependencies") or {}).values():
        yield from urns or []


def _without_secrets(source: Path, target: Path) -> list[str]:
    """Copy a stack's file without what is encrypted in it; the paths of what was left out."""
    kept = yaml.safe_load(source.read_text(encoding="utf-8")) or {}
    found: list[str] = []

    def walk(value: Any, path: str) -> Any:
        match value:
            case {"secure": str()}:
                found.append(path)
                return None
            case dict():
                walked = {key: walk(item, f"{path}.{key}" if path else key) for key, item in value.items()}
                return {key: item for key, item in walked.items() if item is not None}
            case _:
                return value

    config = walk(kept.get("config") or {}, "")
    target.write_text(yaml.safe_dump({"config": config}), encoding="utf-8")
    return found
