"""What is kept in the cache: a folder of programs with a record of what they were when they had been seen to run."""

import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.project import cache
from tools.saying import say

_RECORD = "record.json"


def engines() -> Path:
    """The folder of everything kept here."""
    return cache() / "engine"


@dataclass(frozen=True)
class Kept:
    """A folder that is whole or not there: it is filled elsewhere, sealed with a record, then renamed to its place."""

    folder: Path

    @property
    def bin(self) -> Path:
        return self.folder / "bin"

    @property
    def lock(self) -> Path:
        return self.folder.with_name(f"{self.folder.name}.lock")

    @property
    def partial(self) -> Path:
        return self.folder.with_name(f"{self.folder.name}.partial")

    def begin(self) -> Path:
        """An empty `bin` to fill; what an interrupted attempt left is thrown away. Only under the lock."""
        shutil.rmtree(self.partial, ignore_errors=True)
        (self.partial / "bin").mkdir(parents=True)
        return self.partial / "bin"

    def seal(self, origin: str) -> None:
        """Record the files in the filled folder and put it in place. Only under the lock."""
        files = {path.name: _fingerprint(path) for path in sorted((self.partial / "bin").iterdir())}
        (self.partial / _RECORD).write_text(json.dumps({"origin": origin, "files": files}, indent=2) + "\n")
        shutil.rmtree(self.folder, ignore_errors=True)
        self.partial.rename(self.folder)

    def whole(self) -> bool:
        """Whether every recorded file is there and unchanged; a damaged folder is said to be so.

        A file whose size and time are as recorded is believed, another one is read through: a hundred megabytes are
        not hashed at every command, and a copied cache is still good.
        """
        record = self.record()
        if record is None:
            return False
        for name, was in record["files"].items():
            path = self.bin / name
            try:
                stat = path.stat()
            except OSError:
                say(f"cache: {path} is missing; it is got anew")
                return False
            if stat.st_size == was["size"] and stat.st_mtime_ns == was["modified"]:
                continue
            if stat.st_size != was["size"] or _sha256(path) != was["sha256"]:
                say(f"cache: {path} is damaged; it is got anew")
                return False
        return True

    def record(self) -> dict[str, Any] | None:
        try:
            record = json.loads((self.folder / _RECORD).read_text())
        except (OSError, ValueError):
            return None
        return record if isinstance(record, dict) and isinstance(record.get("files"), dict) else None


def _fingerprint(path: Path) -> dict[str, Any]:
    stat = path.stat()
    return {"sha256": _sha256(path), "size": stat.st_size, "modified": stat.st_mtime_ns}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
