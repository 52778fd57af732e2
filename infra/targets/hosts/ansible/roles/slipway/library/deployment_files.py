"""Ansible module: files with their owners and modes, all of them in one round trip, each whole or not at all."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# Ansible has no type stubs.
from __future__ import annotations

import grp
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = """
module: deployment_files
short_description: Write and remove several files at once
description:
  - Writes each file that is not as it is asked for, and makes the folders that it is told.
  - Where what they configure refuses them, what was there before is put back.
options:
  folders:
    description: Folders that are there before any file is written.
    type: list
    elements: dict
    default: []
  files:
    description: The files, each with path, content, mode, owner and group.
    type: list
    elements: dict
    default: []
  absent:
    description: Patterns of what is not there afterwards; folders with all that is in them.
    type: list
    elements: str
    default: []
  secret:
    description: Whether the contents are never shown.
    type: bool
    default: false
  exclusive:
    description: A folder in which no other files are left.
    type: path
  validate:
    description: A command that refuses the new files by its exit code.
    type: list
    elements: str
    default: []
author: [Slipway]
"""
EXAMPLES = """
- name: Write the units
  deployment_files:
    files:
      - {path: /etc/systemd/system/orders.target, content: "[Unit]", mode: "0644"}
"""
RETURN = """
written: {description: The paths of those that were written or removed., type: list, returned: always}
"""


class Wanted:
    """A file or a folder as it is asked for."""

    def __init__(self, asked: dict[str, str]) -> None:
        self.path = Path(asked["path"])
        self.content = asked.get("content", "").encode()
        self.mode = int(str(asked.get("mode", "0644")), 8)
        self.uid = pwd.getpwnam(asked.get("owner", "root")).pw_uid
        self.gid = grp.getgrnam(asked.get("group", "root")).gr_gid

    def settle(self, path: Path) -> None:
        """Give a path the owner and the mode."""
        os.chown(path, self.uid, self.gid)
        path.chmod(self.mode)

    def is_settled(self) -> bool:
        """Whether it has them already."""
        status = self.path.lstat()
        return (stat.S_IMODE(status.st_mode), status.st_uid, status.st_gid) == (self.mode, self.uid, self.gid)

    def before(self) -> bytes | None:
        """What stands there; None where there is nothing."""
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return None

    def write(self, content: bytes) -> None:
        """Have it hold that, from one moment to the next."""
        descriptor, name = tempfile.mkstemp(prefix=".", dir=self.path.parent)
        temporary = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            self.settle(temporary)
            temporary.rename(self.path)
        except BaseException:
            temporary.unlink()
            raise


def make_folders(folders: list[Wanted], *, check: bool) -> list[Path]:
    """Make those that are not as asked for; which ones they are."""
    changed: list[Path] = []
    for folder in folders:
        there = folder.path.is_dir()
        if there and folder.is_settled():
            continue
        changed.append(folder.path)
        if check:
            continue
        folder.path.mkdir(mode=0o755, parents=True, exist_ok=True)
        folder.settle(folder.path)
    return changed


def remove(path: Path) -> None:
    """A file, a link, or a folder with all that is in it."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def matching(pattern: str) -> list[Path]:
    """What there is of an absolute pattern."""
    return sorted(Path("/").glob(pattern.lstrip("/")))


def unnamed(folder: str | None, files: list[Wanted]) -> list[Path]:
    """What the folder holds beside the files."""
    if not folder or not Path(folder).is_dir():
        return []
    return sorted(set(Path(folder).iterdir()) - {file.path for file in files})


def wanted(module: AnsibleModule, asked: list[dict[str, str]]) -> list[Wanted]:
    """All that is asked for, unless an owner is missing, which a preview takes for one that is yet to be made."""
    try:
        return [Wanted(one) for one in asked]
    except KeyError as error:
        if module.check_mode:
            module.exit_json(changed=True, written=[one["path"] for one in asked])
        module.fail_json(msg=f"there is no such owner or group: {error}")


def refusal(command: list[str], files: list[Wanted], before: dict[Path, bytes | None]) -> str:
    """Why the command does not take the new files, after what was there is put back; empty when it does."""
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if run.returncode == 0:
        return ""
    for file in files:
        content = before[file.path]
        if content is None:
            file.path.unlink()
        else:
            file.write(content)
    said = run.stdout.strip().splitlines()[-10:]
    return "\n".join([f"{' '.join(command)} refuses it; what was there before is put back:", *said])


def difference(file: Wanted, before: bytes | None) -> dict[str, str]:
    """As Ansible shows it."""
    return {
        "before_header": str(file.path),
        "after_header": str(file.path),
        "before": (before or b"").decode(errors="replace"),
        "after": file.content.decode(),
    }


def apply(module: AnsibleModule, params: dict[str, Any], folders: list[Wanted], files: list[Wanted]) -> dict[str, Any]:
    """Make it so; what was changed. Raises OSError."""
    check = bool(module.check_mode)
    changed = make_folders(folders, check=check)
    before = {file.path: file.before() for file in files}
    stale = [file for file in files if before[file.path] != file.content or not file.is_settled()]
    extra = unnamed(params["exclusive"], files)
    extra += [path for pattern in params["absent"] for path in matching(pattern)]
    if not check:
        for file in stale:
            file.write(file.content)
        for path in extra:
            remove(path)
        refused = refusal(params["validate"], stale, before) if stale and params["validate"] else ""
        if refused:
            module.fail_json(msg=refused)
    shown = [] if params["secret"] else [difference(file, before[file.path]) for file in stale]
    written = [str(path) for path in [*changed, *(file.path for file in stale), *extra]]
    return {"changed": bool(written), "written": written, "diff": shown}


def main() -> None:
    """Run as Ansible runs a module."""
    module = AnsibleModule(
        argument_spec={
            "folders": {"type": "list", "elements": "dict", "default": []},
            "files": {"type": "list", "elements": "dict", "default": [], "no_log": False},
            "absent": {"type": "list", "elements": "str", "default": []},
            "secret": {"type": "bool", "default": False, "no_log": False},
            "exclusive": {"type": "path"},
            "validate": {"type": "list", "elements": "str", "default": []},
        },
        supports_check_mode=True,
    )
    params: dict[str, Any] = module.params
    folders, files = wanted(module, params["folders"]), wanted(module, params["files"])
    try:
        told = apply(module, params, folders, files)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        module.fail_json(msg=f"{where}{error.strerror}")
    module.exit_json(**told)


if __name__ == "__main__":
    main()
