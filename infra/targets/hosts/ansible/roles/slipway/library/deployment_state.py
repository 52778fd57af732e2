"""Ansible module: what of a service is on this host, read at once and changed by nothing."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# Ansible has no type stubs.
from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = """
module: deployment_state
short_description: What of a service is on this host
description:
  - Which deployments are there, which one serves, whether a revision is whole, and which Pythons could run it.
options:
  root: {description: The folder of the service., type: path, required: true}
  revision: {description: The revision that is looked at., type: str, default: ""}
  units: {description: The units that should run., type: list, elements: str, default: []}
  packages: {description: The packages of the distribution that are asked for., type: list, elements: str, default: []}
author: [Slipway]
"""
EXAMPLES = """
- name: See what is there
  deployment_state:
    root: /opt/orders
"""
RETURN = """
current: {description: The deployment that serves; empty when none does., type: str, returned: always}
deployments: {description: What each that is there was made of., type: dict, returned: always}
previous: {description: Those that served before, the newest first., type: list, returned: always}
releases: {description: The revisions that are there., type: list, returned: always}
built: {description: Whether the environment of the revision is complete., type: bool, returned: always}
whole: {description: Whether all files of the revision are as they were released., type: bool, returned: always}
pythons: {description: Path of each Python by its version., type: dict, returned: always}
idle: {description: The units that do not run., type: list, returned: always}
missing: {description: The packages that are not there., type: list, returned: always}
"""

VERSIONS = ("3.13", "3.12", "3.11")
CAN_MAKE_ENVIRONMENTS = "import ensurepip, venv"


def deployments(root: Path) -> dict[str, dict[str, Any]]:
    """What deployment.json says of each, and when it last served."""
    found: dict[str, dict[str, Any]] = {}
    folder = root / "deployments"
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        try:
            made = json.loads((path / "deployment.json").read_text("utf-8"))
        except (OSError, ValueError):
            # Its making was cut short: there is nothing of it but the folder.
            made = {"deployment": path.name, "revision": "", "units": []}
        served = path / "served"
        found[path.name] = {**made, "served": served.stat().st_mtime if served.exists() else 0}
    return found


def is_whole(release: Path) -> bool:
    """Whether the files are those that release.json lists."""
    try:
        files = json.loads((release / "app" / "release.json").read_text("utf-8"))["manifest"]["files"]
        return all(digest(release / "app" / name) == wanted for name, wanted in files.items())
    except (OSError, ValueError, KeyError):
        return False


def digest(path: Path) -> str:
    """Of its content; raises OSError."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def succeeds(*command: str) -> bool:
    """Whether a command ends with 0."""
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def pythons() -> dict[str, str]:
    """Those of the versions that are here and can make an environment of their own."""
    found = {version: shutil.which("python" + version, path="/usr/local/bin:/usr/bin:/bin") for version in VERSIONS}
    return {
        version: path for version, path in found.items() if path and succeeds(path, "-I", "-c", CAN_MAKE_ENVIRONMENTS)
    }


def is_installed(package: str) -> bool:
    """Whether the distribution's package is there."""
    if not shutil.which("dpkg-query"):
        return succeeds("rpm", "--query", "--whatprovides", package)
    query = ["dpkg-query", "--show", "--showformat=${db:Status-Status}", package]
    return subprocess.run(query, capture_output=True, check=False).stdout == b"installed"


def main() -> None:
    """Run as Ansible runs a module."""
    module = AnsibleModule(
        argument_spec={
            "root": {"type": "path", "required": True},
            "revision": {"type": "str", "default": ""},
            "units": {"type": "list", "elements": "str", "default": []},
            "packages": {"type": "list", "elements": "str", "default": []},
        },
        supports_check_mode=True,
    )
    params: dict[str, Any] = module.params
    root, revision = Path(params["root"]), str(params["revision"])
    made = deployments(root)
    link, releases = root / "current", root / "releases"
    current = link.readlink().name if link.is_symlink() else ""
    before = [name for name in made if name != current and made[name]["served"]]
    module.exit_json(
        changed=False,
        current=current if current in made else "",
        deployments=made,
        previous=sorted(before, key=lambda name: made[name]["served"], reverse=True),
        releases=sorted(path.name for path in releases.iterdir()) if releases.is_dir() else [],
        built=bool(revision) and (releases / revision / "complete").exists(),
        whole=bool(revision) and is_whole(releases / revision),
        pythons=pythons(),
        idle=[unit for unit in params["units"] if not succeeds("systemctl", "is-active", "--quiet", unit)],
        missing=[package for package in params["packages"] if not is_installed(package)],
    )


if __name__ == "__main__":
    main()
