#!/usr/bin/python
"""Ansible module: files with their owners and modes, all of them in one round trip, each whole or not at all."""

import glob
import grp
import os
import pwd
import shutil
import stat
import subprocess
import tempfile

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

    def __init__(self, asked):
        self.path = asked["path"]
        self.content = asked.get("content", "").encode()
        self.mode = int(str(asked.get("mode", "0644")), 8)
        self.uid = pwd.getpwnam(asked.get("owner", "root")).pw_uid
        self.gid = grp.getgrnam(asked.get("group", "root")).gr_gid

    def settle(self, path):
        os.chown(path, self.uid, self.gid)
        os.chmod(path, self.mode)

    def is_settled(self):
        status = os.lstat(self.path)
        return (stat.S_IMODE(status.st_mode), status.st_uid, status.st_gid) == (self.mode, self.uid, self.gid)

    def before(self):
        """What stands there; None where there is nothing."""
        try:
            with open(self.path, "rb") as file:
                return file.read()
        except FileNotFoundError:
            return None

    def write(self, content):
        descriptor, temporary = tempfile.mkstemp(prefix=".", dir=os.path.dirname(self.path))
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            self.settle(temporary)
            os.rename(temporary, self.path)
        except BaseException:
            os.unlink(temporary)
            raise


def make_folders(folders, check):
    changed = []
    for folder in folders:
        there = os.path.isdir(folder.path)
        if there and folder.is_settled():
            continue
        changed.append(folder.path)
        if check:
            continue
        if not there:
            os.makedirs(folder.path, 0o755)
        folder.settle(folder.path)
    return changed


def remove(path):
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    else:
        os.unlink(path)


def lookup(module, asked):
    try:
        return [Wanted(one) for one in asked]
    except KeyError as error:
        if module.check_mode:
            # The user is one that the same run would have made.
            module.exit_json(changed=True, written=[one["path"] for one in asked])
        module.fail_json(msg=f"there is no such owner or group: {error}")


def refuse(module, command, files, before):
    """Put back what was there, when the command does not take the new files."""
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if run.returncode == 0:
        return
    for file in files:
        if before[file.path] is None:
            os.unlink(file.path)
        else:
            file.write(before[file.path])
    said = run.stdout.strip().splitlines()[-10:]
    module.fail_json(msg="\n".join([f"{' '.join(command)} refuses it; what was there before is put back:", *said]))


def main():
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
    check = module.check_mode
    folders, files = lookup(module, module.params["folders"]), lookup(module, module.params["files"])
    path = ""
    try:
        written = make_folders(folders, check)
        before = {file.path: file.before() for file in files}
        stale = [file for file in files if before[file.path] != file.content or not file.is_settled()]
        extra = _unnamed(module.params["exclusive"], files)
        extra += sorted(path for pattern in module.params["absent"] for path in glob.glob(pattern))
        if not check:
            for file in stale:
                path = file.path
                file.write(file.content)
            for path in extra:
                remove(path)
            if stale and module.params["validate"]:
                refuse(module, module.params["validate"], stale, before)
    except OSError as error:
        module.fail_json(msg=f"{error.filename or path}: {error.strerror}")
    shown = [] if module.params["secret"] else [_diff(file, before[file.path]) for file in stale]
    written += [file.path for file in stale] + extra
    module.exit_json(changed=bool(written), written=written, diff=shown)


def _unnamed(folder, files):
    if not folder or not os.path.isdir(folder):
        return []
    held = (os.path.join(folder, name) for name in os.listdir(folder))
    return sorted(path for path in held if path not in {file.path for file in files})


def _diff(file, before):
    return {
        "before_header": file.path,
        "after_header": file.path,
        "before": (before or b"").decode(errors="replace"),
        "after": file.content.decode(),
    }


if __name__ == "__main__":
    main()
