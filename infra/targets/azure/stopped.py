"""Why a revision did not come to serve, or an execution ended as it did, in words for whoever is woken by it.

Azure's own are those of https://learn.microsoft.com/azure/container-apps/troubleshooting and
https://learn.microsoft.com/azure/container-apps/revisions, read 2026-11-30.
"""

import re
from collections.abc import Sequence

from infra.targets.azure.arm import Replica, Revision
from infra.targets.azure.executions import Execution

KILLED = 137  # 128 + SIGKILL

# So often a container is started anew before it is said to give up.
RESTARTS = 3

# What Azure's own words mean, the most telling first.
_MEANING = (
    (r"manifest.unknown|not found: manifest", "its image is not there"),
    (r"unauthorized|denied|authentication required", "its image cannot be pulled: its identity may not"),
    (r"ImagePull|pull image", "its image cannot be pulled"),
    (r"key ?vault|secret", "a secret cannot be read"),
    (r"OOMKilled|out of memory", "it ran out of memory"),
    (r"target ?port", "it does not listen on the port that it is asked on"),
    (r"startup probe", "it failed its startup probe"),
    (r"probe", "it failed a probe"),
    (r"CrashLoopBackOff|ProcessExited|exit code", "its process ended by itself"),
    (r"quota|insufficient|capacity", "Azure has no room for it"),
    (r"timed? ?out|deadline", "it took too long to start"),
)


def why_not(revision: Revision, replicas: Sequence[Replica] = ()) -> str:
    """Why a revision is not well: `its image is not there (... MANIFEST_UNKNOWN ...)`."""
    told = [revision.error, *(each.details for each in replicas if not each.ready)]
    said = next((each for each in told if each), "")
    restarts = max((each.restarts for each in replicas), default=0)
    if not said and restarts:
        return f"its container did not come to be ready, and was started anew {restarts} times"
    if said:
        meaning = _meaning(said)
        return f"{meaning} ({said})" if meaning else said
    if revision.unwell:
        return f"Azure says {revision.running or revision.provisioning or revision.health}, and not why"
    return "it is still being started"


def gave_up(replicas: Sequence[Replica]) -> bool:
    """Whether what runs is started again and again, and never ready."""
    return any(each.restarts >= RESTARTS for each in replicas) and not any(each.ready for each in replicas)


def why(execution: Execution) -> str:
    """What goes after "the task": `ended with exit code 1`."""
    told = f"{execution.reason} {execution.said}"
    said = f" ({execution.said})" if execution.said else ""
    if execution.status == "Stopped":
        return "was stopped by somebody"
    if re.search("OOMKilled|out of memory", told):
        return f"ran out of memory{said}"
    if re.search("deadline|timed? ?out", told, re.IGNORECASE):
        return f"took longer than it may{said}"
    if execution.code == KILLED:
        return f"was killed (exit code {KILLED}): for want of memory, or as it did not end when asked to"
    if execution.code is not None and not execution.well:
        return f"ended with exit code {execution.code}"
    if execution.well:
        return "ended with exit code 0"
    if _meaning(told):
        return f"never started: {_meaning(told)}{said}"
    return f"failed: {execution.said or 'Azure does not say why'}"


def _meaning(said: str) -> str:
    return next((meaning for words, meaning in _MEANING if re.search(words, said, re.IGNORECASE)), "")
