"""Gets a Pulumi engine: the person's own, the official release, or one built from Go modules; in that order."""

from dataclasses import dataclass
from pathlib import Path

from tools.engine.build import CannotBuild, built, place
from tools.engine.on_path import on_path
from tools.engine.pins import ENGINE, VERSION
from tools.errors import ToolError


@dataclass(frozen=True)
class Engine:
    """A usable `pulumi`, and the folders that must stand on PATH for it (none when it was found there)."""

    pulumi: Path
    version: str
    origin: str
    folders: tuple[Path, ...] = ()


def engine() -> Engine:
    """The engine to use, got now if it must be. A ToolError says everything that was tried."""
    tried: list[str] = []
    try:
        pulumi, version = on_path()
        return Engine(pulumi, version, "on PATH")
    except ValueError as reason:
        tried.append(f"on PATH: {reason}")
    try:
        kept = built(ENGINE)
        return Engine(kept.bin / "pulumi", f"v{VERSION}", "built from Go modules", (kept.bin,))
    except CannotBuild as reason:
        tried.append(f"built from Go modules: {reason}")
    raise ToolError("no Pulumi engine can be had:\n" + "\n".join(f"- {line}" for line in tried), "install Pulumi")
