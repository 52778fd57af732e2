"""Previews by the engine itself. The stand-ins run in this process, and are no part of what is measured."""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tools.bench.footprint import Footprint, footprint
from tools.errors import ToolError
from tools.plan.engine import PlanEngine, plan_engine
from tools.plan.preview import IMAGE, Planned, read
from tools.plan.stack_file import settings, without_secrets
from tools.project import ROOT
from tools.stack import Stack
from tools.workbench import workbench


class Preview:
    """One program as one stack of an engine."""

    def __init__(self, engine: PlanEngine, stack: str, folder: Path, config: Path | None = None) -> None:
        self._engine, self._folder = engine, folder
        given = ["--config-file", str(config)] if config else []
        self._arguments = ["preview", "--stack", stack, *given]
        # Elsewhere: Pulumi writes a salt into the stack's file, which is not to be one of the project's.
        beside = engine.folder / f"{stack}-made"
        beside.mkdir()
        shutil.copy(folder / "Pulumi.yaml", beside)
        engine.must("stack", "init", stack, "--no-select", cwd=beside)

    def measure(self) -> Footprint:
        """Its time and memory. Raises RuntimeError with what the engine said when it fails."""
        command = [str(self._engine.pulumi), *self._arguments, "--non-interactive"]
        return footprint(command, cwd=self._folder, environment=self._engine.variables)

    def resources(self) -> tuple[Planned, ...]:
        """What it would make. Raises ToolError when there is no plan."""
        ran = self._engine.run(*self._arguments, "--json", cwd=self._folder)
        seen = read(ran.stdout, ran.stderr)
        if seen.problems:
            raise ToolError("\n".join(seen.problems))
        return seen.resources


class Previews:
    """Makes previews of programs in the environment of one stack."""

    def __init__(self, engine: PlanEngine, stack: str) -> None:
        self._engine, self._stack = engine, stack

    def files(self, name: str, files: Mapping[str, str]) -> Preview:
        """A program of a few files."""
        folder = self._engine.folder / name
        folder.mkdir()
        for file, content in files.items():
            (folder / file).write_text(content, encoding="utf-8")
        return Preview(self._engine, name, folder)

    def stack(self) -> Preview:
        """The stack as it is, but for its image: where it promotes another stack's, it names one by its digest."""
        return self._project(self._stack, ROOT)

    def contract(self, name: str, text: str) -> Preview:
        """The stack with another contract, in a copy of the project."""
        folder = self._engine.folder / name
        folder.mkdir()
        for part in ("infra", "app"):
            shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        for part in ("__main__.py", "Pulumi.yaml"):
            shutil.copy(ROOT / part, folder)
        (folder / "app" / "service.toml").write_text(text, encoding="utf-8")
        return self._project(name, folder)

    def _project(self, name: str, folder: Path) -> Preview:
        kept, _ = without_secrets(settings(Stack(self._stack).file))
        promoted = {"service:image": IMAGE} if "service:image" in kept else {}
        config = self._engine.folder / f"{name}.json"
        # JSON is YAML.
        config.write_text(json.dumps({"config": {**kept, **promoted}}), encoding="utf-8")
        return Preview(self._engine, name, folder, config)


@contextmanager
def previews(stack: str) -> Iterator[Previews]:
    """Previews in the environment of `stack`, until this ends."""
    with plan_engine(workbench(stack)) as engine:
        yield Previews(engine, stack)
