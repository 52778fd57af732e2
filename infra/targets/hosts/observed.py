"""Run on a host, by its own Python: what of a service is there and runs, and what it answers, as JSON.

It is sent there as it stands, so it imports nothing of the project.
"""

import json
import os
import subprocess
import sys
import urllib.request

SHOWN = "Id,ActiveState,SubState,ActiveEnterTimestamp,MemoryCurrent,NRestarts,MainPID"


def made(root: str) -> "dict[str, str]":
    """What the deployment that serves was made of."""
    try:
        with open(os.path.join(root, "current", "deployment.json"), encoding="utf-8") as file:  # noqa: PTH118, PTH123
            said = json.load(file)
    except (OSError, ValueError):
        return {}
    return {
        "revision": str(said.get("revision", "")),
        "deployment": os.path.basename(os.readlink(os.path.join(root, "current"))),  # noqa: PTH115, PTH118, PTH119
    }


def units(name: str) -> "list[dict[str, str]]":
    """The properties of every unit of the service."""
    patterns = [f"{name}-*.service", f"{name}-*.timer", f"{name}-*.socket"]
    command = ["systemctl", "show", "--all", f"--property={SHOWN}", *patterns]
    said = subprocess.run(command, stdout=subprocess.PIPE, universal_newlines=True, check=False).stdout  # noqa: UP021
    blocks = [dict(line.split("=", 1) for line in block.splitlines() if "=" in line) for block in said.split("\n\n")]
    return [block for block in blocks if block.get("Id")]


def answer(url: str) -> "dict[str, str]":
    """What the service says of itself, or why it does not."""
    try:
        with urllib.request.urlopen(url, timeout=5) as said:
            content = json.loads(said.read().decode())
        return {"revision": content["revision"], "deployment": content["deployment"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        return {"problem": str(getattr(error, "reason", error))}


if __name__ == "__main__":
    _, service, folder, address = sys.argv
    print(json.dumps({"made": made(folder), "units": units(service), "answer": answer(address)}))
