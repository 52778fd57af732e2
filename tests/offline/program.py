"""A small Pulumi program in a folder of its own, run by the real engine with stand-in providers attached."""

import json
import os
import subprocess
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.engine import engine
from tools.environment import platform_environment

STACK = "dev"

Done = subprocess.CompletedProcess[str]


@dataclass
class Program:
    """The program's folder, with its state in it, and what the engine is told."""

    folder: Path
    platform: str
    variables: dict[str, str] = field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        (self.folder / "state").mkdir(parents=True)
        (self.folder / "Pulumi.yaml").write_text("name: program\nruntime: python\n", encoding="utf-8")
        self.write("")
        self.run("stack", "init", STACK)

    def write(self, source: str) -> None:
        """The whole text of the program."""
        (self.folder / "__main__.py").write_text(source, encoding="utf-8")

    def run(self, *arguments: str, ok: bool = True) -> Done:
        """Run the engine; what it said is shown when a test fails."""
        got = engine()
        environment = platform_environment(self.platform)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PULUMI_", "PYTEST_"))}
        variables = {
            **kept,
            "PATH": os.pathsep.join([str(environment.bin), *map(str, got.folders), os.environ["PATH"]]),
            "PULUMI_BACKEND_URL": (self.folder / "state").as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "of a test",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_HOME": str(self.folder / "home"),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            **self.variables,
        }
        command = [str(got.pulumi), *arguments, "--non-interactive"]
        done = subprocess.run(command, cwd=self.folder, env=variables, capture_output=True, text=True)
        said = "\n".join(line for line in done.stdout.splitlines() if not line.startswith("{"))
        print(f"$ pulumi {' '.join(arguments)} -> {done.returncode}\n{said}\n{done.stderr}")
        if ok:
            assert done.returncode == 0, done.stdout + done.stderr
        return done

    def up(self, source: str | None = None, *, ok: bool = True) -> dict[str, int]:
        """`pulumi up` without a preview; how many resources met each fate."""
        if source is not None:
            self.write(source)
        return fates(self.run("up", "--yes", "--skip-preview", "--json", ok=ok).stdout)

    def refused(self, source: str) -> str:
        """What the preview of a wrong program says."""
        self.write(source)
        done = self.run("preview", ok=False)
        assert done.returncode != 0, "nobody objected"
        return done.stdout + done.stderr

    def outputs(self) -> dict[str, Any]:
        return dict(json.loads(self.run("stack", "output", "--json", "--show-secrets").stdout))

    def state(self) -> str:
        """The state as it lies on the disk."""
        return (self.folder / "state/.pulumi/stacks/program" / f"{STACK}.json").read_text(encoding="utf-8")


def fates(events: str) -> dict[str, int]:
    """How many resources were created, imported, updated, replaced, deleted, by the engine's own events."""
    done = [
        json.loads(line)["resOutputsEvent"]["metadata"] for line in events.splitlines() if "resOutputsEvent" in line
    ]
    told = [each["op"] for each in done if each["type"] != "pulumi:pulumi:Stack"]
    return dict(Counter(op for op in told if op in ("create", "import", "update", "replace", "delete")))
