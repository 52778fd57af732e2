#!/usr/bin/python
"""Ansible module: what of a service is on this host, read at once and changed by nothing."""

import hashlib
import json
import os
import shutil
import subprocess

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


def deployments(root):
    """What deployment.json says of each, and when it last served."""
    found = {}
    folder = os.path.join(root, "deployments")
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
        try:
            with open(os.path.join(folder, name, "deployment.json")) as file:
                made = json.load(file)
        except (OSError, ValueError):
            # Its making was cut short: there is nothing of it but the folder.
            made = {"deployment": name, "revision": "", "files": [], "units": []}
        served = os.path.join(folder, name, "served")
        found[name] = dict(made, served=os.stat(served).st_mtime if os.path.exists(served) else 0)
    return found


def is_whole(release):
    """Whether the files are those that release.json lists."""
    try:
        with open(os.path.join(release, "app", "release.json")) as file:
            files = json.load(file)["manifest"]["files"]
        return all(digest(os.path.join(release, "app", name)) == wanted for name, wanted in files.items())
    except (OSError, ValueError, KeyError):
        return False


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def pythons():
    """Those of the versions that are here and can make an environment of their own, the newest first."""
    found = {}
    for version in VERSIONS:
        path = shutil.which("python" + version, path="/usr/local/bin:/usr/bin:/bin")
        if path and subprocess.run([path, "-I", "-c", CAN_MAKE_ENVIRONMENTS], capture_output=True).returncode == 0:
            found[version] = path
    return found


def is_installed(package):
    if shutil.which("dpkg-query"):
        query = ["dpkg-query", "--show", "--showformat=${db:Status-Status}", package]
        return subprocess.run(query, capture_output=True).stdout == b"installed"
    return subprocess.run(["rpm", "--query", "--whatprovides", package], capture_output=True).returncode == 0


def runs(unit):
    return subprocess.run(["systemctl", "is-active", "--quiet", unit]).returncode == 0


def main():
    module = AnsibleModule(
        argument_spec={
            "root": {"type": "path", "required": True},
            "revision": {"type": "str", "default": ""},
            "units": {"type": "list", "elements": "str", "default": []},
            "packages": {"type": "list", "elements": "str", "default": []},
        },
        supports_check_mode=True,
    )
    root, revision = module.params["root"], module.params["revision"]
    made = deployments(root)
    link = os.path.join(root, "current")
    current = os.path.basename(os.readlink(link)) if os.path.islink(link) else ""
    releases = os.path.join(root, "releases")
    release = os.path.join(releases, revision)
    module.exit_json(
        changed=False,
        current=current if current in made else "",
        deployments=made,
        previous=sorted(
            (name for name in made if name != current and made[name]["served"]),
            key=lambda name: made[name]["served"],
            reverse=True,
        ),
        releases=sorted(os.listdir(releases)) if os.path.isdir(releases) else [],
        built=bool(revision) and os.path.exists(os.path.join(release, "complete")),
        whole=bool(revision) and is_whole(release),
        pythons=pythons(),
        idle=[unit for unit in module.params["units"] if not runs(unit)],
        missing=[package for package in module.params["packages"] if not is_installed(package)],
    )


if __name__ == "__main__":
    main()
