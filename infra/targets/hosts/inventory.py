"""A stack's hosts, where an Ansible inventory lists them."""

import json
import os
import subprocess
import sys
from typing import Any, cast

from infra.commands import key_of
from infra.errors import Problem, SettingsError
from infra.targets.hosts.checks import path_of
from infra.targets.hosts.playbook import ANSIBLE


def addresses(inventory: str) -> dict[str, str]:
    """Every host of an inventory file, in its order, and where it is reached: at its name, unless it has an address.

    Raises:
        SettingsError: Ansible cannot read it, or it lists none.
    """
    path = path_of(inventory)
    command = [sys.executable, "-m", "ansible", "inventory", "--inventory", str(path), "--list"]
    environment = {
        **os.environ,
        "ANSIBLE_CONFIG": str(ANSIBLE / "ansible.cfg"),
        "ANSIBLE_INVENTORY_UNPARSED_FAILED": "True",
    }
    run = subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    key, fix = key_of("options.inventory"), f"mend {path}"
    if run.returncode:
        said = run.stderr.strip().splitlines()
        raise SettingsError([Problem(key, f"Ansible cannot read it: {said[-1] if said else run.returncode}", fix)])
    groups = cast("dict[str, Any]", json.loads(run.stdout))
    found, variables = _hosts(groups, "all"), groups["_meta"]["hostvars"]
    if not found:
        raise SettingsError([Problem(key, f"{path} lists no host", fix)])
    return {host: variables.get(host, {}).get("ansible_host", host) for host in found}


def _hosts(groups: dict[str, Any], group: str) -> list[str]:
    told = cast("dict[str, list[str]]", groups.get(group, {}))
    below = [host for child in told.get("children", ()) for host in _hosts(groups, child)]
    return list(dict.fromkeys([*told.get("hosts", ()), *below]))
