"""A stack of the bench's own on the real engine, with its state in a folder that is thrown away."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from infra.service import Server
from tools.bench.footprint import Footprint, footprint
from tools.bench.servers import CPU, MEMORY
from tools.engine.plugins import provide
from tools.project import ROOT
from tools.workbench import Workbench, workbench

NAME = "bench"

EMPTY = {
    "Pulumi.yaml": "name: empty\nruntime: python\n",
    "__main__.py": '"""Nothing."""\n\nimport pulumi  # noqa: F401\n',
}


class ScratchEngine:
    """The engine and the environment that `make up` uses for `stack`, on a file backend below `folder`.

    `attached` names platforms whose SDK is in the environment, and of which nothing is made: the engine wants their
    plugins all the same, unless it is told that they run already.
    """

    def __init__(self, folder: Path, stack: str = "local", attached: Sequence[str] = ()) -> None:
        self._folder = folder
        bench: Workbench = workbench(stack)
        provide([plugin for plugin in bench.plugins() if plugin.name not in attached], bench.engine)
        self.version = bench.engine.version
        self._pulumi = str(bench.engine.pulumi)
        state = folder / "state"
        state.mkdir()
        self._environment = {
            **{name: value for name, value in bench.variables().items() if not name.startswith("PULUMI_CONFIG_")},
            "PULUMI_BACKEND_URL": state.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "bench",
        }
        if attached:
            # Ports that nobody listens on, as nobody is ever asked.
            self._environment["PULUMI_DEBUG_PROVIDERS"] = ",".join(f"{name}:1" for name in attached)
            self._environment["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] = "true"

    def empty_program(self) -> EmptyProgram:
        """The least program that there is."""
        return EmptyProgram(self, self._folder / "empty")

    def stack(self, server: Server, port: int) -> ScratchStack:
        """The stack `local` as the project has it, on another port."""
        config: dict[str, Any] = {
            "service:target": "local",
            "service:server": server,
            "service:size": {"cpu": CPU, "memory": f"{MEMORY // 2**20}MiB"},
            "service:options": {"port": port},
        }
        return ScratchStack(self, self._folder / f"stack-{server}", config, ("127.0.0.1", port))

    def own_servers(self, ssh_config: str) -> ScratchStack:
        """A stack on hosts that are reached by that configuration of SSH; they are still to be named."""
        config: dict[str, Any] = {
            "service:target": "hosts",
            "service:size": {"cpu": CPU, "memory": f"{MEMORY // 2**20}MiB"},
            "service:options": {"ssh": {"config": ssh_config}},
        }
        return ScratchStack(self, self._folder / "stack-hosts", config)

    def run(self, *arguments: str, cwd: Path) -> str:
        """What the command says. Raises RuntimeError with all of it when it fails."""
        ran = subprocess.run(
            [self._pulumi, *arguments, "--non-interactive"],
            cwd=cwd, env=self._environment, capture_output=True, text=True, timeout=1200, check=False,
        )  # fmt: skip
        if ran.returncode:
            raise RuntimeError(f"pulumi {' '.join(arguments)} ended with {ran.returncode}:\n{ran.stdout}{ran.stderr}")
        return ran.stdout

    def watch(self, *arguments: str, cwd: Path, variables: Mapping[str, str]) -> list[tuple[float, str]]:
        """What the command says, line by line, each with its second; the last is that of its end.

        Raises RuntimeError with all of it when it fails.
        """
        lines: list[tuple[float, str]] = []
        started = time.monotonic()
        with subprocess.Popen(
            [self._pulumi, *arguments, "--non-interactive"],
            cwd=cwd,
            env={**self._environment, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            assert process.stdout is not None
            lines.extend((time.monotonic() - started, line.rstrip("\n")) for line in process.stdout)
        if process.returncode:
            said = "\n".join(text for _, text in lines)
            raise RuntimeError(f"pulumi {' '.join(arguments)} ended with {process.returncode}:\n{said}")
        return [*lines, (time.monotonic() - started, "")]

    def measure(self, *arguments: str, cwd: Path) -> Footprint:
        """The command's time and memory."""
        return footprint([self._pulumi, *arguments, "--non-interactive"], cwd=cwd, environment=self._environment)


class EmptyProgram:
    """A Pulumi Python program without a resource."""

    def __init__(self, engine: ScratchEngine, folder: Path) -> None:
        self._engine = engine
        self._folder = folder
        folder.mkdir()
        for name, content in EMPTY.items():
            (folder / name).write_text(content, encoding="utf-8")
        engine.run("stack", "init", "empty", cwd=folder)

    def preview(self) -> Footprint:
        return self._engine.measure("preview", "--stack", "empty", cwd=self._folder)


class ScratchStack:
    """This project's program with its configuration in a file of the bench's, and the address where it answers."""

    def __init__(
        self, engine: ScratchEngine, folder: Path, config: dict[str, Any], address: tuple[str, int] = ("", 0)
    ) -> None:
        self._engine = engine
        self._config = config
        self.address = address
        # Made beside the project, so that Pulumi writes its salt there and not into stacks/.
        (folder / "stacks").mkdir(parents=True)
        shutil.copy(ROOT / "Pulumi.yaml", folder)
        engine.run("stack", "init", NAME, "--no-select", cwd=folder)
        self._file = folder / "stacks" / f"Pulumi.{NAME}.yaml"
        self._head = self._file.read_text(encoding="utf-8")
        self._write()

    def set_environment(self, **values: str) -> None:
        """Changes the service's environment for the next up."""
        self._config["service:environment"] = values
        self._write()

    def set_options(self, **values: Any) -> None:
        """Changes some of the target's own options for the next up."""
        self._config["service:options"] |= values
        self._write()

    def preview(self) -> Footprint:
        return self._engine.measure("preview", *self._where, cwd=ROOT)

    def up(self) -> None:
        self._engine.run("up", "--yes", *self._where, cwd=ROOT)

    def destroy(self) -> None:
        """Takes everything down and forgets the stack."""
        self._engine.run("destroy", "--yes", *self._where, cwd=ROOT)
        self._engine.run("stack", "rm", "--yes", "--preserve-config", "--stack", NAME, cwd=ROOT)

    @property
    def _where(self) -> tuple[str, ...]:
        return ("--stack", NAME, "--config-file", str(self._file))

    def _write(self) -> None:
        # JSON is YAML.
        config = "".join(f"  {key}: {json.dumps(value)}\n" for key, value in self._config.items())
        self._file.write_text(f"{self._head.rstrip()}\nconfig:\n{config}", encoding="utf-8")
