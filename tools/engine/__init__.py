"""Gets a Pulumi engine: the person's own, the official release, or one built from Go modules; in that order."""

from dataclasses import dataclass
from pathlib import Path

from tools.engine import build, release
from tools.engine.on_path import on_path
from tools.engine.pins import ENGINE, VERSION
from tools.errors import ToolError
from tools.saying import say


@dataclass(frozen=True)
class Engine:
    """A usable `pulumi`, and the folders that must stand on PATH for it (none when it was found there)."""

    pulumi: Path
    version: str
    origin: str
    folders: tuple[Path, ...] = ()


def at_hand() -> Engine:
    """The engine that is here already, the person's own first. ValueError says why none on PATH can be used."""
    try:
        pulumi, version = on_path()
        return Engine(pulumi, version, "on PATH")
    except ValueError:
        for kept, origin in ((release.place(), "official release"), (build.place(ENGINE), "built from Go modules")):
            if kept.whole():
                return Engine(kept.bin / "pulumi", f"v{VERSION}", origin, (kept.bin,))
        raise


def engine() -> Engine:
    """The engine to use, got now if it must be. A ToolError says everything that was tried, each with its reason."""
    tried: list[str] = []
    try:
        # What is here already comes before any attempt to reach a host.
        return at_hand()
    except ValueError as reason:
        tried.append(f"on PATH: {reason}")

    try:
        kept = release.released()
        return Engine(kept.bin / "pulumi", f"v{VERSION}", "official release", (kept.bin,))
    except release.NoRelease as reason:
        tried.append(f"official release: {reason}")
        say(f"engine: no official release: {reason}")
    try:
        kept = build.built(ENGINE)
        return Engine(kept.bin / "pulumi", f"v{VERSION}", "built from Go modules", (kept.bin,))
    except build.CannotBuild as reason:
        tried.append(f"built from Go modules: {reason}")

    raise ToolError(
        "no Pulumi engine can be had. Tried:\n" + "\n".join(f"- {line}" for line in tried),
        f"install Pulumi {VERSION} or newer (https://www.pulumi.com/docs/install/) or Go 1.25.11 or newer, "
        "then run the same command again",
    )
