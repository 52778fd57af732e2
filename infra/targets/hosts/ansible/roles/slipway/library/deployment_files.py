"""Ansible module: files with their owners and modes, and the units that they are of, all of them in one round trip."""

# pyright: reportMissingTypeStubs=false, reportMissingImports=false, reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
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
from ansible.module_utils.deployment_units import FOLDER, Asked, Refused, systemctl

DOCUMENTATION = """
module: deployment_files
short_description: Write and remove several files at once, and start and stop the units that they are of
description:
  - Writes each file that is not as it is asked for, and makes the folders that it is told. Each is whole or not there.
  - Where what they configure refuses them, what was there before is put back.
  - Then systemd reads what was written, stops units, starts others; then the links are set, and what is to go goes.
options:
  folders:
    description: Folders that are there before any file is written.
    type: list
    elements: dict
    default: []
  files:
    description: The files, each with path, content (or the name of a secret), mode, owner and group.
    type: list
    elements: dict
    default: []
  absent:
    description: Patterns of what is not there afterwards; folders with all that is in them.
    type: list
    elements: str
    default: []
  secrets:
    description: Contents of files, by their names, that are never shown.
    type: dict
    default: {}
  secret:
    description: Whether no content is ever shown.
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
  stopped:
    description: Units that do not run afterwards; that they failed is forgotten.
    type: list
    elements: str
    default: []
  started:
    description: Units that run afterwards.
    type: list
    elements: str
    default: []
  restarted:
    description: Units that are started anew.
    type: list
    elements: str
    default: []
  lasting:
    description: Whether the units are enabled and disabled too.
    type: bool
    default: false
  links:
    description: Symbolic links, each with path and to.
    type: list
    elements: dict
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
written: {description: The paths and units that were changed., type: list, returned: always}
"""


class Wanted:
    """A file or a folder as it is asked for."""

    def __init__(self, asked: dict[str, str], secrets: dict[str, str]) -> None:
        self.path = Path(asked["path"])
        self.is_secret = "secret" in asked
        self.content = (str(secrets[asked["secret"]]) if self.is_secret else asked.get("content", "")).encode()
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
        except OSError as error:
            temporary.unlink()
            # A disk that is full does not say of which file.
            raise OSError(error.errno, error.strerror, str(self.path)) from error


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
        return [Wanted(one, module.params["secrets"]) for one in asked]
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


def linked(links: list[dict[str, str]], *, check: bool) -> list[Path]:
    """Set each that leads elsewhere, from one moment to the next; which ones."""
    changed: list[Path] = []
    for link in links:
        path = Path(link["path"])
        if path.is_symlink() and str(path.readlink()) == link["to"]:
            continue
        changed.append(path)
        if not check:
            fresh = path.with_name(f".{path.name}")
            fresh.unlink(missing_ok=True)
            fresh.symlink_to(link["to"])
            fresh.rename(path)
    return changed


def has_unit(paths: list[Path]) -> bool:
    """Whether systemd has to read anew because of one of them."""
    return any(str(path.parent) == FOLDER for path in paths)


def apply(module: AnsibleModule, params: dict[str, Any], folders: list[Wanted], files: list[Wanted]) -> dict[str, Any]:
    """Make it so; what was changed. Raises OSError, Refused."""
    check = bool(module.check_mode)
    changed = make_folders(folders, check=check)
    before = {file.path: file.before() for file in files}
    stale = [file for file in files if before[file.path] != file.content or not file.is_settled()]
    if not check:
        for file in stale:
            file.write(file.content)
        refused = refusal(params["validate"], stale, before) if stale and params["validate"] else ""
        if refused:
            module.fail_json(msg=refused)
        if has_unit([file.path for file in stale]):
            systemctl("daemon-reload")
    asked = Asked(params["stopped"], params["started"], params["restarted"], lasting=params["lasting"])
    units = asked.bring_about(check=check) if asked.names() else []
    links = linked(params["links"], check=check)
    extra = unnamed(params["exclusive"], files)
    extra += [path for pattern in params["absent"] for path in matching(pattern)]
    if not check:
        for path in extra:
            remove(path)
        if has_unit(extra):
            systemctl("daemon-reload")
    shown = [] if params["secret"] else [difference(file, before[file.path]) for file in stale if not file.is_secret]
    paths = [*changed, *(file.path for file in stale), *links, *extra]
    written = [*map(str, paths), *units]
    return {"changed": bool(written), "written": written, "diff": shown}


def main() -> None:
    """Run as Ansible runs a module."""
    names: dict[str, Any] = {"type": "list", "elements": "str", "default": []}
    tables: dict[str, Any] = {"type": "list", "elements": "dict", "default": []}
    module = AnsibleModule(
        argument_spec={
            "folders": tables,
            "files": {**tables, "no_log": False},
            "absent": names,
            "secrets": {"type": "dict", "default": {}, "no_log": True},
            "secret": {"type": "bool", "default": False, "no_log": False},
            "exclusive": {"type": "path"},
            "validate": names,
            "stopped": names,
            "started": names,
            "restarted": names,
            "lasting": {"type": "bool", "default": False},
            "links": tables,
        },
        supports_check_mode=True,
    )
    params: dict[str, Any] = module.params
    folders, files = wanted(module, params["folders"]), wanted(module, params["files"])
    try:
        told = apply(module, params, folders, files)
    except Refused as refused:
        module.fail_json(msg=str(refused))
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        module.fail_json(msg=f"{where}{error.strerror}")
    module.exit_json(**told)


if __name__ == "__main__":
    main()
