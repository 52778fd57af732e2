"""Ansible module: start a deployment's web process, until it answers that it is ready, and is what was asked for."""

# pyright: reportMissingTypeStubs=false, reportMissingImports=false, reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# Ansible has no type stubs.
from __future__ import annotations

import json
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.deployment_units import Refused, systemctl

DOCUMENTATION = """
module: deployment_ready
short_description: Start a deployment's web process, and wait until it answers
description:
  - Starts it behind a gate that holds it back from what the public sends.
  - Asks the process by the address that it alone has. Ends at once where the process cannot be started at all.
options:
  unit: {description: The unit of the web process., type: str, required: true}
  namespace: {description: The journal that it writes to., type: str, required: true}
  url: {description: Where it alone answers., type: str, required: true}
  ready: {description: The path that answers 200., type: str, required: true}
  version: {description: The path that tells revision and deployment., type: str, required: true}
  revision: {description: The revision that it is to tell., type: str, required: true}
  deployment: {description: The deployment that it is to tell., type: str, required: true}
  gate: {description: The file that holds it back until then., type: path, required: true}
  timeout: {description: Seconds., type: int, default: 60}
  lines: {description: So many of its last log lines are told when it fails., type: int, default: 20}
author: [Slipway]
"""
EXAMPLES = """
- name: Start the web process
  deployment_ready:
    unit: orders-0123456789ab-web.service
    namespace: orders
    url: http://127.129.35.69:9464
    ready: /readyz
    version: /version
    revision: 0123456789ab
    deployment: 0123456789ab
    gate: /run/orders-0123456789ab.gate
"""
RETURN = """
lines: {description: Its last log lines., type: list, returned: on failure}
"""

POLL_SECONDS = 0.2
ANSWER_SECONDS = 10
# Once may be chance. What ends so often before it is ready does not get there by being started again.
MOST_ENDS = 3


def ask(url: str) -> tuple[int, str]:
    """Status and body; the status is 0 where nobody answers, and the body says why."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=ANSWER_SECONDS) as answer:
            return answer.status, answer.read(4096).decode(errors="replace")
    except urllib.error.HTTPError as error:
        return error.code, error.read(4096).decode(errors="replace")
    except (OSError, ValueError) as error:
        return 0, str(getattr(error, "reason", error))


def doubt(params: dict[str, Any]) -> str:
    """Why it may not serve yet; empty when it may."""
    status, body = ask(params["url"] + params["ready"])
    if status != 200:
        return f"{params['ready']} answers: {status or ''} {body.strip()[:200]}".strip()
    status, body = ask(params["url"] + params["version"])
    try:
        said = json.loads(body)
        seen = (said["revision"], said["deployment"])
    except (ValueError, KeyError, TypeError):
        return f"{params['version']} does not say which deployment answers: {body.strip()[:200]}"
    wanted = (params["revision"], params["deployment"])
    return "" if seen == wanted else "it says revision {}, deployment {}".format(*seen)


def ends(unit: str) -> tuple[int, str, str]:
    """How often it has ended by itself, with which exit code last, and its state now."""
    show = ["systemctl", "show", unit, "--property=NRestarts,ActiveState,ExecMainStatus,Result"]
    said = subprocess.run(show, capture_output=True, text=True, check=False).stdout
    state = dict(line.split("=", 1) for line in said.splitlines() if "=" in line)
    count = int(state.get("NRestarts") or 0) + (state.get("ActiveState") in ("failed", "inactive"))
    return count, state.get("ExecMainStatus", ""), state.get("ActiveState", "")


def start(params: dict[str, Any]) -> str:
    """Why systemd does not start it; empty when it does."""
    try:
        Path(params["gate"]).touch(mode=0o644)
        systemctl("start", [params["unit"]])
    except (OSError, Refused) as error:
        return str(error)
    return ""


def last_lines(params: dict[str, Any]) -> list[str]:
    """What it wrote last, as it wrote it."""
    unit = "_SYSTEMD_UNIT=" + params["unit"]
    command = ["journalctl", f"--namespace={params['namespace']}", "--output=cat", "--no-pager", "--quiet"]
    run = subprocess.run([*command, f"--lines={params['lines']}", unit], capture_output=True, text=True, check=False)
    return run.stdout.splitlines()


def main() -> None:
    """Run as Ansible runs a module."""
    text = {"type": "str", "required": True}
    module = AnsibleModule(
        argument_spec={
            **dict.fromkeys(("unit", "namespace", "url", "ready", "version", "revision", "deployment"), text),
            "gate": {"type": "path", "required": True},
            "timeout": {"type": "int", "default": 60},
            "lines": {"type": "int", "default": 20},
        },
        supports_check_mode=True,
    )
    params: dict[str, Any] = module.params
    if module.check_mode:
        module.exit_json(changed=False)
    refused = start(params)
    if refused:
        lines = last_lines(params)
        said = "\n".join([f"deployment {params['deployment']} cannot be started: {refused}", *lines])
        module.fail_json(msg=said, lines=lines)
    deadline = time.monotonic() + params["timeout"]
    while True:
        reason = doubt(params)
        if not reason:
            Path(params["gate"]).unlink(missing_ok=True)
            module.exit_json(changed=False)
        count, code, state = ends(params["unit"])
        if count >= MOST_ENDS or state == "failed":
            reason = f"it ended with exit code {code} each of {count} times that it was started"
        elif time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
            continue
        else:
            reason = f"it was not ready in {params['timeout']} s ({reason})"
        lines = last_lines(params)
        said = "\n".join(
            [f"deployment {params['deployment']} does not come to serve: {reason}. Its last log lines:", *lines]
        )
        module.fail_json(msg=said, lines=lines)


if __name__ == "__main__":
    main()
