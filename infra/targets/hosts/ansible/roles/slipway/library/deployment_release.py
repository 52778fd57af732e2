"""Ansible module: the environment that a revision runs in, shared by all with the same requirements, and its marks."""

# pyright: reportMissingTypeStubs=false, reportMissingImports=false, reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# Ansible has no type stubs.
from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = """
module: deployment_release
short_description: Make a release complete
description:
  - Makes an environment of the pinned requirements, or takes the one that is there of the same requirements and Python.
  - Then compiles the files of the revision, and marks it as complete. What was cut short before is made anew.
options:
  release: {description: The folder of the revision with its files in app., type: path, required: true}
  environments: {description: The folder of all environments., type: path, required: true}
  interpreter: {description: The Python that the service runs on., type: path, required: true}
  requirements: {description: The pinned and hashed requirements., type: path, required: true}
  index: {description: The package index that is asked; without one the host's own., type: str, default: ""}
author: [Slipway]
"""
EXAMPLES = """
- name: Make the release complete
  deployment_release:
    release: /opt/orders/releases/0123456789ab
    environments: /opt/orders/environments
    interpreter: /usr/bin/python3.11
    requirements: /opt/orders/releases/0123456789ab/app/requirements.txt
"""
RETURN = """
environment: {description: The name of the environment., type: str, returned: always}
"""

LINES = 20


class Failed(Exception):
    """A program that did not do its part, in its own words."""


def run(*command: str, **variables: str) -> None:
    """Run a program; raises Failed, OSError."""
    environment = {**os.environ, **variables}
    done = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode:
        said = done.stdout.strip().splitlines()[-LINES:]
        raise Failed("\n".join([f"{' '.join(command)} ends with {done.returncode}:", *said]))


def make_environment(folder: Path, params: dict[str, Any]) -> None:
    """From the interpreter and the requirements; raises Failed, OSError."""
    run(params["interpreter"], "-m", "venv", "--clear", str(folder))
    install = ["-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes", "--disable-pip-version-check"]
    # A variable, as every user of the host can read a program's arguments.
    index = {"PIP_INDEX_URL": params["index"]} if params["index"] else {}
    run(str(folder / "bin" / "python"), *install, "--requirement", params["requirements"], **index)
    (folder / "complete").touch(mode=0o644)


def complete(params: dict[str, Any]) -> str:
    """Give the release its environment; which one. Raises Failed, OSError."""
    release = Path(params["release"])
    wanted = params["interpreter"].encode() + b"\0" + Path(params["requirements"]).read_bytes()
    folder = Path(params["environments"]) / hashlib.sha256(wanted).hexdigest()[:12]
    if not (folder / "complete").exists():
        make_environment(folder, params)
    link, fresh = release / "environment", release / ".environment"
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(Path("../../environments") / folder.name)
    fresh.rename(link)
    compiling = ["-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]
    run(str(link / "bin" / "python"), *compiling, str(release / "app"))
    (release / "complete").touch(mode=0o644)
    return folder.name


def main() -> None:
    """Run as Ansible runs a module."""
    text = {"type": "path", "required": True}
    module = AnsibleModule(
        argument_spec={
            **dict.fromkeys(("release", "environments", "interpreter", "requirements"), text),
            "index": {"type": "str", "default": "", "no_log": True},
        },
        supports_check_mode=True,
    )
    params: dict[str, Any] = module.params
    if module.check_mode:
        module.exit_json(changed=True, environment="")
    os.umask(0o022)
    try:
        # What a run began that was killed may still be at work, and is waited for.
        with (Path(params["environments"]) / ".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            environment = complete(params)
    except Failed as failed:
        module.fail_json(msg=str(failed))
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        module.fail_json(msg=f"{where}{error.strerror}")
    module.exit_json(changed=True, environment=environment)


if __name__ == "__main__":
    main()
