"""Which revision really runs: release.json, checked against the files on the disk."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

UNRELEASED = "unreleased"
REVISION_LENGTH = 12


@dataclass(frozen=True)
class Identity:
    """What /version answers."""

    service: str
    revision: str
    deployment: str
    server: str
    target: str
    stack: str

    def body(self) -> bytes:
        """The JSON of /version."""
        return json.dumps(asdict(self)).encode() + b"\n"


def denial(answer: str, revision: str, deployment: str) -> str:
    """How what is answered at the version's path differs from what runs; empty when it does not."""
    try:
        content = json.loads(answer)
        said = f"revision {content['revision']}, deployment {content['deployment']}"
    except (ValueError, KeyError, TypeError):
        return "it does not say which revision it is"
    return "" if said == f"revision {revision}, deployment {deployment}" else f"it says {said}"


def revision_of(manifest: dict[str, Any]) -> str:
    """The revision that a manifest has: the first digits of the sha256 of its canonical JSON."""
    canonical = json.dumps(manifest, sort_keys=True, separators=(",", ":")).encode()
    return hashlib.sha256(canonical).hexdigest()[:REVISION_LENGTH]


def read_revision(root: Path) -> str:
    """The revision of the files under `root`.

    `unreleased` where there is no release.json; `<revision>-modified` where the manifest or any file it lists differs
    from what was released, so that an edit on a server never passes for the release.
    """
    try:
        text = (root / "release.json").read_text("utf-8")
    except FileNotFoundError:
        return UNRELEASED
    try:
        document = cast("dict[str, Any]", json.loads(text))
        claimed = str(document["revision"])
        manifest = cast("dict[str, Any]", document["manifest"])
        files = cast("dict[str, str]", manifest["files"])
        intact = revision_of(manifest) == claimed and all(_digest(root / name) == want for name, want in files.items())
    except (ValueError, KeyError, TypeError, AttributeError):
        return "unreadable-modified"
    return claimed if intact else f"{claimed}-modified"


def _digest(path: Path) -> str | None:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None
