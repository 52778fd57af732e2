"""Ansible module: what of a service is on this host, read at once and changed by nothing."""

# pyright: reportMissingTypeStubs=false, reportMissingImports=false, reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# Ansible has no type stubs.
from __future__ import annotations

import grp
import hashlib
import json
import os
import platform
import pwd
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.deployment_units import FOLDER, Units

DOCUMENTATION = """
module: deployment_state
short_description: What of a service is on this host
description:
  - Which deployments are there, which one serves, whether a revision is whole, and which Pythons could run it.
options:
  name: {description: Of the service's user and units., type: str, default: ""}
  root: {description: The folder of the service., type: path, required: true}
  revision: {description: The revision that is looked at., type: str, default: ""}
  units: {description: The units that should run., type: list, elements: str, default: []}
  packages: {description: The packages that should be there., type: list, elements: str, default: []}
  files: {description: Paths of files of which is told how they are., type: list, elements: str, default: []}
author: [Slipway]
"""
EXAMPLES = """
- name: See what is there
  deployment_state:
    name: orders
    root: /opt/orders
"""
RETURN = """
ansible_facts: {description: What the role uses of what Ansible's setup would gather., type: dict, returned: always}
current: {description: The deployment that serves; empty when none does., type: str, returned: always}
deployments: {description: What each that is there was made of., type: dict, returned: always}
previous: {description: Those that served before, the newest first., type: list, returned: always}
releases: {description: The environment of each revision that is there., type: dict, returned: always}
environments: {description: The environments that are there., type: list, returned: always}
built: {description: Whether the release of the revision is complete., type: bool, returned: always}
whole: {description: Whether all files of the revision are as they were released., type: bool, returned: always}
released: {description: Whether the release task of the revision has succeeded here., type: bool, returned: always}
pythons: {description: Path of each Python by its version., type: dict, returned: always}
user: {description: Comment, folder and shell of the service's user, where there is one., type: list, returned: always}
group: {description: Whether its group is there., type: bool, returned: always}
unit_files: {description: The files of the service's units., type: list, returned: always}
idle: {description: The units that do not run., type: list, returned: always}
missing: {description: The packages that are not there., type: list, returned: always}
files: {description: "Mode, owner, group and SHA-256 of each that is there.", type: dict, returned: always}
"""

VERSIONS = ("3.13", "3.12", "3.11")
CAN_MAKE_ENVIRONMENTS = "import ensurepip, venv"
# Ansible's os_family, by ID and ID_LIKE of os-release(5).
FAMILIES = {"Debian": {"debian", "ubuntu"}, "RedHat": {"rhel", "fedora", "centos"}}


def deployments(root: Path) -> dict[str, dict[str, Any]]:
    """What deployment.json says of each, and when it last served."""
    found: dict[str, dict[str, Any]] = {}
    for path in listed(root / "deployments"):
        try:
            made = json.loads((path / "deployment.json").read_text("utf-8"))
        except (OSError, ValueError):
            # Its making was cut short: there is nothing of it but the folder.
            made = {"deployment": path.name, "revision": "", "units": []}
        served = path / "served"
        found[path.name] = {**made, "served": served.stat().st_mtime if served.exists() else 0}
    return found


def environment(release: Path) -> str:
    """The one that a complete release runs in; empty when it is not there."""
    made = release / "environment"
    return made.resolve().name if (release / "complete").exists() and (made / "bin" / "python").exists() else ""


def described(path: Path) -> str:
    """Mode, owner, group and digest of a file; empty where there is none."""
    try:
        status = path.stat()
        return f"{status.st_mode & 0o7777:04o} {status.st_uid} {status.st_gid} {digest(path)}"
    except OSError:
        return ""


def user(name: str) -> list[str]:
    """Comment, folder and shell."""
    try:
        found = pwd.getpwnam(name)
    except KeyError:
        return []
    return [found.pw_gecos, found.pw_dir, found.pw_shell]


def has_group(name: str) -> bool:
    """Whether there is one of this name."""
    try:
        grp.getgrnam(name)
    except KeyError:
        return False
    return True


def unit_files(name: str) -> list[str]:
    """Those that were made for the service, and not for one whose name begins like its own."""
    own = re.compile(
        rf"{re.escape(name)}-([0-9a-f]{{12}}[.-].+|(web|admin)\.socket|firewall\.service|(acme|upgrades)\.(service|timer))"
    )
    return sorted(str(path) for path in Path(FOLDER).glob(f"{name}-*") if own.fullmatch(path.name))


def facts() -> dict[str, Any]:
    """What Ansible's own setup takes seconds to tell, under the same names."""
    told = platform.freedesktop_os_release()
    like = [told["ID"], *told.get("ID_LIKE", "").split()]
    family = next((family for family, ids in FAMILIES.items() if ids & set(like)), told["ID"].title())
    try:
        lines = Path("/proc/net/if_inet6").read_text("utf-8").splitlines()
    except FileNotFoundError:
        lines = []
    addresses = [line.split()[0] for line in lines if not line.endswith(" lo")]
    return {
        "os_family": family,
        "distribution": told["ID"],
        "distribution_version": told.get("VERSION_ID", ""),
        "all_ipv6_addresses": [":".join(each[i : i + 4] for i in range(0, 32, 4)) for each in addresses],
        "env": {"SSH_CONNECTION": ssh_connection()},
    }


def ssh_connection() -> str:
    """As sshd told it to the first process of this login: sudo does not hand it on."""
    process = os.getpid()
    while process > 1:
        folder = Path("/proc") / str(process)
        try:
            given = (folder / "environ").read_bytes().split(b"\0")
            process = int((folder / "stat").read_text("utf-8").rpartition(")")[2].split()[1])
        except OSError:
            return ""
        for variable in given:
            if variable.startswith(b"SSH_CONNECTION="):
                return variable.partition(b"=")[2].decode()
    return ""


def listed(folder: Path) -> list[Path]:
    """What is in it, but for what is hidden; nothing where it is not there."""
    found = folder.iterdir() if folder.is_dir() else ()
    return sorted(path for path in found if not path.name.startswith("."))


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


def of_this_family(packages: list[str]) -> list[str]:
    """Those that are asked for on every host, and those of this one's family alone, which stand as `Debian:apt`."""
    family = facts()["os_family"]
    return [each.rpartition(":")[2] for each in packages if each.partition(":")[0] in (each, family)]


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
            "name": {"type": "str", "default": ""},
            "root": {"type": "path", "required": True},
            "revision": {"type": "str", "default": ""},
            "units": {"type": "list", "elements": "str", "default": []},
            "packages": {"type": "list", "elements": "str", "default": []},
            "files": {"type": "list", "elements": "str", "default": []},
        },
        supports_check_mode=True,
    )
    params: dict[str, Any] = module.params
    root, revision, name = Path(params["root"]), str(params["revision"]), str(params["name"])
    made = deployments(root)
    link, releases, environments = root / "current", root / "releases", root / "environments"
    current = link.readlink().name if link.is_symlink() else ""
    before = [name for name in made if name != current and made[name]["served"]]
    units = Units(params["units"])
    module.exit_json(
        changed=False,
        ansible_facts=facts(),
        current=current if current in made else "",
        deployments=made,
        previous=sorted(before, key=lambda name: made[name]["served"], reverse=True),
        releases={path.name: environment(path) for path in listed(releases)},
        environments=[path.name for path in listed(environments)],
        built=bool(revision) and bool(environment(releases / revision)),
        whole=bool(revision) and is_whole(releases / revision),
        released=bool(revision) and (root / "released" / revision).exists(),
        pythons=pythons(),
        user=user(name),
        group=has_group(name),
        unit_files=unit_files(name) if name else [],
        idle=[unit for unit in params["units"] if not units.runs(unit)],
        missing=[package for package in of_this_family(params["packages"]) if not is_installed(package)],
        files={path: described(Path(path)) for path in params["files"]},
    )


if __name__ == "__main__":
    main()
