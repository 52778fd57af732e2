"""An engine for plans: its state is thrown away, its providers are stand-ins, and nothing of it goes out."""

import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools.errors import ToolError
from tools.offline.packages import simulations
from tools.offline.server import serve
from tools.offline.world import World
from tools.workbench import Workbench

# Nothing of a plan goes out: whatever tries is refused at once, and the program says what it could not check.
_NOWHERE = "http://127.0.0.1:9"
_UNREACHABLE = {
    **dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), _NOWHERE),
    **dict.fromkeys(("NO_PROXY", "no_proxy"), "127.0.0.1,localhost"),
    # Nor is a Docker Engine asked, even where there is one: a plan is the same on every machine.
    "DOCKER_HOST": "unix:///nowhere/docker.sock",
}


@dataclass(frozen=True)
class PlanEngine:
    """`pulumi` as a plan runs it."""

    folder: Path
    pulumi: Path
    variables: Mapping[str, str]
    world: World

    def run(self, *arguments: str, cwd: Path) -> "subprocess.CompletedProcess[str]":
        """Run it, however it ends."""
        command = [str(self.pulumi), *arguments, "--non-interactive"]
        return subprocess.run(command, cwd=cwd, env=dict(self.variables), capture_output=True, text=True, check=False)

    def must(self, *arguments: str, cwd: Path) -> None:
        """Run it. Raises ToolError when it fails."""
        ran = self.run(*arguments, cwd=cwd)
        if ran.returncode != 0:
            raise ToolError(f"pulumi {arguments[0]} ended with {ran.returncode}:\n{ran.stderr.strip()}")


@contextmanager
def plan_engine(bench: Workbench, strict: bool = True, assuming: bool = False) -> Iterator[PlanEngine]:
    """An engine with its state in a folder of its own, for which every package of the stack's environment is played.

    `assuming`: what the program looks up on a platform, and the stand-ins know nothing of, is taken to be there.
    """
    world = World(assuming=assuming)
    played = simulations(_packages(bench), world)
    serving = serve(played, strict)
    if strict:
        threading.Thread(target=lambda: [each.tables.prepare() for each in played], daemon=True).start()
    try:
        with tempfile.TemporaryDirectory(prefix="slipway-plan-") as folder:
            (Path(folder) / "state").mkdir()
            variables = _variables(bench, Path(folder), serving.variable())
            yield PlanEngine(Path(folder), bench.engine.pulumi, variables, world)
    finally:
        serving.close()


def _variables(bench: Workbench, scratch: Path, providers: str) -> dict[str, str]:
    variables = {
        **{key: value for key, value in bench.variables().items() if not key.startswith("PULUMI_CONFIG_")},
        **_UNREACHABLE,
        "PULUMI_BACKEND_URL": (scratch / "state").as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "a plan's state is thrown away",
        "PULUMI_DEBUG_PROVIDERS": providers,
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "SLIPWAY_PLAN": "true",
    }
    variables.pop("PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER", None)
    return variables


def _packages(bench: Workbench) -> list[str]:
    """The packages of the SDKs in the stack's environment."""
    folders = bench.environment.folder.glob("lib/python3*/site-packages/pulumi_*-*.dist-info")
    return sorted(folder.name.partition("-")[0].removeprefix("pulumi_").replace("_", "-") for folder in folders)
